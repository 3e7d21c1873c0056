"""From a demand and a budget to whole amounts: caps, smallest lines, and one of three roundings."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from chambre.lib.reciprocity.methods import Demand
from chambre.lib.reciprocity.model import Step
from chambre.lib.reciprocity.sharing import (
    Exact,
    cumulative,
    fill,
    largest_remainder,
    rotating,
)

Caps = list[int | None]


def settle(
    step: Step, budget: Fraction, demand: Demand, rounding: str, turn: int
) -> tuple[dict[str, int], str]:
    """Share a budget as a step says.

    Returns:
        Whole amounts above 0 by name, names in order; and what kept the step from giving more
        than its budget would allow: ``nobody``, ``held``, ``claims``, ``target``, ``parties``,
        ``smallest``, or nothing.
    """
    names = sorted({*demand.needs, *demand.weights})
    if not names:
        paid_up = demand.facts.get("claims") == 0 or demand.facts.get("declared") == 0
        full = step.how == "fund" and step.target is not None
        return {}, "target" if full else "claims" if paid_up else "nobody"
    if demand.held and sum(demand.needs.values()) > budget:
        return {}, "held"
    needs = [demand.needs.get(name, 0) for name in names]
    weights = [demand.weights.get(name, 0) for name in names]
    caps = _caps(step, names)
    if rounding == "rotating":
        amounts = _rotate(step, budget, demand, needs, weights, caps, turn)
    else:
        shares = _exact(step, budget, demand, needs, weights, caps)
        amounts = cumulative(shares) if rounding == "cumulative" else largest_remainder(shares)
    given = {name: amount for name, amount in zip(names, amounts, strict=True) if amount}
    if sum(amounts) < budget.__floor__():
        return given, _why(step, demand, caps)
    return given, ""


def exact_amounts(step: Step, budget: Fraction, demand: Demand) -> dict[str, Fraction]:
    """What :func:`settle` gives before any rounding."""
    names = sorted({*demand.needs, *demand.weights})
    if not names or (demand.held and sum(demand.needs.values()) > budget):
        return {}
    needs = [demand.needs.get(name, 0) for name in names]
    weights = [demand.weights.get(name, 0) for name in names]
    shares = _exact(step, budget, demand, needs, weights, _caps(step, names))
    below = shares.denominator
    return {n: Fraction(above, below) for n, above in zip(names, shares.numerators, strict=True)}


def _why(step: Step, demand: Demand, caps: Caps) -> str:
    """Why a step gave less than it could."""
    if step.how == "fund":
        return "target"
    if any(cap is not None for cap in caps):
        return "parties"
    if step.smallest is not None:
        return "smallest"
    return "claims" if demand.needs else "nobody"


def _caps(step: Step, names: list[str]) -> Caps:
    """Most for each party: their own, or that for all."""
    if not step.each_caps:
        return [step.each_at_most] * len(names)
    own = {share.name: share.weight for share in step.each_caps}
    return [own.get(name, step.each_at_most) for name in names]


def _exact(
    step: Step,
    budget: Fraction,
    demand: Demand,
    needs: list[int],
    weights: list[int],
    caps: Caps,
) -> Exact:
    """Exact shares, after leaving out who would get less than the smallest line."""
    if step.smallest is None:
        return _both(budget, demand, needs, weights, caps)
    places = [
        i
        for i, cap in enumerate(caps)
        if (needs[i] or weights[i]) and (cap is None or cap >= step.smallest)
    ]
    shares = _both(budget, demand, *_picked(places, needs, weights, caps))
    order = sorted(range(len(places)), key=lambda at: (shares.numerators[at], -at))
    least, most = 0, len(order)  # how many to leave out: leaving out more helps all others
    while least < most:
        middle = (least + most) // 2
        if _large_enough(
            step.smallest, budget, demand, places, order[middle:], needs, weights, caps
        ):
            most = middle
        else:
            least = middle + 1
    staying = sorted(places[at] for at in order[least:])
    shares = _both(budget, demand, *_picked(staying, needs, weights, caps))
    numerators = [0] * len(needs)
    for place, number in zip(staying, shares.numerators, strict=True):
        numerators[place] = number
    return Exact(numerators, shares.denominator)


def _large_enough(
    smallest: int,
    budget: Fraction,
    demand: Demand,
    places: list[int],
    staying: list[int],
    needs: list[int],
    weights: list[int],
    caps: Caps,
) -> bool:
    chosen = sorted(places[at] for at in staying)
    shares = _both(budget, demand, *_picked(chosen, needs, weights, caps))
    return all(number >= smallest * shares.denominator for number in shares.numerators)


def _picked(
    places: Sequence[int], needs: list[int], weights: list[int], caps: Caps
) -> tuple[list[int], list[int], Caps]:
    return [needs[i] for i in places], [weights[i] for i in places], [caps[i] for i in places]


def _both(
    budget: Fraction, demand: Demand, needs: list[int], weights: list[int], caps: Caps
) -> Exact:
    """Needs first, then weights for what remains, nobody above their cap."""
    if not any(needs):
        return fill(budget * demand.part, weights, caps)
    first = fill(budget, _need_weights(demand, needs), _lower(needs, caps))
    left = budget - first.total()
    if not left or not any(weights):
        return first
    held = [number // first.denominator for number in first.numerators]  # needs in full: whole
    room = [None if cap is None else cap - has for cap, has in zip(caps, held, strict=True)]
    second = fill(left * demand.part, weights, room)
    below = second.denominator
    return Exact(
        [has * below + more for has, more in zip(held, second.numerators, strict=True)], below
    )


def _need_weights(demand: Demand, needs: list[int]) -> list[int]:
    return [1 if need else 0 for need in needs] if demand.level else needs


def _lower(needs: list[int], caps: Caps) -> Caps:
    return [need if cap is None else min(need, cap) for need, cap in zip(needs, caps, strict=True)]


def _rotate(
    step: Step,
    budget: Fraction,
    demand: Demand,
    needs: list[int],
    weights: list[int],
    caps: Caps,
    turn: int,
) -> list[int]:
    """Needs first, then weights, in whole units and in turns."""
    total = budget.__floor__()
    smallest = step.smallest or 1
    has = [0] * len(needs)
    wanted = _lower(needs, caps)
    if any(wanted):
        if total < sum(wanted):  # type: ignore[arg-type]
            weighed = _need_weights(demand, needs)
            has = rotating(total, weighed, wanted, turn=turn, smallest=smallest)
        else:
            has = [need if need and need >= smallest else 0 for need in wanted]
            if step.how == "need" and total == sum(wanted):  # type: ignore[arg-type]
                small = [0 if held else need or 0 for held, need in zip(has, wanted, strict=True)]
                if sum(small) >= smallest:  # what is too small for each is shared among them
                    return rotating(
                        sum(small), small, caps, turn=turn, smallest=smallest, given=has
                    )
    left = total - sum(has)
    if not left or not any(weights):
        return has
    if demand.part != 1:
        left = ((budget - sum(has)) * demand.part).__floor__()
    return rotating(left, weights, caps, turn=turn, smallest=smallest, given=has)
