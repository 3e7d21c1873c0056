"""How rows reach the tables: COPY or INSERT on PostgreSQL, ``executemany`` on SQLite.

Never through the ORM's ``bulk_create``, which costs five times as much. The two databases differ
in how ids are drawn and rows are sent, and in nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from functools import cache
from itertools import chain, islice
from typing import Any, NamedTuple

from django.db import connections
from psycopg.pq import Escaping

from chambre.ledger.applets.sending import Asked, Sender, as_copied

LINE_COLUMNS = (
    "id", "entry_id", "number", "chamber_id", "book_id", "account_id", "resource_id", "unit",
    "amount", "side", "day", "phase", "label", "auxiliary_id", "piece", "piece_day", "lettering",
    "lettered_on", "currency", "currency_amount", "source_line", "extra",
)  # fmt: skip
ENTRY_COLUMNS = (
    "id", "chamber_id", "book_id", "journal_id", "kind", "number", "day", "label", "validated_on",
    "key", "digest", "line_count", "event_id", "reverses_id", "about_id", "source", "recorded_at",
)  # fmt: skip
FEW = 64
"""Up to this many lines go entry by entry, on PostgreSQL in one call of a function."""
GROUP = 600
"""About as many lines are checked, digested and written as columns at once."""
PART = 4_000
"""Lines that PostgreSQL is given at once, while the next ones are being checked."""
LEAST = GROUP
"""Lines that it is given when it has nothing else to do."""
CHUNK = 100
"""Rows in one INSERT on SQLite, whose cost per statement grows inside an open savepoint."""
Row = Sequence[Any]
Rows = Sequence[Row]


class Begun(NamedTuple):
    """What a batch starts from.

    Attributes:
        known: Entries of the chamber that have one of the keys: key → (id, digest).
        entry: First of the ids drawn for entries; the others follow without a gap.
        line: First of the ids drawn for lines.
    """

    known: dict[str, tuple[int, bytes]]
    entry: int
    line: int


def begin(alias: str, chamber: int, keys: Sequence[str], entries: int, lines: int) -> Begun:
    """Look keys up and draw ids, inside a transaction that will write.

    On PostgreSQL the table of entries is locked in ROW EXCLUSIVE mode *before* ids are drawn, so
    that whoever takes it in SHARE mode knows that every lower id is there or never will be.
    """
    connection = connections[alias]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT key, id, digest, line FROM chambre_ledger_begin(%s, %s::text[], %s, %s)",
                [chamber, list(keys), entries, lines],
            )
            rows = cursor.fetchall()
            known = {key: (id_, bytes(digest)) for key, id_, digest, _line in rows[1:]}
            return Begun(known, rows[0][1], rows[0][3])
        cursor.execute(
            "SELECT key, id, digest FROM ledger_journalentry WHERE chamber_id = %s AND key"
            " IN (SELECT value FROM json_each(%s))",
            [chamber, json.dumps(keys)],
        )
        known = {key: (id_, bytes(digest)) for key, id_, digest in cursor.fetchall()}
        cursor.execute(
            "SELECT (SELECT COALESCE(MAX(id), 0) FROM ledger_journalentry),"
            " (SELECT COALESCE(MAX(id), 0) FROM ledger_line)"
        )
        last_entry, last_line = cursor.fetchone()
    return Begun(known, last_entry + 1, last_line + 1)


def ask_begin(sender: Sender, chamber: int, keys: Sequence[str], entries: int, lines: int) -> Asked:
    """As :func:`begin`, after what is on its way; nobody waits (PostgreSQL)."""
    quoted = (key.replace("\\", "\\\\").replace('"', '\\"') for key in keys)
    listed = ",".join(f'"{key}"' for key in quoted)
    return sender.ask(
        "SELECT key, id, digest, line FROM chambre_ledger_begin($1, $2::text[], $3, $4)",
        [str(chamber), f"{{{listed}}}", str(entries), str(lines)],
    )


def begun_of(rows: Sequence[Sequence[bytes | None]]) -> Begun:
    """What the answer to :func:`ask_begin` says."""
    (_key, entry, _digest, line), *others = rows
    plain = Escaping().unescape_bytea
    known = {
        (key or b"").decode(): (int(id_ or 0), plain(digest or b""))
        for key, id_, digest, _line in others
    }
    return Begun(known, int(entry or 0), int(line or 0))


def as_json(extra: Any) -> str | None:
    """The further columns of a line as they are stored."""
    return None if extra is None else json.dumps(extra, ensure_ascii=False)


def as_json_column(column: Sequence[Any]) -> Sequence[str | None]:
    """A column of further columns as they are stored."""
    return column if column.count(None) == len(column) else list(map(as_json, column))


class Writer:
    """Writes lines, then their entries: the insert of an entry proves its lines.

    Rows are on their way when :meth:`write` returns; :meth:`finish` waits for them.

    Args:
        alias: Database.
        sender: Sends what others wrote before; one of its own when there is none (PostgreSQL).

    Raises:
        IntegrityError: From any method: a guard refused.
    """

    def __init__(self, alias: str, sender: Sender | None = None) -> None:
        self._connection = connections[alias]
        self._sender = sender
        if sender is None and self._connection.vendor == "postgresql":
            self._sender = Sender(self._connection.connection)
        self._lines: list[bytes] = []
        self._entries: list[bytes] = []
        self._held = 0

    def write(self, lines: Sequence[Sequence[Any]], entries: Rows) -> None:
        """Write some entries.

        Args:
            lines: As columns, in the order of :data:`LINE_COLUMNS`, ids ascending.
            entries: As rows, in the order of :data:`ENTRY_COLUMNS`, ids ascending.
        """
        if self._sender is None:
            with self._connection.cursor() as cursor:
                _insert_chunks(cursor, "ledger_line", LINE_COLUMNS, zip(*lines, strict=True))
                _insert_chunks(cursor, "ledger_journalentry", ENTRY_COLUMNS, entries)
            return
        # The errors are psycopg's own, so they are turned into Django's here.
        with self._connection.wrap_database_errors:
            self._lines.append(as_copied(lines))
            self._entries.append(as_copied(list(zip(*entries, strict=True))))
            self._held += len(lines[0])
            self._sender.pump()
            if self._held >= (LEAST if self._sender.idle else PART):
                self._cut()

    def _cut(self) -> None:
        """Let what is held go."""
        assert self._sender is not None
        if self._held:
            self._sender.copy("ledger_line", LINE_COLUMNS, b"".join(self._lines))
            self._sender.copy("ledger_journalentry", ENTRY_COLUMNS, b"".join(self._entries))
        self._lines, self._entries, self._held = [], [], 0

    def send(self) -> None:
        """Let everything go that was written, without waiting."""
        if self._sender is not None:
            with self._connection.wrap_database_errors:
                self._cut()

    def finish(self) -> None:
        """Wait until everything is written."""
        self.send()
        if self._sender is not None:
            with self._connection.wrap_database_errors:
                self._sender.finish()

    def abandon(self) -> None:
        """Write nothing more; what was written is undone by the caller."""
        if self._sender is not None:
            self._sender.abandon()


def insert(alias: str, lines: Rows, entries: Rows) -> None:
    """Write a handful of lines, then their entries (SQLite).

    Raises:
        IntegrityError: A guard refused.
    """
    with connections[alias].cursor() as cursor:
        _insert_chunks(cursor, "ledger_line", LINE_COLUMNS, lines)
        _insert_chunks(cursor, "ledger_journalentry", ENTRY_COLUMNS, entries)


def post_few(alias: str, chamber: int, keys: Sequence[str], lines: Rows, entries: Rows) -> Begun:
    """Look keys up, draw ids and write, in one call (PostgreSQL).

    Args:
        alias: Database.
        chamber: Id of the chamber.
        keys: Keys of the entries.
        lines: In the order of :data:`LINE_COLUMNS`; ids of lines and entries count from 0.
        entries: In the order of :data:`ENTRY_COLUMNS`, likewise.

    Returns:
        The ids drawn; when ``known`` is not empty nothing was written.
    """
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT key, id, digest, line"
            " FROM chambre_ledger_post(%s, %s::text[], %s::json, %s::json)",
            [chamber, list(keys), _records(LINE_COLUMNS, lines), _records(ENTRY_COLUMNS, entries)],
        )
        rows = cursor.fetchall()
    if rows[0][0] is not None:
        return Begun({key: (id_, bytes(digest)) for key, id_, digest, _line in rows}, 0, 0)
    return Begun({}, rows[0][1], rows[0][3])


def _records(columns: Sequence[str], rows: Rows) -> str:
    """Rows as JSON objects."""
    return json.dumps(
        [dict(zip(columns, row, strict=True)) for row in rows], ensure_ascii=False, default=_plain
    )


def _plain(value: Any) -> str:
    """What JSON does not know, as PostgreSQL reads it."""
    return f"\\x{value.hex()}" if isinstance(value, bytes) else value.isoformat()


@cache
def _insert(table: str, columns: tuple[str, ...], rows: int, mark: str) -> str:
    """An INSERT of so many rows."""
    marks = f"({', '.join([mark] * len(columns))})"
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([marks] * rows)}"


def _insert_chunks(cursor: Any, table: str, columns: tuple[str, ...], rows: Iterable[Row]) -> None:
    """Some rows at a time (SQLite)."""
    left = iter(rows)
    # SQLite's own mark spares Django the rewriting of a long text; the log of queries knows only
    # Django's.
    mark = "%s" if cursor.db.queries_logged else "?"
    while some := list(islice(left, CHUNK)):
        values = list(chain.from_iterable(some))
        cursor.execute(_insert(table, columns, len(some), mark), values)


def id_list(vendor: str, ids: Iterable[int]) -> tuple[str, str]:
    """An SQL condition on a set of ids of any size, and its one parameter.

    ``condition, parameter = id_list(vendor, ids)``, then ``WHERE id {condition}``.
    """
    listed = ",".join(map(str, ids))
    if vendor == "postgresql":
        return "= ANY (%s::bigint[])", f"{{{listed}}}"
    return "IN (SELECT value FROM json_each(%s))", f"[{listed}]"


def fetch_blocks(cursor: Any, size: int = 5_000) -> Iterator[list[Any]]:
    """The rows of an executed query, block by block."""
    with closing(cursor):
        while rows := cursor.fetchmany(size):
            yield rows
