"""How much any rings can be worth: two bounds that need no list of all rings.

Both are prices of people. When the prices of the people of every ring add up to what the ring is
worth or more, then no set of rings without common people is worth more than all prices together
(weak duality of linear programming).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chambre.lib.barter.cycles import FAR, Matrix, Walks

PART = 1_000_000
"""Prices are whole numbers of this part of a unit of worth."""


def certified(
    weights: Matrix, prices: NDArray[np.float64], longest: int
) -> tuple[int, Walks, Matrix]:
    """A bound that holds whatever the prices are: where they are too low, they are raised.

    In whole numbers throughout, so that rounding cannot make it too small.

    Args:
        weights: The graph, all worths at most 10^11.
        prices: One of each person, in units of worth; best those of the linear relaxation.
        longest: People in the longest ring.

    Returns:
        The most that rings can be worth together, rounded down; the walks under these prices, in
        which rings that are worth more than their prices can be found; the price of each gift.
    """
    whole = np.maximum(np.ceil(prices * PART), 0).astype(np.int64)
    price = np.where(weights >= 0, whole[None, :] - weights * PART, FAR)
    walks = Walks(price, longest)
    lacking = np.zeros(len(whole), np.int64)
    for length in range(2, longest + 1):
        short = -walks.through(length)
        lacking = np.maximum(lacking, -(-short // length))
    return int((whole + lacking).sum()) // PART, walks, price


def assignment(weights: Matrix) -> tuple[int, NDArray[np.float64]]:
    """The worth of the best rings of *any* length: who gives to whom as an assignment problem.

    Everybody is assigned somebody to give to, or themselves, which is worth nothing. Solved by
    shortest augmenting paths (Jonker and Volgenant 1987), in whole numbers.

    Returns:
        The bound, and the prices that prove it: no ring is worth more than its people's prices.
    """
    count = len(weights)
    cost = np.where(weights >= 0, -weights, FAR)
    np.fill_diagonal(cost, 0)
    giving, taking = cost.min(axis=1), np.zeros(count, np.int64)
    giver_of = np.full(count, -1)
    taker_of = np.full(count, -1)
    for first in range(count):  # what costs nothing to begin with
        free = np.flatnonzero((cost[first] == giving[first]) & (giver_of < 0))
        if len(free):
            giver_of[free[0]], taker_of[first] = first, free[0]
    for giver in np.flatnonzero(taker_of < 0).tolist():
        _augment(giver, cost, giving, taking, giver_of, taker_of)
    total = -int((giving + taking).sum())
    return total, -(giving + taking).astype(np.float64)


def _augment(
    start: int, cost: Matrix, giving: Matrix, taking: Matrix, giver_of: Matrix, taker_of: Matrix
) -> None:
    """Assign one giver more along a shortest path, and move the prices so that they still prove it."""
    count = len(cost)
    distance = np.full(count, 4 * FAR, np.int64)
    before = np.full(count, start)
    done = np.zeros(count, bool)
    giver = start
    length = 0
    while True:
        reach = length + cost[giver] - giving[giver] - taking
        nearer = (reach < distance) & ~done
        distance[nearer] = reach[nearer]
        before[nearer] = giver
        open_ = np.where(done, 8 * FAR, distance)
        length = int(open_.min())
        ties = np.flatnonzero(open_ == length)
        free = ties[giver_of[ties] < 0]
        taker = int(free[0]) if len(free) else int(ties[0])
        if len(free):
            break
        done[taker] = True
        giver = int(giver_of[taker])
    moved = length - distance[done]
    giving[giver_of[done]] += moved
    taking[done] -= moved
    giving[start] += length
    while True:
        giver = int(before[taker])
        giver_of[taker], taker, taker_of[giver] = giver, int(taker_of[giver]), taker
        if giver == start:
            return
