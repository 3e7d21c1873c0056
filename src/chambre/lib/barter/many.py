"""Rings of thousands of people, and a bound on what any rings can be worth.

The linear relaxation is solved approximately by a first-order method with a step of its own for each
person and each ring (Chambolle and Pock 2011, diagonal steps of Pock and Chambolle 2011). Whatever
prices it comes to, :func:`bounds.certified` raises them where they are too low, so the bound holds.
The rings that it wants most are a start, which is then improved by trying; where rings are few and
much is left to the bound, they are packed anew a few times (:mod:`~chambre.lib.barter.renewing`).
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
from chambre.lib.barter.renewing import Renewing

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
SOME = 0.02
FEW = 20_000
"""Rings among which what is further from the bound is packed anew and renewed."""
STARTS, RENEWED, TIMES = 4, 45_000_000, 600
"""How often that is begun; how much work renewing may be each time, and how often it is done."""


def rings_of_many(weights: Matrix, longest: int) -> Packed:
    """Rings without common people that are worth nearly most together, and a bound.

    Args:
        weights: What a gift from each to each is worth, at least 0; :data:`ABSENT` where there is none.
        longest: People in the longest ring.
    """
    bound, prices = assignment(weights)
    rings = listed(weights, longest, MOST_LISTED)
    trying = Trying(weights, rings, one_after_another(weights, longest))
    trying.run(TRIES_EACH * len(weights), bound)
    found, worth = trying.found, trying.best_worth
    if bound - worth > ENOUGH * bound:
        relaxed = Relaxed(weights, longest, rings, prices)
        bound = relaxed.look(bound, worth)
        if relaxed.worth > worth:
            trying = Trying(weights, rings, relaxed.rings)
            trying.run(TRIES_EACH * len(weights), bound)
            found, worth = trying.found, trying.best_worth
    if len(rings) <= FEW:
        for seed in range(1, STARTS + 1):
            if bound - worth <= ENOUGH * bound:
                break
            renewing = Renewing(weights, rings, found, seed)
            renewing.begin_anew()
            renewing.run(bound, RENEWED, TIMES)
            found, worth = tuple(renewing.found), renewing.worth
    return Packed(found, worth, max(bound, worth))


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
