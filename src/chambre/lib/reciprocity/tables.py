"""Facts from a table (CSV), in chunks, every bad row named by its line.

A chunk in which nothing is unusual is taken by columns: ten cells cost little more than one. One
with anything unusual in it (a sign, a line break in a cell, a mistake) is read row by row.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Callable, Iterable
from io import StringIO
from itertools import chain, islice
from typing import Any

from chambre.lib.reciprocity.errors import FactsError, Problem
from chambre.lib.reciprocity.facts import Facts, Row, contradiction
from chambre.lib.reciprocity.model import (
    INCOME,
    SCALE,
)
from chambre.lib.reciprocity.nodes import near
from chambre.lib.reciprocity.steps import is_money

COLUMNS = (
    "id",
    "date",
    "kind",
    "resource",
    "from",
    "to",
    "amount",
    "unit",
    "quantity",
    "note",
)
REQUIRED = ("id", "date", "kind")
MAX_PROBLEMS = 1000
"""Reading stops after so many mistakes."""

CHUNK = 250
"""Rows taken at once: few enough to stay in the cache of the processor."""

_WHOLE = re.compile(r"-?[0-9]{1,18}")
_DIGITS = re.compile(r"[0-9]*")
_QUANTITY = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,6}))?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BREAK = re.compile(r"\r\n|\r|\n")
_EITHER = frozenset({"contribution", "use"})


def _quantity(text: str) -> int | None:
    """Millionths, or None when it is no such number; an empty cell is 0."""
    found = _QUANTITY.fullmatch(text)
    if found is None:
        return None if text else 0
    sign, whole, after = found.groups()
    pieces = int(whole) * SCALE + (int(after.ljust(6, "0")) if after else 0)
    return -pieces if sign else pieces


def _day(text: str) -> int | None:
    """The ordinal of a day, or None."""
    try:
        return dt.date.fromisoformat(text).toordinal() if _DAY.fullmatch(text) else None
    except ValueError:
        return None


class _Cache(dict[str, Any]):
    """Cells that were read before."""

    def __init__(self, read: Callable[[str], Any]) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, cell: str) -> Any:
        found = self[cell] = self.read(cell.strip())
        return found


class _Table:
    """A table of facts while it is read."""

    def __init__(self, lines: Iterable[str], unit: str) -> None:
        self.problems: list[Problem] = []
        self.unit = unit
        self.days = _Cache(_day)
        self.quantities = _Cache(_quantity)
        self.words = _Cache(str)
        self.good: set[tuple[Any, ...]] = set()
        self.columns: list[list[Any]] = [[] for _ in COLUMNS]
        self.lines: list[int] = []
        iterator = iter(lines)
        first = next(iterator, "").removeprefix("\ufeff")
        delimiter = max(",;\t", key=first.count)
        self.reader = csv.reader(chain([first], iterator), delimiter=delimiter, strict=True)

    def complain(self, line: int, column: int, path: str, code: str, /, **data: Any) -> None:
        self.problems.append(Problem(line, column, path, code, data))
        if len(self.problems) >= MAX_PROBLEMS:
            more = {"limit": MAX_PROBLEMS}
            raise FactsError([*self.problems, Problem(line + 1, 1, "", "fact-more", more)])

    def header(self) -> list[int]:
        """Where each column of :data:`COLUMNS` stands; -1 for one that is not there."""
        names = [name.strip().lower() for name in next(self.reader, [])]
        for place, name in enumerate(names, 1):
            if name not in COLUMNS:
                hint = near(name, list(COLUMNS))
                known = ", ".join(COLUMNS)
                self.complain(1, place, name, "fact-column", word=name[:80], known=known, hint=hint)
            elif names.index(name) < place - 1:
                self.complain(1, place, name, "fact-column-twice", word=name)
        missing = [name for name in REQUIRED if name not in names]
        if missing:
            self.complain(1, 1, "", "fact-header", missing=", ".join(missing))
        if self.problems:
            raise FactsError(self.problems)
        return [names.index(name) if name in names else -1 for name in COLUMNS]

    def read(self) -> None:
        """Read all rows into the columns, noting every mistake."""
        try:
            places = self.header()
        except csv.Error as error:
            self.complain(1, 1, "", "fact-csv", detail=str(error))
            return
        while True:
            line = self.reader.line_num + 1
            rows: list[list[str]] = []
            broken = ""
            try:
                rows.extend(islice(self.reader, CHUNK))
            except csv.Error as error:
                broken = str(error)
            if not rows and not broken:
                return
            plain = self.reader.line_num - line + 1 == len(rows) and not broken
            if not (plain and self.by_columns(rows, places, line)):
                line = self.by_rows(rows, places, line)
            if broken:  # after a broken quote nothing is where it seems
                self.complain(line, 1, "", "fact-csv", detail=broken)
                return

    # the quick way

    def by_columns(self, rows: list[list[str]], places: list[int], line: int) -> bool:
        """Take a chunk whole; False, and nothing taken, when anything in it is unusual."""
        width = sum(place >= 0 for place in places)
        if set(map(len, rows)) != {width}:
            return False
        cells = list(zip(*rows, strict=True))
        empty = ("",) * len(rows)
        raw = [cells[place] if place >= 0 else empty for place in places]
        amounts = raw[6]
        if not _DIGITS.fullmatch("".join(amounts)) or max(map(len, amounts)) > 18:
            return False
        words = self.words.__getitem__
        days = list(map(self.days.__getitem__, raw[1]))
        quantities = list(map(self.quantities.__getitem__, raw[8]))
        kinds, units = list(map(words, raw[2])), list(map(words, raw[7]))
        givers, takers = list(map(words, raw[4])), list(map(words, raw[5]))
        ids = list(map(str.strip, raw[0]))
        shapes = set(
            zip(
                kinds,
                units,
                map(bool, givers),
                map(bool, takers),
                map(bool, amounts),
                map(bool, quantities),
                strict=True,
            )
        )
        if (
            None in days
            or None in quantities
            or not all(ids)
            or min(quantities) < 0
            or not all(map(self.usual, shapes))
        ):
            return False
        numbers = [int(cell) if cell else 0 for cell in amounts]
        found = [
            ids,
            days,
            kinds,
            list(map(words, raw[3])),
            givers,
            takers,
            numbers,
            units,
            quantities,
            list(map(words, raw[9])),
        ]
        for column, more in zip(self.columns, found, strict=True):
            column.extend(more)
        self.lines.extend(range(line, line + len(rows)))
        return True

    def usual(self, shape: tuple[str, str, bool, bool, bool, bool]) -> bool:
        """Whether rows of a shape are complete: kind, unit, and which cells have something."""
        if shape in self.good:
            return True
        kind, unit, giver, taker, amount, quantity = shape
        row = Row("x", 1, kind, "", "x" * giver, "x" * taker, int(amount), unit, int(quantity), "")
        money = is_money(unit)
        if (
            contradiction(row) is not None
            or (not unit and amount)
            or (money and not amount)
            or (kind in INCOME and self.unit and unit != self.unit)
        ):
            return False
        self.good.add(shape)
        return True

    # row by row

    def by_rows(self, rows: list[list[str]], places: list[int], line: int) -> int:
        """Take a chunk row by row, noting every mistake; the line after it."""
        width = sum(place >= 0 for place in places)
        for cells in rows:
            if cells and len(cells) != width:
                self.complain(line, 1, "", "fact-cells", count=len(cells), expected=width)
            elif cells:
                row = self.row([cells[p] if p >= 0 else "" for p in places], line, places)
                if row is not None:
                    self.lines.append(line)
                    for column, value in zip(self.columns, row, strict=True):
                        column.append(value)
            line += 1 + sum(len(_BREAK.findall(cell)) for cell in cells)
        return line

    def row(self, cells: list[str], line: int, places: list[int]) -> Row | None:
        """One row, or None when something is wrong with it."""
        ident, date, kind, resource, giver, taker, amount, unit, quantity, note = map(
            str.strip, cells
        )
        wrong = len(self.problems)

        def bad(column: str, code: str, /, **data: Any) -> None:
            place = places[COLUMNS.index(column)] + 1
            self.complain(line, max(place, 1), column, code, **data)

        day, pieces = self.days[date], self.quantities[quantity]
        if day is None:
            bad("date", "fact-date", value=date[:80])
        if pieces is None:
            bad("quantity", "fact-quantity", value=quantity[:80])
        if amount and not _WHOLE.fullmatch(amount):
            bad("amount", "fact-amount", value=amount[:80])
        if len(self.problems) > wrong:
            return None
        if not unit and amount:
            unit = self.unit  # an amount is in the contract's unit unless it says another
        word = self.words.__getitem__
        row = Row(
            ident,
            day,
            word(kind),
            word(resource),
            word(giver),
            word(taker),
            int(amount or 0),
            word(unit),
            pieces,
            word(note),
        )
        self.sense(row, amount, bad)
        return row if len(self.problems) == wrong else None

    def sense(self, row: Row, amount: str, bad: Callable[..., None]) -> None:
        """Complain of a row whose cells can be read, and contradict each other."""
        found = contradiction(row)
        if found is not None:
            bad(found[0], found[1], **found[2])
        elif not amount and is_money(row.unit):
            bad("amount", "fact-number", kind=row.kind, unit=row.unit, word="amount")
        elif row.kind in INCOME and self.unit and row.unit != self.unit:
            bad("unit", "fact-other-unit", value=row.unit[:80], expected=self.unit)


def read_facts(source: str | Iterable[str], *, unit: str = "") -> Facts:
    """Read facts from a table (CSV), in chunks.

    Args:
        source: The text, or its lines one after the other, as a file opened with ``newline=""``
            gives them.
        unit: The contract's unit: amounts without a unit are in it, and income in another one is
            refused at its line. Empty: every amount must say its own.

    Raises:
        FactsError: With every bad row, by its line; ``column`` is the number of the cell. Nothing
            is used, and reading stops after :data:`MAX_PROBLEMS`.
    """
    problems: list[Problem] = []
    try:
        lines = StringIO(source, newline="") if isinstance(source, str) else source
        table = _Table(lines, unit)
        problems = table.problems
        table.read()
    except UnicodeDecodeError as error:  # files are decoded ahead: nobody knows the line
        raise FactsError([*problems, Problem(0, 0, "", "fact-encoding")]) from error
    try:
        facts = Facts(table.columns, table.lines)
    except FactsError as error:
        raise FactsError([*table.problems, *error.problems]) from None
    if table.problems:
        raise FactsError(table.problems)
    return facts
