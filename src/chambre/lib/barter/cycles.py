"""Short rings in a graph of gifts: all of them when they are few, the best ones by their price.

A graph is a square matrix of what a gift from one person to another is worth; :data:`ABSENT` where
there is none. A ring is a tuple of people, each of whom gives to the next and the last to the first.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.int64]
Ring = tuple[int, ...]

ABSENT = -1
FAR = 1 << 58
"""A price that no walk has; sums of four of them still fit into 64 bits."""


def strong_parts(there: NDArray[np.bool_]) -> list[list[int]]:
    """People who can reach each other along gifts, two or more together; smallest person first.

    Nobody outside of such a part can be in a ring, and no ring goes from one part to another.
    """
    followers = [np.flatnonzero(row).tolist() for row in there]
    order: list[int] = []
    seen = [False] * len(followers)
    for root in range(len(followers)):
        if not seen[root]:
            seen[root] = True
            _leave_in_order(root, followers, seen, order)
    leaders = [np.flatnonzero(column).tolist() for column in there.T]
    taken = [False] * len(followers)
    parts = []
    for root in reversed(order):
        if not taken[root]:
            taken[root] = True
            part = [root]
            for one in part:
                fresh = [other for other in leaders[one] if not taken[other]]
                for other in fresh:
                    taken[other] = True
                part += fresh
            if len(part) > 1:
                parts.append(sorted(part))
    return sorted(parts)


def _leave_in_order(
    root: int, followers: list[list[int]], seen: list[bool], order: list[int]
) -> None:
    """Depth first without recursion: who is left first comes first."""
    path = [(root, iter(followers[root]))]
    while path:
        one, rest = path[-1]
        for other in rest:
            if not seen[other]:
                seen[other] = True
                path.append((other, iter(followers[other])))
                break
        else:
            order.append(one)
            path.pop()


def rings_up_to(weights: Matrix, longest: int, most: int) -> tuple[list[NDArray[np.int32]], bool]:
    """Rings of 2 to ``longest`` people, each once, beginning with its smallest person.

    Args:
        weights: The graph.
        longest: People in the longest ring.
        most: Stop when there are more than that.

    Returns:
        For each length from 2 on an array with one ring a row; whether these are all.
    """
    there = weights >= 0
    following = [np.flatnonzero(row).astype(np.int32) for row in there]
    found: dict[int, list[NDArray[np.int32]]] = {length: [] for length in range(2, longest + 1)}
    count, complete = 0, True
    for root in range(len(weights)):
        if count > most:
            complete = False
            break
        home = _ways_home(there, root, longest)
        after = following[root][following[root] > root]
        paths = after[home[longest - 1][after], None]
        for length in range(2, longest + 1):
            if not len(paths):
                break
            closed = paths[there[paths[:, -1], root]]
            if len(closed):
                first = np.full((len(closed), 1), root, np.int32)
                found[length].append(np.hstack([first, closed]))
                count += len(closed)
            if length < longest:
                paths = _one_further(paths, following, root, home[longest - length])
    empty = [np.zeros((0, length), np.int32) for length in range(2, longest + 1)]
    return [
        np.vstack([empty[length - 2], *found[length]]) for length in range(2, longest + 1)
    ], complete


def _ways_home(there: NDArray[np.bool_], root: int, longest: int) -> list[NDArray[np.bool_]]:
    """By number of gifts left: who can still come back to ``root`` over people after it."""
    near = there[:, root].copy()
    near[: root + 1] = False
    ways = [np.zeros(len(there), bool), near]
    for _step in range(2, longest):
        last = ways[-1]
        wider = last | there[:, np.flatnonzero(last)].any(axis=1)
        wider[: root + 1] = False
        ways.append(wider)
    return ways


def _one_further(
    paths: NDArray[np.int32],
    following: list[NDArray[np.int32]],
    root: int,
    home: NDArray[np.bool_],
) -> NDArray[np.int32]:
    """Paths with one person more, who is new on them and from whom there is a way home."""
    ends = [following[end] for end in paths[:, -1]]
    longer = np.hstack(
        [np.repeat(paths, [len(end) for end in ends], axis=0), np.concatenate(ends)[:, None]]
    )
    last = longer[:, -1]
    fit = (last > root) & home[last]
    for column in range(longer.shape[1] - 1):
        fit &= longer[:, column] != last
    return np.asarray(longer[fit], dtype=np.int32)


class Walks:
    """The cheapest closed walks of up to so many gifts, where a gift costs its price.

    A closed walk that passes somebody twice falls apart into rings, one of which is at most as dear
    a gift. So no ring is cheaper than nothing exactly when no closed walk is: which is found
    without listing rings.

    Args:
        price: What each gift costs in whole numbers, :data:`FAR` where there is none.
        longest: Gifts in the longest walk.
    """

    def __init__(self, price: Matrix, longest: int) -> None:
        self.longest = longest
        self.costs: list[Matrix] = [price]
        self.middle: list[NDArray[np.int32]] = [np.zeros((0, 0), np.int32)]
        for _half in range(2, (longest + 1) // 2 + 1):
            cost, middle = _one_gift_more(price, self.costs[-1])
            self.costs.append(cost)
            self.middle.append(middle)

    def through(self, length: int) -> Matrix:
        """For each person the price of the cheapest closed walk of that many gifts."""
        far, back = self._halves(length)
        return np.asarray(np.minimum((far + back.T).min(axis=1), FAR), dtype=np.int64)

    def rings(self, length: int, person: int) -> list[Ring]:
        """The rings that the cheapest closed walk of that many gifts through somebody is made of."""
        far, back = self._halves(length)
        over = int(np.argmin(far[person] + back[:, person]))
        if far[person, over] >= FAR or back[over, person] >= FAR:
            return []
        there = self._path((length + 1) // 2, person, over)
        return _taken_apart(there + self._path(length // 2, over, person))

    def _halves(self, length: int) -> tuple[Matrix, Matrix]:
        return self.costs[(length + 1) // 2 - 1], self.costs[length // 2 - 1]

    def _path(self, length: int, one: int, other: int) -> list[int]:
        """The people of a cheapest walk, without its last."""
        path = [one]
        while length > 1:
            one = int(self.middle[length - 1][one, other])
            path.append(one)
            length -= 1
        return path


def _one_gift_more(price: Matrix, cost: Matrix) -> tuple[Matrix, NDArray[np.int32]]:
    count = len(price)
    longer = np.full((count, count), FAR, np.int64)
    middle = np.zeros((count, count), np.int32)
    for one in range(count):
        over = np.flatnonzero(price[one] < FAR)
        if len(over):
            sums = price[one, over, None] + cost[over]
            best = sums.argmin(axis=0)
            longer[one] = np.minimum(sums[best, np.arange(count)], FAR)
            middle[one] = over[best]
    return longer, middle


def _taken_apart(walk: list[int]) -> list[Ring]:
    """The rings of a closed walk: whenever somebody comes again, what lies between is one."""
    rings: list[Ring] = []
    path: list[int] = []
    for one in [*walk, walk[0]]:
        if one in path:
            begin = path.index(one)
            if len(path) - begin > 1:
                rings.append(from_smallest(path[begin:]))
            del path[begin:]
        path.append(one)
    return rings


def from_smallest(ring: list[int] | Ring) -> Ring:
    """The same ring, beginning with its smallest person."""
    begin = ring.index(min(ring))
    return (*ring[begin:], *ring[:begin])
