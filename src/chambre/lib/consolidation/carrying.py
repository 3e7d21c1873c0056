"""Carrying balances over the starts of financial years, cell by cell."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from chambre.lib.accounting import PROFIT_ACCOUNT, SUSPENSE_ACCOUNT

Cell = tuple[int, int | None]
"""A book and a resource; no resource: what is not attributed."""


class Sums(NamedTuple):
    """The sums of the lines of one account in one cell and one stretch of time.

    Attributes:
        book: Which book.
        resource: Which resource; none: not attributed.
        account: Number of the account.
        segment: Which financial year of the book, from 0; see :meth:`Years.segment`.
        before: True for days before the period of the statement, false for days within it.
        opening: True for opening entries (à-nouveaux), false for movements.
        debit: Sum of the debit column, in minor units.
        credit: Sum of the credit column, in minor units.
    """

    book: int
    resource: int | None
    account: str
    segment: int
    before: bool
    opening: bool
    debit: int
    credit: int


@dataclass(frozen=True, slots=True)
class Years:
    """The financial years of a book.

    Attributes:
        starts: First day of each year, in order.
    """

    starts: tuple[dt.date, ...] = ()

    def segment(self, day: dt.date) -> int:
        """The year that a day belongs to.

        Days before the first year belong to the first, days between two years to the former.
        """
        return max(bisect_right(self.starts, day) - 1, 0)


@dataclass(frozen=True, slots=True)
class Gap:
    """An opening entry that says otherwise than the closing of the year before.

    Attributes:
        book: Which book.
        day: First day of the year.
        account: Which account.
        amount: Opening − carried balance, debit positive, in minor units.
    """

    book: int
    day: dt.date
    account: str
    amount: int


@dataclass(slots=True)
class _Book:
    """The rows of one book, sorted for the walk over its years."""

    before: dict[int, dict[int | None, dict[str, int]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    )
    within: dict[int, dict[int | None, dict[str, list[int]]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(dict))
    )
    openings: dict[int, dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int))
    )

    def add(self, row: Sums) -> None:
        """Put one row where the walk will find it."""
        if row.opening and row.segment > 0:
            self.openings[row.segment][row.account] += row.debit - row.credit
        elif row.before or row.opening:
            cell = self.before[row.segment][row.resource]
            cell[row.account] += row.debit - row.credit
        else:
            figures = self.within[row.segment][row.resource].setdefault(row.account, [0, 0])
            figures[0] += row.debit
            figures[1] += row.credit


def read_books(
    rows: Iterable[Sums], years: Mapping[int, Years], first: dt.date, *, whole: bool = True
) -> tuple[dict[Cell, dict[str, list[int]]], list[Gap]]:
    """Turn sums into opening, debit and credit of every account of every cell.

    For each book, balances are carried over each year start up to the period: classes 1 to 5 as
    they are, classes 6 and 7 of the ended year into the result account that the opening entry
    uses (else 120 or 129), class 8 and above dropped. The opening entries of every year but the
    book's first are compared with what was carried; the difference goes to what is not
    attributed, so that the book always shows its own opening.

    Args:
        rows: Sums up to the last day of the period.
        years: Financial years by book.
        first: First day of the period.
        whole: False when the rows are those of some resources only: openings of later years
            then only tell the result account.

    Returns:
        ``(book, resource) → account → [opening, debit, credit]`` in minor units, opening debit
        positive; and the gaps between openings and carried balances.
    """
    books: dict[int, _Book] = defaultdict(_Book)
    for row in rows:
        books[row.book].add(row)
    cells: dict[Cell, dict[str, list[int]]] = {}
    gaps: list[Gap] = []
    for book_id, book in books.items():
        for cell, figures in _walk(
            book_id, book, years.get(book_id, Years()), first, gaps if whole else None
        ):
            cells[cell] = figures
    return cells, gaps


def _walk(
    book_id: int, book: _Book, years: Years, first: dt.date, gaps: list[Gap] | None
) -> list[tuple[Cell, dict[str, list[int]]]]:
    """Walk one book from its first year to the end of the period."""
    entered = years.segment(first)
    segments = {*book.before, *book.within, *book.openings, entered}
    last = max(segments)
    running: dict[int | None, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    figures: dict[int | None, dict[str, list[int]]] = defaultdict(dict)
    for segment in range(last + 1):
        if segment > 0:
            adjustment = _turn_of_year(book_id, book, years, segment, running, gaps)
            if segment > entered:
                for account, amount in adjustment.items():
                    each = figures[None].setdefault(account, [0, 0, 0])
                    each[1 if amount > 0 else 2] += abs(amount)
        for resource, accounts in book.before.get(segment, {}).items():
            for account, amount in accounts.items():
                running[resource][account] += amount
        if segment == entered:
            _open(running, figures)
        for resource, within in book.within.get(segment, {}).items():
            for account, (debit, credit) in within.items():
                running[resource][account] += debit - credit
                each = figures[resource].setdefault(account, [0, 0, 0])
                each[1] += debit
                each[2] += credit
    return [((book_id, resource), accounts) for resource, accounts in figures.items()]


def _open(
    running: Mapping[int | None, Mapping[str, int]],
    figures: dict[int | None, dict[str, list[int]]],
) -> None:
    """What has run up to the period is the opening."""
    for resource, accounts in running.items():
        for account, amount in accounts.items():
            if amount:
                figures[resource].setdefault(account, [0, 0, 0])[0] += amount


def _turn_of_year(
    book_id: int,
    book: _Book,
    years: Years,
    segment: int,
    running: dict[int | None, dict[str, int]],
    gaps: list[Gap] | None,
) -> dict[str, int]:
    """Carry every cell into a year, and compare with the year's opening entry."""
    opening = book.openings.get(segment)
    into = result_account(opening or {})
    whole: dict[str, int] = defaultdict(int)
    for resource, accounts in list(running.items()):
        running[resource] = _carried(accounts, into)
        if opening is not None:
            for account, amount in running[resource].items():
                whole[account] += amount
    if opening is None or gaps is None:
        return {}
    adjustment: dict[str, int] = {}
    for account in sorted({*whole, *opening}):
        amount = opening.get(account, 0) - whole.get(account, 0)
        if amount:
            adjustment[account] = amount
            running[None][account] += amount
            gaps.append(Gap(book_id, years.starts[segment], account, amount))
    return adjustment


def result_account(opening: Mapping[str, int]) -> str:
    """The account that takes the result of the ended year.

    It is the class 12 account with the largest balance in the year's opening entry, or 120 when
    there is none: one account for every cell of a book, whatever its sign, so that readings by
    resource and by structure agree account by account.
    """
    candidates = [(abs(amount), code) for code, amount in opening.items() if code[:2] == "12"]
    return max(candidates)[1] if candidates else PROFIT_ACCOUNT


def _carried(accounts: Mapping[str, int], into: str) -> dict[str, int]:
    """The balances of a cell as they enter the next year."""
    carried: dict[str, int] = defaultdict(int)
    result = apart = 0
    for account, amount in accounts.items():
        start = account[:1]
        if start in "67":
            result += amount
        elif start in "12345":
            if amount:
                carried[account] = amount
        else:
            apart += amount
    if result:
        carried[into] += result
    if apart:
        # Only where somebody booked class 8 against another class; nothing may be lost.
        carried[SUSPENSE_ACCOUNT] += apart
    return carried
