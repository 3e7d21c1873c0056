"""Rows and items put together all at once: the best whole, and how much each choice matters.

Taking one row after the other would make the outcome depend on their order. Here every group of
rows that want the same items is solved exactly (a branch and bound over the sum of scores), and a
choice counts as certain only if the best whole without it is clearly worse.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from chambre.lib.reconciling.evidence import Edge

MARGIN = 10
"""Points that the next best whole has to fall short."""
MOST_STEPS = 20_000
"""Steps after which a group is left to a person."""


class TooMany(Exception):
    """A group has too many possibilities to be sure of one."""


def groups(possible: Sequence[Sequence[Edge]]) -> list[list[Sequence[Edge]]]:
    """Rows (their edges) that want the same items, put together."""
    parent = list(range(len(possible)))

    def top(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    first: dict[str, int] = {}
    for n, found in enumerate(possible):
        for edge in found:
            for item in edge.items:
                other = first.setdefault(item.key, n)
                parent[max(top(n), top(other))] = min(top(n), top(other))
    together: dict[int, list[Sequence[Edge]]] = defaultdict(list)
    for n, found in enumerate(possible):
        together[top(n)].append(found)
    return [together[n] for n in sorted(together)]


def solve(group: Sequence[Sequence[Edge]]) -> list[tuple[Edge, int]]:
    """The best whole of a group: the edges chosen, each with what forbidding it would cost.

    Raises:
        TooMany: It cannot be told within :data:`MOST_STEPS` steps.
    """
    best, chosen = _best(group, None)
    return [(edge, best - _best(group, edge)[0]) for edge in chosen]


def _best(group: Sequence[Sequence[Edge]], without: Edge | None) -> tuple[int, list[Edge]]:
    rows = sorted(
        ([edge for edge in found if edge is not without] for found in group),
        key=lambda found: (len(found), [-edge.score for edge in found]),
    )
    used: set[str] = set()
    most = [0] * (len(rows) + 1)
    for n in range(len(rows) - 1, -1, -1):
        most[n] = most[n + 1] + max((edge.score for edge in rows[n]), default=0)
    best, chosen, steps = -1, [], 0

    def walk(n: int, score: int, taken: list[Edge]) -> None:
        nonlocal best, chosen, steps
        steps += 1
        if steps > MOST_STEPS:
            raise TooMany
        if score + most[n] <= best:
            return
        if n == len(rows):
            best, chosen = score, list(taken)
            return
        for edge in rows[n]:
            keys = {item.key for item in edge.items}
            if used.isdisjoint(keys):
                used.update(keys)
                walk(n + 1, score + edge.score, [*taken, edge])
                used.difference_update(keys)
        walk(n + 1, score, taken)

    walk(0, 0, [])
    return best, chosen
