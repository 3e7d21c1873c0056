"""Reading resources over many books at once, from rows that were already added up over books.

The same rules as :func:`~chambre.lib.consolidation.carrying.read_books`, for readings that do not
tell the books of a resource apart: what depends on the book (which account takes the result of an
ended year, where an opening says otherwise) is given, so that a reading of every resource costs as
much as its accounts and not as its books times its accounts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from chambre.lib.accounting import PROFIT_ACCOUNT, SUSPENSE_ACCOUNT
from chambre.lib.consolidation.carrying import Gap, Years
from chambre.lib.consolidation.groups import Group

RESULT = "67"
"""Stands for all accounts of classes 6 and 7 of an ended year."""
APART = "8"
"""Stands for all accounts of class 8 and above of an ended year."""


class Collapsed(NamedTuple):
    """Sums over books of the lines of one account and resource.

    Attributes:
        resource: Which resource, 0 for what is not attributed.
        account: Number of the account; :data:`RESULT` or :data:`APART` for ended years.
        book: Which book, for ended results and opening entries; else 0.
        at: A day of the financial year that it belongs to, for the same; else none.
        opening: Opening entries.
        before: Before the period.
        debit: Sum of the debit column, in minor units.
        credit: Sum of the credit column, in minor units.
    """

    resource: int
    account: str
    book: int
    at: dt.date | None
    opening: bool
    before: bool
    debit: int
    credit: int


def read_resources(
    rows: Iterable[Collapsed],
    years: Mapping[int, Years],
    results: Mapping[tuple[int, int], str],
    gaps: Iterable[Gap],
    first: dt.date,
) -> dict[int, Group]:
    """Turn collapsed sums into groups by resource.

    Args:
        rows: Sums up to the last day of the period.
        years: Financial years by book.
        results: ``(book, year from 0) → account`` that takes the result of the year before, where
            the year's opening entry names one; else 120.
        gaps: Where openings say otherwise than what was carried; they go to what is not
            attributed.
        first: First day of the period.

    Returns:
        The groups; 0 is what is not attributed.
    """
    groups: dict[int, Group] = {}

    def group(resource: int) -> Group:
        found = groups.get(resource)
        if found is None:
            found = groups[resource] = Group(resource)
        return found

    for row in rows:
        resource, account, book, at, opening, before, debit, credit = row
        segment = years[book].segment(at) if at is not None and book in years else 0
        if opening:
            if segment > 0:
                continue  # compared with what was carried, never added
            before = True
        elif account == RESULT:
            account = results.get((book, segment + 1), PROFIT_ACCOUNT)
        elif account == APART:
            account = SUSPENSE_ACCOUNT
        figures = group(resource).at(account)
        if before:
            figures.opening += debit - credit
        else:
            figures.debit += debit
            figures.credit += credit
    for gap in gaps:
        figures = group(0).at(gap.account)
        if gap.day <= first:
            figures.opening += gap.amount
        elif gap.amount > 0:
            figures.debit += gap.amount
        else:
            figures.credit -= gap.amount
    return groups
