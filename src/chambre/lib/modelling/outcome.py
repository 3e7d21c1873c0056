"""What the runs say: ranges of cash month by month, what can go wrong, what matters most.

A percentile is the value of a run: the smallest one that at least so many of the runs do not
exceed. Means are rounded to the nearest cent. All amounts are whole cents.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chambre.lib.modelling.drawing import Ints, Values, drawn
from chambre.lib.modelling.engine import YEARLY, Runs, run
from chambre.lib.modelling.model import Model
from chambre.lib.modelling.problems import ModelRefusal

DEFAULT_RUNS = 10_000
MOST_CELLS = 6_000_000
"""Most runs times months: ten thousand runs of fifty years, about 0.7 GB of memory."""
_TENTHS = (1, 5, 9)
_FIFTH = 5


@dataclass(frozen=True, slots=True)
class Band:
    """A number over all runs: one in ten is at or below ``p10``, half at or below ``p50``."""

    p10: int
    p50: int
    p90: int
    mean: int


@dataclass(frozen=True, slots=True)
class When:
    """When something happens over all runs, if it does.

    Attributes:
        share: Share of the runs in which it happens, in thousandths.
        p10: Month by which it has happened in a tenth of **all** runs; none when in fewer.
        p50: The same for half of them.
        p90: The same for nine in ten.
    """

    share: int
    p10: int | None
    p50: int | None
    p90: int | None


@dataclass(frozen=True, slots=True)
class Year:
    """One year of the model, from its first month.

    Attributes:
        number: From 1.
        lines: For each word of :data:`engine.YEARLY` its band, in cents (hours in minutes).
        cash: Cash at the end of the year.
        own_loss: Share of the runs with a negative result without grants, in thousandths.
    """

    number: int
    lines: dict[str, Band]
    cash: Band
    own_loss: int

    @property
    def result(self) -> Band:
        """The result of the year, grants counted."""
        return self.lines["result"]

    @property
    def surplus(self) -> Band:
        """What the year brought without grants, and could be shared out when it is positive."""
        return self.lines["own_result"]


@dataclass(frozen=True, slots=True)
class Lever:
    """How much one range moves the outcome.

    Attributes:
        key: Place of the range in the model.
        owner: Name of the part that it belongs to, in French and in English.
        field: Its field in the schema.
        correlation: Rank correlation (Spearman) with the closing cash, in thousandths.
        low: Median closing cash of the fifth of the runs in which it was lowest, in cents.
        high: The same where it was highest.
    """

    key: str
    owner: tuple[str, str]
    field: str
    correlation: int
    low: int
    high: int

    @property
    def swing(self) -> int:
        """From lowest to highest, in cents; negative when more of it means less cash."""
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class Result:
    """What the runs of a model say.

    Attributes:
        slug: Which model.
        unit: Currency of the amounts.
        runs: How many runs.
        seed: Where their random values started from.
        months: How many months.
        cash: Cash at the end of each month.
        held: Deposits of others in it.
        users: Users at the end of each month, in thousandths.
        uses: Uses in each month, in thousandths.
        below_zero: When cash is first below zero at the end of a month.
        below_deposits: When cash is first less than the deposits held: others' money was spent.
        lowest: Lowest cash at the end of a month, the start included.
        lowest_month: In which month that is; 0 is the start.
        break_even: First month whose twelve months up to it paid for themselves without grants.
        reserve_full: First month from which on the reserve of upkeep is all there to the end, beside
            deposits.
        upkeep_months: Months of upkeep that the closing cash would pay for, deposits left out, in
            tenths; none when there is no upkeep.
        shortfall: What would have had to be there besides at the start so that nine runs in ten
            never fall below zero, in cents.
        years: Year by year.
        levers: The ranges, those first that move the outcome most.
    """

    slug: str
    unit: str
    runs: int
    seed: int
    months: int
    cash: tuple[Band, ...]
    held: tuple[Band, ...]
    users: tuple[Band, ...]
    uses: tuple[Band, ...]
    below_zero: When
    below_deposits: When
    lowest: Band
    lowest_month: Band
    break_even: When
    reserve_full: When
    upkeep_months: Band | None
    shortfall: int
    years: tuple[Year, ...]
    levers: tuple[Lever, ...]

    def as_data(self) -> dict[str, Any]:
        """The result as JSON can hold it: whole numbers, lists and words."""
        return asdict(self)


def most_runs(model: Model) -> int:
    """The most runs that can be asked of a model."""
    return max(min(100_000, MOST_CELLS // model.horizon), 1)


def simulate(model: Model, runs: int = DEFAULT_RUNS, seed: int = 1) -> Result:
    """Run a model many times, each time with other values in its ranges.

    Args:
        model: What is run.
        runs: How many times.
        seed: The same seed gives the same result.

    Raises:
        ModelRefusal: More runs than :func:`most_runs`, or fewer than one.
    """
    if not 1 <= runs <= most_runs(model):
        raise ModelRefusal("runs", limit=most_runs(model))
    values = drawn(model, runs, seed)
    made = run(model, values, runs)
    lowest, lowest_month = _lowest(made, values)
    free = made.cash - made.held
    return Result(
        slug=model.slug,
        unit=model.unit,
        runs=runs,
        seed=seed,
        months=model.horizon,
        cash=_bands(made.cash),
        held=_bands(made.held),
        users=_bands(made.users),
        uses=_bands(made.uses),
        below_zero=when(made.cash < 0),
        below_deposits=when((free < 0) & (made.held > 0)),
        lowest=band(lowest),
        lowest_month=band(lowest_month),
        break_even=when(_even(made.own_result)),
        reserve_full=when(lasting((free >= made.reserve) & (made.reserve > 0))),
        upkeep_months=_covered(free[-1], made.upkeep[-1]),
        shortfall=max(-percentile(np.sort(lowest), 1), 0),
        years=tuple(_years(made)),
        levers=levers(model, values, made.cash[-1]),
    )


def percentile(ordered: Ints, tenth: int) -> int:
    """The value that ``tenth`` tenths of the ordered values do not exceed."""
    return int(ordered[-(-tenth * len(ordered) // 10) - 1])


def band(values: Ints) -> Band:
    """Percentiles and mean of a value for each run."""
    count = len(values)
    places = [-(-tenth * count // 10) - 1 for tenth in _TENTHS]
    parted = np.partition(values, places)
    p10, p50, p90 = (int(parted[place]) for place in places)
    # Halves of the bits are summed apart: the sum of all may leave 64 bits.
    total = (int((values >> 20).sum()) << 20) + int((values & 0xFFFFF).sum())
    return Band(p10, p50, p90, (2 * total + count) // (2 * count))


def _bands(rows: Ints) -> tuple[Band, ...]:
    return tuple(band(row) for row in rows)


def when(happens: NDArray[np.bool_]) -> When:
    """In which month something first happens.

    Args:
        happens: A row for each month, a column for each run.
    """
    count = happens.shape[1]
    ever = happens.any(axis=0)
    first = np.where(ever, happens.argmax(axis=0) + 1, len(happens) + 1)
    ordered = np.sort(first.astype(np.int64))
    months = [percentile(ordered, tenth) for tenth in _TENTHS]
    p10, p50, p90 = (month if month <= len(happens) else None for month in months)
    return When((2000 * int(ever.sum()) + count) // (2 * count), p10, p50, p90)


def lasting(holds: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether something holds from a month on to the end; a row for each month."""
    made: NDArray[np.bool_] = np.logical_and.accumulate(holds[::-1], axis=0)[::-1]
    return made


