"""Sums of lines for statements, in one query each.

The stretch of time before a period and the period itself are covered by whole years, whole months
and single days. Years and months come from the roll-ups, plus the lines recorded after their last
refresh; days come from the lines. Both give the same figures, which
:func:`~chambre.ledger.applets.balances.compare` proves.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.db import connection
from psycopg.types.numeric import IntLoader

from chambre.ledger.applets.balances import Cover, cover
from chambre.ledger.models import JournalEntry
from chambre.lib.consolidation import APART, RESULT, Collapsed, Sums, Years, result_account

_BEGIN = dt.date(1, 1, 1)
_DAY = dt.timedelta(days=1)
_MARK = "COALESCE((SELECT last_entry FROM ledger_balancemark WHERE id = 1), 0)"
_YEARS, _MONTHS, _LINES = "ledger_yearbalance", "ledger_monthbalance", "ledger_line"
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a statement reads.

    Attributes:
        books: Ids of books.
        years: Their financial years.
        first: First day of the period.
        last: Last day of the period.
        resources: Ids of resources, 0 for what is not attributed; none: all.
        unit: Unit of account.
        cuts: Days on which a stretch of time begins that is summed apart; only the first day of
            the period when none are named.
        upto: Only journal entries up to this one, as known when it was the last; none: all.
    """

    books: tuple[int, ...]
    years: dict[int, Years]
    first: dt.date
    last: dt.date
    resources: tuple[int, ...] | None = None
    unit: str = "EUR"
    cuts: tuple[dt.date, ...] = ()
    upto: int | None = None

    @property
    def spans(self) -> list[tuple[dt.date, dt.date]]:
        """The time before, then each stretch, both ends included."""
        edges = [_BEGIN, *(self.cuts or (self.first,)), self.last + _DAY]
        return [(a, b - _DAY) for a, b in itertools.pairwise(edges)]


@dataclass(frozen=True, slots=True)
class State:
    """How far the roll-ups go, and whether there is anything beyond.

    Attributes:
        mark: The last journal entry that they hold.
        last: The last journal entry of the ledger.
        books: How many books there are; none is ever taken away.
    """

    mark: int
    last: int
    books: int = 0


def consistent(work: Callable[[State], Found]) -> Found:
    """Run readings in one state of the ledger; again when something was recorded meanwhile.

    After three attempts in a ledger that never rests, only a refresh of the roll-ups counts: the
    readings may then differ by what was recorded between them.
    """
    attempt = 0
    while True:
        attempt += 1
        state = _state()
        found = work(state)
        now = _state()
        if now == state or (attempt > 3 and now.mark == state.mark):
            return found


def last_entry_on(moment: dt.datetime) -> int:
    """The last journal entry that was recorded up to a moment; 0 when there was none.

    Entries are numbered in the order of recording, so everything up to it was known then.
    """
    entries = JournalEntry.objects.filter(recorded_at__lte=moment).order_by("-pk")
    return entries.values_list("pk", flat=True).first() or 0


def _state() -> State:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT last_entry FROM ledger_balancemark WHERE id = 1),"
            " (SELECT MAX(id) FROM ledger_journalentry), (SELECT COUNT(*) FROM ledger_book)"
        )
        mark, last, books = cursor.fetchone()
    return State(mark or 0, last or 0, books)


# The source: every sum up to the last day, from wherever it can be had ---------------------------


