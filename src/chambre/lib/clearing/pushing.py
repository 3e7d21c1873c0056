"""As much as can be from whoever has too much to whoever lacks something, whatever it costs.

Blocking flows (E. A. Dinic, 1970) along shortest ways, which are found backwards from where something is
missing, so that nothing that leads nowhere is walked. Ways are found with numpy, what flows along them with
lists.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

_AWAY = 2**31


def push_all(n: int, tail: Ints, head: Ints, room: Ints, excess: Ints) -> Ints:
    """Push until no way is left from too much to too little; changes ``excess``.

    Args:
        n: Number of nodes.
        tail: Where each arc begins.
        head: Where it ends.
        room: What may flow along each arc forward, then along each backward.
        excess: What each node has too much (positive) or lacks (negative).

    Returns:
        What may flow afterwards, as ``room``.
    """
    count = len(tail)
    begin = np.concatenate([tail, head])
    order = np.argsort(begin, kind="stable")
    begin, end = begin[order], np.concatenate([head, tail])[order]
    nodes = np.arange(n + 1)
    first = np.searchsorted(begin, nodes)
    place = np.empty(2 * count, dtype=np.int64)
    place[order] = np.arange(2 * count)
    partner = place[(order + count) % max(1, 2 * count)]
    left = room[order]
    while True:
        far = _steps(first, end, left[partner], excess)
        sources = np.flatnonzero((excess > 0) & (far < _AWAY))
        if not len(sources):
            return left[place]
        nearer = np.flatnonzero((left > 0) & (far[begin] == far[end] + 1))
        before = left[nearer]
        after, much = before.tolist(), excess.tolist()
        edges = np.searchsorted(begin[nearer], nodes).tolist()
        _block(sources.tolist(), edges, end[nearer].tolist(), after, much)
        excess[:] = much
        moved = before - np.array(after, dtype=np.int64)
        left[nearer] -= moved
        left[partner[nearer]] += moved


def ranges(starts: Ints, stops: Ints) -> Ints:
    """All whole numbers from each start to before its stop, one after the other."""
    counts = stops - starts
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(int(counts.sum()))


def _steps(first: Ints, end: Ints, back: Ints, excess: Ints) -> Ints:
    """How many arcs from each node to the nearest one that lacks something.

    Args:
        first: Where the arcs of each node begin; one more than nodes.
        end: Node at which each arc ends.
        back: What may flow along each arc in the other direction.
        excess: What each node has too much or lacks.
    """
    far = np.full(len(excess), _AWAY, dtype=np.int64)
    marked = np.zeros(len(excess), dtype=bool)
    nodes = np.flatnonzero(excess < 0)
    step = 0
    while len(nodes):
        far[nodes] = step
        step += 1
        arcs = ranges(first[nodes], first[nodes + 1])
        ends = end[arcs[back[arcs] > 0]]
        marked[ends[far[ends] == _AWAY]] = True
        nodes = np.flatnonzero(marked)
        marked[nodes] = False
    return far


def _block(
    sources: list[int], first: list[int], ends: list[int], room: list[int], left: list[int]
) -> None:
    """A blocking flow in a network without rings; ``room`` and ``left`` are changed.

    Args:
        sources: Who gives, in this order.
        first: Where the arcs of each node begin in ``ends`` and ``room``; one more than nodes.
        ends: Node at which each arc ends.
        room: What may still flow along each arc.
        left: What each node has too much or lacks.
    """
    at = first[:-1]
    for source in sources:
        path: list[int] = []
        node = source
        while left[source] > 0:
            if left[node] < 0:
                amount = min(left[source], -left[node], *[room[arc] for arc in path])
                left[source] -= amount
                left[node] += amount
                for arc in path:
                    room[arc] -= amount
                keep = next((place for place, arc in enumerate(path) if not room[arc]), len(path))
                del path[keep:]
                node = ends[path[-1]] if path else source
                continue
            for arc in range(at[node], first[node + 1]):
                if room[arc]:
                    at[node] = arc
                    path.append(arc)
                    node = ends[arc]
                    break
            else:
                at[node] = first[node + 1]
                if not path:
                    break
                path.pop()
                node = ends[path[-1]] if path else source
                at[node] += 1
