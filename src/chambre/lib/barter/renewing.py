"""Better rings by giving some up: the people who are free then are packed anew.

Large neighbourhood search (Shaw 1998) whose repair takes the likeliest rings little by little
(:mod:`~chambre.lib.barter.likely`). The same every time: chance comes from a fixed seed, and no clock is
looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chambre.lib.barter.cycles import Matrix, Ring, from_smallest
from chambre.lib.barter.likely import Likely, packed
from chambre.lib.barter.local import listed

SHARE = 0.6
"""The part of the rings that is given up at once."""
IN_VAIN = 2
"""Beginnings without anything better after which no other is made."""
AT_ONCE = 4_000
"""Rings that are packed anew at once; where more fit, less is given up the next time."""
LESS = 0.9
CHANGED = 0.02
"""By which part worths are changed by chance, so that of many equal rings others are taken each time."""
EAGER = (3.0, 6.0, 4.0, 2.0)
"""How much likelier what is worth more is, by seed: sparse markets want more of it than dense ones."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much may be done for better rings.

    Attributes:
        rings: About how many are taken from; where there are more, a part of them.
        starts: How often all people are packed from nothing.
        work: Rings times rounds for each start.
        times: How often rings are given up for each start; less often where rings are fewer.
        share: The part of the rings that is given up at once.
    """

    rings: int
    starts: int
    work: int
    times: int
    share: float = SHARE


def renewed(
    weights: Matrix, longest: int, start: Sequence[Ring], goal: int, effort: Effort
) -> list[Ring]:
    """Rings at least as good as those of the start, packed anew and renewed until the goal is reached."""
    rings, best, in_vain = listed(weights, longest, effort.rings), list(start), 0
    for seed in range(1, effort.starts + 1):
        renewing = Renewing(weights, rings, best, seed, effort.share)
        before = renewing.worth
        renewing.begin_anew()
        renewing.run(goal, effort.work, min(effort.times, len(rings)))
        best = renewing.found
        in_vain = 0 if renewing.worth > before else in_vain + 1
        if renewing.worth >= goal or in_vain >= IN_VAIN:
            break
    return best


class Renewing:
    """Rings without common people that become better.

    Args:
        weights: The graph.
        rings: Those that may be taken.
        start: Those to begin with; they need not be among ``rings``.
        seed: Another one, another chance.
        share: The part of the rings that is given up at once.

    Attributes:
        worth: What the best rings that were met are worth.
        work: Rings times steps so far.
    """

    def __init__(
        self, weights: Matrix, rings: Sequence[Ring], start: Sequence[Ring], seed: int = 1,
        share: float = SHARE,
    ) -> None:  # fmt: skip
        self.people = len(weights)
        self.rings = sorted({from_smallest(ring) for ring in (*rings, *start)})
        longest = max(map(len, self.rings), default=0)
        self.members = np.full((len(self.rings), longest), self.people, np.int32)
        self.whole = np.zeros(len(self.rings), np.int64)
        sizes = np.array([len(ring) for ring in self.rings], np.int64)
        for size in range(2, longest + 1):
            where = np.flatnonzero(sizes == size)
            rows = np.array([self.rings[at] for at in where], np.int32).reshape(-1, size)
            self.members[where, :size] = rows
            self.whole[where] = weights[rows, np.roll(rows, -1, axis=1)].sum(axis=1)
        self.unit = max(1.0, float(self.whole.sum()) / max(1, int(sizes.sum())))
        self.share, self.eager = share, EAGER[(seed - 1) % len(EAGER)]
        self.chance = np.random.default_rng(seed)
        self.work = 0
        place = {ring: number for number, ring in enumerate(self.rings)}
        self.now = np.array([place[from_smallest(ring)] for ring in start], np.int64)
        self.best, self.worth = self.now, int(self.whole[self.now].sum())

    @property
    def found(self) -> list[Ring]:
        """The best rings that were met."""
        return sorted(self.rings[number] for number in self.best)

    def begin_anew(self) -> None:
        """Pack all people from nothing, slowly; goes on from there even if it is worse."""
        everything = np.arange(len(self.rings))
        self._keep(everything[self._pack(everything, first=100, rounds=10, part=0.01)])

    def run(self, goal: int, work: int, times: int) -> None:
        """Renew until the best is worth the goal, so much work is done, or so many times."""
        last, share = self.work + work, self.share
        for _time in range(times):
            if self.worth >= goal or self.work >= last:
                return
            kept = self.now[self.chance.random(len(self.now)) >= share]
            taken = np.zeros(self.people + 1, bool)
            taken[self.members[kept]] = True
            taken[-1] = False  # the padding
            fit = np.flatnonzero(~taken[self.members].any(axis=1))
            if len(fit) > AT_ONCE:
                share *= LESS
            again = fit[self._pack(fit, first=30, rounds=5, part=0.02)]
            new = np.concatenate([kept, again]).astype(np.int64)
            if self.whole[new].sum() >= self.whole[self.now].sum():
                self._keep(new)

    def _pack(
        self, numbers: NDArray[np.int64], *, first: int, rounds: int, part: float
    ) -> list[int]:
        """Which of some rings to take, the likeliest first."""
        if not len(numbers):
            return []
        people, at = np.unique(self.members[numbers], return_inverse=True)
        count = len(people) - int(people[-1] == self.people)
        changed = 1.0 + CHANGED * self.chance.random(len(numbers))
        members = at.reshape(len(numbers), -1).astype(np.int32)
        likely = Likely(members, self.whole[numbers] / self.unit * changed, count, self.eager)
        taken = packed(likely, first=first, rounds=rounds, part=part)
        self.work += likely.work
        return taken

    def _keep(self, numbers: NDArray[np.int64]) -> None:
        self.now = numbers
        worth = int(self.whole[numbers].sum())
        if worth > self.worth:
            self.best, self.worth = numbers, worth
