"""The waterfall: what a contract makes of the facts of a span, to the last minor unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from chambre.lib.reciprocity.eligibility import Eligibility
from chambre.lib.reciprocity.facts import Facts
from chambre.lib.reciprocity.gathering import Gathered
from chambre.lib.reciprocity.methods import Demand, Methods
from chambre.lib.reciprocity.model import (
    Contract,
    Party,
    Step,
)
from chambre.lib.reciprocity.outcome import Fact, Line, Outcome, Owed, Trace
from chambre.lib.reciprocity.owing import owed_in_kind
from chambre.lib.reciprocity.settling import exact_amounts, settle
from chambre.lib.reciprocity.spans import turn_of


def run(
    contract: Contract,
    facts: Facts | Iterable[Fact],
    since: dt.date,
    until: dt.date,
    parties: Iterable[Party] = (),
) -> Outcome:
    """Compute a contract over what happened.

    The same facts give the same result in whatever order they come, and splitting one in two
    changes no line.

    Args:
        contract: As read.
        facts: Of any resources and days: others than the contract's are left aside, earlier ones
            are history, later ones are ignored.
        since: First day of the span.
        until: Last day of the span.
        parties: What is known of parties, beside those of the contract.

    Returns:
        The result, with ``income == distributed + kept`` and the lines summing to
        ``distributed``.

    Raises:
        FactsError: Facts that contradict themselves.
        ReciprocityRefusal: A span that ends before it begins, income in another unit than the
            contract's, or a party described in two ways.
    """
    return Computation(contract, facts, since, until, parties).outcome()


class Computation:
    """A contract with the facts of a span, gone through once: ready for any income on top."""

    def __init__(
        self,
        contract: Contract,
        facts: Facts | Iterable[Fact],
        since: dt.date,
        until: dt.date,
        parties: Iterable[Party] = (),
    ) -> None:
        """Go through the facts; see :func:`run`."""
        kept = facts if isinstance(facts, Facts) else Facts.of(facts)
        self.contract = contract
        self.gathered = Gathered(contract, kept, since, until)
        self.eligibility = Eligibility(contract, self.gathered, parties)
        self.methods = Methods(contract, self.gathered, self.eligibility)
        self.turn = turn_of(contract.period, since, contract.term.since)
        self._owed: tuple[Owed, ...] | None = None

    def outcome(self, received: Sequence[tuple[str, int]] = ()) -> Outcome:
        """The result.

        Args:
            received: Income beside the facts, as ids and minor units: what other contracts hand
                over.
        """
        gathered = self.gathered
        income = gathered.income + sum(amount for _id, amount in received)
        ids = gathered.income_ids
        if received:
            ids = tuple(sorted([*ids, *(each for each, _amount in received)]))
        self.methods.income_ids = ids
        flow = _Flow(income)
        for step in self.contract.steps:
            _take(flow, step, self.methods, self.contract.rounding, self.turn)
        if self._owed is None:
            self._owed = owed_in_kind(self.contract, gathered, self.eligibility)
        distributed = sum(line.amount for line in flow.lines)
        return Outcome(
            contract=self.contract.slug,
            unit=self.contract.unit,
            since=gathered.since,
            until=gathered.until,
            income=income,
            distributed=distributed,
            kept=income - distributed,
            lines=tuple(flow.lines),
            owed_in_kind=self._owed,
            trace=tuple(flow.trace),
        )

    def exact(self, received: Fraction) -> dict[tuple[str, str], Fraction]:
        """Amounts by clause and receiver with so much income on top, without any rounding."""
        income = max(self.gathered.income + received, Fraction(0))
        rest = income
        found = {}
        for step in self.contract.steps:
            demand = self.methods.of(step)
            meant = step.share * (rest if step.of == "rest" else income)
            amounts = exact_amounts(step, _budget(step, meant, rest, demand)[0], demand)
            for name, amount in amounts.items():
                found[step.name, name] = amount
                rest -= amount
        return found


@dataclass(slots=True)
class _Flow:
    """The income on its way through the steps."""

    income: int
    rest: int = 0
    lines: list[Line] = field(default_factory=list)
    trace: list[Trace] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rest = max(self.income, 0)


def _take(flow: _Flow, step: Step, methods: Methods, rounding: str, turn: int) -> None:
    """Let one step take what it may, and note why not more."""
    base = flow.rest if step.of == "rest" else max(flow.income, 0)
    meant = step.share * base
    came = flow.rest
    demand = methods.of(step)
    budget, limit = _budget(step, meant, flow.rest, demand)
    given, held_by = settle(step, budget, demand, rounding, turn)
    took = sum(given.values())
    flow.rest -= took
    if step.how != "keep":
        flow.lines.extend(
            Line(name, step.name, amount, demand.because(name)) for name, amount in given.items()
        )
    if not came:
        limit = "nothing"
    elif held_by:
        limit = held_by
    figures = {"paid_before": demand.paid, "receivers": len(given), **demand.facts}
    flow.trace.append(Trace(step.name, came, meant, took, limit, figures))


def _budget(
    step: Step, meant: Fraction, rest: int | Fraction, demand: Demand
) -> tuple[Fraction, str]:
    """What a step may take, exactly, and what holds it there."""
    budget, limit = meant, "share"
    if step.at_least is not None and budget < step.at_least:
        budget, limit = Fraction(step.at_least), "at-least"
    bounds: list[tuple[int | Fraction, str]] = [(rest, "rest")]
    if step.at_most is not None:
        bounds.append((step.at_most, "at-most"))
    if step.cap is not None:
        bounds.append((max(step.cap - demand.paid, 0), "cap"))
    for bound, name in bounds:
        if budget > bound:
            budget, limit = Fraction(bound), name
    return budget, limit
