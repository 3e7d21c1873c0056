"""From offers and needs to rings."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from chambre.lib.barter.cycles import ABSENT, Matrix, Ring, strong_parts
from chambre.lib.barter.exact import best_rings
from chambre.lib.barter.many import rings_of_many
from chambre.lib.barter.meeting import Wish, meetings, worth
from chambre.lib.barter.refusing import BarterRefusal

EXACT = 300
"""People who can all reach each other, up to whom an optimum is searched for until it is proved."""
MOST_PEOPLE = 4_000
"""People who can all reach each other; beyond, memory would be many gigabytes."""
LONGEST = 8


class Aim(StrEnum):
    """What there shall be most of."""

    SERVED = "served"
    """People who get something."""
    VALUE = "value"
    """The value in cents of what is given; gifts whose value nobody said count as nothing."""


@dataclass(frozen=True, slots=True)
class Gift:
    """One thing that somebody in a ring gives to the next."""

    offer: Wish
    need: Wish

    @property
    def giver(self) -> str:
        """Who gives it."""
        return self.offer.person

    @property
    def taker(self) -> str:
        """Who gets it."""
        return self.need.person


@dataclass(frozen=True, slots=True)
class Found:
    """The rings of a round.

    Attributes:
        rings: Each begins with the gift of its first person by name; the rings in that order.
        served: People in them.
        worth: What was aimed at: people served, or cents.
        bound: No rings at all are worth more.
    """

    rings: tuple[tuple[Gift, ...], ...]
    served: int
    worth: int
    bound: int

    @property
    def proved(self) -> bool:
        """These are the best there are."""
        return self.worth >= self.bound


def rings(
    offers: Iterable[Wish], needs: Iterable[Wish], *, longest: int = 4, aim: Aim = Aim.SERVED,
    refused: Collection[tuple[str, str]] = (),
) -> Found:  # fmt: skip
    """The best rings in which everybody gives one thing and gets one thing.

    Each person is in at most one ring of a round, however much they offer; what is left over is for
    the next round. Of several things that one person could give to another it is the one worth
    most, then the first by key. The same offers and needs give the same rings, in whatever order they come.

    Args:
        offers: What people give.
        needs: What people look for.
        longest: People in the longest ring, 2 to :data:`LONGEST`.
        aim: Most people served or most value.
        refused: Gifts that are not wanted, each as (offer key, need key).

    Raises:
        BarterRefusal: Rings of no such length; more than :data:`MOST_PEOPLE` people in one web.
    """
    if not 2 <= longest <= LONGEST:
        raise BarterRefusal("length", longest=longest, most=LONGEST)
    unwanted = frozenset(refused)
    gifts: dict[tuple[str, str], Gift] = {}
    for offer, need in meetings(list(offers), needs):
        if (offer.key, need.key) in unwanted:
            continue
        pair = (offer.person, need.person)
        before = gifts.get(pair)
        if before is None or worth(before.offer, before.need) < worth(offer, need):
            gifts[pair] = Gift(offer, need)
    names = sorted({name for pair in gifts for name in pair})
    number = {name: index for index, name in enumerate(names)}
    weights = np.full((len(names), len(names)), ABSENT, np.int64)
    for (giver, taker), gift in gifts.items():
        value = worth(gift.offer, gift.need) if aim == Aim.VALUE else 1
        weights[number[giver], number[taker]] = value
    found, total, bound = _solve(weights, longest)
    chosen = [
        tuple(
            gifts[names[one], names[two]]
            for one, two in zip(ring, (*ring[1:], ring[0]), strict=True)
        )
        for ring in found
    ]
    return Found(tuple(chosen), sum(map(len, chosen)), total, bound)


def _solve(weights: Matrix, longest: int) -> tuple[list[Ring], int, int]:
    """Rings, what they are worth, and the bound, web by web."""
    found: list[Ring] = []
    total = bound = 0
    for part in strong_parts(weights >= 0):
        if len(part) > MOST_PEOPLE:
            raise BarterRefusal("people", people=len(part), most=MOST_PEOPLE)
        small = weights[np.ix_(part, part)]
        solve = best_rings if len(part) <= EXACT else rings_of_many
        packed = solve(small, longest)
        found += [tuple(part[one] for one in ring) for ring in packed.rings]
        total, bound = total + packed.worth, bound + packed.bound
    return sorted(found), total, bound
