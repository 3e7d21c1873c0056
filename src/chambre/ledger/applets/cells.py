"""The accounts of one resource, of what is not attributed or of structures, over several periods.

All periods come from one query, book by book, so that each account keeps the chart of its book.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from chambre.ledger.applets import reading
from chambre.lib.consolidation import (
    Elimination,
    Gap,
    Group,
    Sums,
    Years,
    add_groups,
    read_books,
    take_off,
)

Period = tuple[dt.date, dt.date]
"""First and last day, both included."""
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class PeriodFigures:
    """What a reading found over one period.

    Attributes:
        first: First day.
        last: Last day.
        cells: Accounts by book and resource (none: not attributed, or not told apart), nothing
            eliminated.
        gaps: Opening entries that say otherwise than the closing of the year before.
        eliminations: What structures say of each other about one resource.
    """

    first: dt.date
    last: dt.date
    cells: dict[tuple[int, int | None], Group]
    gaps: list[Gap] = field(default_factory=list)
    eliminations: list[Elimination] = field(default_factory=list)

    @cached_property
    def by_book(self) -> dict[int, Group]:
        """The accounts of each book, eliminations taken off; read once they are all there."""
        groups = add_groups(self.cells, key=lambda cell: cell[0])
        for each in self.eliminations:
            take_off(groups[each.book], each)
        return groups

    @cached_property
    def whole(self) -> Group:
        """All accounts together, eliminations taken off."""
        return add_groups(self.by_book, key=lambda _book: None).get(None, Group(None))

    @property
    def empty(self) -> bool:
        """Whether there is nothing at all."""
        return not any(group.listed() for group in self.cells.values())


def cuts_of(periods: Iterable[Period]) -> tuple[tuple[dt.date, ...], dt.date]:
    """The days on which stretches of time begin, and the last day of all.

    Every period is a whole number of stretches.
    """
    listed = list(periods)
    last = max(end for _start, end in listed)
    cuts = {day for start, end in listed for day in (start, end + _DAY)} - {last + _DAY}
    return tuple(sorted(cuts)), last


def read_periods(
    *,
    books: Sequence[int],
    years: dict[int, Years],
    periods: Sequence[Period],
    resources: tuple[int, ...] | None,
    keep: str,
    unit: str,
    upto: int | None,
) -> list[PeriodFigures]:
    """The figures of every cell over each period.

    Args:
        books: Ids of books.
        years: Their financial years.
        periods: First and last days.
        resources: Ids, 0 for what is not attributed; none: all.
        keep: See :func:`~chambre.ledger.applets.reading.by_cell`.
        unit: Unit of account.
        upto: Only journal entries up to this one.
    """
    cuts, last = cuts_of(periods)
    read = reading.Reading(
        tuple(books), years, cuts[0], last, resources, unit, cuts=cuts, upto=upto
    )
    rows = reading.by_cell(read, keep)
    found = []
    for first, end in periods:
        begins = sum(cut <= first for cut in cuts)
        ends = sum(cut <= end for cut in cuts)
        sums = [each._replace(before=at < begins) for at, each in rows if at <= ends]
        accounts, gaps = read_books(_added(sums), years, first, whole=resources is None)
        cells = {cell: Group.of(cell, figures) for cell, figures in accounts.items()}
        if resources is not None and 0 not in resources:
            cells = {cell: group for cell, group in cells.items() if cell[1]}
        found.append(PeriodFigures(first, end, cells, gaps))
    return found


def _added(rows: Iterable[Sums]) -> Iterable[Sums]:
    """Rows that differ only in their stretch put together."""
    sums: dict[tuple[int, int | None, str, int, bool, bool], list[int]] = defaultdict(
        lambda: [0, 0]
    )
    for row in rows:
        each = sums[row[:6]]
        each[0] += row.debit
        each[1] += row.credit
    return itertools.starmap(Sums, ((*key, debit, credit) for key, (debit, credit) in sums.items()))
