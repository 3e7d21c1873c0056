"""What each method asks for: who may receive, by which weights, up to how much, and why.

A method turns its step and the facts into a :class:`Demand`; sharing a demand is the same for
all of them (:mod:`chambre.lib.reciprocity.sharing`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

from chambre.lib.reciprocity.eligibility import Eligibility
from chambre.lib.reciprocity.gathering import Gathered, Window
from chambre.lib.reciprocity.model import (
    SCALE,
    Contract,
    Count,
    Share,
    Step,
)
from chambre.lib.reciprocity.steps import is_money

Because = Callable[[str], tuple[str, ...]]


@dataclass(slots=True)
class Demand:
    """What a step could give away.

    Attributes:
        needs: Minor units by name that are served first, in proportion to them.
        weights: Weights by name for what remains after the needs.
        part: Fraction of the budget that weights are about: less than 1 where a class is empty.
        level: Needs are served under one ceiling instead of in proportion.
        held: Nothing is given because more was declared than there is.
        because: Ids of the facts behind a receiver.
        paid: Minor units that this step paid before.
        facts: Figures for the explanation.
    """

    because: Because
    needs: dict[str, int] = field(default_factory=dict)
    weights: dict[str, int] = field(default_factory=dict)
    part: Fraction = Fraction(1)
    level: bool = False
    held: bool = False
    paid: int = 0
    facts: dict[str, int] = field(default_factory=dict)


class Methods:
    """The ten methods, for one contract over one span.

    Attributes:
        income_ids: Ids that stand for the income in the reasons of lines.
    """

    def __init__(self, contract: Contract, gathered: Gathered, eligibility: Eligibility) -> None:
        self.contract = contract
        self.gathered = gathered
        self.eligibility = eligibility
        self.income_ids = gathered.income_ids
        self._demands: dict[str, Demand] = {}
        self._claims: dict[str, dict[str, int]] = {}
        self._paid = self._payments()

    # what was paid

    def _payments(self) -> dict[str, dict[str, int]]:
        """Minor units paid before, by step and receiver."""
        facts = self.gathered.facts
        steps = {step.name: step for step in self.contract.steps}
        paid: dict[str, dict[str, int]] = {name: {} for name in steps}
        owing: list[tuple[str, frozenset[str] | set[str]]] | None = None
        for i in self.gathered.repayments:
            name, taker = facts.notes[i], facts.takers[i]
            if name not in steps:
                if owing is None:
                    owing = [(step.name, self._payees(step)) for step in self._repaying()]
                name = next((each for each, payees in owing if taker in payees), "")
            if name:
                paid[name][taker] = paid[name].get(taker, 0) + facts.amounts[i]
        for i in self.gathered.transfers:
            name, taker = facts.notes[i], facts.takers[i]
            if name in steps and steps[name].how in ("fund", "upstream"):
                paid[name][taker] = paid[name].get(taker, 0) + facts.amounts[i]
        return paid

    def _repaying(self) -> list[Step]:
        """Steps that pay debts, or that have an end over the life of the contract."""
        return [
            step
            for step in self.contract.steps
            if step.lasting == "until-paid" or step.cap is not None
        ]

    def _payees(self, step: Step) -> set[str]:
        """Whom a step pays back."""
        if step.lasting == "until-paid":
            return set(self._owed(step))
        if step.to:
            return self.eligibility.among(share.name for share in step.to)
        demand = self._demand(step, {})
        return {*demand.needs, *demand.weights}

    def _owed(self, step: Step) -> dict[str, int]:
        """Claims of a debt step before any repayment, whole minor units rounded down."""
        found = self._claims.get(step.name)
        if found is None:
            found = {share.name: share.weight for share in step.amounts}
            counts = step.count
            if step.how == "costs":
                counts = (Count("cost", self.contract.unit),)
            if counts:
                scaled, below = self._values(counts, step.months)
                for name, value in scaled.items():
                    found[name] = found.get(name, 0) + value // below
            found = self._only(found, step.to)
            self._claims[step.name] = found
        return found

    # what was given

    def _values(self, counts: tuple[Count, ...], window: Window) -> tuple[dict[str, int], int]:
        """Value of what each party gave, in minor units: numerators, and their denominator."""
        rates = [
            count.rate / (1 if is_money(count.unit) else SCALE) for count in counts if count.rate
        ]
        below = lcm(*(rate.denominator for rate in rates)) if rates else 1
        values: dict[str, int] = {}
        for count, rate in zip((c for c in counts if c.rate), rates, strict=True):
            times = rate.numerator * (below // rate.denominator)
            sums = self.gathered.sums(count.kind, count.unit, window)
            if not values:
                values = {name: total * times for name, total in sums.items()}
            else:
                for name, total in sums.items():
                    values[name] = values.get(name, 0) + total * times
        return {name: value for name, value in values.items() if value > 0}, below

    def _counted(self, counts: tuple[Count, ...], window: Window) -> Because:
        """Ids of the facts that were counted for a party; those of the income when there are none."""
        keys = sorted({(count.kind, count.unit) for count in counts})
        return lambda name: self.gathered.ids(keys, window, name) or self.income_ids

    def _income(self, _name: str) -> tuple[str, ...]:
        return self.income_ids

    def _only(self, amounts: dict[str, int], to: tuple[Share, ...]) -> dict[str, int]:
        """Those of the names that a step is for."""
        if not to:
            return amounts
        wanted = self.eligibility.among(share.name for share in to)
        return {name: amount for name, amount in amounts.items() if name in wanted}

    # the methods

    def of(self, step: Step) -> Demand:
        """What a step asks for; it does not depend on how much there is."""
        if step.name not in self._demands:
            self._demands[step.name] = self._demand(step, self._paid[step.name])
        return self._demands[step.name]

    def _demand(self, step: Step, before: Mapping[str, int]) -> Demand:
        """What a step asks for after what was paid to each before."""
        if step.lasting == "until-paid":
            demand = self._debts(step, before)
        else:
            demand = getattr(self, f"_{step.how}")(step)
        demand.paid = sum(before.values())
        return demand

    def _debts(self, step: Step, before: Mapping[str, int]) -> Demand:
        owed = self._owed(step)
        needs = {
            name: claim - before.get(name, 0)
            for name, claim in owed.items()
            if claim > before.get(name, 0)
        }
        counts = step.count
        if step.how == "costs":
            counts = (Count("cost", self.contract.unit),)
        because = self._counted(counts, step.months) if counts else self._income
        return Demand(because, needs=needs, facts={"claims": sum(needs.values())})

    def _fixed(self, step: Step) -> Demand:
        weights, part = self._spread(step.to)
        return Demand(self._income, weights=weights, part=part)

    def _spread(self, to: tuple[Share, ...]) -> tuple[dict[str, int], Fraction]:
        """Weights of names, those of classes spread over their members; and the part they are."""
        members = {share.name: sorted(self.eligibility.members(share.name)) for share in to}
        scale = lcm(*(len(each) or 1 for each in members.values()))
        weights: dict[str, int] = {}
        given = 0
        for share in to:
            size = len(members[share.name])
            for name in members[share.name]:
                weights[name] = weights.get(name, 0) + share.weight * (scale // size)
            given += share.weight if size else 0
        whole = sum(share.weight for share in to)
        return weights, Fraction(given, whole) if whole else Fraction(1)

    def _contribution(self, step: Step) -> Demand:
        values, _below = self._values(step.count, step.months)
        weights = self._only(values, step.to)
        return Demand(self._counted(step.count, step.months), weights=weights)

    def _equal(self, step: Step) -> Demand:
        active = self.gathered.givers(step.months)
        receivers = set() if step.to else set(active)
        for share in step.to:
            if self.eligibility.is_class(share.name):
                receivers |= self.eligibility.members(share.name) & active
            else:
                receivers.add(share.name)
        activity = self._activity(step.months)
        return Demand(
            lambda name: activity(name) or self.income_ids,
            weights=dict.fromkeys(receivers, 1),
        )

    def _activity(self, window: Window) -> Because:
        """Ids of all contributions, costs, uses and declarations of a party in a window."""
        keys = [key for key in self.gathered.groups() if key[0] != "sale"]
        declared = self._declaring("", window)
        return lambda name: self.gathered.ids(keys, window, name, declared.get(name, ()))

    def _declaring(self, clause: str, window: Window) -> dict[str, list[int]]:
        """Places of declarations by party, for a clause; the empty clause: all."""
        facts = self.gathered.facts
        found: dict[str, list[int]] = {}
        for i in self.gathered.within(self.gathered.declarations, window):
            if not clause or facts.notes[i] in ("", clause):
                found.setdefault(facts.takers[i], []).append(i)
        return found

    def _declared_amounts(self, step: Step) -> dict[str, int]:
        facts = self.gathered.facts
        found = {share.name: share.weight for share in step.amounts}
        for i in self.gathered.within(self.gathered.declarations, step.months):
            if facts.notes[i] in ("", step.name):
                name = facts.takers[i]
                found[name] = found.get(name, 0) + facts.amounts[i]
        return {name: amount for name, amount in found.items() if amount}

    def _need(self, step: Step) -> Demand:
        needs = self._declared_amounts(step)
        weights, part = self._spread(step.to) if step.to else ({}, Fraction(1))
        declared = self._declaring(step.name, step.months)
        return Demand(
            lambda name: self.gathered.ids_at(declared.get(name, [])) or self.income_ids,
            needs=needs,
            weights=weights,
            part=part,
            facts={"declared": sum(needs.values())},
        )

    def _declared(self, step: Step) -> Demand:
        demand = self._need(Step(step.name, "need", amounts=step.amounts, months=step.months))
        demand.needs = self._only(demand.needs, step.to)
        demand.facts["declared"] = sum(demand.needs.values())
        demand.level = step.over == "level"
        demand.held = step.over == "hold"
        return demand

    def _costs(self, step: Step) -> Demand:
        counts = (Count("cost", self.contract.unit),)
        needs = self._only(
            dict(self.gathered.sums("cost", self.contract.unit, step.months)), step.to
        )
        return Demand(
            self._counted(counts, step.months), needs=needs, facts={"claims": sum(needs.values())}
        )

    def _fund(self, step: Step) -> Demand:
        fund = step.to[0].name
        facts = self.gathered.facts
        level = 0
        for i in self.gathered.transfers:
            if facts.takers[i] == fund:
                level += facts.amounts[i]
            if facts.givers[i] == fund:
                level -= facts.amounts[i]
        demand = Demand(self._income, facts={"level": level})
        if step.target is None:
            demand.weights = {fund: 1}
        else:
            missing = max(step.target - level, 0)
            demand.needs = {fund: missing} if missing else {}
        return demand

    def _upstream(self, step: Step) -> Demand:
        return Demand(self._income, weights={share.name: share.weight for share in step.to})

    def _keep(self, step: Step) -> Demand:
        return Demand(self._income, weights={step.name: 1})
