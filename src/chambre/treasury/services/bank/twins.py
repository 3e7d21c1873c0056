"""Rows that were announced, and are on the account now."""

from __future__ import annotations

import datetime as dt

from chambre.lib import bankfiles
from chambre.treasury.models import BankAccount, BankRow, RowReplacement

EARLIEST = dt.timedelta(days=3)
LATEST = dt.timedelta(days=30)
ALIKE = 20
"""Least likeness without a reference in common: two words."""


def replace_pending(account: BankAccount) -> int:
    """Let announced rows be replaced by the rows that they became; how many.

    The same amount, from three days before to thirty days after, and a reference or at least two
    words in common. Each row on the account takes the place of one announced row at most.
    """
    waiting = BankRow.objects.filter(
        account=account, status=BankRow.Status.PENDING, replaced__isnull=True
    )
    replaced = 0
    for row in waiting.order_by("day", "id"):
        if twin := _twin(row):
            RowReplacement.objects.create(row=row, by_row=twin, why=RowReplacement.Why.BOOKED)
            replaced += 1
    return replaced


def _twin(row: BankRow) -> BankRow | None:
    """The row on the account that an announced one became, if it is there."""
    candidates = BankRow.objects.filter(
        account=row.account_id,
        status=BankRow.Status.BOOKED,
        kind=BankRow.Kind.ROW,
        amount=row.amount,
        day__range=(row.day - EARLIEST, row.day + LATEST),
        replaces__isnull=True,
        replaced__isnull=True,
    )
    best: tuple[int, int] = (ALIKE - 1, 0)
    chosen: BankRow | None = None
    for each in candidates.order_by("day", "id")[:200]:
        rank = _rank(row, each)
        if rank > best[0]:
            best, chosen = (rank, each.pk), each
    return chosen


def _rank(row: BankRow, other: BankRow) -> int:
    """How sure it is; 1000 for the bank's own reference."""
    if row.account_reference and row.account_reference == other.account_reference:
        return 1000
    return bankfiles.likeness(row.as_read(), other.as_read())
