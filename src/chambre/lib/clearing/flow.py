"""The largest circulation within given capacities, exact in integers.

Everything is set off at first; then as little as possible is taken back until everybody gives what they
receive. What is taken back flows along shortest paths (each arc costs one per cent), so this is a
minimum-cost flow with unit costs, solved by the primal-dual method: label all nodes with what a cent costs
there from whoever receives too much, all of these at once; add the labels to the potentials; push all that
can go along the few arcs that cost nothing now (:mod:`~chambre.lib.clearing.pushing`); and begin again. A
few dozen times are enough for a hundred thousand obligations, as distances are short.

After each pass every residual arc has a reduced cost of at least zero, so the potentials at the end *prove*
that no other circulation is larger (linear programming duality): see :meth:`Flow.bound`.

Method: L. R. Ford and D. R. Fulkerson, *Flows in Networks* (1962).
"""

from __future__ import annotations

import numpy as np

from chambre.lib.clearing.pushing import Ints, push_all, ranges

#: The most cents that all capacities together may have: sums stay exact in 64 bits.
MOST = 2**60
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
        """Reduced cost of each residual arc; far if it is full."""
        reduced = self._cost + self.price[self._from] - self.price[self._to]
        return np.where(room > 0, reduced, _FAR)

    def _labels(self, lengths: Ints, sources: Ints) -> Ints:
        """Shortest labels from the sources: from whoever got a better one, until nobody does."""
        labels = np.full(self.n, _FAR, dtype=np.int64)
        labels[sources] = 0
        marked = np.zeros(self.n, dtype=bool)
        nodes = sources
        while len(nodes):
            arcs = ranges(self._first[nodes], self._first[nodes + 1])
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
            if not ((excess < 0) & (labels < _FAR)).any():
                return
            moved = np.where(labels < _FAR, labels, labels[labels < _FAR].max())
            if below is not None:
                # Nothing beyond the sink needs a higher price than the sink itself.
                moved = np.minimum(moved, moved[self.n - 1])
            self.price += moved
            if below is not None and self.price[self.n - 1] - self.price[self.n - 2] >= below:
                return
            near = labels[self._from]
            tight = (near < _FAR) & (lengths < _FAR) & (near + lengths == labels[self._to])
            self._push(np.where(tight, room, 0), excess)

    def _push(self, room: Ints, excess: Ints) -> None:
        """Push as much as can be along arcs that cost nothing now: ``room`` is zero on all others."""
        count = len(self.cap)
        open_ = np.zeros(2 * count, dtype=np.int64)
        open_[self._arc] = room
        arcs = np.flatnonzero(open_[:count] + open_[count:])
        ways = np.concatenate([open_[arcs], open_[arcs + count]])
        before = ways[: len(arcs)].copy()
        ways = push_all(self.n, self.tail[arcs], self.head[arcs], ways, excess)
        self.flow[arcs] += before - ways[: len(arcs)]


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
