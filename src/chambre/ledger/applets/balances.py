"""Sums of lines for statements: from the roll-ups, and from the lines where those do not reach.

A stretch of time is covered by whole years, whole months and single days. Whole years and months
come from the roll-ups plus the lines recorded after the last refresh; single days come from the
covering indexes of the lines. Both give the same figures, which :func:`compare` proves.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Max

from chambre.core.db.horizon import settled
from chambre.ledger.models import BalanceMark, FinancialYear, JournalEntry
from chambre.lib.consolidation import Years

TAIL = 20_000
"""So many entries may wait before :func:`refresh_if_needed` refreshes."""
MANY = 100
"""More new entries than this change what PostgreSQL should know of the tables."""


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


def years_of(
    books: Iterable[int], exercises: Iterable[FinancialYear] | None = None
) -> dict[int, Years]:
    """The financial years of some books; ``exercises`` are theirs, in order, when at hand."""
    starts: dict[int, list[dt.date]] = {book: [] for book in books}
    if exercises is None:
        rows = FinancialYear.objects.filter(book__in=list(starts))
        exercises = rows.order_by("book_id", "start")
    for year in exercises:
        starts[year.book_id].append(year.start)
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
        "SELECT l.day AS start, resource, l.book AS book, a.code AS account,"
        " opening, unit, SUM(debit) AS debit, SUM(credit) AS credit"
        f" FROM (SELECT {start} AS day, COALESCE(resource_id, 0) AS resource, book_id AS book,"
        f" account_id, {opening} AS opening, unit,"
        " SUM(CASE WHEN side = 'D' THEN amount ELSE 0 END) AS debit,"
        " SUM(CASE WHEN side = 'C' THEN -amount ELSE 0 END) AS credit"
        " FROM ledger_line WHERE entry_id > %s AND entry_id <= %s AND phase < 2"
        " GROUP BY 1, 2, 3, 4, 5, 6) AS l JOIN ledger_account a ON a.id = l.account_id"
        " GROUP BY 1, 2, 3, 4, 5, 6"
    )


@transaction.atomic
def refresh() -> int:
    """Bring the roll-ups up to the last journal entry.

    Safe beside concurrent posting, and in nobody's way: up to where no entry with a lower number
    can appear any more. While a long import runs, nothing is added.

    Returns:
        How many entries were added.
    """
    last = settled([JournalEntry])[JournalEntry]
    with connection.cursor() as cursor:
        BalanceMark.objects.get_or_create(pk=1)
        mark = BalanceMark.objects.select_for_update().get(pk=1)
        if last is None or last <= mark.last_entry:
            return 0
        entries = JournalEntry.objects.filter(pk__gt=mark.last_entry, pk__lte=last)
        count = entries.count()
        if count > MANY and connection.vendor == "postgresql":
            # Its own look at the tables comes a minute later, and what is read until then is
            # planned as if they were empty.
            cursor.execute("ANALYZE ledger_line, ledger_journalentry, ledger_account")
        for table in _TABLES:
            cursor.execute(
                f"INSERT INTO {table}"
                " (start, resource, book, account, opening, unit, debit, credit)"
                f" SELECT * FROM ({_sums(table)}) AS fresh WHERE true"
                " ON CONFLICT (resource, unit, start, book, account, opening) DO UPDATE SET"
                f" debit = {table}.debit + excluded.debit,"
                f" credit = {table}.credit + excluded.credit",
                [mark.last_entry, last],
            )
        if count > MANY and connection.vendor == "postgresql":
            cursor.execute(f"ANALYZE {', '.join(_TABLES)}")
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
        BalanceMark.objects.select_for_update().filter(pk=1).first()
        for table in _TABLES:
            cursor.execute(f"DELETE FROM {table}")
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
            kept = f"SELECT {columns} FROM {table} WHERE debit <> 0 OR credit <> 0"
            fresh = f"SELECT * FROM ({_sums(table)}) AS f WHERE debit <> 0 OR credit <> 0"
            for left, right, word in ((kept, fresh, "extra"), (fresh, kept, "missing")):
                cursor.execute(f"{left} EXCEPT {right} LIMIT 5", [0, last])
                problems += [f"{table} {word}: {row}" for row in cursor.fetchall()]
    return problems
