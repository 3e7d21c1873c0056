"""Several contracts at once: what one hands upstream is income of the next.

Contracts that pass money round in a circle are refused, or settled when that is asked and can be
proved: see :func:`compose`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from chambre.lib.reciprocity.circles import (
    MAX_ROUNDS,
    Circle,
    components,
    most_in_circle,
    rounds_of,
    settled_after,
)
from chambre.lib.reciprocity.errors import ReciprocityRefusal
from chambre.lib.reciprocity.facts import Facts, Row
from chambre.lib.reciprocity.model import (
    INCOME,
    Contract,
    Party,
    Share,
    Step,
)
from chambre.lib.reciprocity.outcome import Fact, Outcome
from chambre.lib.reciprocity.running import Computation

_State = tuple[tuple[tuple[str, int], ...], ...]
_BEGINNINGS = (0, -1, 1, -2, 2, -3, 3, -5, 5)
"""Units off the exact solution where a circle begins, one after the other, if rounding swings."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What one contract hands to another.

    Attributes:
        source: Slug of the contract that gives.
        clause: Its step.
        resource: The upstream resource.
        target: Slug of the contract of that resource.
        amount: Minor units.
        id: Id that stands for it in the reasons of the target's lines.
    """

    source: str
    clause: str
    resource: str
    target: str
    amount: int
    id: str


@dataclass(frozen=True, slots=True)
class Composition:
    """The results of several contracts that hand money to each other.

    ``income == distributed + kept``: what goes from contract to contract is counted once.

    Attributes:
        unit: Unit of all amounts.
        outcomes: One per contract, each after those that hand money to it.
        flows: What went from contract to contract.
        circles: The circles that were settled, with the proof.
        income: Minor units that came from outside.
        distributed: Minor units that left the contracts.
        kept: Minor units that stay with them.
    """

    unit: str
    outcomes: tuple[Outcome, ...]
    flows: tuple[Flow, ...]
    circles: tuple[Circle, ...]
    income: int
    distributed: int
    kept: int

    def outcome(self, slug: str) -> Outcome:
        """The result of one contract.

        Raises:
            KeyError: There is none of that slug.
        """
        for outcome in self.outcomes:
            if outcome.contract == slug:
                return outcome
        raise KeyError(slug)


def compose(
    contracts: Sequence[Contract],
    facts: Facts | Iterable[Fact],
    since: dt.date,
    until: dt.date,
    parties: Iterable[Party] = (),
    *,
    settle_circles: bool = False,
) -> Composition:
    """Compute contracts that hand money upstream to each other.

    A line of an ``upstream`` step to a resource whose contract is in force is income of that
    contract in the same span; any other leaves. In a circle the contracts are computed again and
    again with what the others handed over, beginning at the exact solution without rounding, until
    a round changes nothing.

    Args:
        contracts: At least one, in one unit, each with its own resources.
        facts: Of all of them.
        since: First day of the span.
        until: Last day.
        parties: What is known of parties.
        settle_circles: Settle circles instead of refusing them.

    Raises:
        ReciprocityRefusal: Contracts that share a resource, a slug or not the unit; income of no
            resource; a circle, or one that cannot be proved to settle; see also
            :func:`~chambre.lib.reciprocity.run`.
        FactsError: Facts that contradict themselves.
        ValueError: No contract.
    """
    if not contracts:
        raise ValueError("no contract to compute")
    owners = _owners(contracts, since, until)
    shared = _shared_out(contracts, facts)
    known = tuple(parties)
    ready = {
        each.slug: Computation(each, shared[each.slug], since, until, known) for each in contracts
    }
    graph = {each.slug: _targets(each, owners) for each in contracts}
    work = _Work(ready, owners)
    circles = []
    for group in components(graph):
        if len(group) == 1 and group[0] not in graph[group[0]]:
            work.compute(group[0])
        elif not settle_circles:
            raise ReciprocityRefusal("cycle", path=" → ".join(_circle(group, graph)))
        else:
            circles.append(work.settle(group, _circle(group, graph)))
    return work.composition(tuple(circles))


def _owners(contracts: Sequence[Contract], since: dt.date, until: dt.date) -> dict[str, str]:
    """Slug of the contract in force by resource."""
    owners: dict[str, str] = {}
    slugs: set[str] = set()
    for contract in contracts:
        if contract.slug in slugs:
            raise ReciprocityRefusal("contract-twice", slug=contract.slug)
        slugs.add(contract.slug)
        if contract.unit != contracts[0].unit:
            raise ReciprocityRefusal(
                "units-differ",
                slug=contract.slug,
                unit=contract.unit,
                expected=contracts[0].unit,
            )
        if "*" in contract.resources and len(contracts) > 1:
            raise ReciprocityRefusal("any-resource", slug=contract.slug)
        for resource in contract.resources:
            if resource in owners:
                raise ReciprocityRefusal(
                    "two-contracts",
                    resource=resource,
                    first=owners[resource],
                    second=contract.slug,
                )
            owners[resource] = contract.slug
    idle = {each.slug for each in contracts if not _in_force(each, since, until)}
    return {resource: slug for resource, slug in owners.items() if slug not in idle}


def _in_force(contract: Contract, since: dt.date, until: dt.date) -> bool:
    term = contract.term
    return (term.since or since) <= until and (term.until or until) >= since


def _shared_out(contracts: Sequence[Contract], facts: Facts | Iterable[Fact]) -> dict[str, Facts]:
    """The facts of each contract; those of no resource are everybody's."""
    kept = facts if isinstance(facts, Facts) else Facts.of(facts)
    if len(contracts) == 1:
        return {contracts[0].slug: kept}
    owners = {resource: each.slug for each in contracts for resource in each.resources}
    rows: dict[str, list[Row]] = {each.slug: [] for each in contracts}
    for row in kept.rows():
        if row.kind == "transfer" and row.taker in rows:
            rows[row.taker].append(row)
            if owners.get(row.resource, row.taker) != row.taker:
                rows[owners[row.resource]].append(row)
        elif row.resource:
            if row.resource in owners:
                rows[owners[row.resource]].append(row)
        elif row.kind in INCOME:
            raise ReciprocityRefusal("income-nowhere", id=row.id)
        else:
            for each in rows.values():
                each.append(row)
    return {slug: Facts.of_rows(each) for slug, each in rows.items()}


