"""Sums of lines for statements: from the roll-ups, and from the lines where those do not reach.

A stretch of time is covered by whole years, whole months and single days. Whole years and months
come from the roll-ups plus the lines recorded after the last refresh; single days come from the
covering indexes of the lines. Both give the same figures, which :func:`compare` proves.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from chambre.ledger.models import Account, BalanceMark, FinancialYear, JournalEntry
from chambre.lib.consolidation import Sums, Years

TAIL = 20_000
"""So many entries may wait before :func:`refresh_if_needed` refreshes."""


@dataclass(frozen=True, slots=True)
class Cover:
    """Whole years, whole months and single days that make up a stretch of time.

    Attributes:
        years: First days of whole calendar years, as ``(first, last)`` ranges of starts.
        months: Likewise for months.
        days: Ranges of single days, both ends included.
    """

    years: tuple[tuple[dt.date, dt.date], ...]
    months: tuple[tuple[dt.date, dt.date], ...]
    days: tuple[tuple[dt.date, dt.date], ...]


_BEGIN = dt.date(1, 1, 1)
_DAY = dt.timedelta(days=1)


def _next_month(day: dt.date) -> dt.date:
    """First day of the month after."""
    return dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)


def cover(first: dt.date, last: dt.date, *, by_year: bool = True) -> Cover:
    """Cover ``[first, last]`` by as few years, months and days as possible.

    Args:
        first: First day; the first day of year 1 means: from the beginning.
        last: Last day.
        by_year: False: months instead of years (books whose years start in mid-year).
    """
    if last < first:
        return Cover((), (), ())
    after = last + _DAY
    month_first = first if first.day == 1 else _next_month(first)
    month_end = after.replace(day=1)
    if month_first >= month_end:
        if first < month_first <= last:  # the end of a month and the beginning of the next
            return Cover((), (), ((first, month_first - _DAY), (month_first, last)))
        return Cover((), (), ((first, last),))
    days = []
    if first < month_first:
        days.append((first, month_first - _DAY))
    if month_end < after:
        days.append((month_end, last))
    year_first = month_first if month_first.month == 1 else dt.date(month_first.year + 1, 1, 1)
    year_end = month_end.replace(month=1)
    if not by_year or year_first >= year_end:
        return Cover((), ((month_first, month_end - _DAY),), tuple(days))
    months = []
    if month_first < year_first:
        months.append((month_first, year_first - _DAY))
    if year_end < month_end:
        months.append((year_end, month_end - _DAY))
    return Cover(((year_first, year_end - _DAY),), tuple(months), tuple(days))


def years_of(books: Iterable[int]) -> dict[int, Years]:
    """The financial years of some books."""
    starts: dict[int, list[dt.date]] = {book: [] for book in books}
    rows = FinancialYear.objects.filter(book__in=list(starts)).order_by("book_id", "start")
    for book_id, start in rows.values_list("book_id", "start"):
        starts[book_id].append(start)
    return {book_id: Years(tuple(each)) for book_id, each in starts.items()}


# Writing the roll-ups -------------------------------------------------------------------------

_TABLES = ("ledger_yearbalance", "ledger_monthbalance")


def _start_of(table: str) -> str:
    """SQL for the first day of the year or month of a line's day."""
    if connection.vendor == "postgresql":
        part = "year" if "year" in table else "month"
        return f"date_trunc('{part}', day)::date"
    return "substr(day, 1, 4) || '-01-01'" if "year" in table else "substr(day, 1, 7) || '-01'"


def _sums(table: str) -> str:
    """SQL that sums the lines of a range of entries by the key of a roll-up."""
    start = _start_of(table)
    opening = "phase = 1"
    return (
        f"SELECT {start} AS start, COALESCE(resource_id, 0) AS resource,"  # noqa: S608
        f" book_id AS book, account_id AS account, {opening} AS opening, unit,"
        " SUM(CASE WHEN side = 'D' THEN amount ELSE 0 END) AS debit,"
        " SUM(CASE WHEN side = 'C' THEN -amount ELSE 0 END) AS credit"
        " FROM ledger_line WHERE entry_id > %s AND entry_id <= %s AND phase < 2"
        " GROUP BY 1, 2, 3, 4, 5, 6"
    )


