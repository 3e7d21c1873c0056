"""Write a FEC that passes the check: eighteen columns, opening entries first, by validation."""

from __future__ import annotations

import os
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import BinaryIO

from .errors import FecUnbalanced
from .opening import is_opening_journal
from .scratch import scratch
from .types import COLUMNS, FecLine, LineTuple
from .values import currency_text

ENCODINGS = ("utf-8", "iso8859-15")
"""The encodings of the law that are written."""

SEPARATORS = ("\t", "|")
"""The separators of the law."""

_REPLACEMENTS = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", " ": " ", "•": "-"}
)


@dataclass(slots=True)
class Written:
    """What was written.

    Attributes:
        lines: Lines, the header left out.
        entries: Entries.
        debit: Total of the debit column, in cents.
        credit: Total of the credit column, in cents.
        filled: How many empty values of each column were filled in because the law wants one:
            the day of the entry for PieceDate and ValidDate, the number for PieceRef, the code for
            JournalLib, the account for CompteLib, the piece for EcritureLib.
        replaced: Characters that the encoding does not have, written as their nearest.
    """

    lines: int = 0
    entries: int = 0
    debit: int = 0
    credit: int = 0
    filled: Counter[str] = field(default_factory=Counter)
    replaced: int = 0


def write(
    lines: Iterable[LineTuple],
    out: BinaryIO | str | os.PathLike[str],
    *,
    encoding: str = "utf-8",
    separator: str = "\t",
    renumber: bool = False,
    extra_columns: Sequence[str] = (),
) -> Written:
    """Write lines as a FEC; nothing is written unless they balance.

    Entries come out with opening entries first, then by the day of their validation (the day of
    the entry when they have none), then by day, then as given. Lines end with CRLF. Tabs, line
    ends and separators inside texts become blanks.

    Args:
        lines: Tuples in the order of :class:`FecLine`; those of one entry (journal, number, day)
            next to each other. ``line`` is not used.
        out: A path or a binary stream.
        encoding: ``"utf-8"`` (without mark) or ``"iso8859-15"``.
        separator: Tab or ``|``.
        renumber: Number the entries 1, 2, 3… in the order written, which the law wants, instead of
            keeping their numbers. An entry without number gets ``S1``, ``S2``… when they are kept.
        extra_columns: Names of the extras to write after the eighteen columns. With those of
            cash books among them, the journal and ValidDate may stay empty: the law lets them.

    Raises:
        ValueError: An encoding or a separator that is not of the law.
        FecUnbalanced: Total debit is not total credit.
    """
    if encoding not in ENCODINGS:
        raise ValueError(f"encoding must be one of {ENCODINGS}, not {encoding!r}")
    if separator not in SEPARATORS:
        raise ValueError(f"separator must be a tab or |, not {separator!r}")
    writer = _Writer(encoding, separator, tuple(extra_columns), renumber=renumber)
    base = scratch()
    try:
        writer.sort_in(base, lines)
        done = writer.done
        if done.debit != done.credit:
            raise FecUnbalanced(done.debit, done.credit)
        if isinstance(out, str | os.PathLike):
            with open(out, "wb") as stream:
                writer.put(base, stream)
        else:
            writer.put(base, out)
    finally:
        base.close()
    return writer.done


