"""Sharing an amount exactly: by weights, up to caps, with nothing too small; and the roundings.

All numbers are integers. An exact share is a numerator over a denominator that all have in
common, so that ten thousand shares need no fraction each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Exact:
    """Exact shares: each is its numerator over the common denominator."""

    numerators: list[int]
    denominator: int

    def total(self) -> Fraction:
        """Their sum."""
        return Fraction(sum(self.numerators), self.denominator)


def fill(budget: Fraction, weights: Sequence[int], caps: Sequence[int | None]) -> Exact:
    """Share by weights, nobody above their cap; what one cannot take goes to the others.

    Args:
        budget: What there is, 0 or more.
        weights: 0 or more; who has 0 gets nothing.
        caps: Most that each takes; None: no end.

    Returns:
        Shares that sum to the budget, or to all caps where these are less (or nothing, where no
        weight is above 0).
    """
    above, below = budget.numerator, budget.denominator  # what is left for those still open
    open_weight = sum(weights)
    capped: set[int] = set()
    closing = [i for i, cap in enumerate(caps) if cap is not None and weights[i]]
    while open_weight:
        # at this level; it only rises when somebody closes, so all whose cap it reaches close
        times = below * open_weight
        full = [i for i in closing if above * weights[i] >= (caps[i] or 0) * times]
        if not full:
            break
        capped.update(full)
        above -= below * sum(caps[i] or 0 for i in full)
        open_weight -= sum(weights[i] for i in full)
        closing = [i for i in closing if i not in capped]
    if not open_weight:
        return Exact([(caps[i] or 0) if i in capped else 0 for i in range(len(weights))], 1)
    level = Fraction(above, below * open_weight)
    above, below = level.numerator, level.denominator
    if not capped:
        return Exact([above * weight for weight in weights], below)
    return Exact(
        [
            (caps[i] or 0) * below if i in capped else above * weights[i]
            for i in range(len(weights))
        ],
        below,
    )


def largest_remainder(shares: Exact) -> list[int]:
    """Round shares down; units left go to the largest fractions, ties to the earlier place."""
    below = shares.denominator
    parts = [number // below for number in shares.numerators]
    left = sum(shares.numerators) // below - sum(parts)
    if left:
        rests = [number % below for number in shares.numerators]
        for i in sorted(range(len(parts)), key=lambda i: -rests[i])[:left]:
            parts[i] += 1
    return parts


def cumulative(shares: Exact) -> list[int]:
    """Each gets the rounded-down sum up to it, less what was given before."""
    parts = []
    total = given = 0
    for number in shares.numerators:
        total += number
        parts.append(total // shares.denominator - given)
        given += parts[-1]
    return parts


def rotating(
    total: int,
    weights: Sequence[int],
    caps: Sequence[int | None],
    *,
    turn: int,
    smallest: int = 1,
    given: Sequence[int] | None = None,
) -> list[int]:
    """Share whole units by weights; what rounding leaves goes to who has least for their weight.

    The method that Liberapay publishes with its examples, on whole units: in rounds, everybody
    still open gets their share of what is left, rounded down and up to their cap; who would get
    less than the smallest amount gets nothing in that round. What then remains goes in equal parts
    (rounded up) to those with the least compared to their weight, ties in turn.

    Args:
        total: Units to share, 0 or more.
        weights: 0 or more; who has 0 gets nothing more.
        caps: Most that each may have, with what was given.
        turn: Number of the turn: ties begin with the place ``turn`` (from 1) of those still open.
        smallest: Nobody has less than this, unless 0.
        given: What each already has.

    Returns:
        What each has in the end, with what was given.
    """
    has = list(given) if given is not None else [0] * len(weights)
    limits = [cap if cap is not None else total + held for cap, held in zip(caps, has, strict=True)]
    open_places = [i for i, weight in enumerate(weights) if weight and limits[i] >= smallest]
    left = total
    while left and open_places:
        pot, weight_sum, again = left, sum(weights[i] for i in open_places), False
        for i in list(open_places):
            amount = has[i] + min(pot * weights[i] // weight_sum, left)
            if amount >= limits[i]:
                amount = limits[i]
                open_places.remove(i)
                again = True
            elif 0 < amount < smallest:
                amount, again = 0, True
            left -= amount - has[i]
            has[i] = amount
        if not again or left >= pot:
            break
    return _rest(left, weights, limits, has, open_places, turn, smallest)


def _rest(
    left: int,
    weights: Sequence[int],
    limits: Sequence[int],
    has: list[int],
    open_places: list[int],
    turn: int,
    smallest: int,
) -> list[int]:
    """Give out what rounding left, to the least served first."""
    size = len(open_places)
    turns = {i: (place - turn) % size for place, i in enumerate(open_places, 1)}
    while left and open_places:
        before = left
        portion = -(-left // size)
        for i in sorted(open_places, key=lambda i: (Fraction(has[i], weights[i]), turns[i])):
            portion = min(portion, left)
            amount = min(max(has[i] + portion, smallest), limits[i])
            if 0 < amount - has[i] <= left:
                left -= amount - has[i]
                has[i] = amount
            if not left:
                break
        if left == before:
            break
    return has