@transaction.atomic
def refresh() -> int:
    """Bring the roll-ups up to the last journal entry.

    Safe beside concurrent posting: on PostgreSQL a lock waits for postings in flight, so that no
    entry with a lower number can appear afterwards; on SQLite the transaction is alone.

    Returns:
        How many entries were added.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("LOCK TABLE ledger_journalentry IN SHARE MODE")
        BalanceMark.objects.get_or_create(pk=1)
        mark = BalanceMark.objects.select_for_update().get(pk=1)
        entries = JournalEntry.objects.filter(pk__gt=mark.last_entry)
        last = entries.aggregate(last=Max("pk"))["last"]
        if last is None:
            return 0
        count = entries.count()
        for table in _TABLES:
            cursor.execute(
                f"INSERT INTO {table}"  # noqa: S608
                " (start, resource, book, account, opening, unit, debit, credit)"
                f" SELECT * FROM ({_sums(table)}) AS fresh WHERE true"
                " ON CONFLICT (resource, unit, start, book, account, opening) DO UPDATE SET"
                f" debit = {table}.debit + excluded.debit,"
                f" credit = {table}.credit + excluded.credit",
                [mark.last_entry, last],
            )
        mark.last_entry = last
        mark.save(update_fields=["last_entry", "refreshed_at"])
    return count


def refresh_if_needed() -> int:
    """Refresh when enough entries wait for it. Returns how many were added."""
    mark = BalanceMark.objects.filter(pk=1).first()
    last = JournalEntry.objects.aggregate(last=Max("pk"))["last"] or 0
    return refresh() if last - (mark.last_entry if mark else 0) > TAIL else 0


@transaction.atomic
def rebuild() -> int:
    """Throw the roll-ups away and make them again from the lines."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("LOCK TABLE ledger_journalentry IN SHARE MODE")
        for table in _TABLES:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608
        BalanceMark.objects.update_or_create(pk=1, defaults={"last_entry": 0})
    return refresh()


def compare() -> list[str]:
    """Rows of the roll-ups that differ from the sums of the lines; empty when all is well."""
    problems = []
    mark = BalanceMark.objects.filter(pk=1).first()
    last = mark.last_entry if mark else 0
    columns = "start, resource, book, account, opening, unit, debit, credit"
    with connection.cursor() as cursor:
        for table in _TABLES:
            kept = f"SELECT {columns} FROM {table} WHERE debit <> 0 OR credit <> 0"  # noqa: S608
            fresh = f"SELECT * FROM ({_sums(table)}) AS f WHERE debit <> 0 OR credit <> 0"  # noqa: S608
            for left, right, word in ((kept, fresh, "extra"), (fresh, kept, "missing")):
                cursor.execute(f"{left} EXCEPT {right} LIMIT 5", [0, last])
                problems += [f"{table} {word}: {row}" for row in cursor.fetchall()]
    return problems


# Reading --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scope:
    """What a reading takes.

    Attributes:
        books: Ids of books.
        resources: Ids of resources, 0 for what is not attributed; none: all.
        unit: Unit of account.
        split: False: resources are not told apart (all under 0).
        results_only: Only opening entries of class 12 accounts: they tell which account takes
            the result of an ended year.
    """

    books: tuple[int, ...]
    resources: tuple[int, ...] | None = None
    unit: str = "EUR"
    split: bool = True
    results_only: bool = False


Row = tuple[Any, int, int, int, bool, int, int]
"""Start, resource, book, account, opening, debit, credit."""


def read(scope: Scope, years: dict[int, Years], first: dt.date, last: dt.date) -> list[Sums]:
    """Sums up to ``last`` for a statement that starts on ``first``.

    In one consistent state of the ledger: a reading during which the roll-ups were refreshed is
    made again.
    """
    codes = _codes(scope.books)
    while True:
        mark = _mark()
        sums = list(_read_once(scope, years, first, last, mark, codes))
        if _mark() == mark:
            return sums


def _mark() -> int:
    mark = BalanceMark.objects.filter(pk=1).values_list("last_entry", flat=True).first()
    return mark or 0


def _codes(books: Sequence[int]) -> dict[int, str]:
    """Account numbers by id."""
    return dict(Account.objects.filter(book__in=books).values_list("pk", "code"))


def _read_once(
    scope: Scope,
    years: dict[int, Years],
    first: dt.date,
    last: dt.date,
    mark: int,
    codes: dict[int, str],
) -> Iterator[Sums]:
    """One attempt of :func:`read`."""
    for before, start, end in ((True, _BEGIN, first - _DAY), (False, first, last)):
        for books, parts in _parts(scope, years, start, end):
            part = replace(scope, books=books)
            for row in _stretch(part, parts, mark):
                yield _as_sums(row, before, years, codes)


