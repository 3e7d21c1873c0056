"""Among all largest set-offs, the one that spreads evenly.

The prices of the largest circulation say which obligations are set off wholly or not at all in *every*
largest set-off; only the others are free. Over these, the sum of cleared² ÷ amount is made smallest: among
alternatives that tie, each gets the same share rather than the first one all. A convex minimum-cost flow,
in ever smaller steps down to one cent (capacity scaling, R. K. Ahuja, T. L. Magnanti and J. B. Orlin,
*Network Flows*, 1993, §14.5), with whole-numbered slopes, so that the result is the same everywhere.
"""

from __future__ import annotations

import numpy as np

from chambre.lib.clearing.flow import Flow
from chambre.lib.clearing.pushing import Ints

_SLOPE = 2**17
"""Slopes are shares in units of 2⁻¹⁷, rounded down."""


class _Even(Flow):
    """A flow whose cost grows with what flows; it moves ``step`` cents at a time."""

    step = 1

    def _slope(self, flow: Ints) -> Ints:
        """Cost per cent of the next ``step`` cents."""
        return (2 * flow + self.step) // 2 * _SLOPE // self.cap

    def _residual_cost(self) -> Ints:
        up = self._slope(self.flow)
        down = -self._slope(np.maximum(self.flow - self.step, 0))
        return np.concatenate([up, down])[self._arc]

    def _room(self) -> Ints:
        up = np.where(self.flow + self.step <= self.cap, self.step, 0)
        down = np.where(self.flow >= self.step, self.step, 0)
        self._cost = self._residual_cost()
        return np.concatenate([up, down])[self._arc]

    def settle_step(self, excess: Ints) -> None:
        """Move whatever a smaller step makes worth moving, before all is balanced again."""
        while True:
            price = self.price[self.tail] - self.price[self.head]
            up = (self._slope(self.flow) + price < 0) & (self.flow + self.step <= self.cap)
            lower = np.maximum(self.flow - self.step, 0)
            down = (-self._slope(lower) - price < 0) & (self.flow >= self.step)
            if not (up.any() or down.any()):
                return
            moved = np.where(up, self.step, np.where(down, -self.step, 0))
            self.flow += moved
            np.add.at(excess, self.head, moved)
            np.subtract.at(excess, self.tail, moved)


def spread(found: Flow) -> Ints:
    """The most even of all circulations that are as large as ``found``."""
    reduced = found.cost + found.price[found.tail] - found.price[found.head]
    free = np.flatnonzero((reduced == 0) & (found.cap > 0))
    flow = found.flow.copy()
    if not len(free):
        return flow
    even = _Even(
        found.n, found.tail[free], found.head[free], found.cap[free],
        np.zeros(len(free), dtype=np.int64), found.flow[free],
        np.zeros(found.n, dtype=np.int64),
    )  # fmt: skip
    excess = np.zeros(found.n, dtype=np.int64)
    step = 1 << int(even.cap.max()).bit_length()
    while step > 1:
        step //= 2
        even.step = step
        even.settle_step(excess)
        even.balance(excess)
    flow[free] = even.flow
    return flow