class _Query:
    """A query that is being put together, with its parameters in order.

    Args:
        reading: What it reads.
        mark: The last entry in the roll-ups; none: what they say when the query runs.
        tail: Whether anything was recorded after it.
        books: How many books there were before the query, whose result counts only if the
            roll-ups were not refreshed meanwhile: they then hold no other book, and when all are
            read nobody needs to name them.
    """

    def __init__(self, reading: Reading, mark: int | None, tail: bool, books: int = 0) -> None:
        self.reading = reading
        self.mark = mark
        self.tail = tail
        self.all_books = books
        self.parts: list[str] = []
        self.values: list[Any] = []
        self.by_year = True
        """Whether all of the source is whole years, each under its first day."""

    def source(self, extra: str = "") -> str:
        """A union of everything up to the last day: day, resource, book, account, opening, sums.

        Args:
            extra: A further condition on ``opening`` and ``account``.
        """
        reading = self.reading
        if reading.upto is not None:  # the roll-ups hold what was recorded later, too
            self._from_lines(reading.books, _BEGIN, reading.last, extra)
            return " UNION ALL ".join(self.parts)
        for books, covers in _plan(reading):
            for table, ranges in (
                (_YEARS, [each for c in covers for each in c.years]),
                (_MONTHS, [each for c in covers for each in c.months]),
            ):
                for start, end in _joined(ranges):
                    self._from_rollup(table, books, start, end, extra)
                    if self.tail:
                        self._from_lines(books, start, end, extra, tail=True)
            for cover_ in covers:
                for start, end in cover_.days:
                    self._from_lines(books, start, end, extra)
        return " UNION ALL ".join(self.parts)

    def _from_rollup(
        self, table: str, books: Sequence[int], start: dt.date, end: dt.date, extra: str
    ) -> None:
        self.by_year = self.by_year and table == _YEARS
        where = "unit = %s AND start >= %s AND start <= %s"
        self.values += [self.reading.unit, start, end]
        if len(books) != self.all_books:
            where += self._in("book", books)
        where += self._resources("resource", {0: "resource = 0"})
        self.parts.append(
            "SELECT start AS day, resource, book, account, opening, debit, credit"
            f" FROM {table} WHERE {where}{extra}"
        )

    def _from_lines(
        self,
        books: Sequence[int],
        start: dt.date,
        end: dt.date,
        extra: str,
        tail: bool = False,
    ) -> None:
        self.by_year = False
        where = "l.unit = %s AND l.day >= %s AND l.day <= %s AND l.phase < 2"
        self.values += [self.reading.unit, start, end]
        if tail:
            # Without statistics SQLite would rather walk a whole reading index; the plus signs
            # leave it no index but that of the entries.
            if connection.vendor == "sqlite":
                where = "+l.unit = %s AND +l.day >= %s AND +l.day <= %s AND l.phase < 2"
            where += f" AND l.entry_id > {_MARK if self.mark is None else '%s'}"
            self.values += [] if self.mark is None else [self.mark]
        if self.reading.upto is not None:
            where += " AND l.entry_id <= %s"
            self.values.append(self.reading.upto)
        plus = "+" if tail and connection.vendor == "sqlite" else ""
        where += self._in(f"{plus}l.book_id", books)
        where += self._resources(f"{plus}l.resource_id", {0: "l.resource_id IS NULL"})
        extra = extra.replace("opening", "(l.phase = 1)").replace("account", "a.code")
        self.parts.append(
            "SELECT l.day AS day, COALESCE(l.resource_id, 0) AS resource, l.book_id AS book,"
            " a.code AS account, l.phase = 1 AS opening,"
            " CASE WHEN l.side = 'D' THEN l.amount ELSE 0 END AS debit,"
            " CASE WHEN l.side = 'C' THEN -l.amount ELSE 0 END AS credit"
            f" FROM {_LINES} l JOIN ledger_account a ON a.id = l.account_id WHERE {where}{extra}"
        )

    def _in(self, column: str, values: Sequence[int]) -> str:
        """A condition on ids."""
        self.values += values
        return f" AND {column} IN ({', '.join(['%s'] * len(values))})"

    def _resources(self, column: str, none: dict[int, str]) -> str:
        wanted = self.reading.resources
        if wanted is None:
            return ""
        named = [each for each in wanted if each]
        parts = [none[0]] if 0 in wanted else []
        if named:
            self.values += named
            parts.append(f"{column} IN ({', '.join(['%s'] * len(named))})")
        return f" AND ({' OR '.join(parts)})"

    def run(self, select: str, group: str) -> list[tuple[Any, ...]]:
        """Run a selection over the source that was built; sums are whole numbers of any size."""
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                # Sums of bigint are numeric: made into Decimals first they would cost three times.
                cursor.adapters.register_loader("numeric", IntLoader)
            cursor.execute(select + group, self.values)
            return list(cursor.fetchall())


