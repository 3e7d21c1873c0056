"""What was set off, as rings: A owes B, B owes C, C owes A, each the same amount.

A ring is walked from its first member along whatever brings one back soonest, and as much is taken
out as flows along all of it. So each ring empties at least one obligation, and there are at most as many
rings as obligations.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

_FAR = 1 << 30
_VISITS = 2_000_000
"""How many arcs are looked at, in all, to measure the way back: more makes shorter rings."""


class Ring(NamedTuple):
    """One ring: the arcs in their order, and what each of them gives."""

    arcs: tuple[int, ...]
    amount: int


class _Walker:
    """What still flows, and how far each node is from the node at which rings begin."""

    def __init__(self, n: int, tail: list[int], head: list[int], flow: list[int]) -> None:
        self.tail, self.head, self.left = tail, head, flow[:]
        self.out: list[list[int]] = [[] for _ in range(n)]
        self.into: list[list[int]] = [[] for _ in range(n)]
        for arc in sorted(range(len(flow)), key=flow.__getitem__, reverse=True):
            if flow[arc]:
                self.out[tail[arc]].append(arc)
                self.into[head[arc]].append(arc)
        self.root = 0
        self.path: list[int] = []
        self.at: dict[int, int] = {}

    def measure(self, root: int) -> None:
        """Count from each node the arcs to ``root``."""
        far = [_FAR] * len(self.out)
        far[root] = 0
        left, tail, into = self.left, self.tail, self.into
        waiting = deque([root])
        while waiting:
            node = waiting.popleft()
            step = far[node] + 1
            into[node] = alive = [arc for arc in into[node] if left[arc]]
            for arc in alive:
                before = tail[arc]
                if far[before] == _FAR:
                    far[before] = step
                    waiting.append(before)
        for node, arcs in enumerate(self.out):
            if arcs and far[node] < _FAR:
                alive = [arc for arc in arcs if left[arc]]
                # What comes last is taken first.
                alive.sort(key=lambda arc: far[self.head[arc]], reverse=True)
                self.out[node] = alive

    def next_arc(self, node: int) -> int:
        """The arc that brings one nearest; one that still gives is always there on a ring."""
        arcs = self.out[node]
        while not self.left[arcs[-1]]:
            arcs.pop()
        return arcs[-1]

    def gives(self, node: int) -> bool:
        """Whether something still flows from a node."""
        arcs = self.out[node]
        while arcs and not self.left[arcs[-1]]:
            arcs.pop()
        return bool(arcs)

    def ring(self) -> Ring:
        """The first ring met from where one stands, taken out of what flows.

        The way to where the ring begins is kept: the next one goes on from there.
        """
        path, at = self.path, self.at
        node = self.head[path[-1]] if path else self.root
        while True:
            arc = self.next_arc(node)
            path.append(arc)
            node = self.head[arc]
            if node in at:
                break
            at[node] = len(path)
        begin = at[node]
        ring = path[begin:]
        amount = min(self.left[arc] for arc in ring)
        for arc in ring:
            self.left[arc] -= amount
            at.pop(self.head[arc], None)
        at[node] = begin
        del path[begin:]
        return Ring(tuple(ring), amount)

    def begin(self, root: int) -> None:
        """Stand at ``root``."""
        self.root, self.path, self.at = root, [], {root: 0}

    def is_done(self) -> bool:
        """Whether nothing flows any more through the root.

        Somewhere on the way something always does: what came in so far goes out again.
        """
        return not self.path and not self.gives(self.root)


def rings_of(n: int, tail: list[int], head: list[int], flow: list[int]) -> list[Ring]:
    """Take a circulation apart into rings, the largest members first.

    Args:
        n: Number of members.
        tail: Who owes, for each arc.
        head: Whom they owe.
        flow: What is set off on each arc; everybody gives what they receive.

    Returns:
        Rings without a member twice, whose sum is ``flow``.
    """
    walker = _Walker(n, tail, head, flow)
    turnover = [0] * n
    for arc, amount in enumerate(flow):
        turnover[tail[arc]] += amount
    found: list[Ring] = []
    arcs = sum(amount > 0 for amount in flow)
    since = stale = max(1, arcs * arcs // _VISITS)
    for root in sorted(range(n), key=lambda node: (-turnover[node], node)):
        walker.begin(root)
        while not walker.is_done():
            if since >= stale:
                walker.measure(root)
                since = 0
            found.append(walker.ring())
            since += 1
    return found
