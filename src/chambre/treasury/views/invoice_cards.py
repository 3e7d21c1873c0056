"""What invoices show on the treasury's first page, and ask before a month is closed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chambre.ledger.models import Book
from chambre.registry import api as registry
from chambre.treasury.cards import Check, Counted
from chambre.treasury.models import Invoice, InvoiceDraft, InvoiceIssuer, InvoiceMail, Purchase
from chambre.treasury.queries.invoices import debtors_of, due_of
from chambre.treasury.queries.purchases import purchases_of

State = Purchase.State


def due_card(request: HttpRequest, book: Book) -> str:
    """What customers owe and what is late; a way in where nothing was issued yet."""
    rows = list(due_of(book))
    unsent = InvoiceMail.objects.filter(invoice__book=book, sent_at=None, tries__gte=5)
    known = Book.objects.filter(pk=book.pk).values(
        issuer=Exists(InvoiceIssuer.objects.filter(book=book)), unsent=Counted(unsent.values("pk"))
    )[0]
    today = registry.today()
    late = [row for row in rows if row.due and row.due < today]
    context = {
        "structure": book.structure,
        "debtors": debtors_of(rows)[:5],
        "open": sum(row.open for row in rows),
        "late": sum(row.open for row in late),
        "count": len(late),
        "issuer": known["issuer"],
        "unsent": known["unsent"],
    }
    return render_to_string("treasury/invoices/_card.html", context, request)


def purchases_card(request: HttpRequest, book: Book) -> str:
    """What waits for a decision, and what is to be paid; nothing when neither."""
    to_pay = Q(state=State.ACCEPTED, credit=False, open__gt=0)
    found = purchases_of(book).filter(to_pay | Q(state=State.RECEIVED)).order_by("due")
    rows = [row for row in found if row.state == State.ACCEPTED]
    waiting = len(found) - len(rows)
    if not waiting and not rows:
        return ""
    context = {
        "structure": book.structure,
        "waiting": waiting,
        "rows": rows[:5],
        "open": sum(row.open for row in rows),
    }
    return render_to_string("treasury/purchases/_card.html", context, request)


def drafts_left(book: Book, first: dt.date, last: dt.date) -> list[QuerySet[InvoiceDraft]]:
    """The invoices that were prepared in a month and not issued."""
    days = {"created_at__date__gte": first, "created_at__date__lte": last}
    return [InvoiceDraft.objects.filter(book=book, invoice=None, **days)]


def say_drafts(count: int, rows: Any) -> str:
    """How many invoices were prepared and not issued."""
    if not count:
        return _("Every invoice that was prepared is issued.")
    return ngettext(
        "%(n)d invoice was prepared and not issued.",
        "%(n)d invoices were prepared and not issued.",
        count,
    ) % {"n": count}


def late_left(book: Book, first: dt.date, last: dt.date) -> list[QuerySet[Any]]:
    """The invoices that were due in a month and of which nobody was reminded."""
    rows = due_of(book).filter(kind=Invoice.Kind.INVOICE, due__gte=first, due__lt=last)
    written = InvoiceMail.objects.filter(level__gt=0).values("invoice")
    return [rows.exclude(pk__in=written).exclude(barter=True)]


def say_late(count: int, rows: Any) -> str:
    """How many invoices were due without a reminder."""
    if not count:
        return _("Everybody who was late was reminded.")
    return ngettext(
        "%(n)d invoice was due and nobody was reminded.",
        "%(n)d invoices were due and nobody was reminded.",
        count,
    ) % {"n": count}


def purchases_left(book: Book, first: dt.date, last: dt.date) -> list[QuerySet[Purchase]]:
    """The invoices of a month that were received and not decided."""
    days = {"issued__gte": first, "issued__lte": last}
    return [Purchase.objects.filter(book=book, state=State.RECEIVED, **days)]


def say_purchases(count: int, rows: Any) -> str:
    """How many invoices wait for a decision."""
    if not count:
        return _("Every invoice received is accepted or refused.")
    return ngettext(
        "%(n)d invoice received waits for a decision.",
        "%(n)d invoices received wait for a decision.",
        count,
    ) % {"n": count}


CHECKS = (
    Check("drafts", drafts_left, say_drafts, "treasury:invoices", order=30),
    Check("late", late_left, say_late, "treasury:invoices_due", order=31),
    Check("purchases", purchases_left, say_purchases, "treasury:purchases", order=35),
)
