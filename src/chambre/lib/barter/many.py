"""Rings of thousands of people, and a bound on what any rings can be worth.

The linear relaxation is solved approximately by a first-order method with a step of its own for each
person and each ring (Chambolle and Pock 2011, diagonal steps of Pock and Chambolle 2011). Whatever
prices it comes to, :func:`bounds.certified` raises them where they are too low, so the bound holds.
Rings are packed by how likely each is, and renewed (:mod:`~chambre.lib.barter.renewing`), where there are
very many from a part of them; what then is still far from the bound is improved by trying.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chambre.lib.barter.bounds import assignment, certified
from chambre.lib.barter.cycles import Matrix, Ring
from chambre.lib.barter.exact import Packed, worth_of
from chambre.lib.barter.local import Trying, listed, one_after_another
from chambre.lib.barter.packing import Floats, Pool
from chambre.lib.barter.renewing import Effort, renewed

MOST_LISTED = 150_000
STEPS = 300
"""Steps between two looks at the bound."""
LOOKS = 6
"""Looks at most; fewer where there are many rings."""
MUCH = 50_000_000
TRIES_EACH = 150
"""How often a ring is tried, for each person."""
ENOUGH = 0.01
"""What is this near to the bound needs no better bound."""
MUCH_LEFT = 0.05
"""What is further from the bound is improved by trying as well."""
SOME = 0.02
RENEWING = Effort(rings=20_000, starts=3, work=15_000_000, times=400)


def rings_of_many(weights: Matrix, longest: int) -> Packed:
    """Rings without common people that are worth nearly most together, and a bound.

    Args:
        weights: What a gift from each to each is worth, at least 0; :data:`ABSENT` where there is none.
        longest: People in the longest ring.
    """
    bound, prices = assignment(weights)
    found = renewed(weights, longest, one_after_another(weights, longest), bound, RENEWING)
    worth = worth_of(weights, found)
    if bound - worth > ENOUGH * bound:
        rings = listed(weights, longest, MOST_LISTED)
        relaxed = Relaxed(weights, longest, rings, prices)
        bound = relaxed.look(bound, worth)
        if bound - worth > MUCH_LEFT * bound:
            trying = Trying(weights, rings, relaxed.rings if relaxed.worth > worth else found)
            trying.run(TRIES_EACH * len(weights), bound)
            if trying.best_worth > worth:
                found, worth = list(trying.found), trying.best_worth
    return Packed(tuple(found), worth, max(bound, worth))


class Relaxed:
    """The relaxation over the rings that can be listed, solved step by step.

    Attributes:
        rings: The best that came out of rounding it.
        worth: What they are worth.
    """

    def __init__(
        self, weights: Matrix, longest: int, rings: Sequence[Ring], prices: Floats
    ) -> None:
        self.weights, self.longest = weights, longest
        self.unit = float(max(int(weights.max()), 1))
        self.pool = Pool(len(weights), longest)
        for length in range(2, longest + 1):
            rows = np.array([ring for ring in rings if len(ring) == length], np.int32)
            if len(rows):
                worth = weights[rows, np.roll(rows, -1, axis=1)].sum(axis=1)
                self.pool.add_rows(rows, worth / self.unit)
        self.sizes = (self.pool.members < len(weights)).sum(axis=1)
        self.patience = 1.0 / np.maximum(self._sums(np.ones(len(self.sizes))), 1.0)
        self.shares = np.zeros(len(self.sizes))
        self.prices = prices / self.unit
        self.rings: list[Ring] = []
        self.worth = 0

    def look(self, bound: int, found: int) -> int:
        """Solve it until bound and rings are near, or often enough; the least bound that was met."""
        rings = max(1, len(self.shares))
        for _look in range(min(LOOKS, max(1, MUCH // (STEPS * rings)))):
            mean = self._run(STEPS)
            self._round()
            for prices in (self.prices, mean):
                here, _walks, _price = certified(self.weights, prices * self.unit, self.longest)
                bound = min(bound, here)
            if bound - max(found, self.worth) <= ENOUGH * bound:
                break
        return bound

    def _sums(self, shares: Floats) -> Floats:
        repeated = np.repeat(shares, self.longest)
        people = len(self.weights)
        counted = np.bincount(self.pool.members.ravel(), weights=repeated, minlength=people + 1)
        return np.asarray(counted[:-1], dtype=np.float64)

    def _run(self, steps: int) -> Floats:
        """Take some steps; the mean of their prices."""
        total = np.zeros(len(self.prices))
        members, worth = self.pool.members, self.pool.worth
        for _step in range(steps):
            paid: NDArray[np.float64] = np.append(self.prices, 0.0)[members].sum(axis=1)
            new = np.maximum(self.shares + (worth - paid) / self.sizes, 0.0)
            over = self._sums(2.0 * new - self.shares) - 1.0
            self.shares = new
            self.prices = np.maximum(self.prices + self.patience * over, 0.0)
            total += self.prices
        return total / steps

    def _round(self) -> None:
        """Take the rings that there is most of, as long as they fit."""
        free = np.ones(len(self.weights) + 1, bool)
        taken: list[Ring] = []
        for index in np.argsort(-self.shares, kind="stable").tolist():
            if self.shares[index] < SOME:
                break
            ring = self.pool.ring(index)
            if free[list(ring)].all():
                free[list(ring)] = False
                taken.append(ring)
        worth = worth_of(self.weights, taken)
        if worth > self.worth:
            self.rings, self.worth = taken, worth