def _lowest(made: Runs, values: Values) -> tuple[Ints, Ints]:
    opening = np.broadcast_to(np.asarray(values["opening"], np.int64), made.cash.shape[1:])
    lowest, month = made.cash.min(axis=0), made.cash.argmin(axis=0) + 1
    return np.minimum(lowest, opening), np.where(opening <= lowest, 0, month).astype(np.int64)


def _even(own: Ints) -> NDArray[np.bool_]:
    """Whether the twelve months up to each month paid for themselves; never in the first eleven."""
    rising = np.cumsum(own, axis=0)
    twelve = rising.copy()
    twelve[12:] -= rising[:-12]
    paid: NDArray[np.bool_] = twelve >= 0
    paid[:11] = False
    return paid


def _covered(free: Ints, upkeep: Ints) -> Band | None:
    if not upkeep.all():
        return None
    return band(np.maximum(free, 0) * 10 // upkeep)


def _years(made: Runs) -> Iterator[Year]:
    months = len(made.cash)
    for at in range(len(made.yearly["income"])):
        lines = {word: band(made.yearly[word][at]) for word in YEARLY}
        own = made.yearly["own_result"][at]
        loss = (2000 * int((own < 0).sum()) + len(own)) // (2 * len(own))
        yield Year(at + 1, lines, band(made.cash[min(at * 12 + 11, months - 1)]), loss)


def levers(model: Model, values: Values, outcome: Ints) -> tuple[Lever, ...]:
    """How each range moves an outcome, the strongest first.

    Args:
        model: Whose ranges.
        values: What was drawn for them.
        outcome: What came of it, in cents, for each run.
    """
    found = []
    ranks = _ranks(outcome)
    for each in model.ranges():
        drawn_values = np.asarray(values[each.key])
        if drawn_values.ndim == 0 or drawn_values.min() == drawn_values.max():
            continue
        low, high = _ends(drawn_values, outcome)
        owner = (each.owner.fr or each.owner.en, each.owner.en or each.owner.fr)
        found.append(
            Lever(each.key, owner, each.field, _correlation(_ranks(drawn_values), ranks), low, high)
        )
    return tuple(sorted(found, key=lambda lever: (-abs(lever.swing), lever.key)))


def _ends(values: Ints, outcome: Ints) -> tuple[int, int]:
    """Median outcomes where the values are lowest and highest: a fifth each, at least one run.

    Values that only happen or not (a grant) are cut between the two instead.
    """
    if len(np.unique(values)) == 2:
        low, high = outcome[values == values.min()], outcome[values == values.max()]
    else:
        order = np.argsort(values, kind="stable")
        fifth = max(len(order) // _FIFTH, 1)
        low, high = outcome[order[:fifth]], outcome[order[-fifth:]]
    return percentile(np.sort(low), 5), percentile(np.sort(high), 5)


def _ranks(values: Ints) -> NDArray[np.float64]:
    """Ranks, equal values sharing the mean of theirs."""
    _unique, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: NDArray[np.float64] = (last - (counts - 1) / 2)[place]
    return ranks


def _correlation(left: NDArray[np.float64], right: NDArray[np.float64]) -> int:
    left, right = left - left.mean(), right - right.mean()
    length = float(np.sqrt((left * left).sum() * (right * right).sum()))
    return round(1000 * float((left * right).sum()) / length) if length else 0
