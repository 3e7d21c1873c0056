"""How long things take: a cycle from the issue until ready again, a stay at a place in a state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chambre.lib.deposits.cohorts import mean_stay, stay_of_share


@dataclass(frozen=True, slots=True)
class Spread:
    """How times are spread, in the unit in which they were counted.

    Attributes:
        count: How many times were counted.
        mean: Their mean.
        quarter: A quarter took at most so long.
        median: Half of them did.
        three_quarters: Three in four did.
        tail: Nine in ten did.
    """

    count: int
    mean: float
    quarter: int
    median: int
    three_quarters: int
    tail: int


def spread(times: Mapping[int, int]) -> Spread | None:
    """The mean and the quantiles of times; None: there are none.

    A quantile is a time that really occurred: the shortest within which the share was done.

    Args:
        times: How many took so long, by length in any unit.
    """
    mean = mean_stay(times)
    if mean is None:
        return None
    quarter, median, three_quarters, tail = (
        stay_of_share(times, share) or 0 for share in (0.25, 0.5, 0.75, 0.9)
    )
    return Spread(sum(times.values()), mean, quarter, median, three_quarters, tail)