def _targets(contract: Contract, owners: dict[str, str]) -> list[str]:
    """Contracts that this one may hand money to, sorted."""
    return sorted(
        {
            owners[share.name]
            for step in contract.steps
            if step.how == "upstream"
            for share in step.to
            if share.name in owners
        }
    )


def _circle(group: list[str], graph: dict[str, list[str]]) -> list[str]:
    """One way round inside a group of contracts, beginning and ending with the same."""
    path = [min(group)]
    while True:
        following = next(each for each in graph[path[-1]] if each in group)
        if following in path:
            return [*path[path.index(following) :], following]
        path.append(following)


def _id(slug: str, step: Step, share: Share) -> str:
    """What stands for a flow in the reasons of lines."""
    return f"{slug}/{step.name}/{share.name}"


class _Work:
    """The computations, with what was handed over so far."""

    def __init__(self, ready: dict[str, Computation], owners: dict[str, str]) -> None:
        self.ready = ready
        self.owners = owners
        self.outcomes: dict[str, Outcome] = {}
        self.received: dict[str, dict[str, int]] = {slug: {} for slug in ready}
        self.used: dict[str, dict[str, int]] = {}
        self.handed: dict[str, list[Flow]] = {}

    def compute(self, slug: str) -> None:
        """Compute one contract with what it received, and hand on what comes of it."""
        self.used[slug] = dict(self.received[slug])
        outcome = self.ready[slug].outcome(sorted(self.used[slug].items()))
        for edge in self._edges(slug):
            self.received[edge.target].pop(edge.id, None)
        self.handed[slug] = self._flows(outcome)
        for flow in self.handed[slug]:
            self.received[flow.target][flow.id] = flow.amount
        self.outcomes[slug] = outcome

    def _flows(self, outcome: Outcome) -> list[Flow]:
        amounts = {(line.clause, line.to): line.amount for line in outcome.lines}
        return [
            replace(edge, amount=amounts[edge.clause, edge.resource])
            for edge in self._edges(outcome.contract)
            if (edge.clause, edge.resource) in amounts
        ]

    def settle(self, group: list[str], path: list[str]) -> Circle:
        """Go round a circle until nothing changes any more, beginning at the exact solution."""
        contracts = [self.ready[slug].contract for slug in group]
        after, bound = settled_after(contracts, self.owners, " → ".join(path))
        money = sum(
            max(self.ready[slug].gathered.income, 0) + sum(self.received[slug].values())
            for slug in group
        )
        edges = [flow for slug in group for flow in self._edges(slug) if flow.target in group]
        allowed = rounds_of(most_in_circle(money, after, bound) * len(edges), after, bound)
        nearest = self._exact(group, edges, allowed)
        done = 0
        for off in _BEGINNINGS:
            for flow, amount in zip(edges, nearest, strict=True):
                self.received[flow.target].pop(flow.id, None)
                if amount + off > 0:
                    self.received[flow.target][flow.id] = amount + off
            states: set[_State] = set()
            while (state := self._state(group)) not in states and done < MAX_ROUNDS:
                states.add(state)
                done += 1
                for slug in group:
                    self.compute(slug)
                if self._agrees(group):
                    return Circle(tuple(path), after, bound, done)
        raise ReciprocityRefusal("no-fixed-point", path=" → ".join(path), rounds=done)

    def _state(self, group: list[str]) -> _State:
        return tuple(tuple(sorted(self.received[slug].items())) for slug in group)

    def _agrees(self, group: list[str]) -> bool:
        """Whether every contract was computed with what it receives now."""
        return all(self.used[slug] == self.received[slug] for slug in group)

    def _exact(self, group: list[str], edges: list[Flow], allowed: int) -> list[int]:
        """What the circle would hand over without rounding, then to the nearest whole unit.

        Counted in parts of 2⁻⁴⁸ of a unit; it begins with nothing and comes nearer every round.
        """
        now = [Fraction(0)] * len(edges)
        for _round in range(allowed):
            amounts = {
                slug: self.ready[slug].exact(
                    Fraction(sum(self.received[slug].values()))
                    + sum(
                        (x for x, e in zip(now, edges, strict=True) if e.target == slug),
                        Fraction(0),
                    )
                )
                for slug in group
            }
            found = [amounts[e.source].get((e.clause, e.resource), Fraction(0)) for e in edges]
            following = [Fraction(round(each * 2**48), 2**48) for each in found]
            near = all(abs(a - b) < Fraction(1, 2**32) for a, b in zip(now, following, strict=True))
            now = following
            if near:
                break
        return [(each + Fraction(1, 2)).__floor__() for each in now]

    def _edges(self, slug: str) -> list[Flow]:
        """Everything that a contract may hand over, with no amount yet."""
        return [
            Flow(slug, step.name, share.name, self.owners[share.name], 0, _id(slug, step, share))
            for step in self.ready[slug].contract.steps
            if step.how == "upstream"
            for share in step.to
            if share.name in self.owners
        ]

    def composition(self, circles: tuple[Circle, ...]) -> Composition:
        """All results together."""
        flows = tuple(flow for slug in self.outcomes for flow in self.handed[slug])
        passed = sum(flow.amount for flow in flows)
        outcomes = tuple(self.outcomes.values())
        return Composition(
            unit=outcomes[0].unit,
            outcomes=outcomes,
            flows=flows,
            circles=circles,
            income=sum(each.income for each in outcomes) - passed,
            distributed=sum(each.distributed for each in outcomes) - passed,
            kept=sum(each.kept for each in outcomes),
        )
