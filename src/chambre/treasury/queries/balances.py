"""Balances of accounts on a day, as the ledger has them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q, QuerySet, Sum

from chambre.ledger import api as ledger
from chambre.ledger.models import Book, Line


def lines_of(book: Book, last: dt.date | None = None) -> QuerySet[Line]:
    """The lines that make up balances: closings stay out, and openings that only repeat them."""
    rows = Line.objects.filter(book=book, phase__lt=2)
    if last is not None:
        rows = rows.filter(day__lte=last)
    for first, end in ledger.repeated_openings([book.pk]).get(book.pk, []):
        rows = rows.exclude(Q(phase=1) & Q(day__range=(first, end)))
    return rows


def balance_of(book: Book, account: str, last: dt.date | None = None) -> int:
    """Balance of an account in cents, debit positive, at the end of a day; of all when absent."""
    rows = lines_of(book, last).filter(account__code=account, unit="EUR")
    total: int = rows.aggregate(total=Sum("amount", default=0))["total"]
    return total


def balances_of(book: Book, accounts: Iterable[str]) -> dict[str, int]:
    """Balances of some accounts in cents, debit positive, by number; of those that have lines."""
    rows = lines_of(book).filter(account__code__in=list(accounts), unit="EUR").order_by()
    return dict(rows.values_list("account__code").annotate(total=Sum("amount")))