def _parts(
    scope: Scope, years: dict[int, Years], start: dt.date, end: dt.date
) -> Iterator[tuple[tuple[int, ...], Cover]]:
    """How to cover a stretch for each kind of book: by years, by months, or by days."""
    if end < start:
        return
    by_year, by_month = [], []
    for book in scope.books:
        turns = years[book].starts[1:] if book in years else ()
        if all((turn.month, turn.day) == (1, 1) for turn in turns):
            by_year.append(book)
        elif all(turn.day == 1 for turn in turns):
            by_month.append(book)
        else:  # a year that starts within a month: cut the days at each start
            cuts = [start, *(turn for turn in turns if start < turn <= end), end + _DAY]
            days = tuple((a, b - _DAY) for a, b in itertools.pairwise(cuts))
            yield (book,), Cover((), (), days)
    if by_year:
        yield tuple(by_year), cover(start, end)
    if by_month:
        yield tuple(by_month), cover(start, end, by_year=False)


def _as_sums(row: Row, before: bool, years: dict[int, Years], codes: dict[int, str]) -> Sums:
    """A row of the database as the pure reading takes it."""
    start, resource, book, account, opening, debit, credit = row
    day = start if isinstance(start, dt.date) else dt.date.fromisoformat(start)
    book_years = years.get(book)
    return Sums(
        book=book,
        resource=resource or None,
        account=codes[account],
        segment=book_years.segment(day) if book_years else 0,
        before=before,
        opening=bool(opening),
        debit=int(debit),
        credit=int(credit),
    )


def _stretch(scope: Scope, parts: Cover, mark: int) -> Iterator[Row]:
    """The sums of a covered stretch of time."""
    for table, ranges in ((_TABLES[0], parts.years), (_TABLES[1], parts.months)):
        for start, end in ranges:
            yield from _from_rollup(scope, table, start, end)
            yield from _from_lines(scope, start, end, after=mark)
    for start, end in parts.days:
        yield from _from_lines(scope, start, end)


_RESULTS = "SELECT id FROM ledger_account WHERE code LIKE '12%%'"


def _marks(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def _from_rollup(scope: Scope, table: str, start: dt.date, end: dt.date) -> Iterator[Row]:
    """Sums from a roll-up, for starts within a range."""
    resource = "resource" if scope.split else "CAST(0 AS bigint)"
    where = f"unit = %s AND start >= %s AND start <= %s AND book IN ({_marks(scope.books)})"
    values: list[Any] = [scope.unit, start, end, *scope.books]
    if scope.resources is not None:
        where += f" AND resource IN ({_marks(scope.resources)})"
        values += scope.resources
    if scope.results_only:
        where += f" AND opening AND account IN ({_RESULTS})"
    columns = f"start, {resource}, book, account, opening"
    sums, group = "debit, credit", ""
    if not scope.split:
        sums, group = "SUM(debit), SUM(credit)", " GROUP BY 1, 2, 3, 4, 5"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}, {sums} FROM {table} WHERE {where}{group}", values)  # noqa: S608
        yield from cursor.fetchall()


def _from_lines(
    scope: Scope, start: dt.date, end: dt.date, after: int | None = None
) -> Iterator[Row]:
    """Sums from the lines of a range of days; ``after``: only of entries past the roll-ups."""
    resource = "COALESCE(resource_id, 0)" if scope.split else "CAST(0 AS bigint)"
    month = _start_of("month")
    where = "unit = %s AND day >= %s AND day <= %s AND phase < 2"
    values: list[Any] = [scope.unit, start, end]
    where += f" AND book_id IN ({_marks(scope.books)})"
    values += scope.books
    if after is not None:
        where += " AND entry_id > %s"
        values.append(after)
    if scope.resources is not None:
        condition, more = _resources(scope.resources)
        where += condition
        values += more
    if scope.results_only:
        where += f" AND phase = 1 AND account_id IN ({_RESULTS})"
    # A stretch of single days never leaves its month, but the part past the roll-ups may.
    bucket = "MIN(day)" if after is None else month
    group = "" if after is None else f", {month}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {bucket}, {resource}, book_id, account_id, phase = 1,"  # noqa: S608
            " SUM(CASE WHEN side = 'D' THEN amount ELSE 0 END),"
            " SUM(CASE WHEN side = 'C' THEN -amount ELSE 0 END)"
            f" FROM ledger_line WHERE {where}"
            f" GROUP BY {resource}, book_id, account_id, phase = 1{group}",
            values,
        )
        yield from cursor.fetchall()


def _resources(resources: Sequence[int]) -> tuple[str, list[int]]:
    """The condition on resources, which are empty in lines that are not attributed."""
    named = [each for each in resources if each]
    parts = []
    if named:
        parts.append(f"resource_id IN ({_marks(named)})")
    if 0 in resources:
        parts.append("resource_id IS NULL")
    return f" AND ({' OR '.join(parts)})", named
