"""What differs between two contracts, and between two results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chambre.lib.reciprocity.model import Contract
from chambre.lib.reciprocity.outcome import Outcome
from chambre.lib.reciprocity.writing import as_data

_NAMED = ("party", "class", "counterpart", "step")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two contracts say differently.

    Attributes:
        path: Where, by names: ``step.amont.share``, ``class.actifs``, ``use.1``, ``title.fr``.
        kind: ``added``, ``removed``, ``changed``, or ``moved`` (a step at another place; before and
            after are places from 1).
        before: What the first says, as data of the language; None when added.
        after: What the second says; None when removed.
    """

    path: str
    kind: str
    before: Any
    after: Any


def differences(first: Contract, second: Contract) -> tuple[Difference, ...]:
    """What a second contract says differently, in the order of the language.

    Two contracts of one digest have none. Clauses, classes and parties are the same when their
    names are; a word that one leaves out and the other writes with its usual value is no
    difference.
    """
    return tuple(_tables(_shown(first), _shown(second), ""))


def _shown(contract: Contract) -> dict[str, Any]:
    """The data of a contract, lists of named tables turned into tables by name."""
    data = as_data(contract)
    for word in _NAMED:
        if word in data:
            data[word] = {item["name"]: item for item in data[word]}
    if "use" in data:
        data["use"] = {str(number): item for number, item in enumerate(data["use"], 1)}
    return data


def _tables(first: Mapping[str, Any], second: Mapping[str, Any], path: str) -> Iterable[Difference]:
    for word in dict.fromkeys([*first, *second]):
        where = f"{path}.{word}" if path else word
        if word not in second:
            yield Difference(where, "removed", first[word], None)
        elif word not in first:
            yield Difference(where, "added", None, second[word])
        elif isinstance(first[word], Mapping) and isinstance(second[word], Mapping):
            yield from _tables(first[word], second[word], where)
        elif first[word] != second[word]:
            yield Difference(where, "changed", first[word], second[word])
    if path == "step":
        yield from _moved([*first], [*second])


def _moved(first: list[str], second: list[str]) -> Iterable[Difference]:
    """Steps that both have, and that come in another order: as few as explain it."""
    common = [name for name in first if name in second]
    order = [name for name in second if name in first]
    staying = _longest_common(common, order)
    for name in order:
        if name not in staying:
            yield Difference(f"step.{name}", "moved", first.index(name) + 1, second.index(name) + 1)


def _longest_common(first: list[str], second: list[str]) -> set[str]:
    """The most names that are in the same order in both: the longest rising run of places."""
    place = {name: number for number, name in enumerate(first)}
    best: list[list[str]] = []  # per length, the run that ends earliest
    for name in second:
        at = next((i for i, run in enumerate(best) if place[run[-1]] > place[name]), len(best))
        run = [*(best[at - 1] if at else []), name]
        best[at : at + 1] = [run]
    return set(best[-1]) if best else set()


@dataclass(frozen=True, slots=True)
class AmountChange:
    """An amount in two results, in minor units; 0 where there is no such line.

    Attributes:
        clause: Step, or empty for a sum.
        to: Receiver; or ``income``, ``distributed``, ``kept`` for a sum.
        before: In the first.
        after: In the second.
    """

    clause: str
    to: str
    before: int
    after: int

    @property
    def more(self) -> int:
        """How much more the second gives."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class OwedChange:
    """What somebody owes in two results, as decimal numbers; ``0`` where nothing."""

    giver: str
    clause: str
    unit: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class OutcomeDifferences:
    """What differs between two results.

    Attributes:
        totals: Of income, distributed and kept, those that differ.
        parties: By receiver over all clauses, those that differ.
        lines: By clause and receiver, those that differ.
        owed: By counterpart and party, those that differ.
    """

    totals: tuple[AmountChange, ...] = ()
    parties: tuple[AmountChange, ...] = ()
    lines: tuple[AmountChange, ...] = ()
    owed: tuple[OwedChange, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.totals or self.lines or self.owed)


def outcome_differences(first: Outcome, second: Outcome) -> OutcomeDifferences:
    """What a second result gives differently; reasons and traces are not compared.

    Raises:
        ValueError: Results in different units.
    """
    if first.unit != second.unit:
        raise ValueError(f"{first.unit} and {second.unit} cannot be compared")
    totals = [
        AmountChange("", name, getattr(first, name), getattr(second, name))
        for name in ("income", "distributed", "kept")
    ]
    lines = _amounts(
        {(line.clause, line.to): line.amount for line in first.lines},
        {(line.clause, line.to): line.amount for line in second.lines},
    )
    owed = [
        {(each.clause, each.giver, each.unit): each.quantity for each in outcome.owed_in_kind}
        for outcome in (first, second)
    ]
    changes = [
        OwedChange(giver, clause, unit, *(each.get((clause, giver, unit), "0") for each in owed))
        for clause, giver, unit in dict.fromkeys([*owed[0], *owed[1]])
    ]
    return OutcomeDifferences(
        totals=tuple(each for each in totals if each.more),
        parties=_amounts(_by_party(first), _by_party(second)),
        lines=lines,
        owed=tuple(each for each in changes if each.before != each.after),
    )


def _by_party(outcome: Outcome) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for line in outcome.lines:
        found["", line.to] = found.get(("", line.to), 0) + line.amount
    return dict(sorted(found.items()))


def _amounts(
    first: Mapping[tuple[str, str], int], second: Mapping[tuple[str, str], int]
) -> tuple[AmountChange, ...]:
    changes = (
        AmountChange(clause, to, first.get((clause, to), 0), second.get((clause, to), 0))
        for clause, to in dict.fromkeys([*first, *second])
    )
    return tuple(change for change in changes if change.more)