class _Writer:
    def __init__(
        self, encoding: str, separator: str, extras: tuple[str, ...], *, renumber: bool
    ) -> None:
        self.done = Written()
        self._encoding = encoding
        self._separator = separator
        self._extras = extras
        self._renumber = renumber
        self._cash = "DateRglt" in extras
        controls = (chr(code) for code in (*range(32), *range(127, 160)))
        self._blanks = str.maketrans(dict.fromkeys((*controls, separator), " "))
        self._openings: dict[tuple[str, str], bool] = {}

    def sort_in(self, base: sqlite3.Connection, lines: Iterable[LineTuple]) -> None:
        """Put the entries into a temporary table, to be taken out in order."""
        base.execute(
            "CREATE TABLE entry (later INTEGER, valid INTEGER, day INTEGER, rank INTEGER, head TEXT,"
            " body TEXT, PRIMARY KEY (later, valid, day, rank)) WITHOUT ROWID"
        )
        base.execute("BEGIN")
        base.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)", self._rows(lines))
        base.execute("COMMIT")

    def _rows(self, lines: Iterable[LineTuple]) -> Iterator[tuple[int, int, int, int, str, str]]:
        for _, group in groupby(lines, key=lambda line: (line[1], line[3], line[4])):
            entry = [FecLine._make(line) for line in group]
            first = entry[0]
            valid = max((line.valid_day or line.day for line in entry), default=first.day)
            self.done.entries += 1
            head = self._text(first.number)
            body = "\n".join(self._line(line) for line in entry)
            later = 0 if self._opens(first) else 1
            yield later, valid.toordinal(), first.day.toordinal(), self.done.entries, head, body

    def _opens(self, line: FecLine) -> bool:
        key = line.journal, line.journal_label
        if key not in self._openings:
            self._openings[key] = is_opening_journal(*key)
        return self._openings[key]

    def put(self, base: sqlite3.Connection, out: BinaryIO) -> None:
        """Write the entries in their order."""
        out.write(self._encoded(self._separator.join((*COLUMNS, *self._extras))))
        rows = base.execute("SELECT head, body FROM entry ORDER BY later, valid, day, rank")
        unnumbered = 0
        for rank, (head, body) in enumerate(rows, start=1):
            number = str(rank) if self._renumber else head
            if not number:
                unnumbered += 1
                number = f"S{unnumbered}"
                self.done.filled["EcritureNum"] += 1
            # The number stands for itself in the body, as the control character that no text has.
            out.write(self._encoded(body.replace("\0", number).replace("\n", "\r\n")))

    def _encoded(self, text: str) -> bytes:
        text += "\r\n"
        try:
            return text.encode(self._encoding)
        except UnicodeEncodeError:
            return "".join(map(self._nearest, text)).encode(self._encoding)

    def _nearest(self, character: str) -> str:
        try:
            character.encode(self._encoding)
        except UnicodeEncodeError:
            self.done.replaced += 1
            near = unicodedata.normalize("NFKD", character.translate(_REPLACEMENTS))
            near = near.replace("⁄", "/").encode(self._encoding, "ignore").decode(self._encoding)
            return near.translate(self._blanks).strip() or "?"
        return character

    def _line(self, line: FecLine) -> str:
        text = self._text
        debit = line.amount if line.side == "D" else 0
        credit = -line.amount if line.side == "C" else 0
        self.done.lines += 1
        self.done.debit += debit
        self.done.credit += credit
        journal = text(line.journal) or self._fill("JournalCode", "" if self._cash else "OD")
        account, piece = text(line.account), text(line.piece)
        values = [
            journal,
            text(line.journal_label) or self._fill("JournalLib", journal),
            "\0",
            _day(line.day),
            account,
            text(line.account_label) or self._fill("CompteLib", account),
            text(line.auxiliary),
            text(line.auxiliary_label),
            piece or self._fill("PieceRef", "\0"),
            _day(line.piece_day) or self._fill("PieceDate", _day(line.day)),
            text(line.label) or self._fill("EcritureLib", piece or journal),
            euros(debit),
            euros(credit),
            text(line.letter),
            _day(line.letter_day),
            _day(line.valid_day) or self._fill("ValidDate", "" if self._cash else _day(line.day)),
            currency_text(line.currency_amount, line.currency),
            text(line.currency),
        ]
        extras = line.extras or {}
        values += [text(extras.get(name, "")) for name in self._extras]
        return self._separator.join(values)

    def _text(self, value: str) -> str:
        return value.translate(self._blanks).strip()

    def _fill(self, column: str, value: str) -> str:
        if value:
            self.done.filled[column] += 1
        return value


def _day(day: date | None) -> str:
    return "" if day is None else f"{day.year:04d}{day.month:02d}{day.day:02d}"


def euros(cents: int) -> str:
    """An amount as a FEC writes it: ``1234,56``, the sign first."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole},{rest:02d}"
