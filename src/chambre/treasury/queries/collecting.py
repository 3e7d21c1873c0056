"""On which bank account a structure is paid, and on which day something can be booked."""

from __future__ import annotations

import datetime as dt

from chambre.core.db.questions import Question
from chambre.ledger.models import Book, FinancialYear
from chambre.registry import api as registry
from chambre.treasury.models import BankAccount
from chambre.treasury.queries.months import is_closed

_COLLECTING = Question(
    lambda book: (
        BankAccount.objects.filter(book_id=book, is_open=True, currency="EUR")
        .order_by("id")
        .only("iban", "bic")[:1]
    )
)
"""The account of a book to which payers transfer."""


def collecting_account(book: Book) -> tuple[str, str]:
    """IBAN and BIC of the bank account to which payers are asked to transfer; empty: none yet."""
    return next(((row.iban, row.bic) for row in _COLLECTING(book.pk)), ("", ""))


def bookable(book: Book, day: dt.date) -> dt.date:
    """The day on which something that happened then is booked: today, when its month is closed.

    What a provider did in a month that is over becomes known when one looks, which may be after the
    month, or the year, was closed.
    """
    years = FinancialYear.objects.filter(book=book, start__lte=day, end__gte=day)
    if is_closed(book, day) or years.filter(closed_at__isnull=False).exists():
        return registry.today()
    return day