def _plan(reading: Reading) -> Iterator[tuple[tuple[int, ...], list[Cover]]]:
    """How to cover the time before and the period, for each kind of book."""
    by_year, by_month = [], []
    for book in reading.books:
        turns = reading.years[book].starts[1:] if book in reading.years else ()
        if all((turn.month, turn.day) == (1, 1) for turn in turns):
            by_year.append(book)
        elif all(turn.day == 1 for turn in turns):
            by_month.append(book)
        else:  # a year that starts within a month: single days
            yield (book,), [Cover((), (), ((_BEGIN, reading.last),))]
    spans = reading.spans
    if by_year:
        yield tuple(by_year), [cover(a, b) for a, b in spans]
    if by_month:
        yield tuple(by_month), [cover(a, b, by_year=False) for a, b in spans]


def _joined(ranges: Sequence[tuple[dt.date, dt.date]]) -> list[tuple[dt.date, dt.date]]:
    """Ranges with those that follow on from one another put together."""
    joined: list[tuple[dt.date, dt.date]] = []
    for start, end in sorted(ranges):
        if joined and start == joined[-1][1] + _DAY:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _day(value: Any) -> dt.date | None:
    """A day of a raw query; SQLite gives text."""
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


# By structure: rows that the walk over the years takes -------------------------------------------


def by_structure(reading: Reading, state: State) -> list[Sums]:
    """Sums by book and account, resources not told apart.

    When only some resources are read, the class 12 accounts of the openings of later years come
    along, as opening rows of nothing attributed: they tell where results go.
    """
    if not reading.books:
        return []
    rows = list(_structure_rows(reading, state, ""))
    if reading.resources is None:
        return rows
    books = tuple(sorted({row.book for row in rows}))
    if not books:
        return rows
    whole = replace(reading, books=books, resources=(0,))
    later = _structure_rows(whole, state, " AND opening AND account LIKE '12%%'")
    return [*rows, *(row for row in later if row.segment > 0)]


def _structure_rows(reading: Reading, state: State, extra: str) -> Iterator[Sums]:
    query = _Query(reading, state.mark, state.last > state.mark, state.books)
    source = query.source(extra)
    # Within a year of a book only the sum counts, so days are put together by year of the calendar
    # where books follow it, and kept apart elsewhere.
    # In sums by year the day says it all, and is quicker to sort by than what is worked out of it.
    period = "s.day" if query.by_year else f"5, {_bucket(reading)}"
    before = "CASE WHEN s.day < %s THEN 1 ELSE 0 END"
    select = (
        f"SELECT MIN(s.day), s.book, s.account, s.opening, {before},"
        f" SUM(s.debit), SUM(s.credit) FROM ({source}) AS s"
    )
    query.values.insert(0, reading.first)
    rows = query.run(select, f" GROUP BY s.book, s.account, s.opening, {period}")
    segments: dict[tuple[int, Any], int] = {}
    for day, book, account, opening, was, debit, credit in rows:
        segment = segments.get((book, day))
        if segment is None:
            at, years = _day(day), reading.years.get(book)
            segment = segments[book, day] = years.segment(at) if years and at else 0
        yield Sums(book, None, account, segment, was == 1, opening == 1, debit, credit)


def _bucket(reading: Reading) -> str:
    """SQL for what keeps financial years apart: the calendar year, or the day itself."""
    turns = itertools.chain.from_iterable(years.starts[1:] for years in reading.years.values())
    if all((turn.month, turn.day) == (1, 1) for turn in turns):
        if connection.vendor == "postgresql":
            return "EXTRACT(YEAR FROM s.day)"
        return "substr(s.day, 1, 4)"
    return "s.day"


# By resource: rows already added up over books ---------------------------------------------------


