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
from chambre.lib.consolidation.groups import AccountFigures, Group

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
    for resource, account, book, day, opening, before, debit, credit in rows:
        code, earlier = account, before
        if opening or day is not None:
            segment = years[book].segment(day) if day is not None and book in years else 0
            if opening and segment > 0:
                continue  # compared with what was carried, never added
            earlier = before or opening
            if not opening and account == RESULT:
                code = results.get((book, segment + 1), PROFIT_ACCOUNT)
            elif not opening and account == APART:
                code = SUSPENSE_ACCOUNT
        figures = _figures(groups, resource, code)
        if earlier:
            figures.opening += debit - credit
        else:
            figures.debit += debit
            figures.credit += credit
    for gap in gaps:
        _add_gap(_figures(groups, 0, gap.account), gap, first)
    return groups


def _figures(groups: dict[int, Group], resource: int, account: str) -> AccountFigures:
    """The figures of an account of a resource, made when missing."""
    group = groups.get(resource)
    if group is None:
        group = groups[resource] = Group(resource)
    figures = group.accounts.get(account)
    if figures is None:
        figures = group.accounts[account] = AccountFigures(account)
    return figures


def _add_gap(figures: AccountFigures, gap: Gap, first: dt.date) -> None:
    """Add what an opening says otherwise: to the opening, or to the turnover of the period."""
    if gap.day <= first:
        figures.opening += gap.amount
    elif gap.amount > 0:
        figures.debit += gap.amount
    else:
        figures.credit -= gap.amount
