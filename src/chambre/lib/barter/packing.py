"""The linear relaxation of packing rings: how much of each ring, so that nobody has more than one.

A revised simplex method with an explicit inverse, for a few hundred people and any number of rings.
Each person's limit of 1 is raised by a different millionth part, so that no two bases tie and it
cannot go in circles; prices that prove a bound under those limits prove it under the true ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SMALL = 1e-9
SURE = 0.55
"""Of two such rings there cannot be somebody in both."""
AT_ONCE = 300
"""Rings that are looked at together: the most wanted ones."""
OFTEN = 150
"""Steps after which the inverse is made anew from the basis, so that errors do not grow."""


@dataclass(slots=True)
class Pool:
    """Rings known so far: people (padded with the number of people) and what they are worth."""

    people: int
    longest: int
    members: NDArray[np.int32] = field(init=False)
    worth: Floats = field(init=False)
    known: set[tuple[int, ...]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.members = np.zeros((0, self.longest), np.int32)
        self.worth = np.zeros(0)

    def add_rows(self, rings: NDArray[np.int32], worth: Floats) -> None:
        """Add rings of one length that are not in it yet."""
        padded = np.full((len(rings), self.longest), self.people, np.int32)
        padded[:, : rings.shape[1]] = rings
        self.members = np.vstack([self.members, padded])
        self.worth = np.concatenate([self.worth, worth])

    def ring(self, index: int) -> tuple[int, ...]:
        """The people of a ring in the order of giving."""
        row = self.members[index]
        return tuple(row[row < self.people].tolist())


@dataclass(slots=True)
class Basis:
    """Where the method stands: a basis, its inverse, how much of each ring."""

    rows: NDArray[np.int64]
    inverse: Floats
    amounts: Floats

    @classmethod
    def empty(cls, people: int) -> Basis:
        """No ring at all; ``-1 - person`` stands for what is left of a person."""
        return cls(-1 - np.arange(people), np.eye(people), limits(people))

    def copy(self) -> Basis:
        """One that can be changed without changing this one."""
        return Basis(self.rows.copy(), self.inverse.copy(), self.amounts.copy())


def limits(people: int) -> Floats:
    """The raised limits: golden-ratio steps, each different."""
    steps = (np.arange(1, people + 1) * 0.6180339887498949) % 1.0
    return np.asarray(1.0 + 1e-6 * (0.5 + steps), dtype=np.float64)


def improve(pool: Pool, basis: Basis, allowed: NDArray[np.bool_] | None = None) -> Floats:
    """Move a basis to the optimum over the allowed rings.

    Rings that are not allowed may be in the basis from before; they count as a great loss and so
    leave it.

    Returns:
        The price of each person. Should the method have to stop early, they are not the best
        prices, and the bound that is made of them is worse but holds.
    """
    people = pool.people
    gain = pool.worth
    if allowed is not None:
        loss = -2.0 * people * (1.0 + float(pool.worth.max(initial=0.0)))
        gain = np.where(allowed, pool.worth, loss)
        _make_anew(pool, basis)
    work = _Work(pool, basis, gain)
    for _round in range(40 + 2 * people):
        reduced = gain - np.append(work.prices, 0.0)[pool.members].sum(axis=1)
        wanted = np.flatnonzero(reduced > work.scale)
        if len(wanted) > AT_ONCE:
            wanted = wanted[np.argpartition(-reduced[wanted], AT_ONCE)[:AT_ONCE]]
            wanted.sort()
        if not len(wanted) and work.prices.min() >= -work.scale:
            break
        if not work.over(wanted):
            break
    return work.prices


class _Work:
    """Steps of the method over a few rings at a time."""

    def __init__(self, pool: Pool, basis: Basis, gain: Floats) -> None:
        self.pool, self.basis, self.gain = pool, basis, gain
        self.scale = SMALL * (1.0 + float(np.abs(pool.worth).max(initial=0.0)))
        self.steps = 0
        self._price()

    def _price(self) -> None:
        inside = self.basis.rows >= 0
        value = np.zeros(self.pool.people)
        value[inside] = self.gain[self.basis.rows[inside]]
        self.prices: Floats = value @ self.basis.inverse

    def over(self, wanted: NDArray[np.int64]) -> bool:
        """Go on until none of these rings is wanted any more; whether that was reached."""
        members, gain = self.pool.members[wanted], self.gain[wanted]
        people = self.pool.people
        padded = np.zeros(people + 1)
        for _step in range(20 * people + 200):
            padded[:-1] = self.prices
            lowest = int(self.prices.argmin())
            most, best = -self.prices[lowest], -1
            if len(wanted):
                reduced = gain - padded[members].sum(axis=1)
                index = int(reduced.argmax())
                if reduced[index] >= most:
                    most, best = reduced[index], index
            if most <= self.scale:
                return True
            if best >= 0:
                row = members[best]
                change = self.basis.inverse[:, row[row < people]].sum(axis=1)
            else:
                change = self.basis.inverse[:, lowest].copy()
            entering = int(wanted[best]) if best >= 0 else -1 - lowest
            if not self._step(entering, change, float(most)):
                return False
        return False

    def _step(self, entering: int, change: Floats, most: float) -> bool:
        leaving = _exchange(self.basis, entering, change)
        if leaving < 0:
            return False
        self.prices = self.prices + most * self.basis.inverse[leaving]
        self.steps += 1
        if self.steps % OFTEN == 0:
            _make_anew(self.pool, self.basis)
            self._price()
        return True


def _exchange(basis: Basis, entering: int, change: Floats) -> int:
    """Take something into the basis; the place that it took, or -1 when nothing holds it back."""
    can = np.flatnonzero(change > SMALL)
    if not len(can):
        return -1
    leaving = int(can[(basis.amounts[can] / change[can]).argmin()])
    amount = max(float(basis.amounts[leaving] / change[leaving]), 0.0)
    basis.amounts -= amount * change
    basis.amounts[leaving] = amount
    np.maximum(basis.amounts, 0.0, out=basis.amounts)
    row = basis.inverse[leaving] / change[leaving]
    change[leaving] = 0.0
    touched = np.flatnonzero(change)
    basis.inverse[touched] -= np.outer(change[touched], row)
    basis.inverse[leaving] = row
    basis.rows[leaving] = entering
    return leaving


def _make_anew(pool: Pool, basis: Basis) -> None:
    people = pool.people
    matrix = np.zeros((people + 1, people))
    for column, entry in enumerate(basis.rows.tolist()):
        if entry < 0:
            matrix[-1 - entry, column] = 1.0
        else:
            matrix[pool.members[entry], column] = 1.0
    basis.inverse = np.asarray(np.linalg.inv(matrix[:people]), dtype=np.float64)
    basis.amounts = np.asarray(np.maximum(basis.inverse @ limits(people), 0.0), dtype=np.float64)


def shares(pool: Pool, basis: Basis) -> Floats:
    """How much of each ring there is in a basis, under the true limits."""
    true = basis.inverse @ np.ones(pool.people)
    amounts = np.zeros(len(pool.worth))
    inside = basis.rows >= 0
    amounts[basis.rows[inside]] = np.clip(true[inside], 0.0, 1.0)
    return amounts


def dive(
    pool: Pool, chance: np.random.Generator, share: int, allowed: NDArray[np.bool_] | None = None
) -> list[int]:
    """A packing near the optimum: the rings that there is most of are taken, the rest solved again.

    Worths are changed by chance, by far less than a unit in all, so that of many optima a corner is
    found where most rings are whole, and another one each time. The larger ``share``, the fewer rings
    are taken before it is solved again, which takes longer and is better.
    """
    worth = pool.worth * (1.0 + 1e-4 * chance.random(len(pool.worth)))
    left = np.arange(len(worth)) if allowed is None else np.flatnonzero(allowed)
    free = np.ones(pool.people + 1, bool)
    taken: list[int] = []
    while len(left):
        numbers = np.full(pool.people + 1, -1, np.int32)
        people = np.flatnonzero(np.bincount(pool.members[left].ravel(), minlength=pool.people + 1))
        people = people[people < pool.people]
        numbers[people] = np.arange(len(people))
        numbers[pool.people] = len(people)
        small = Pool(len(people), pool.longest)
        small.add_rows(numbers[pool.members[left]], worth[left])
        basis = Basis.empty(len(people))
        improve(small, basis)
        amounts = shares(small, basis)
        order = np.flatnonzero(amounts > SURE)
        if not len(order):
            some = max(1, len(people) // share)
            order = np.argsort(-amounts, kind="stable")[:some]
        for index in left[order].tolist():
            row = pool.members[index][pool.members[index] < pool.people]
            if free[row].all():
                free[row] = False
                taken.append(index)
        left = left[free[pool.members[left]].all(axis=1)]
    return taken
