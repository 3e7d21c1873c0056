"""Reading original lines in order, in bounded memory, for work that looks at every one of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Max, Min

from chambre.ledger.models import FinancialYear, JournalEntry

BLOCK_ENTRIES = 5_000


class ScannedLine(NamedTuple):
    """An original line that says no resource: not a share of another line, not a link line.

    A line that was recorded with its resource is attributed already, by whoever recorded it.

    ``standing`` is false when the line's entry was reversed, is a reversal, or repeats as an
    opening what the ledger already holds from the year before: such a line is not attributed.
    """

    id: int
    entry_id: int
    book_id: int
    account_id: int
    auxiliary_id: int | None
    journal_id: int
    unit: str
    amount: int
    side: str
    day: dt.date
    phase: int
    label: str
    piece: str
    standing: bool


def repeated_openings(books: Iterable[int]) -> dict[int, list[tuple[dt.date, dt.date]]]:
    """Years, by book, whose openings repeat the year before, which the ledger holds.

    Returns:
        ``book id → [(first day, last day), …]`` of each year but the book's first.
    """
    years: dict[int, list[tuple[dt.date, dt.date]]] = {}
    rows = FinancialYear.objects.filter(book__in=list(books)).order_by("book_id", "start")
    for book_id, start, end in rows.values_list("book_id", "start", "end"):
        years.setdefault(book_id, []).append((start, end))
    return {book_id: spans[1:] for book_id, spans in years.items()}


def count_lines(*, books: Sequence[int]) -> int:
    """How many lines :func:`scan_lines` will give."""
    if not books:
        return 0
    marks = ", ".join(["%s"] * len(books))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id"
            f" WHERE l.source_line IS NULL AND l.resource_id IS NULL AND NOT a.is_link"
            " AND l.phase < 2"
            f" AND l.book_id IN ({marks})",
            list(books),
        )
        return int(cursor.fetchone()[0])


def scan_lines(
    *, books: Sequence[int], entries: Sequence[int] | None = None
) -> Iterator[list[ScannedLine]]:
    """Original lines of some books that say no resource, entry by entry, in the order of recording.

    Args:
        books: Ids of books.
        entries: Only these journal entries; absent: all.

    Yields:
        Blocks of lines of at most 5,000 entries; an entry is never cut in two.
    """
    if not books:
        return
    if entries is not None:
        for at in range(0, len(entries), 500):
            yield from _block(books, "l.entry_id IN", entries[at : at + 500])
        return
    span = JournalEntry.objects.aggregate(first=Min("id"), last=Max("id"))
    if span["first"] is None:
        return
    for first in range(span["first"], span["last"] + 1, BLOCK_ENTRIES):
        yield from _block(books, "l.entry_id BETWEEN", [first, first + BLOCK_ENTRIES - 1])


_COLUMNS = (
    "l.id, l.entry_id, l.book_id, l.account_id, l.auxiliary_id, e.journal_id, l.unit,"
    " l.amount, l.side, l.day, l.phase, l.label, l.piece, e.kind, r.id"
)


def _block(books: Sequence[int], condition: str, values: Sequence[int]) -> Iterator[list[Any]]:
    """One block of lines, if there is any."""
    marks = " AND ".join(["%s"] * 2) if "BETWEEN" in condition else None
    listed = marks or f"({', '.join(['%s'] * len(values))})"
    in_books = ", ".join(["%s"] * len(books))
    # The inner LEFT JOIN finds entries that another one reverses.
    query = (
        f"SELECT {_COLUMNS} FROM ledger_line l"
        " JOIN ledger_journalentry e ON e.id = l.entry_id"
        " JOIN ledger_account a ON a.id = l.account_id"
        " LEFT JOIN ledger_journalentry r ON r.reverses_id = e.id"
        f" WHERE {condition} {listed} AND l.source_line IS NULL AND NOT a.is_link"
        f" AND l.resource_id IS NULL AND l.phase < 2 AND l.book_id IN ({in_books})"
        " ORDER BY l.entry_id, l.number"
    )
    repeated = repeated_openings(books)
    with connection.cursor() as cursor:
        cursor.execute(query, [*values, *books])
        lines = [_scanned(row, repeated) for row in cursor.fetchall()]
    if lines:
        yield lines


def _scanned(row: Sequence[Any], repeated: dict[int, list[tuple[dt.date, dt.date]]]) -> ScannedLine:
    """A row of :func:`_block` as a line."""
    *head, day, phase, label, piece, kind, reversed_by = row
    if isinstance(day, str):  # SQLite gives dates of raw queries as text
        day = dt.date.fromisoformat(day)
    standing = kind != JournalEntry.Kind.REVERSAL and reversed_by is None
    if standing and phase == 1:
        standing = not any(start <= day <= end for start, end in repeated.get(head[2], ()))
    return ScannedLine._make((*head, day, phase, label, piece, standing))


def held_splits(first: int, last: int) -> dict[int, dict[int | None, int]]:
    """How the ledger holds some original lines split over resources.

    Args:
        first: Lowest line id.
        last: Highest line id.

    Returns:
        For each original line of the range that was ever attributed, its amount by resource id
        (none: the structure itself), zero parts left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.source_line, s.resource_id, SUM(s.amount), MIN(o.amount)"
            " FROM ledger_line s JOIN ledger_line o ON o.id = s.source_line"
            " WHERE s.source_line BETWEEN %s AND %s GROUP BY 1, 2",
            [first, last],
        )
        rows = cursor.fetchall()
    splits: dict[int, dict[int | None, int]] = {}
    for line_id, resource_id, amount, original in rows:
        split = splits.setdefault(line_id, {None: int(original)})
        split[resource_id] = split.get(resource_id, 0) + int(amount)
    return {
        line_id: {key: part for key, part in split.items() if part}
        for line_id, split in splits.items()
    }
