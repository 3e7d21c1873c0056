"""The linear relaxation of packing many rings, solved approximately step by step.

A first-order method with a step of its own for each person and each ring (Chambolle and Pock 2011, diagonal
steps of Pock and Chambolle 2011). It can be stopped anywhere and gone on with when some rings are gone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chambre.lib.barter.packing import Floats

EACH = 500
"""What a step costs beside its rings, in rings."""
WHOLE = 0.9
"""A ring of which there is so much is taken at once."""


class Relaxing:
    """Shares of rings and prices of people on their way to the optimum.

    Attributes:
        members: The people of each ring, padded with the number of people.
        worth: What each ring is worth.
        shares: How much there is of each ring.
        prices: One for each person, and 0 for the padding.
        work: Rings times steps so far, with what a step costs beside them.
    """

    def __init__(
        self, members: NDArray[np.int32], worth: Floats, people: int, prices: Floats | None = None
    ) -> None:
        self.members, self.worth, self.people = members, worth, people
        self.sizes = (members < people).sum(axis=1)
        self.shares = np.zeros(len(worth))
        self.prices = np.zeros(people + 1)
        if prices is None:
            prices = np.full(people, float((worth / self.sizes).mean()) if len(worth) else 0.0)
        self.prices[:people] = prices
        self.work = 0
        self._patient()

    def run(self, steps: int) -> Floats:
        """Take some steps; the mean of the prices of people in them."""
        total = np.zeros(self.people + 1)
        for _step in range(steps):
            paid = self.prices[self.members].sum(axis=1)
            new = np.maximum(self.shares + (self.worth - paid) / self.sizes, 0.0)
            over = self._sums(2.0 * new - self.shares) - 1.0
            self.shares = new
            self.prices = np.maximum(self.prices + self.patience * over, 0.0)
            total += self.prices
        self.work += steps * (len(self.worth) + EACH)
        return total[:-1] / steps

    def narrow(self, kept: NDArray[np.bool_]) -> None:
        """Go on with some of the rings only."""
        self.members, self.worth = self.members[kept], self.worth[kept]
        self.sizes, self.shares = self.sizes[kept], self.shares[kept]
        self._patient()

    @property
    def able(self) -> int:
        """People in any of the rings."""
        return int(np.count_nonzero(np.bincount(self.members.ravel())[: self.people]))

    def _sums(self, shares: Floats) -> Floats:
        repeated = np.repeat(shares, self.members.shape[1])
        counted = np.bincount(self.members.ravel(), weights=repeated, minlength=self.people + 1)
        return np.asarray(counted, dtype=np.float64)

    def _patient(self) -> None:
        self.patience = 1.0 / np.maximum(self._sums(np.ones(len(self.worth))), 1.0)
        self.patience[-1] = 0.0  # the padding costs nothing, however many rings have it


def rounded(relaxing: Relaxing, *, first: int, steps: int, part: float) -> list[int]:
    """Rings without common people: those that there is most of are taken, little by little.

    Args:
        relaxing: The rings to take from; used up.
        first: Steps before the first ring is taken.
        steps: Steps between one handful of rings and the next.
        part: A handful, as part of the rings that the people left would make.

    Returns:
        Where the rings stood in the relaxation at the beginning.
    """
    place = np.arange(len(relaxing.worth))
    free = np.ones(relaxing.people + 1, bool)
    taken: list[int] = []
    relaxing.run(first)
    while len(place):
        handful = max(1, int(part * relaxing.able / relaxing.members.shape[1]))
        indices = _most_of(relaxing, free, handful)
        taken += place[indices].tolist()
        kept = np.asarray(free[relaxing.members].all(axis=1), dtype=bool)
        place = place[kept]
        relaxing.narrow(kept)
        relaxing.run(steps)
    return taken


def _most_of(relaxing: Relaxing, free: NDArray[np.bool_], handful: int) -> list[int]:
    """A handful of rings of free people, who are free no more; all that are as good as whole."""
    taken: list[int] = []
    for index in np.argsort(-relaxing.shares, kind="stable").tolist():
        if len(taken) >= handful and relaxing.shares[index] < WHOLE:
            break
        row = relaxing.members[index]
        if free[row].all():
            free[row] = False
            free[-1] = True  # the padding is in many rings
            taken.append(index)
    return taken
