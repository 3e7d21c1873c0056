"""Rings of a few members only.

With at most two per ring the answer is exact. With more, this is a packing of rings, for which no quick
exact method is known. While all rings can be written down, the linear program over them is solved and
rounded down to whole cents, and its dual says how far from the best that can be: a few cents. Otherwise
rings are taken greedily until none is left; then what is cleared is at least one k-th of the most that is
possible, because every ring of the best choice meets an obligation that is used up. The result carries the
bound that was proved.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chambre.lib.clearing.rings import Ring

#: The linear program has at most this many rings times obligations.
CELLS = 2_000_000


class _Graph:
    """Arcs by where they begin and end, and what is left of each."""

    def __init__(self, n: int, tail: list[int], head: list[int], left: list[int]) -> None:
        self.tail, self.head, self.left = tail, head, left[:]
        self.out: list[list[int]] = [[] for _ in range(n)]
        self.into: list[list[int]] = [[] for _ in range(n)]
        for arc in range(len(left)):
            self.out[tail[arc]].append(arc)
            self.into[head[arc]].append(arc)

    def way_back(self, arc: int, most: int) -> list[int] | None:
        """The shortest way from where an arc ends to where it begins, of at most ``most`` arcs."""
        begin, end = self.head[arc], self.tail[arc]
        ahead: dict[int, int] = {begin: -1}
        behind: dict[int, int] = {end: -1}
        front, back = [begin], [end]
        for step in range(most):
            if step % 2 == 0:
                front, met = self._spread(front, ahead, behind, self.out, self.head)
            else:
                back, met = self._spread(back, behind, ahead, self.into, self.tail)
            if met is not None:
                return self._join(met, ahead, behind)
        return None

    def _spread(
        self, nodes: list[int], known: dict[int, int], others: dict[int, int],
        arcs_of: list[list[int]], far_end: list[int],
    ) -> tuple[list[int], int | None]:  # fmt: skip
        """One arc further; the first node that the other side knows, if it is met."""
        found: list[int] = []
        for node in nodes:
            for arc in arcs_of[node]:
                there = far_end[arc]
                if self.left[arc] and there not in known:
                    known[there] = arc
                    if there in others:
                        return found, there
                    found.append(there)
        return found, None

    def _join(self, met: int, ahead: dict[int, int], behind: dict[int, int]) -> list[int]:
        first: list[int] = []
        node = met
        while (arc := ahead[node]) >= 0:
            first.append(arc)
            node = self.tail[arc]
        first.reverse()
        node = met
        while (arc := behind[node]) >= 0:
            first.append(arc)
            node = self.head[arc]
        return first

    def take(self, arcs: Sequence[int], amount: int = 0) -> Ring:
        """Take a ring out: as much as its arcs all have, or ``amount``."""
        amount = amount or min(self.left[arc] for arc in arcs)
        for arc in arcs:
            self.left[arc] -= amount
        return Ring(tuple(arcs), amount)

    def take_all(self, most: int) -> list[Ring]:
        """Take rings of at most ``most`` arcs until there is none, the largest arcs first."""
        taken = []
        for arc in sorted(range(len(self.left)), key=lambda each: (-self.left[each], each)):
            while self.left[arc]:
                way = self.way_back(arc, most - 1)
                if way is None:
                    break
                taken.append(self.take([arc, *way]))
        return taken


def all_rings(graph: _Graph, n: int, most: int, limit: int) -> list[tuple[int, ...]] | None:
    """Every ring of at most ``most`` arcs, once, from its first member; nothing beyond ``limit``."""
    found: list[tuple[int, ...]] = []
    for root in range(n):
        path: list[int] = []
        seen = {root}
        waiting = [iter(graph.out[root])]
        while waiting:
            arc = next(waiting[-1], -1)
            if arc < 0:
                waiting.pop()
                if path:
                    seen.discard(graph.head[path.pop()])
                continue
            there = graph.head[arc]
            if there == root:
                found.append((*path, arc))
                if len(found) > limit:
                    return None
            elif there > root and there not in seen and len(path) + 1 < most:
                path.append(arc)
                seen.add(there)
                waiting.append(iter(graph.out[there]))
    return found


def pack(
    values: Sequence[int], columns: Sequence[Sequence[int]], caps: Sequence[int]
) -> tuple[list[int], float]:
    """The linear program: how much of each ring, so that no arc gives more than it has.

    A simplex method on the dictionary, from nothing taken; the largest coefficient enters, after many
    steps the first one (R. G. Bland's rule, which never goes round in circles).

    Args:
        values: Worth of a unit of each ring.
        columns: Arcs of each ring.
        caps: What each arc has.

    Returns:
        Whole amounts, rounded down, and the bound by the dual (its prices raised until they
        cover each ring).
    """
    rows, count = len(caps), len(columns)
    body = np.zeros((rows, count))
    for column, arcs in enumerate(columns):
        body[list(arcs), column] = 1.0
    right = np.array(caps, dtype=float)
    gain = np.array(values, dtype=float)
    inside, outside = np.arange(count, count + rows), np.arange(count)
    for step in range(20 * (rows + 10)):
        good = np.flatnonzero(gain > 1e-9)
        if not len(good):
            break
        enter = int(
            good[np.argmax(gain[good])] if step < 5 * rows else good[np.argmin(outside[good])]
        )
        entering = body[:, enter]
        some = np.flatnonzero(entering > 1e-9)
        ratios = right[some] / entering[some]
        ties = some[ratios <= ratios.min() + 1e-9 * (1 + abs(ratios.min()))]
        leave = int(ties[np.argmin(inside[ties])])
        _pivot(body, right, gain, leave, enter)
        inside[leave], outside[enter] = outside[enter], inside[leave]
    amounts = np.zeros(count + rows)
    amounts[inside] = np.maximum(right, 0)
    prices = np.zeros(count + rows)
    prices[outside] = np.maximum(-gain, 0)
    return (
        [int(amount + 1e-6) for amount in amounts[:count]],
        _dual_bound(prices[count:], values, columns, caps),
    )


def _pivot(
    body: NDArray[np.float64], right: NDArray[np.float64], gain: NDArray[np.float64],
    leave: int, enter: int,
) -> None:  # fmt: skip
    """Exchange a row and a column of the dictionary."""
    pivot = body[leave, enter]
    row = body[leave] / pivot
    row[enter] = 1 / pivot
    at = right[leave] / pivot
    column = body[:, enter].copy()
    touched = np.flatnonzero(column)
    body[:, enter] = 0
    body[touched] -= np.outer(column[touched], row)
    right -= column * at
    body[leave], right[leave] = row, at
    worth = gain[enter]
    gain[enter] = 0
    gain -= worth * row


def _dual_bound(
    prices: NDArray[np.float64], values: Sequence[int], columns: Sequence[Sequence[int]],
    caps: Sequence[int],
) -> float:  # fmt: skip
    short = 1.0
    for value, arcs in zip(values, columns, strict=True):
        covered = float(prices[list(arcs)].sum())
        if covered <= 0:
            return float("inf")
        short = max(short, value / covered)
    return float((prices * np.array(caps, dtype=float)).sum()) * short * (1 + 1e-9)


def rings_of_at_most(
    n: int, tail: list[int], head: list[int], cap: list[int], flow: list[int], most: int
) -> tuple[list[Ring], int]:
    """Rings of at most ``most`` members, as much as can be found.

    Args:
        n: Number of members.
        tail: Debtor of each arc; no two arcs are alike.
        head: Its creditor.
        cap: What is owed.
        flow: The largest circulation, without a limit: it bounds this one.
        most: Members of a ring, 2 or more.

    Returns:
        The rings, and cents that no choice of such rings can exceed.
    """
    best = sum(flow)
    graph = _Graph(n, tail, head, cap)
    if most == 2:
        rings = graph.take_all(2)
        return rings, sum(len(ring.arcs) * ring.amount for ring in rings)
    limit = CELLS // max(1, len(cap))
    every = all_rings(graph, n, most, limit)
    if every is not None:
        amounts, bound = pack([len(ring) for ring in every], every, cap)
        rings = []
        for ring, amount in zip(every, amounts, strict=True):
            some = min(amount, *(graph.left[arc] for arc in ring))
            if some:
                rings.append(graph.take(ring, some))
        rings += graph.take_all(most)
        return rings, min(best, int(min(bound, 2.0**62)))
    rings = graph.take_all(most)
    inner = _Graph(n, tail, head, flow)
    others = inner.take_all(most)
    rest = _Graph(
        n, tail, head, [c - f + left for c, f, left in zip(cap, flow, inner.left, strict=True)]
    )
    others += rest.take_all(most)
    rings = max(rings, others, key=_worth)
    return rings, min(best, most * _worth(rings))


def _worth(rings: Sequence[Ring]) -> int:
    return sum(len(ring.arcs) * ring.amount for ring in rings)
