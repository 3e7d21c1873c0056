"""The largest circulation within given capacities, exact in integers.

Everything is set off at first; then as little as possible is taken back until everybody gives what they
receive. What is taken back flows along shortest paths (each arc costs one per cent), so this is a
minimum-cost flow with unit costs, solved by the primal-dual method: label all nodes from everybody who
receives too much at once (reduced cost first, number of arcs second), push along the labels until nothing
more goes, add the labels to the potentials, and begin again. Labels are found with numpy, paths with lists.

After each pass every residual arc has a reduced cost of at least zero, so the potentials at the end *prove*
that no other circulation is larger (linear programming duality): see :meth:`Flow.bound`.

Method: L. R. Ford and D. R. Fulkerson, *Flows in Networks* (1962), with the blocking flows of E. A. Dinic
(1970).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

#: The most cents that all capacities together may have: sums stay exact in 64 bits.
MOST = 2**60

_HOPS = 2**24
_FAR = 2**61


class Flow:
    """A network in which something flows, with potentials that prove that it costs the least.

    Attributes:
        n: Number of nodes, ``0 … n-1``.
        tail, head: Node at which each arc begins and ends.
        cap: Most that may flow along each arc.
        cost: Cost of each unit: −1 for an obligation (flowing is good), 0 for a line of the pot.
        flow: What flows.
        price: Potential of each node.
    """

    def __init__(
        self, n: int, tail: Ints, head: Ints, cap: Ints, cost: Ints, flow: Ints, price: Ints
    ) -> None:
        self.n, self.tail, self.head, self.cap, self.cost = n, tail, head, cap, cost
        self.flow = flow.copy()
        self.price = price.copy()
        # Residual arcs: each arc forward, then each backward, in the order of where they begin.
        begin = np.concatenate([tail, head])
        self._arc = np.argsort(begin, kind="stable")
        self._from = begin[self._arc]
        self._to = np.concatenate([head, tail])[self._arc]
        self._cost = np.concatenate([cost, -cost])[self._arc]
        self._first = np.searchsorted(self._from, np.arange(n + 1))

    def bound(self) -> int:
        """What no circulation can exceed, by the potentials: Σ cap · max(0, −reduced cost)."""
        reduced = self.cost + self.price[self.tail] - self.price[self.head]
        return int((self.cap * np.maximum(0, -reduced)).sum())

    def _room(self) -> Ints:
        """What may still flow along each residual arc."""
        return np.concatenate([self.cap - self.flow, self.flow])[self._arc]

    def _lengths(self, room: Ints) -> Ints:
        """Reduced cost of each residual arc, scaled, and one more for the arc itself; far if full."""
        reduced = self._cost + self.price[self._from] - self.price[self._to]
        return np.where(room > 0, reduced * _HOPS + 1, _FAR)

    def _labels(self, lengths: Ints, sources: Ints) -> Ints:
        """Shortest labels from the sources: from whoever got a better one, until nobody does."""
        labels = np.full(self.n, _FAR, dtype=np.int64)
        labels[sources] = 0
        marked = np.zeros(self.n, dtype=bool)
        nodes = sources
        while len(nodes):
            arcs = _ranges(self._first[nodes], self._first[nodes + 1])
            reached = labels[self._from[arcs]] + lengths[arcs]
            better = np.flatnonzero(reached < labels[self._to[arcs]])
            ends = self._to[arcs[better]]
            np.minimum.at(labels, ends, reached[better])
            marked[ends] = True
            nodes = np.flatnonzero(marked)
            marked[nodes] = False
        return labels

    def balance(self, excess: Ints, *, below: int | None = None) -> None:
        """Move excess to where it is missing, at the least cost; changes ``excess`` and ``flow``.

        Args:
            excess: What each node has too much (positive) or lacks (negative).
            below: Stop once a unit moved from the only source (the last node but one) to the
                only sink (the last node) costs this much or more.
        """
        while True:
            sources = np.flatnonzero(excess > 0)
            if not len(sources):
                return
            room = self._room()
            lengths = self._lengths(room)
            labels = self._labels(lengths, sources)
            sinks = np.flatnonzero((excess < 0) & (labels < _FAR))
            if not len(sinks):
                return
            steps = labels // _HOPS
            known = steps[labels < _FAR].max()
            moved = np.where(labels < _FAR, steps, known)
            if below is not None:
                # Nothing beyond the sink needs a higher price than the sink itself.
                moved = np.minimum(moved, moved[self.n - 1])
            self.price += moved
            if below is not None and self.price[self.n - 1] - self.price[self.n - 2] >= below:
                return
            self._push(room, lengths, labels, excess)

    def _push(self, room: Ints, lengths: Ints, labels: Ints, excess: Ints) -> None:
        """Push along the labels until every way is blocked."""
        near = labels[self._from]
        tight = np.flatnonzero(
            (near < _FAR) & (lengths < _FAR) & (near + lengths == labels[self._to])
        )
        useful = _towards(self._from[tight], self._to[tight], (excess < 0) & (labels < _FAR))
        tight = tight[useful[self._to[tight]]]
        first = np.searchsorted(self._from[tight], np.arange(self.n + 1)).tolist()
        before = room[tight]
        after = before.tolist()
        left = excess.tolist()
        _block(first, self._to[tight].tolist(), after, left)
        excess[:] = left
        moved = np.zeros(len(room), dtype=np.int64)
        moved[self._arc[tight]] = before - np.array(after, dtype=np.int64)
        self.flow += moved[: len(self.cap)] - moved[len(self.cap) :]


def _ranges(starts: Ints, stops: Ints) -> Ints:
    """All whole numbers from each start to before its stop, one after the other."""
    counts = stops - starts
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(int(counts.sum()))


def _towards(begins: Ints, ends: Ints, sinks: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which nodes have a way along these arcs to a sink."""
    useful = sinks.copy()
    while True:
        new = useful[ends] & ~useful[begins]
        if not new.any():
            return useful
        useful[begins[new]] = True


