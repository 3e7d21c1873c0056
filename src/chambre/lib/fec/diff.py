"""What a replaced export of the same year adds, removes and changes."""

from __future__ import annotations

import hashlib
import pickle
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .scratch import scratch
from .types import Entry, FecLine, LineTuple


class ChangeKind(StrEnum):
    """What happened to an entry."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENUMBERED = "renumbered"
    """The same journal, day and lines under another number."""


@dataclass(frozen=True, slots=True)
class Change:
    """One entry that is not the same in both.

    Attributes:
        kind: What happened to it.
        before: The entry as it was, None when added.
        after: The entry as it is, None when removed.
        removed: Lines of ``before`` that ``after`` has not.
        added: Lines of ``after`` that ``before`` has not.
    """

    kind: ChangeKind
    before: Entry | None
    after: Entry | None
    removed: tuple[LineTuple, ...]
    added: tuple[LineTuple, ...]


_TABLES = """
CREATE TABLE entry (
    id INTEGER PRIMARY KEY, side INTEGER, key BLOB, loose BLOB, moved BLOB, content BLOB,
    entry BLOB, partner INTEGER, kind TEXT
);
"""

# How entries of both sides find their partners, the surest way first; what has the same values in
# these columns is matched in the order of the files.
_WAYS: tuple[tuple[str, ChangeKind | None], ...] = (
    ("key, content", None),
    ("key", ChangeKind.CHANGED),
    ("loose, content", ChangeKind.RENUMBERED),
    ("moved", ChangeKind.CHANGED),
)


def difference(
    before: Iterable[Entry], after: Iterable[Entry], *, ignoring: Collection[str] = ()
) -> Iterator[Change]:
    """Compare two readings of the same books, in bounded memory.

    Entries are the same when journal, number, day and all the lines are, wherever the lines stand.
    The others are matched by journal, number and day (and the piece when there is no number); then
    by journal, day, piece and lines, whatever the number; then by journal and number, whatever the
    day. What finds no partner was removed, or added.

    Args:
        before: Entries of the first reading.
        after: Entries of the second.
        ignoring: Fields of :class:`FecLine` that do not count; the number of the line never does.

    Yields:
        What is not the same: what was there before in its order, then what was added in its own.
    """
    base = scratch()
    try:
        base.executescript(_TABLES)
        shape = _Shape(ignoring)
        base.execute("BEGIN")
        for side, entries in enumerate((before, after)):
            base.executemany(
                "INSERT INTO entry (side, key, loose, moved, content, entry)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                ((side, *shape.row(entry)) for entry in entries),
            )
        base.execute("COMMIT")
        for columns, kind in _WAYS:
            _match(base, columns, kind)
        yield from _changes(base, shape)
    finally:
        base.close()


class _Shape:
    """What counts in a line, and what an entry is found by."""

    def __init__(self, ignoring: Collection[str]) -> None:
        unknown = set(ignoring) - set(FecLine._fields)
        if unknown:
            raise ValueError(f"not fields of a line: {', '.join(sorted(unknown))}")
        left_out = {"line", "number", *ignoring}
        self._places = [place for place, name in enumerate(FecLine._fields) if name not in left_out]

    def content(self, line: LineTuple) -> tuple[Any, ...]:
        """What a line says, as far as it counts; the number is the entry's."""
        values: list[Any] = [line[place] for place in self._places]
        extras = values[-1]
        if isinstance(extras, dict):
            values[-1] = tuple(sorted(extras.items()))
        return tuple(values)

    def row(self, entry: Entry) -> tuple[bytes, bytes, bytes, bytes, bytes]:
        """The keys of an entry, and itself."""
        day = entry.day.toordinal()
        own = "" if entry.number else entry.piece
        lines = sorted(repr(self.content(line)) for line in entry.lines)
        return (
            _digest(entry.journal, entry.number, day, own),
            _digest(entry.journal, day, entry.piece),
            _digest(entry.journal, entry.number, own),
            _digest(*lines),
            pickle.dumps(entry, 5),
        )


def _digest(*values: object) -> bytes:
    return hashlib.blake2b(repr(values).encode(), digest_size=16).digest()


def _match(base: sqlite3.Connection, columns: str, kind: ChangeKind | None) -> None:
    """Make partners of what has no partner yet and is the same in some columns."""
    base.execute("DROP TABLE IF EXISTS pair")
    base.execute(
        f"CREATE TABLE pair AS WITH left AS ("  # noqa: S608
        f"SELECT id, side, {columns}, row_number() OVER (PARTITION BY side, {columns} ORDER BY id)"
        f" AS n FROM entry WHERE partner IS NULL) SELECT a.id AS one, b.id AS two"
        f" FROM left a JOIN left b USING ({columns}, n) WHERE a.side = 0 AND b.side = 1"
    )
    base.execute("CREATE INDEX pair_one ON pair (one)")
    base.execute("CREATE INDEX pair_two ON pair (two)")
    said = None if kind is None else kind.value
    base.execute(
        "UPDATE entry SET partner = p.two, kind = ? FROM pair p WHERE p.one = entry.id", (said,)
    )
    base.execute("UPDATE entry SET partner = p.one FROM pair p WHERE p.two = entry.id")


def _changes(base: sqlite3.Connection, shape: _Shape) -> Iterator[Change]:
    rows = base.execute(
        "SELECT a.side, coalesce(a.kind, CASE a.side WHEN 0 THEN 'removed' ELSE 'added' END),"
        " a.entry, b.entry FROM entry a LEFT JOIN entry b ON b.id = a.partner"
        " WHERE (a.side = 0 AND (a.kind IS NOT NULL OR a.partner IS NULL))"
        " OR (a.side = 1 AND a.partner IS NULL) ORDER BY a.id"
    )
    for side, kind, own, other in rows:
        entries = [None if blob is None else pickle.loads(blob) for blob in (own, other)]  # noqa: S301
        before, after = entries if side == 0 else entries[::-1]
        yield Change(
            ChangeKind(kind),
            before,
            after,
            _only_in(before, after, shape),
            _only_in(after, before, shape),
        )


def _only_in(entry: Entry | None, other: Entry | None, shape: _Shape) -> tuple[LineTuple, ...]:
    if entry is None:
        return ()
    there = Counter(shape.content(line) for line in other.lines) if other else Counter()
    kept = []
    for line in entry.lines:
        content = shape.content(line)
        if there[content]:
            there[content] -= 1
        else:
            kept.append(line)
    return tuple(kept)
