"""What invoices show on the treasury's first page, and ask before a month is closed."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chambre.ledger.models import Book
from chambre.registry import api as registry
from chambre.treasury.models import Invoice, InvoiceDraft, InvoiceIssuer, InvoiceMail, Purchase
from chambre.treasury.queries.invoices import debtors_of, due_of
from chambre.treasury.queries.purchases import purchases_of

State = Purchase.State


def due_card(request: HttpRequest, book: Book) -> str:
    """What customers owe and what is late; a way in where nothing was issued yet."""
    rows = list(due_of(book))
    today = registry.today()
    late = [row for row in rows if row.due and row.due < today]
    context = {
        "structure": book.structure,
        "debtors": debtors_of(rows)[:5],
        "open": sum(row.open for row in rows),
        "late": sum(row.open for row in late),
        "count": len(late),
        "issuer": InvoiceIssuer.objects.filter(book=book).exists(),
        "unsent": InvoiceMail.objects.filter(
            invoice__book=book, sent_at=None, tries__gte=5
        ).count(),
    }
    return render_to_string("treasury/invoices/_card.html", context, request)


def purchases_card(request: HttpRequest, book: Book) -> str:
    """What waits for a decision, and what is to be paid; nothing when neither."""
    waiting = Purchase.objects.filter(book=book, state=State.RECEIVED).count()
    rows = list(
        purchases_of(book).filter(state=State.ACCEPTED, credit=False, open__gt=0).order_by("due")
    )
    if not waiting and not rows:
        return ""
    context = {
        "structure": book.structure,
        "waiting": waiting,
        "rows": rows[:5],
        "open": sum(row.open for row in rows),
    }
    return render_to_string("treasury/purchases/_card.html", context, request)


def drafts_check(book: Book, first: dt.date, last: dt.date) -> tuple[bool, str, str]:
    """Whether every invoice that was prepared in a month was issued."""
    rows = InvoiceDraft.objects.filter(
        book=book, invoice=None, created_at__date__gte=first, created_at__date__lte=last
    )
    address = reverse("treasury:invoices", args=[book.structure.slug])
    if not (count := rows.count()):
        return True, _("Every invoice that was prepared is issued."), address
    said = ngettext(
        "%(n)d invoice was prepared and not issued.",
        "%(n)d invoices were prepared and not issued.",
        count,
    )
    return False, said % {"n": count}, address


def purchases_check(book: Book, first: dt.date, last: dt.date) -> tuple[bool, str, str]:
    """Whether every invoice of a month was decided."""
    rows = Purchase.objects.filter(
        book=book, state=State.RECEIVED, issued__gte=first, issued__lte=last
    )
    address = reverse("treasury:purchases", args=[book.structure.slug])
    if not (count := rows.count()):
        return True, _("Every invoice received is accepted or refused."), address
    said = ngettext(
        "%(n)d invoice received waits for a decision.",
        "%(n)d invoices received wait for a decision.",
        count,
    )
    return False, said % {"n": count}, address


def late_check(book: Book, first: dt.date, last: dt.date) -> tuple[bool, str, str]:
    """Whether everybody who was late at the end of a month was written to."""
    rows = due_of(book).filter(kind=Invoice.Kind.INVOICE, due__gte=first, due__lt=last)
    written = InvoiceMail.objects.filter(level__gt=0).values("invoice")
    address = reverse("treasury:invoices_due", args=[book.structure.slug])
    if not (count := rows.exclude(pk__in=written).exclude(barter=True).count()):
        return True, _("Everybody who was late was reminded."), address
    said = ngettext(
        "%(n)d invoice was due and nobody was reminded.",
        "%(n)d invoices were due and nobody was reminded.",
        count,
    )
    return False, said % {"n": count}, address
