"""Invoices as a reader asks for them: what is open, what is late, what was settled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Max, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from chambre.core.actors import Actor
from chambre.core.errors import Invalid, NotFound
from chambre.ledger.models import Book
from chambre.registry import api as registry
from chambre.treasury.models import Invoice, InvoiceMail, InvoiceSettlement

AGES = (0, 30, 60)
"""Days late that bound the columns of what is due."""


def with_open(rows: QuerySet[Invoice]) -> QuerySet[Any]:
    """Each invoice with ``settled`` and ``open``, in cents."""
    own = InvoiceSettlement.objects.filter(invoice=OuterRef("pk")).order_by().values("invoice")
    settled = Subquery(own.annotate(n=Sum("amount")).values("n"))
    return rows.annotate(settled=Coalesce(settled, 0)).annotate(open=F("payable") - F("settled"))


def open_of(invoice: Invoice) -> int:
    """Cents of an invoice that are not settled: to be received, or to be given back."""
    done = InvoiceSettlement.objects.filter(invoice=invoice).aggregate(n=Sum("amount"))["n"]
    return invoice.payable - (done or 0)


def state_of(invoice: Any, today: dt.date | None = None) -> str:
    """``paid``, ``late``, ``partly`` or ``open``; of an invoice with ``open``."""
    if invoice.open <= 0:
        return "paid"
    if not invoice.is_credit and invoice.due and invoice.due < (today or registry.today()):
        return "late"
    return "partly" if invoice.open < invoice.payable else "open"


def invoices_of(book: Book) -> QuerySet[Any]:
    """The invoices of a book with their customers and what is open, the newest first."""
    return with_open(Invoice.objects.filter(book=book)).select_related("party")


def due_of(book: Book) -> QuerySet[Any]:
    """Invoices that are not wholly paid, the oldest due day first."""
    rows = invoices_of(book).filter(kind=Invoice.Kind.INVOICE, open__gt=0)
    return rows.order_by("due", "id")


@dataclass(slots=True)
class Debtor:
    """What one customer owes: by age of the debt, in cents."""

    party: Any
    invoices: list[Any] = field(default_factory=list)
    ages: list[int] = field(default_factory=lambda: [0, 0, 0, 0])

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self.ages)


def age_of(invoice: Any, today: dt.date) -> int:
    """Which column: 0 not due, 1 up to 30 days late, 2 up to 60, 3 more."""
    late = (today - invoice.due).days if invoice.due else 0
    return sum(late > bound for bound in AGES)


def debtors_of(invoices: Iterable[Any], today: dt.date | None = None) -> list[Debtor]:
    """What each customer owes, the largest first."""
    today = today or registry.today()
    found: dict[int, Debtor] = {}
    for invoice in invoices:
        debtor = found.setdefault(invoice.party_id, Debtor(invoice.party))
        debtor.invoices.append(invoice)
        debtor.ages[age_of(invoice, today)] += invoice.open
    return sorted(found.values(), key=lambda debtor: -debtor.total)


def invoice_by_number(number: str, by: Actor, structure: str = "") -> Invoice:
    """An invoice by its number; numbers of two structures that are the same need the structure.

    Raises:
        NotFound: There is none, or the reader does not answer for its structure.
        Invalid: Several structures have that number.
    """
    rows = Invoice.objects.filter(number=number.strip()).select_related("book__structure", "party")
    if structure:
        rows = rows.filter(book__structure__slug=structure)
    found: list[Invoice] = [row for row in rows if by.may("treasury.read", row)]
    if not found:
        raise NotFound(number=number[:40])
    if len(found) > 1:
        slugs = sorted(row.book.structure.slug for row in found)
        raise Invalid(fields={"structure": slugs})
    return found[0]


def reminders_of(book: Book) -> dict[int, tuple[int, dt.datetime]]:
    """The highest level of reminder of each invoice, and when the last one went."""
    rows = (
        InvoiceMail.objects.filter(invoice__book=book, level__gt=0)
        .values("invoice")
        .annotate(level=Max("level"), at=Max("created_at"))
        .order_by()
    )
    return {row["invoice"]: (row["level"], row["at"]) for row in rows}
