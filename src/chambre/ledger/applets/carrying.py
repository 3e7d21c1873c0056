"""Balances of each cell of a book at the end of a financial year, carried over from year to year.

The rule is docs/adr/0003: the openings of a book's first year count; at each later year start the
balances of classes 1 to 5 are carried over, classes 6 and 7 go to the result account, classes 8
and 9 are dropped, and what the year's own opening entries say otherwise, account by account, goes
to the part that is not attributed. Closings (phase 2) are left out.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection

from chambre.ledger.models import Account, Book, FinancialYear
from chambre.lib.accounting.natures import Nature, nature
from chambre.lib.accounting.years import LOSS_ACCOUNT, PROFIT_ACCOUNT

OPENING = 1
INCOME = frozenset({Nature.INCOME, Nature.EXPENSE})
APART = frozenset({Nature.MEMO, Nature.OUTSIDE})


class Cell(NamedTuple):
    """What balances by itself inside a book."""

    resource: int | None
    unit: str


class Position(NamedTuple):
    """An account, with the third party's account below it."""

    account: int
    auxiliary: int | None


Balances = dict[Cell, Counter[Position]]
"""Debit − credit, in the smallest part of the unit."""


@dataclass(slots=True)
class Chart:
    """The accounts of a book, by id.

    Attributes:
        codes: Code by id.
        natures: What each account is. Codes of class 4 and 5 do not matter here.
    """

    codes: dict[int, str]
    natures: dict[int, Nature] = field(default_factory=dict)

    @classmethod
    def of(cls, book: Book) -> Chart:
        """Read it."""
        codes = dict(Account.objects.filter(book=book).order_by().values_list("pk", "code"))
        return cls.from_codes(codes)

    @classmethod
    def from_codes(cls, codes: dict[int, str]) -> Chart:
        """The same, of codes by id."""
        return cls(codes, {pk: nature(code) for pk, code in codes.items()})

    def code_for(self, prefix: str) -> str:
        """The book's own account that starts with these digits, or how it would write one."""
        own = sorted(code for code in self.codes.values() if code.startswith(prefix))
        if own:
            return own[0]
        lengths = Counter(len(code) for code in self.codes.values() if code.isdigit())
        return prefix.ljust(max(lengths, key=lambda n: (lengths[n], n), default=0), "0")

    def by_code(self, balances: Iterable[Mapping[Position, int]]) -> dict[str, int]:
        """Sums by code over cells, zeros left out."""
        sums: Counter[str] = Counter()
        for cell in balances:
            for position, amount in cell.items():
                sums[self.codes[position.account]] += amount
        return {code: amount for code, amount in sorted(sums.items()) if amount}


class Movements(NamedTuple):
    """Sums of the lines of a stretch of time.

    Attributes:
        plain: Movements by cell.
        openings: Opening lines by cell.
    """

    plain: Balances
    openings: Balances


def movements(book: Book, first: dt.date | None, last: dt.date) -> Movements:
    """Sums of a book's lines from one day to another, both included; closings left out."""
    since = "" if first is None else " AND day >= %s"
    days = [last] if first is None else [first, last]
    result = Movements({}, {})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT resource_id, unit, account_id, auxiliary_id, phase, SUM(amount)"
            f" FROM ledger_line WHERE book_id = %s AND phase < 2{since} AND day <= %s"
            " GROUP BY resource_id, unit, account_id, auxiliary_id, phase",
            [book.pk, *days],
        )
        for resource, unit, account, auxiliary, phase, amount in cursor.fetchall():
            part = result.openings if phase == OPENING else result.plain
            cell = part.setdefault(Cell(resource, unit), Counter())
            cell[Position(account, auxiliary)] += int(amount)
    return result


def add(to: Balances, more: Balances) -> None:
    """Add balances up, in place."""
    for cell, amounts in more.items():
        mine = to.setdefault(cell, Counter())
        for position, amount in amounts.items():
            mine[position] += amount


def result_of(chart: Chart, balances: Iterable[Mapping[Position, int]]) -> int:
    """Income − expenses."""
    return -sum(
        amount
        for cell in balances
        for position, amount in cell.items()
        if chart.natures[position.account] in INCOME
    )


def result_code(chart: Chart, result: int, openings: Iterable[Mapping[Position, int]]) -> str:
    """The account that takes the result over.

    The class 12 account that the next year's openings use for it (the largest, when there are
    several), else 120 for a profit and 129 for a loss, as the book writes them.
    """
    used = {code: amount for code, amount in chart.by_code(openings).items() if code[:2] == "12"}
    if used:
        return max(sorted(used), key=lambda code: abs(used[code]))
    return chart.code_for(PROFIT_ACCOUNT if result >= 0 else LOSS_ACCOUNT)


def carry(chart: Chart, balances: Balances, result_account: Mapping[str, int]) -> Balances:
    """What a year hands over to the next, cell by cell.

    Args:
        chart: The book's accounts.
        balances: At the end of the year.
        result_account: Id of the account that takes the result, by unit.
    """
    carried: Balances = {}
    for cell, amounts in balances.items():
        mine: Counter[Position] = Counter()
        for position, amount in amounts.items():
            kind = chart.natures[position.account]
            if kind in INCOME:
                mine[Position(result_account[cell.unit], None)] += amount
            elif kind not in APART:
                mine[position] += amount
        carried[cell] = Counter({position: amount for position, amount in mine.items() if amount})
    return carried


def units_of(*parts: Balances) -> set[str]:
    """The units that occur."""
    return {cell.unit for part in parts for cell in part}


def in_unit(balances: Balances, unit: str) -> list[Counter[Position]]:
    """The cells of one unit."""
    return [amounts for cell, amounts in balances.items() if cell.unit == unit]


def balances_at_end(
    book: Book, years: Sequence[FinancialYear], chart: Chart, ids: Mapping[str, int]
) -> Balances:
    """Balances of every cell at the end of the last of these years.

    Args:
        book: The book.
        years: All its years up to that one, in order.
        chart: Its accounts.
        ids: Account ids by code, the result accounts included.
    """
    before = movements(book, None, years[0].start - dt.timedelta(days=1))
    balances: Balances = {}
    add(balances, before.plain)
    add(balances, before.openings)
    for index, year in enumerate(years):
        last = years[index + 1].start - dt.timedelta(days=1) if year != years[-1] else year.end
        own = movements(book, year.start, last)
        if index == 0:
            add(balances, own.openings)
        else:
            balances = _start(chart, balances, own.openings, ids)
        add(balances, own.plain)
    return balances


def _start(
    chart: Chart, balances: Balances, openings: Balances, ids: Mapping[str, int]
) -> Balances:
    """Balances on the first day of a later year."""
    results = {
        unit: ids[
            result_code(chart, result_of(chart, in_unit(balances, unit)), in_unit(openings, unit))
        ]
        for unit in units_of(balances, openings)
    }
    carried = carry(chart, balances, results)
    if any(any(amounts.values()) for amounts in openings.values()):
        for unit in units_of(openings):
            difference: Counter[Position] = Counter()
            for amounts in in_unit(openings, unit):
                for position, amount in amounts.items():
                    difference[position] += amount
            for amounts in in_unit(carried, unit):
                for position, amount in amounts.items():
                    difference[position] -= amount
            add(carried, {Cell(None, unit): difference})
    return carried
