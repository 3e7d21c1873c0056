"""What happened: read from a table row by row, every bad row named, and kept by columns.

A million facts are ten columns here, not a million objects. They are kept in the order of their
ids, so that the order in which they came can change nothing, and what comes of them is listed in
the order of ids without being sorted again.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from io import StringIO
from itertools import chain, pairwise
from typing import Any, NamedTuple

from chambre.lib.reciprocity.errors import FactsError, Problem
from chambre.lib.reciprocity.model import INCOME, KINDS, SCALE, Fact
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
REQUIRED = ("id", "date", "kind", "unit")
MAX_PROBLEMS = 1000
"""Reading stops after so many mistakes."""

_WHOLE = re.compile(r"-?[0-9]{1,18}")
_QUANTITY = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,6}))?")
_NEEDS = {
    "sale": "",
    "fee": "",
    "royalty": "",
    "cost": "from",
    "contribution": "from",
    "declaration": "to",
    "repayment": "to",
    "use": "from",
    "transfer": "to",
}
_EITHER = frozenset({"contribution", "use"})
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Row(NamedTuple):
    """One fact as the columns keep it; the day is its ordinal."""

    id: str
    day: int
    kind: str
    resource: str
    giver: str
    taker: str
    amount: int
    unit: str
    quantity: int
    note: str


class Facts:
    """Facts by columns, in the order of their ids; they are not changed once made."""

    def __init__(self, rows: Iterable[Row], places: list[int] | None = None) -> None:
        """Take checked rows.

        Args:
            rows: Any order.
            places: Line of each row, for naming those whose id comes twice.

        Raises:
            FactsError: Ids that come twice.
        """
        kept = list(rows)
        if not all(a.id < b.id for a, b in pairwise(kept)):
            order = sorted(range(len(kept)), key=lambda i: kept[i].id)
            _refuse_twice(kept, order, places)
            kept = [kept[i] for i in order]
        columns: list[Any] = list(map(list, zip(*kept, strict=True))) or [[] for _ in range(10)]
        self.ids: list[str] = columns[0]
        self.days: list[int] = columns[1]
        self.kinds: list[str] = columns[2]
        self.resources: list[str] = columns[3]
        self.givers: list[str] = columns[4]
        self.takers: list[str] = columns[5]
        self.amounts: list[int] = columns[6]
        self.units: list[str] = columns[7]
        self.quantities: list[int] = columns[8]
        self.notes: list[str] = columns[9]

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> Facts:
        """Take facts that a program made.

        Raises:
            FactsError: Facts that a table could not hold either, or ids that come twice; the
                path of a problem is ``fact[3]``, counted from 1.
        """
        rows, problems = [], []
        for number, fact in enumerate(facts, 1):
            row = Row(
                fact.id,
                fact.date.toordinal(),
                fact.kind,
                fact.resource,
                fact.giver,
                fact.taker,
                fact.amount,
                fact.unit,
                fact.quantity,
                fact.note,
            )
            wrong = _contradiction(row)
            if wrong is not None:
                problems.append(Problem(0, 0, f"fact[{number}].{wrong[0]}", wrong[1], wrong[2]))
            rows.append(row)
        if problems:
            raise FactsError(problems)
        return cls(rows)

    def rows(self) -> Iterator[Row]:
        """The facts as the columns keep them."""
        return map(
            Row,
            self.ids,
            self.days,
            self.kinds,
            self.resources,
            self.givers,
            self.takers,
            self.amounts,
            self.units,
            self.quantities,
            self.notes,
        )

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[Fact]:
        for i in range(len(self.ids)):
            yield self[i]

    def __getitem__(self, i: int) -> Fact:
        return Fact(
            self.ids[i],
            dt.date.fromordinal(self.days[i]),
            self.kinds[i],
            self.resources[i],
            self.givers[i],
            self.takers[i],
            self.amounts[i],
            self.units[i],
            self.quantities[i],
            self.notes[i],
        )


def _refuse_twice(rows: list[Row], order: list[int], places: list[int] | None) -> None:
    problems = []
    for first, again in pairwise(order):  # a stable order: the earlier one comes first
        if rows[first].id == rows[again].id:
            line = places[again] if places else 0
            at = places[first] if places else first + 1
            path = "id" if places else f"fact[{again + 1}].id"
            data = {"value": rows[again].id[:80], "first": at}
            problems.append(Problem(line, 1 if places else 0, path, "fact-id-twice", data))
    if problems:
        raise FactsError(problems[:MAX_PROBLEMS])


def _contradiction(row: Row) -> tuple[str, str, dict[str, Any]] | None:
    """What a fact lacks or says too much: (column, code, data)."""
    kind = row.kind
    if kind not in _NEEDS:
        hint = near(kind, list(KINDS))
        return "kind", "choice", {"value": kind[:80], "known": ", ".join(KINDS), "hint": hint}
    if not row.id:
        return "id", "fact-id", {}
    needed = _NEEDS[kind]
    if needed and not (row.giver if needed == "from" else row.taker):
        return needed, "fact-party", {"kind": kind, "word": needed}
    money = is_money(row.unit)
    if not money and (kind not in _EITHER or not row.unit):
        return "unit", "fact-unit", {"kind": kind}
    if not money and not row.quantity:
        return "quantity", "fact-number", {"kind": kind, "unit": row.unit, "word": "quantity"}
    if not money and row.amount:
        return "amount", "fact-unit", {"kind": kind}
    if (row.amount < 0 or row.quantity < 0) and kind not in INCOME:
        return ("amount" if row.amount < 0 else "quantity"), "fact-sign", {}
    return None


def _plain(text: str) -> bool:
    """Whether a cell is nothing but a few digits, as nearly all are."""
    return text.isdigit() and text.isascii() and len(text) < 19


class _Table:
    """A table of facts while it is read."""

    def __init__(self, lines: Iterable[str], unit: str) -> None:
        self.problems: list[Problem] = []
        self.unit = unit
        self.days: dict[str, int] = {}
        self.words: dict[str, str] = {}
        self.money: dict[str, bool] = {}
        self.places: list[int] = []
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

    def rows(self) -> Iterator[Row]:
        places = self.header()
        width = sum(place >= 0 for place in places)
        straight = places == list(range(len(COLUMNS)))
        line = self.reader.line_num + 1
        while True:
            try:
                cells = next(self.reader, None)
            except csv.Error as error:
                self.complain(line, 1, "", "fact-csv", detail=str(error))
                return  # after a broken quote nothing is where it seems
            if cells is None:
                return
            if cells:
                if len(cells) != width:
                    self.complain(line, 1, "", "fact-cells", count=len(cells), expected=width)
                else:
                    row = self.row(
                        cells if straight else [cells[p] if p >= 0 else "" for p in places],
                        line,
                        places,
                    )
                    if row is not None:
                        self.places.append(line)
                        yield row
            line = self.reader.line_num + 1

    def row(self, cells: list[str], line: int, places: list[int]) -> Row | None:
        """One row, or None when something is wrong with it."""
        ident, date, kind, resource, giver, taker, amount, unit, quantity, note = map(
            str.strip, cells
        )
        wrong = len(self.problems)

        def bad(column: str, code: str, /, **data: Any) -> None:
            place = places[COLUMNS.index(column)] + 1
            self.complain(line, max(place, 1), column, code, **data)

        day = self.days.get(date)
        if day is None:
            day = self.day(date, bad)
        number = int(amount) if _plain(amount) else self.amount(amount, bad)
        pieces = self.quantity(quantity, bad) if quantity else 0
        word = self.words.setdefault
        row = Row(
            ident,
            day,
            word(kind, kind),
            word(resource, resource),
            word(giver, giver),
            word(taker, taker),
            number,
            word(unit, unit),
            pieces,
            word(note, note),
        )
        if len(self.problems) == wrong:
            self.sense(row, amount, bad)
        return row if len(self.problems) == wrong else None

    def sense(self, row: Row, amount: str, bad: Callable[..., None]) -> None:
        """Complain of a row whose cells can be read, and contradict each other."""
        found = _contradiction(row)
        if found is not None:
            bad(found[0], found[1], **found[2])
        elif not amount and self.is_money(row.unit):
            bad("amount", "fact-number", kind=row.kind, unit=row.unit, word="amount")
        elif row.kind in INCOME and self.unit and row.unit != self.unit:
            bad("unit", "fact-other-unit", value=row.unit[:80], expected=self.unit)

    def amount(self, text: str, bad: Callable[..., None]) -> int:
        """Minor units; an empty cell is 0."""
        if not text or _WHOLE.fullmatch(text):
            return int(text or 0)
        bad("amount", "fact-amount", value=text[:80])
        return 0

    def quantity(self, text: str, bad: Callable[..., None]) -> int:
        """Millionths."""
        found = _QUANTITY.fullmatch(text)
        if found is None:
            bad("quantity", "fact-quantity", value=text[:80])
            return 0
        sign, whole, after = found.groups()
        pieces = int(whole) * SCALE + (int(after.ljust(6, "0")) if after else 0)
        return -pieces if sign else pieces

    def is_money(self, unit: str) -> bool:
        found = self.money.get(unit)
        if found is None:
            found = self.money[unit] = is_money(unit)
        return found

    def day(self, date: str, bad: Callable[..., None]) -> int:
        try:
            if not _DAY.fullmatch(date):
                raise ValueError(date)
            day = dt.date.fromisoformat(date).toordinal()
        except ValueError:
            bad("date", "fact-date", value=date[:80])
            return 0
        return self.days.setdefault(date, day)


def read_facts(source: str | Iterable[str], *, unit: str = "") -> Facts:
    """Read facts from a table (CSV), row by row.

    Args:
        source: The text, or its lines one after the other, as an open file gives them.
        unit: The contract's unit: income in another one is refused at its line. Empty: not asked.

    Raises:
        FactsError: With every bad row, by its line; ``column`` is the number of the cell. Nothing
            is used, and reading stops after :data:`MAX_PROBLEMS`.
    """
    table = _Table(StringIO(source, newline="") if isinstance(source, str) else source, unit)
    try:
        rows = list(table.rows())
    except UnicodeDecodeError as error:
        line = table.reader.line_num + 1
        raise FactsError([*table.problems, Problem(line, 1, "", "fact-encoding")]) from error
    try:
        facts = Facts(rows, table.places)
    except FactsError as error:
        raise FactsError([*table.problems, *error.problems]) from None
    if table.problems:
        raise FactsError(table.problems)
    return facts
