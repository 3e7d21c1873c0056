"""Circles of contracts: finding them, and proving that money cannot go round for ever.

**The proof.** Take one more minor unit at one contract. A step that takes a share *s* of the rest
passes on at most *s* of what reaches it, and later steps see what steps before it surely take less.
So one unit at contract *c* becomes at most a known fraction at each contract that *c* hands to. Let
*v(k, c)* be the most that is still in the circle of a unit that was at *c*, after *k* hand-overs:
``v(0, c) = 1`` and ``v(k+1, c)`` is a weighted sum of ``v(k, ·)``. When there is a *k* with every
``v(k, c) < 1``, then *k* rounds bring any two states nearer by that factor, so there is one fixed
point and the rounds reach it, up to rounding. This holds where what a step gives grows without
jumps; so contracts whose steps jump (``at_least``, ``smallest``, ``over = "hold"``) are refused.
Rounding down to whole units may move each line by one; what is returned is a state that a further
round does not change at all, and where there is none the circle is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from chambre.lib.reciprocity.errors import ReciprocityRefusal
from chambre.lib.reciprocity.model import (
    EVERYONE,
    Contract,
    Step,
)

MAX_ROUNDS = 20_000


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle that was settled.

    Attributes:
        path: Slugs on one way round; the first comes again at the end.
        after: Hand-overs that the bound is for.
        bound: Of any minor unit in the circle, at most this fraction is still in it after so many
            hand-overs; less than 1.
        rounds: Rounds that were computed; the last one changed nothing.
    """

    path: tuple[str, ...]
    after: int
    bound: Fraction
    rounds: int


def components(graph: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Groups of contracts that can reach each other, each after those that hand money to it.

    Tarjan's strongly connected components without recursion; the same for any order of the
    graph's keys.
    """
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[list[str]] = []
    for root in sorted(graph, reverse=True):
        if root in index:
            continue
        work = [(root, iter(graph[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            name, rest = work[-1]
            following = next(rest, None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == index[name]:
                    at = stack.index(name)
                    found.append(sorted(stack[at:]))
                    on_stack.difference_update(stack[at:])
                    del stack[at:]
            elif following not in index:
                index[following] = low[following] = len(index)
                stack.append(following)
                on_stack.add(following)
                work.append((following, iter(graph[following])))
            elif following in on_stack:
                low[name] = min(low[name], index[following])
    return found[::-1]


def settled_after(
    contracts: Sequence[Contract], owners: Mapping[str, str], path: str
) -> tuple[int, Fraction]:
    """After how many hand-overs less than a whole unit of any unit is still in the circle.

    Returns:
        The number of hand-overs, and the fraction.

    Raises:
        ReciprocityRefusal: A step that jumps, or no such number can be found.
    """
    inside = {contract.slug for contract in contracts}
    for contract in contracts:
        _refuse_jumps(contract, owners, inside)
    left = dict.fromkeys(inside, Fraction(1))
    for hand_overs in range(1, len(inside) + 1):
        left = {each.slug: _passed_on(each, owners, left) for each in contracts}
        bound = max(left.values())
        if bound < 1:
            return hand_overs, bound
    raise ReciprocityRefusal("no-contraction", path=path)


def most_in_circle(money: int, after: int, bound: Fraction) -> int:
    """More than can ever be handed over at one place: all that comes in, as often as it goes round.

    Args:
        money: Minor units that enter the circle.
        after: Hand-overs that the bound is for.
        bound: Fraction that is then still under way; less than 1.
    """
    return money * after * bound.denominator // (bound.denominator - bound.numerator) + 1


def rounds_of(away: int, after: int, bound: Fraction) -> int:
    """Rounds after which less than one unit can still be wrong, and some more for rounding.

    Args:
        away: Minor units by which the beginning is wrong at most.
        after: Hand-overs that the bound is for.
        bound: Fraction that is then still under way; less than 1.

    Returns:
        At most :data:`MAX_ROUNDS`.
    """
    rounds = 4 * after + 64
    left = away << 32
    while left >> 32 and rounds < MAX_ROUNDS:
        left = left * bound.numerator // bound.denominator
        rounds += after
    return min(rounds, MAX_ROUNDS)


def _refuse_jumps(contract: Contract, owners: Mapping[str, str], inside: set[str]) -> None:
    last = max(
        (
            number
            for number, step in enumerate(contract.steps)
            if step.how == "upstream" and any(owners.get(to.name) in inside for to in step.to)
        ),
        default=-1,
    )
    for step in contract.steps[: last + 1]:
        if step.at_least is not None or step.smallest is not None or step.over == "hold":
            raise ReciprocityRefusal("circle-jumps", slug=contract.slug, step=step.name)


def _passed_on(
    contract: Contract, owners: Mapping[str, str], left: Mapping[str, Fraction]
) -> Fraction:
    """The most that is still in the circle of one more unit at a contract, one hand-over later.

    ``rest`` is how fast what is left can grow with the income: it starts at 1, and a step that
    surely takes its whole share makes it smaller.
    """
    rest = Fraction(1)
    total = worst = Fraction(0)
    for step in contract.steps:
        speed = step.share * rest if step.of == "rest" else max(step.share, rest)
        if step.how == "upstream":
            whole = sum(share.weight for share in step.to)
            fate = sum(
                (
                    Fraction(share.weight, whole)
                    * left.get(owners.get(share.name, ""), Fraction(0))
                    for share in step.to
                ),
                Fraction(0),
            )
            total += speed * fate
            worst = max(worst, fate)
        if _sure(contract, step):
            taken = step.share * rest if step.of == "rest" else min(step.share, rest)
            rest -= taken
    return min(total, worst)


def _sure(contract: Contract, step: Step) -> bool:
    """Whether a step always takes its whole share, whatever happened."""
    bounds = (step.at_most, step.cap, step.target, step.each_at_most)
    if any(bound is not None for bound in bounds) or step.each_caps:
        return False
    if step.how == "fixed":  # a class may turn out empty
        classes = {EVERYONE, *(each.name for each in contract.classes)}
        return not any(share.name in classes for share in step.to)
    return step.how in ("upstream", "keep", "fund")