def results_of(rows: Sequence[Sums]) -> dict[tuple[int, int], str]:
    """Which account takes the result of the year before, by book and year, from the openings."""
    openings: dict[tuple[int, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        if row.opening and row.segment > 0:
            openings[row.book, row.segment][row.account] += row.debit - row.credit
    return {key: result_account(opening) for key, opening in openings.items()}


def by_resource(reading: Reading, state: State) -> list[Collapsed]:
    """Sums by resource and account over all books.

    Results of ended years and opening entries keep their book and a day of their year, because
    what becomes of them depends on it.
    """
    if not reading.books:
        return []
    query = _Query(reading, state.mark, state.last > state.mark, state.books)
    source = query.source()
    ended, values = _ended(reading)
    ends = "s.account < '6'"
    account = (
        f"CASE WHEN s.opening OR NOT ({ended}) OR {ends} THEN s.account"
        f" WHEN s.account < '8' THEN '{RESULT}' ELSE '{APART}' END"
    )
    keeps = f"s.opening OR (({ended}) AND s.account >= '6')"
    select = (
        f"SELECT s.resource, {account} AS account, CASE WHEN {keeps} THEN s.book ELSE 0 END,"
        f" CASE WHEN {keeps} THEN s.day END, s.opening,"
        " CASE WHEN s.day < %s THEN 1 ELSE 0 END, SUM(s.debit), SUM(s.credit)"
        f" FROM ({source}) AS s"
    )
    query.values[:0] = [*values, *values, *values, reading.first]
    rows = query.run(select, " GROUP BY 1, 2, 3, 4, 5, 6")
    if connection.vendor == "postgresql":
        return list(map(Collapsed._make, rows))
    return [
        Collapsed(resource, code, book, _day(at), opening == 1, was == 1, debit, credit)
        for resource, code, book, at, opening, was, debit, credit in rows
    ]


def _ended(reading: Reading) -> tuple[str, list[Any]]:
    """SQL that says whether a day lies in a financial year that ended before the period."""
    starts: dict[dt.date, list[int]] = defaultdict(list)
    for book in reading.books:
        years = reading.years.get(book)
        entered = years.segment(reading.first) if years else 0
        if years and entered:
            starts[years.starts[entered]].append(book)
    if not starts:
        return "1 = 0", []
    if len(starts) == 1:
        ((start, books),) = starts.items()
        if len(books) == len(reading.books):
            return "s.day < %s", [start]
    parts, values = [], []
    for start, books in sorted(starts.items()):
        parts.append(f"(s.book IN ({', '.join(['%s'] * len(books))}) AND s.day < %s)")
        values += [*books, start]
    return f"({' OR '.join(parts)})", values


# By cell, in several stretches of time: what one resource or structure is read from -------------


def by_cell(reading: Reading, keep: str) -> list[tuple[int, Sums]]:
    """Sums by book, account and stretch of time, all from one query, so from one state.

    Args:
        reading: What to read, with its cuts.
        keep: ``resource``: resources told apart; ``attributed``: only whether attributed to any
            (resource 1) or not; ``none``: not told apart.

    Returns:
        The number of the stretch (0 is the time before the first cut) and the sums; ``before`` is
        false in all of them. When only some resources are read, the class 12 accounts of the
        openings of later years come along, as opening rows of what is not attributed: they tell
        where results go.
    """
    if not reading.books:
        return []
    query = _Query(reading, None, True)
    source = query.source()
    wanted = reading.resources
    if wanted is not None and 0 not in wanted:
        query.reading = replace(reading, resources=(0,))
        source = query.source(" AND opening AND account LIKE '12%%'")
    resource = {
        "resource": "s.resource",
        "attributed": "CASE WHEN s.resource = 0 THEN 0 ELSE 1 END",
        "none": "0",
    }[keep]
    cuts = reading.cuts or (reading.first,)
    stretch = " + ".join(["CASE WHEN s.day >= %s THEN 1 ELSE 0 END"] * len(cuts))
    query.values[:0] = cuts
    select = (
        f"SELECT MIN(s.day), s.book, {resource}, s.account, s.opening, {stretch},"
        f" SUM(s.debit), SUM(s.credit) FROM ({source}) AS s"
    )
    group = f" GROUP BY s.book, 3, s.account, s.opening, 6, {_bucket(reading)}"
    return list(_cell_rows(query.run(select, group), reading))


def _cell_rows(rows: Sequence[tuple[Any, ...]], reading: Reading) -> Iterator[tuple[int, Sums]]:
    wanted = reading.resources
    lent = wanted is not None and 0 not in wanted
    for day, book, resource, account, opening, stretch, debit, credit in rows:
        at, years = _day(day), reading.years.get(book)
        segment = years.segment(at) if years and at else 0
        if lent and not resource and not segment:
            continue
        sums = Sums(
            book, resource or None, account, segment, False, bool(opening), int(debit), int(credit)
        )
        yield int(stretch), sums
