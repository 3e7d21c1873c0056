"""How likely each ring is to be among the best, by messages between rings and people.

Belief propagation for packings (the hard-core model of statistical physics; for matchings Zdeborová
and Mézard, « The number of matchings in random graphs », 2006). A ring tells each of its people how much it
weighs, given how much its other people are wanted elsewhere; a person tells each ring how free the others
leave them. Where rings are few for each person, what comes out is nearly the share of all good packings
that a ring is in, which says more than the relaxation: that is often the same for all.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chambre.lib.barter.packing import Floats

EACH = 500
"""What a round costs beside its rings, in rings."""
OLD = 0.3
"""The part of the message before that is kept, so that messages do not swing."""
SURE = 0.95
"""A ring that is so likely is taken at once."""
MOST = 40.0
"""The greatest weight of a ring, as a logarithm: its square still is a number."""


class Likely:
    """Messages on their way to where they no longer change.

    Attributes:
        members: The people of each ring, one column a ring, padded with the number of people.
        work: Rings times rounds so far, with what a round costs beside them.
    """

    def __init__(
        self, members: NDArray[np.int32], worth: Floats, people: int, eager: float
    ) -> None:
        """Begin with all rings alike.

        Args:
            members: The people of each ring, one row a ring, padded with ``people``.
            worth: What each ring is worth, in the mean worth of a gift.
            people: How many there are.
            eager: How much more likely what is worth more is: a packing that is worth one gift more
                counts e to the power of that.
        """
        self.members, self.people = np.ascontiguousarray(members.T), people
        self.weight = np.exp(np.minimum(eager * worth, MOST))
        self.there = self.members < people
        self.messages = np.where(self.there, 0.05, 0.0)
        self.work = 0

    def run(self, rounds: int) -> Floats:
        """Send messages so often; how likely each ring is then."""
        for _round in range(rounds):
            free = self._free()
            fresh = self.weight * free.prod(axis=0) / free
            self.messages = self.there * ((1.0 - OLD) * fresh + OLD * self.messages)
        self.work += rounds * (self.members.shape[1] + EACH)
        weight = self.weight * self._free().prod(axis=0)
        return np.asarray(weight / (1.0 + weight), dtype=np.float64)

    def narrow(self, kept: NDArray[np.bool_]) -> None:
        """Go on with some of the rings only."""
        self.members, self.weight = self.members[:, kept], self.weight[kept]
        self.there, self.messages = self.there[:, kept], self.messages[:, kept]

    @property
    def able(self) -> int:
        """People in any of the rings."""
        return int(np.count_nonzero(np.bincount(self.members.ravel())[: self.people]))

    def _free(self) -> Floats:
        """For each person of each ring how free the other rings leave them."""
        sums = np.bincount(
            self.members.ravel(), weights=self.messages.ravel(), minlength=self.people + 1
        )
        others = np.maximum(sums[self.members] - self.messages, 0.0)
        return np.asarray(1.0 / (1.0 + others), dtype=np.float64)


def packed(likely: Likely, *, first: int, rounds: int, part: float) -> list[int]:
    """Rings without common people: the likeliest are taken, little by little.

    Args:
        likely: The rings to take from; used up.
        first: Rounds before the first ring is taken.
        rounds: Rounds between one handful of rings and the next.
        part: A handful, as part of the rings that the people left would make.

    Returns:
        Where the rings stood at the beginning.
    """
    place = np.arange(likely.members.shape[1])
    free = np.ones(likely.people + 1, bool)
    taken: list[int] = []
    chances = likely.run(first)
    while len(place):
        handful = max(1, int(part * likely.able / len(likely.members)))
        taken += place[_likeliest(likely, chances, free, handful)].tolist()
        kept = np.asarray(free[likely.members].all(axis=0), dtype=bool)
        place = place[kept]
        likely.narrow(kept)
        chances = likely.run(rounds)
    return taken


def _likeliest(likely: Likely, chances: Floats, free: NDArray[np.bool_], handful: int) -> list[int]:
    """A handful of rings of free people, who are free no more; all that are as good as sure."""
    taken: list[int] = []
    for index in np.argsort(-chances, kind="stable").tolist():
        if len(taken) >= handful and chances[index] < SURE:
            break
        row = likely.members[:, index]
        if free[row].all():
            free[row] = False
            free[-1] = True  # the padding is in many rings
            taken.append(index)
    return taken
