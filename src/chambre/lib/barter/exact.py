"""The best rings of a few hundred people, proved: branch and price over the cycle formulation.

After Abraham, Blum and Sandholm (« Clearing algorithms for barter exchange markets », 2007): the linear
relaxation over rings is nearly always whole or nearly so; where it is not, the search divides on a
gift that is given in part: once nobody else may get it from its giver, once it is forbidden.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chambre.lib.barter.bounds import PART, assignment, certified
from chambre.lib.barter.cycles import ABSENT, Matrix, Ring, rings_up_to
from chambre.lib.barter.local import Trying, one_after_another
from chambre.lib.barter.packing import Basis, Floats, Pool, dive, improve, shares
from chambre.lib.barter.renewing import Effort, renewed

MOST_LISTED = 60_000
"""Rings that are listed beforehand; of more, those that are worth it are found as they are needed."""
DIVES = (40, 40, 100)
"""How carefully rings are taken from the relaxation at the beginning of a search."""
DIVE_EVERY = 5
TRIES = 60_000
RENEWING = Effort(rings=5_000, starts=8, work=10_000_000, times=300, share=0.7)
"""What is done before anything else: in dense markets that often serves everybody, which is a proof."""
NODES = 20_000
"""Parts of a search that are looked at, for one person; so many fewer for so many more people."""
HALF = 0.5
WHOLE = 1e-4


@dataclass(frozen=True, slots=True)
class Packed:
    """Rings without common people, what they are worth, and a bound that nothing can pass."""

    rings: tuple[Ring, ...]
    worth: int
    bound: int

    @property
    def proved(self) -> bool:
        """Nothing is worth more."""
        return self.worth >= self.bound


@dataclass(slots=True)
class _Node:
    weights: Matrix
    basis: Basis
    bound: int


def worth_of(weights: Matrix, rings: Sequence[Ring]) -> int:
    """What rings are worth together."""
    return sum(int(weights[one, two]) for ring in rings for one, two in _gifts(ring))


def _gifts(ring: Ring) -> list[tuple[int, int]]:
    return list(zip(ring, (*ring[1:], ring[0]), strict=True))


class Search:
    """One search over one graph; see :func:`best_rings`."""

    def __init__(self, weights: Matrix, longest: int, start: Sequence[Ring], nodes: int) -> None:
        self.weights, self.longest, self.nodes = weights, longest, nodes
        self.unit = float(max(int(weights.max()), 1))
        self.pool = Pool(len(weights), longest)
        self.rings, self.worth = list(start), worth_of(weights, start)
        listed, self.complete = rings_up_to(weights, longest, MOST_LISTED)
        self.chance = np.random.default_rng(1)
        for rows in listed:
            self.pool.add_rows(rows, self._worths(rows))
        if not self.complete:
            self.pool.known = {self.pool.ring(index) for index in range(len(self.pool.worth))}
            self._learn(self.rings)

    def run(self) -> Packed:
        """Search until it is proved or the nodes are used up."""
        open_ = [_Node(self.weights, Basis.empty(len(self.weights)), int(1e18))]
        while open_ and self.nodes > 0:
            node = open_.pop()
            if node.bound > self.worth:
                open_ += self._divide(node)
            self.nodes -= 1
        bound = max([self.worth, *(node.bound for node in open_)])
        return Packed(tuple(sorted(self.rings)), self.worth, bound)

    def _divide(self, node: _Node) -> list[_Node]:
        """What has to be searched instead of a node; the more promising one last."""
        allowed = self._relax(node)
        amounts = shares(self.pool, node.basis)
        amounts[~allowed] = 0.0
        if node.weights is self.weights:
            self._begin(node.bound)
        elif self.nodes % DIVE_EVERY == 0:
            self.dive(DIVES[0], allowed)
        gift = self._broken_gift(amounts)
        if gift is None:  # the rings are whole, and as good as the bound or the same as this
            self._keep(
                [self.pool.ring(index) for index in np.flatnonzero(amounts > WHOLE).tolist()]
            )
        if node.bound <= self.worth or gift is None:
            return []
        one, two = gift
        without, only = node.weights.copy(), node.weights.copy()
        without[one, two] = ABSENT
        only[one, np.arange(len(only)) != two] = ABSENT
        return [
            _Node(without, node.basis.copy(), node.bound),
            _Node(only, node.basis, node.bound),
        ]

    def _relax(self, node: _Node) -> NDArray[np.bool_]:
        """Solve the relaxation of a node and lower its bound; rings that it wants are learnt.

        Returns:
            Which of the rings are allowed in this node.
        """
        while True:
            allowed = self._allowed(node.weights)
            prices = improve(self.pool, node.basis, None if allowed.all() else allowed)
            if self.complete:
                node.bound = min(node.bound, self._bound_by_list(prices, allowed))
                return allowed
            bound, walks, price = certified(node.weights, prices * self.unit, self.longest)
            node.bound = min(node.bound, bound)
            if node.bound <= self.worth:
                return allowed
            wanted: set[Ring] = set()
            for length in range(2, self.longest + 1):
                cheapest = walks.through(length)
                for person in np.flatnonzero(cheapest < -PART * self.unit * 1e-6).tolist():
                    for ring in walks.rings(length, person):
                        if sum(int(price[one, two]) for one, two in _gifts(ring)) < 0:
                            wanted.add(ring)
            if not self._learn(sorted(wanted)):
                return allowed

    def _bound_by_list(self, prices: Floats, allowed: NDArray[np.bool_]) -> int:
        """The bound of :func:`bounds.certified` where all rings are known."""
        whole = np.maximum(np.ceil(prices * self.unit * PART), 0).astype(np.int64)
        padded = np.append(whole, 0)
        members = self.pool.members[allowed]
        worth = np.rint(self.pool.worth[allowed] * self.unit).astype(np.int64) * PART
        short = worth - padded[members].sum(axis=1)
        wrong = short > 0
        sizes = (members[wrong] < len(whole)).sum(axis=1)
        lacking = np.zeros(len(padded), np.int64)
        each = -(-short[wrong] // sizes)
        np.maximum.at(lacking, members[wrong].ravel(), np.repeat(each, self.longest))
        return int((whole + lacking[:-1]).sum()) // PART

    def _allowed(self, weights: Matrix) -> NDArray[np.bool_]:
        members, people = self.pool.members, len(weights)
        there = np.zeros((people + 1, people + 1), bool)
        there[:people, :people] = weights >= 0
        there[:, people] = True
        good = np.ones(len(members), bool)
        for place in range(self.longest):
            after = members[:, (place + 1) % self.longest]
            after = np.where(after == people, members[:, 0], after)
            here = members[:, place]
            good &= there[here, after] | (here == people)
        return good

    def _worths(self, rows: NDArray[np.int32]) -> Floats:
        worth = self.weights[rows, np.roll(rows, -1, axis=1)].sum(axis=1)
        return np.asarray(worth / self.unit, dtype=np.float64)

    def _learn(self, rings: list[Ring]) -> bool:
        fresh = [ring for ring in rings if ring not in self.pool.known]
        for ring in fresh:
            row = np.array([ring], np.int32)
            self.pool.add_rows(row, self._worths(row))
        self.pool.known.update(fresh)
        return bool(fresh)

    def _begin(self, bound: int) -> None:
        """Good rings before anything is divided: by trying, and from the relaxation, in turns."""
        rings = [self.pool.ring(index) for index in range(len(self.pool.worth))]
        for seed, share in enumerate(DIVES, 1):
            if self.worth >= bound:
                return
            trying = Trying(self.weights, rings, self.rings, seed)
            trying.run(TRIES, bound)
            self._keep(list(trying.found))
            if self.worth < bound:
                self.dive(share)

    def dive(self, share: int = 40, allowed: NDArray[np.bool_] | None = None) -> None:
        """Take the rings that the relaxation wants; keep them if they are as good as those before."""
        self._keep(
            [self.pool.ring(index) for index in dive(self.pool, self.chance, share, allowed)]
        )

    def _keep(self, rings: list[Ring]) -> None:
        worth = worth_of(self.weights, rings)
        if worth >= self.worth:
            self.rings, self.worth = rings, worth

    def _broken_gift(self, amounts: Floats) -> tuple[int, int] | None:
        """The gift that is given most nearly by half, the first of such; nothing when all are whole."""
        flows: dict[tuple[int, int], float] = {}
        for index in np.flatnonzero(amounts > WHOLE).tolist():
            for gift in _gifts(self.pool.ring(index)):
                flows[gift] = flows.get(gift, 0.0) + float(amounts[index])
        # Two rings that share somebody part somewhere, so a giver of two is there to divide on.
        givers = Counter(giver for giver, _taker in flows)
        broken = [
            (round(abs(flow - HALF), 6), gift)
            for gift, flow in flows.items()
            if WHOLE < flow < 1 - WHOLE and givers[gift[0]] > 1
        ]
        return min(broken)[1] if broken else None


def best_rings(
    weights: Matrix, longest: int, *, start: Sequence[Ring] = (), nodes: int = 0
) -> Packed:
    """Rings without common people that are worth most together, with a proof or the best bound found.

    Args:
        weights: What a gift from each to each is worth, at least 0; :data:`ABSENT` where there is none.
        longest: People in the longest ring.
        start: Rings to begin with.
        nodes: Parts of the search that may be looked at; by default :data:`NODES` by the number of people.
    """
    start = [*start] or one_after_another(weights, longest)
    worth = worth_of(weights, start)
    bound, _prices = assignment(weights)
    if bound <= worth:
        return Packed(tuple(sorted(start)), worth, worth)
    start = renewed(weights, longest, start, bound, RENEWING)
    if worth_of(weights, start) >= bound:
        return Packed(tuple(sorted(start)), bound, bound)
    found = Search(weights, longest, start, nodes or NODES // len(weights)).run()
    return Packed(found.rings, found.worth, max(found.worth, min(bound, found.bound)))
