"""Chains of a few members, which a pot closes.

Where rings of a few members were asked for, what the pot closes shall be as easy to follow: a chain has at
most as many members, the pot not counted. Each cent lent frees as many cents as the chain has obligations,
so the longest chains are taken first.
"""

from __future__ import annotations

from collections.abc import Sequence

from chambre.lib.clearing.rings import Ring


class _Layers:
    """From which members a chain of so many arcs goes on, and along which arc."""

    def __init__(
        self, out: Sequence[Sequence[int]], head: Sequence[int], left: list[int], length: int
    ) -> None:
        self.out, self.head, self.left = out, head, left
        nodes = range(len(out))
        #: ``next[j][node]``: the arcs before this one lead to no chain of j arcs any more.
        self.next = [[0] * len(out) for _ in range(length + 1)]
        self.goes = [[True] * len(out)]
        for _ in range(length):
            before = self.goes[-1]
            self.goes.append(
                [any(left[arc] and before[head[arc]] for arc in out[node]) for node in nodes]
            )

    def chain(self, node: int, length: int) -> list[int] | None:
        """A chain of ``length`` arcs from ``node``; what leads nowhere is not tried again."""
        path: list[int] = []
        at = [node]
        while len(path) < length:
            here, more = at[-1], length - len(path)
            arc = self._arc(here, more)
            if arc is not None:
                path.append(arc)
                at.append(self.head[arc])
                continue
            self.goes[more][here] = False
            if not path:
                return None
            path.pop()
            at.pop()
        return path

    def _arc(self, node: int, more: int) -> int | None:
        """The next arc from ``node`` after which ``more - 1`` arcs follow."""
        arcs, place = self.out[node], self.next[more]
        while place[node] < len(arcs):
            arc = arcs[place[node]]
            if self.left[arc] and self.goes[more - 1][self.head[arc]]:
                return arc
            place[node] += 1
        return None


def chains_of_at_most(
    n: int,
    tail: Sequence[int],
    head: Sequence[int],
    left: Sequence[int],
    *,
    most: int,
    liquidity: int,
) -> list[Ring]:
    """Chains of at most ``most`` arcs, for ``liquidity`` cents in all.

    No member comes twice in a chain, provided that no ring of at most ``most`` arcs is left.

    Args:
        n: Number of members.
        tail: Debtor of each arc.
        head: Its creditor.
        left: What is still owed.
        most: Obligations in a chain, 1 or more.
        liquidity: Cents that the pot lends, in all.
    """
    still = list(left)
    out: list[list[int]] = [[] for _ in range(n)]
    for arc, amount in enumerate(still):
        if amount:
            out[tail[arc]].append(arc)
    found: list[Ring] = []
    for length in range(most, 0, -1):
        layers = _Layers(out, head, still, length)
        for node in range(n):
            while liquidity and (chain := layers.chain(node, length)):
                amount = min(liquidity, *(still[arc] for arc in chain))
                for arc in chain:
                    still[arc] -= amount
                liquidity -= amount
                found.append(Ring(tuple(chain), amount))
    return found
