"""Better rings by giving some up: the people who are free then are packed anew.

Large neighbourhood search (Shaw 1998) whose repair is the relaxation taken ring by ring
(:mod:`~chambre.lib.barter.relaxing`). With about half of the rings given up few others fit beside the
rest, and the relaxation of these few is nearly whole: which it is not with all people at once. The same
every time: chance comes from a fixed seed, and no clock is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chambre.lib.barter.cycles import Matrix, Ring, from_smallest
from chambre.lib.barter.relaxing import Relaxing, rounded

SHARE = 0.6
"""The part of the rings that is given up at once."""
AT_ONCE = 4_000
"""Rings that are packed anew at once; where more fit, less is given up the next time."""
LESS = 0.9
CALM, BOLD = 0.02, 0.2
"""By which part worths are changed by chance, so that of many equal rings others are taken each time."""


class Renewing:
    """Rings without common people that become better.

    Args:
        weights: The graph.
        rings: Those that may be taken.
        start: Those to begin with; they need not be among ``rings``.
        seed: Another one, another chance.
        share: The part of the rings that is given up at once.
        boldly: How often worths are changed by much: good where rings are few.

    Attributes:
        worth: What the best rings that were met are worth.
        work: Rings times steps so far.
    """

    def __init__(
        self, weights: Matrix, rings: Sequence[Ring], start: Sequence[Ring], seed: int = 1,
        boldly: float = 0.0, share: float = SHARE,
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
        self.boldly, self.share = boldly, share
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
        self._keep(everything[self._pack(everything, CALM, first=200, steps=20, part=0.002)])

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
            bold = BOLD if self.chance.random() < self.boldly else CALM
            again = fit[self._pack(fit, bold, first=60, steps=8, part=0.01)]
            new = np.concatenate([kept, again]).astype(np.int64)
            if self.whole[new].sum() >= self.whole[self.now].sum():
                self._keep(new)

    def _pack(
        self, numbers: NDArray[np.int64], bold: float, *, first: int, steps: int, part: float
    ) -> list[int]:
        """Which of some rings to take, by the relaxation."""
        if not len(numbers):
            return []
        people, at = np.unique(self.members[numbers], return_inverse=True)
        count = len(people) - int(people[-1] == self.people)
        worth = self.whole[numbers] / self.unit * (1.0 + bold * self.chance.random(len(numbers)))
        members = at.reshape(len(numbers), -1).astype(np.int32)
        relaxing = Relaxing(members, worth, count)
        taken = rounded(relaxing, first=first, steps=steps, part=part)
        self.work += relaxing.work
        return taken

    def _keep(self, numbers: NDArray[np.int64]) -> None:
        self.now = numbers
        worth = int(self.whole[numbers].sum())
        if worth > self.worth:
            self.best, self.worth = numbers, worth