def _block(first: list[int], ends: list[int], room: list[int], left: list[int]) -> None:
    """A blocking flow in a network without rings; ``room`` and ``left`` are changed.

    Args:
        first: Where the arcs of each node begin in ``ends`` and ``room``; one more than nodes.
        ends: Node at which each arc ends.
        room: What may still flow along each arc.
        left: What each node has too much or lacks. They give in the order of their numbers.
    """
    at = first[:-1]
    stop = first[1:]
    for source in [node for node, much in enumerate(left) if much > 0]:
        path: list[int] = []
        node = source
        while left[source] > 0:
            if left[node] < 0:
                amount = min(left[source], -left[node])
                for arc in path:
                    amount = min(amount, room[arc])
                left[source] -= amount
                left[node] += amount
                keep = len(path)
                for index in range(len(path) - 1, -1, -1):
                    arc = path[index]
                    room[arc] -= amount
                    if not room[arc]:
                        keep = index
                if keep < len(path):
                    del path[keep:]
                    node = ends[path[-1]] if path else source
                continue
            index = at[node]
            if index < stop[node]:
                if room[index]:
                    path.append(index)
                    node = ends[index]
                else:
                    at[node] = index + 1
                continue
            if not path:
                break
            at[ends[path[-2]] if len(path) > 1 else source] += 1
            path.pop()
            node = ends[path[-1]] if path else source


def largest_circulation(n: int, tail: Ints, head: Ints, cap: Ints) -> Flow:
    """The largest circulation: what everybody gives equals what they receive, along each arc at most ``cap``.

    Args:
        n: Number of nodes.
        tail: Node from which each arc goes (who owes).
        head: Node to which it goes (whom they owe).
        cap: Most that may flow (what is owed), not negative, together at most :data:`MOST`.

    Returns:
        The flow with its proof: ``flow.sum() == bound()``.
    """
    cost = np.full(len(cap), -1, dtype=np.int64)
    found = Flow(n, tail, head, cap, cost, cap, np.zeros(n, dtype=np.int64))
    excess = np.zeros(n, dtype=np.int64)
    np.add.at(excess, head, cap)
    np.subtract.at(excess, tail, cap)
    found.balance(excess)
    return found
