"""What happened, kept by columns.

A million facts are ten columns here, not a million objects. They are kept in the order of their
ids, so that the order in which they came can change nothing, and what comes of them is listed in
the order of ids without being sorted again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise
from operator import lt
from typing import Any, NamedTuple

from chambre.lib.reciprocity.errors import FactsError, Problem
from chambre.lib.reciprocity.model import (
    INCOME,
    KINDS,
)
from chambre.lib.reciprocity.nodes import near
from chambre.lib.reciprocity.outcome import Fact
from chambre.lib.reciprocity.steps import is_money

_MOST_TWICE = 1000
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

    def __init__(self, columns: Sequence[list[Any]], lines: list[int] | None = None) -> None:
        """Take columns of checked facts, in the order of :class:`Row`.

        Args:
            columns: Ten, of one length; facts in any order.
            lines: Line of each, for naming those whose id comes twice.

        Raises:
            FactsError: Ids that come twice.
        """
        ids = columns[0]
        if not all(map(lt, ids, islice(ids, 1, None))):
            order = sorted(range(len(ids)), key=ids.__getitem__)
            _refuse_twice(ids, order, lines)
            columns = [list(map(column.__getitem__, order)) for column in columns]
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
        numbers: dict[tuple[str, str], int] = {}
        self.sorts: list[int] = [
            numbers.setdefault(key, len(numbers))
            for key in zip(self.kinds, self.units, strict=True)
        ]
        """Number of the (kind, unit) of each fact, in :attr:`sort_keys`."""
        self.sort_keys: list[tuple[str, str]] = list(numbers)

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
            wrong = contradiction(row)
            if wrong is not None:
                problems.append(Problem(0, 0, f"fact[{number}].{wrong[0]}", wrong[1], wrong[2]))
            rows.append(row)
        if problems:
            raise FactsError(problems)
        return cls.of_rows(rows)

    @classmethod
    def of_rows(cls, rows: Iterable[Row]) -> Facts:
        """Take checked rows.

        Raises:
            FactsError: Ids that come twice.
        """
        return cls(list(map(list, zip(*rows, strict=True))) or [[] for _ in Row._fields])

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


def _refuse_twice(ids: list[str], order: list[int], lines: list[int] | None) -> None:
    problems = []
    for first, again in pairwise(order):  # a stable order: the earlier one comes first
        if ids[first] == ids[again]:
            if lines:
                place, path = (lines[again], 1), "id"
            else:
                place, path = (0, 0), f"fact[{again + 1}].id"
            data = {"value": ids[again][:80], "first": lines[first] if lines else first + 1}
            problems.append(Problem(*place, path, "fact-id-twice", data))
    if problems:
        raise FactsError(problems[:_MOST_TWICE])


def contradiction(row: Row) -> tuple[str, str, dict[str, Any]] | None:
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
    if not money and (kind not in _EITHER or not (row.unit or kind == "use")):
        return "unit", "fact-unit", {"kind": kind}
    if not money and not row.quantity:
        return "quantity", "fact-number", {"kind": kind, "unit": row.unit, "word": "quantity"}
    if not money and row.amount:
        return "amount", "fact-unit", {"kind": kind}
    if (row.amount < 0 or row.quantity < 0) and kind not in INCOME:
        return ("amount" if row.amount < 0 else "quantity"), "fact-sign", {}
    return None
