"""Read a bank file: once through, its rows put aside on disk, its balances proved; then the rows.

Nothing is given before everything was read and added up, and memory stays bounded however large
the file is.
"""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import IO, Any

from chambre.lib.money import Money

from .camt import kind_of, read_camt
from .errors import BankFileRefused
from .mapping import Mapping, Table, look_at
from .mt940 import is_mt940, read_mt940
from .ofx import is_ofx, read_ofx
from .source import DEFAULT_LIMITS, Limits, Part, SourceLike, open_parts, read_head
from .table import read_table
from .types import Heading, Row, Statement

FORMATS = ("camt.053", "camt.054", "camt.052", "ofx", "mt940", "csv")
_BLOCK = 500
_DAYS = (Row._fields.index("day"), Row._fields.index("value_day"))
_OTHER_FILES = (
    (b"%PDF", "PDF"),
    (b"\xd0\xcf\x11\xe0", "Excel .xls"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
)


def detect(part: Part) -> str:
    """The format of a file, by what is in it; ``csv`` for any other text.

    Raises:
        BankFileRefused: It is no text, or XML of something else.
    """
    head = read_head(part)
    if not head.strip():
        raise BankFileRefused("bank-empty", name=part.name)
    for mark, found in _OTHER_FILES:
        if head.startswith(mark):
            raise BankFileRefused("bank-format", name=part.name, found=found)
    if kind := kind_of(head):
        return kind
    if is_ofx(head):
        return "ofx"
    if is_mt940(head):
        return "mt940"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if b"<!DOCTYPE" in start[:1000] or b"<!ENTITY" in start[:1000]:
        raise BankFileRefused("bank-doctype", name=part.name)
    if start.startswith(b"<"):
        raise BankFileRefused("bank-format", name=part.name, found="XML, HTML")
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BankFileRefused("bank-format", name=part.name, found="binary")
    return "csv"


@dataclass(slots=True)
class _Kept:
    """A statement and where its rows are."""

    statement: Statement
    start: int
    blocks: int


class BankFile:
    """A file that was read whole, whose balances hold. Close it, or use it with ``with``.

    Attributes:
        format: One of :data:`FORMATS`.
        statements: In the order of the file.
    """

    def __init__(self, format_: str, kept: list[_Kept], spool: IO[bytes]) -> None:
        self.format = format_
        self.statements = [each.statement for each in kept]
        self._kept = kept
        self._spool = spool

    def __enter__(self) -> BankFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Forget the rows that were put aside."""
        self._spool.close()

    def rows(self, number: int) -> Iterator[Row]:
        """The rows of a statement, in the order of the file.

        Args:
            number: Place of the statement in :attr:`statements`.
        """
        kept = self._kept[number]
        at = kept.start
        for _ in range(kept.blocks):
            self._spool.seek(at)
            line = self._spool.readline()
            at = self._spool.tell()
            for row in map(_unpacked, json.loads(line)):
                if kept.statement.flipped and row.reversal:
                    yield _turned(row)
                else:
                    yield row

    def entries(self, number: int) -> Iterator[list[Row]]:
        """The rows of a statement, those of one batch together."""
        rows = self.rows(number)
        for row in rows:
            yield [row, *islice(rows, row.parts - 1)]


def _packed(row: Row) -> list[Any]:
    values: list[Any] = list(row)
    for at in _DAYS:
        values[at] = values[at].isoformat() if values[at] else None
    return values


def _unpacked(values: list[Any]) -> Row:
    for at in _DAYS:
        values[at] = dt.date.fromisoformat(values[at]) if values[at] else None
    return Row._make(values)


def _turned(row: Row) -> Row:
    """A reversal with the other sign."""
    original = row.original_amount
    return row._replace(
        amount=-row.amount,
        entry_amount=-row.entry_amount,
        original_amount=None if original is None else -original,
    )


def read(
    source: SourceLike,
    *,
    name: str | None = None,
    mapping: Mapping | None = None,
    currency: str = "EUR",
    limits: Limits = DEFAULT_LIMITS,
    progress: Callable[[int], None] | None = None,
) -> BankFile:
    """Read a bank file of any format.

    Args:
        source: A path, bytes or a binary stream; plain, gzip, or a zip of several of one format.
        name: Its name when it has none, or a wrong one.
        mapping: For a table, which column is which.
        currency: Of the account, for a table that does not say it.
        limits: Against attacks.
        progress: Called now and then with the number of rows read.

    Returns:
        The file; each of its statements adds up, or says nothing of its balances.

    Raises:
        BankFileRefused: It cannot be read, or a statement does not add up; nothing of it is used.
        OSError: A path cannot be opened.
    """
    kept_files: list[Any] = []
    spool = tempfile.TemporaryFile(prefix="bank-rows-")  # noqa: SIM115
    try:
        parts = open_parts(source, name=name, limits=limits, kept=kept_files)
        reading = _Reading(spool, mapping, currency, limits, progress)
        for part in parts:
            reading.add(part)
    except BaseException:
        spool.close()
        raise
    finally:
        for file in kept_files:
            file.close()
    return BankFile(reading.format, reading.kept, spool)


def survey(
    source: SourceLike, *, name: str | None = None, limits: Limits = DEFAULT_LIMITS
) -> tuple[str, Table | None]:
    """The format of a file; for a table also how it looks and how it might be read.

    Raises:
        BankFileRefused: It is nothing that can be read.
    """
    kept: list[Any] = []
    try:
        part = open_parts(source, name=name, limits=limits, kept=kept)[0]
        found = detect(part)
        return found, look_at(part, limits) if found == "csv" else None
    finally:
        for file in kept:
            file.close()


class _Reading:
    """The first and only reading of the files."""

    def __init__(
        self,
        spool: IO[bytes],
        mapping: Mapping | None,
        currency: str,
        limits: Limits,
        progress: Callable[[int], None] | None,
    ) -> None:
        self.format = ""
        self.kept: list[_Kept] = []
        self._spool = spool
        self._mapping = mapping or Mapping()
        self._currency = currency
        self._limits = limits
        self._progress = progress
        self._rows = 0

    def add(self, part: Part) -> None:
        """Read one file."""
        found = detect(part)
        if self.format and found != self.format:
            raise BankFileRefused("bank-mixed", name=part.name, found=found, expected=self.format)
        self.format = found
        sums = _Sums(self._spool)
        for item in self._items(part, found):
            if isinstance(item, Row):
                sums.add(item)
                self._rows += 1
                if self._progress is not None and self._rows % 5000 == 0:
                    self._progress(self._rows)
            else:
                self.kept.append(sums.finish(item))
                sums = _Sums(self._spool)

    def _items(self, part: Part, found: str) -> Iterator[Row | Heading]:
        if found == "ofx":
            return read_ofx(part, self._limits)
        if found == "mt940":
            return read_mt940(part, self._limits)
        if found == "csv":
            return read_table(part, self._limits, self._mapping, self._currency)
        return read_camt(part, self._limits)


class _Sums:
    """Puts the rows of a statement aside and adds them up."""

    def __init__(self, spool: IO[bytes]) -> None:
        self._spool = spool
        self._start = spool.seek(0, 2)
        self._block: list[list[Any]] = []
        self._blocks = 0
        self._booked = self._rows = self._pending = self._reversed = 0
        self._days: tuple[dt.date, dt.date] | None = None

    def add(self, row: Row) -> None:
        """One row more."""
        self._block.append(_packed(row))
        if len(self._block) >= _BLOCK:
            self._write()
        if row.status != "booked":
            self._pending += 1
            return
        self._rows += 1
        self._booked += row.amount
        if row.reversal:
            self._reversed += row.amount
        first, last = self._days or (row.day, row.day)
        self._days = min(first, row.day), max(last, row.day)

    def _write(self) -> None:
        self._spool.write(json.dumps(self._block, separators=(",", ":")).encode() + b"\n")
        self._block = []
        self._blocks += 1

    def finish(self, heading: Heading) -> _Kept:
        """The statement, once its balances were found to hold.

        Raises:
            BankFileRefused: They do not.
        """
        if self._block:
            self._write()
        first, last = self._days or (None, None)
        opening, closing, flipped = heading.opening, heading.closing, False
        proved = opening is not None and closing is not None
        if opening is not None and closing is not None:
            flipped = self._prove(heading, opening, closing)
            self._booked -= 2 * self._reversed if flipped else 0
        elif closing is not None:
            opening = closing - self._booked
        elif opening is not None:
            closing = opening + self._booked
        statement = Statement(
            account=heading.account,
            currency=heading.currency,
            kind=heading.kind,
            number=heading.number,
            first_day=heading.first_day or first,
            last_day=heading.last_day or last,
            opening=opening,
            closing=closing,
            proved=proved,
            booked=self._booked,
            rows=self._rows,
            pending=self._pending,
            flipped=flipped,
            notices=heading.notices,
        )
        if first and statement.first_day and first < statement.first_day:
            statement = replace(statement, first_day=first)
        if last and statement.last_day and last > statement.last_day:
            statement = replace(statement, last_day=last)
        return _Kept(statement, self._start, self._blocks)

    def _prove(self, heading: Heading, opening: int, closing: int) -> bool:
        """Whether reversals must be turned so that the statement adds up.

        Raises:
            BankFileRefused: It does not add up either way.
        """
        difference = closing - opening - self._booked
        if not difference:
            return False
        if self._reversed and difference == -2 * self._reversed:
            return True
        currency = heading.currency or "EUR"
        amounts = {
            "opening": opening,
            "movements": self._booked,
            "reached": opening + self._booked,
            "closing": closing,
            "difference": difference,
        }
        code, place = self._suspect(difference)
        raise BankFileRefused(
            code,
            number=heading.number or "–",
            account=heading.account or "–",
            **{name: Money(value, currency) for name, value in amounts.items()},
            **place,
        )

    def _suspect(self, difference: int) -> tuple[str, dict[str, str]]:
        """The row that explains by how much the statement fails, if one does."""
        half: Row | None = None
        self._spool.seek(self._start)
        for _ in range(self._blocks):
            for row in map(_unpacked, json.loads(self._spool.readline())):
                if row.status != "booked":
                    continue
                if row.entry_amount == -difference and not row.part:
                    return "bank-balance-double", _place(row)
                if half is None and 2 * row.amount == -difference:
                    half = row
        return ("bank-balance", {}) if half is None else ("bank-balance-sign", _place(half))


def _place(row: Row) -> dict[str, str]:
    return {"place": str(row.place), "day": row.day.isoformat()}
