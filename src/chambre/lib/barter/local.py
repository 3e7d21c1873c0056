"""Good rings by trying: somebody who is not served gets a ring, and whoever loses theirs another one.

Simulated annealing over the rings that can be listed. The same every time: chance comes from a fixed
seed, and no clock is looked at.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chambre.lib.barter.cycles import ABSENT, Matrix, Ring, from_smallest, rings_up_to

WARM, COLD = 0.7, 0.3
"""How readily a loss is taken, in the mean worth of a gift, at the beginning and at the end."""
LOOKED_AT = 40
"""Rings through one person that are looked at for one that fits."""
MOST_LOOKS = 12_000_000
"""Rings that are looked at in all: where each has many, fewer are tried."""


def thinned(weights: Matrix, longest: int, most: int) -> Matrix:
    """The graph with fewer gifts of each person, so that about ``most`` rings are left.

    A graph of ``d`` gifts a person has about ``d**k / k`` rings of ``k``, however many people.
    """
    keep = max(4, int((longest * most) ** (1.0 / longest)))
    there = weights >= 0
    if there.sum() <= keep * len(weights):
        return weights
    chance = np.random.default_rng(1)
    order = np.where(there, chance.random(weights.shape), 2.0)
    limit = np.partition(order, min(keep, len(weights) - 1), axis=1)[:, [keep - 1]]
    return np.where(there & (order <= limit), weights, ABSENT)


def listed(weights: Matrix, longest: int, most: int) -> list[Ring]:
    """All rings where these are at most ``most``, else a fair part of them."""
    rows, complete = rings_up_to(weights, longest, most)
    while not complete and most > 1000:
        rows, complete = rings_up_to(thinned(weights, longest, most), longest, 2 * most)
        most //= 2
    return [tuple(ring) for part in rows for ring in part.tolist()]


class Trying:
    """Rings that become better by chance, and the best that were met.

    Args:
        weights: The graph.
        rings: Those that may be taken.
        start: Those to begin with; they need not be among ``rings``.
        seed: Another one, another chance.
    """

    def __init__(
        self, weights: Matrix, rings: Sequence[Ring], start: Sequence[Ring], seed: int = 1
    ) -> None:
        self.rings = sorted({*rings, *start})
        self.worths = [
            sum(int(weights[one, two]) for one, two in zip(ring, (*ring[1:], ring[0]), strict=True))
            for ring in self.rings
        ]
        self.through: list[list[int]] = [[] for _person in range(len(weights))]
        for number, ring in enumerate(self.rings):
            for person in ring:
                self.through[person].append(number)
        self.able = [person for person, numbers in enumerate(self.through) if numbers]
        self.at = [-1] * len(weights)
        self.chance = random.Random(seed)  # noqa: S311 - the same every time
        self.worth = self.looks = 0
        place = {ring: number for number, ring in enumerate(self.rings)}
        for ring in start:
            self._take(place[ring])
        self.best, self.best_worth = self._now(), self.worth

    @property
    def found(self) -> tuple[Ring, ...]:
        """The best rings that were met."""
        return tuple(sorted(from_smallest(self.rings[number]) for number in self.best))

    def run(self, steps: int, goal: int) -> None:
        """Try that often, or until the best is worth the goal."""
        unit = max(1.0, sum(self.worths) / max(1, sum(map(len, self.rings))))
        alone = [person for person in self.able if self.at[person] < 0]
        for step in range(steps):
            if self.best_worth >= goal or not alone:
                return
            gone = max(step / steps, self.looks / MOST_LOOKS)
            if gone >= 1:
                return
            heat = unit * (WARM + (COLD - WARM) * gone)
            person = alone[int(self.chance.random() * len(alone))]
            if self._try(person, heat):
                alone = [one for one in self.able if self.at[one] < 0]
                if self.worth > self.best_worth:
                    self.best, self.best_worth = self._now(), self.worth

    def _now(self) -> set[int]:
        return {number for number in self.at if number >= 0}

    def _take(self, number: int) -> None:
        for person in self.rings[number]:
            self.at[person] = number
        self.worth += self.worths[number]

    def _leave(self, number: int) -> None:
        for person in self.rings[number]:
            self.at[person] = -1
        self.worth -= self.worths[number]

    def _try(self, person: int, heat: float) -> bool:
        """Give somebody a ring; whether it was worth it, else everything is as before."""
        before = self.worth
        numbers = self.through[person]
        number = numbers[int(self.chance.random() * len(numbers))]
        left = sorted({self.at[one] for one in self.rings[number]} - {-1})
        for other in left:
            self._leave(other)
        self._take(number)
        taken = [number]
        for other in left:
            for one in self.rings[other]:
                if self.at[one] < 0 and (fit := self._fitting(one)) >= 0:
                    self._take(fit)
                    taken.append(fit)
        loss = before - self.worth
        if loss <= 0 or self.chance.random() < math.exp(-loss / heat):
            return True
        for other in taken:
            self._leave(other)
        for other in left:
            self._take(other)
        return False

    def _fitting(self, person: int) -> int:
        """A ring through somebody of whom nobody has one, from a chance place on."""
        numbers, at, rings = self.through[person], self.at, self.rings
        count = len(numbers)
        begin = int(self.chance.random() * count)
        for step in range(min(count, LOOKED_AT)):
            number = numbers[(begin + step) % count]
            self.looks += 1
            for one in rings[number]:
                if at[one] >= 0:
                    break
            else:
                return number
        return -1


def one_after_another(weights: Matrix, longest: int) -> list[Ring]:
    """Rings for the people who are hardest to serve first, each with those who are hardest beside."""
    there = weights >= 0
    ease = np.minimum(there.sum(axis=0), there.sum(axis=1))
    free = np.ones(len(weights), bool)
    order = np.lexsort((np.arange(len(ease)), ease))
    found: list[Ring] = []
    for person in order.tolist():
        if free[person] and (ring := _through(person, there, free, ease, longest)):
            found.append(from_smallest(ring))
            free[list(ring)] = False
    return found


def _through(
    person: int, there: NDArray[np.bool_], free: NDArray[np.bool_],
    ease: NDArray[np.int64], longest: int,
) -> Ring | None:  # fmt: skip
    """The shortest ring of free people through somebody, by breadth; the hardest people first."""
    before: dict[int, int] = {}
    edge = [person]
    for _gift in range(longest - 1):
        wider = []
        for one in edge:
            after = np.flatnonzero(there[one] & free)
            for other in after[np.argsort(ease[after], kind="stable")].tolist():
                if other == person or other in before:
                    continue
                before[other] = one
                if there[other, person]:
                    return _back_to(person, other, before)
                wider.append(other)
        edge = wider
    return None


def _back_to(person: int, last: int, before: dict[int, int]) -> Ring:
    path = [last]
    while path[-1] != person:
        path.append(before[path[-1]])
    return tuple(reversed(path))
