"""Values drawn for the ranges of a model, one set for each run.

Each range has a stream of random bits of its own, made of the seed and of its place in the model.
So the same seed gives the same values, and to change one range changes no other. The bits are
those of PCG64, which do not change between versions of numpy; what is made of them is only
arithmetic that every machine does alike, except for PERT ranges, which use powers.

A drawn value is rounded to the smallest part of its kind (a cent, a thousandth of a use). What
follows is exact: nothing but integers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from chambre.lib.modelling.figures import Figure
from chambre.lib.modelling.model import Model
from chambre.lib.modelling.plain import MILLION

Ints = NDArray[np.int64]
"""One whole number for each run."""
Values = Mapping[str, "int | Ints"]
"""The figures of a model by their places: one number, or one for each run."""

_GRID = 4_096


def drawn(model: Model, runs: int, seed: int) -> dict[str, int | Ints]:
    """The figures of a model for so many runs.

    A grant's chance becomes one (it comes) or zero (it does not), in millionths.

    Args:
        model: Whose figures.
        runs: How many runs.
        seed: Where the random values start from.

    Returns:
        For each figure its one value, or an array with a value for each run.
    """
    found: dict[str, int | Ints] = {}
    for each in model.figures():
        figure = each.figure
        value: int | Ints = figure.likely
        if not figure.fixed:
            value = draw(figure, _uniform(f"{seed}:{each.key}", runs))
        if each.field == "grant.chance":
            value = _happens(value, _uniform(f"{seed}:{each.key}:happens", runs))
        found[each.key] = value
    return found


def _uniform(name: str, runs: int) -> NDArray[np.float64]:
    """Evenly spread values from 0 up to 1, with 53 bits."""
    digest = hashlib.sha256(name.encode()).digest()
    raw = np.random.PCG64(int.from_bytes(digest[:16], "big")).random_raw(runs)
    bits: NDArray[np.float64] = (raw >> np.uint64(11)).astype(np.float64)
    return bits * 2.0**-53


def _happens(chance: int | Ints, random: NDArray[np.float64]) -> int | Ints:
    if isinstance(chance, int) and chance in {0, MILLION}:
        return chance
    return np.where(random * MILLION < chance, MILLION, 0).astype(np.int64)


def draw(figure: Figure, random: NDArray[np.float64]) -> Ints:
    """Values of a range, from evenly spread ones.

    Args:
        figure: The range.
        random: Values from 0 up to 1; the greater, the greater the value.
    """
    low, high = float(figure.low), float(figure.high)
    if figure.shape == "even":
        found = low + random * (high - low)
    elif figure.shape == "pert":
        found = low + _pert(figure, random) * (high - low)
    else:
        found = _triangle(low, float(figure.likely), high, random)
    return np.clip(np.rint(found), low, high).astype(np.int64)


def _triangle(
    low: float, likely: float, high: float, random: NDArray[np.float64]
) -> NDArray[np.float64]:
    span = high - low
    left = low + np.sqrt(random * span * (likely - low))
    right = high - np.sqrt((1.0 - random) * span * (high - likely))
    return np.where(random * span < likely - low, left, right)


def _pert(figure: Figure, random: NDArray[np.float64]) -> NDArray[np.float64]:
    """The PERT distribution (a beta one, with weight 4 on the likely value), by a table."""
    middle = (figure.likely - figure.low) / (figure.high - figure.low)
    grid = np.linspace(0.0, 1.0, _GRID + 1)
    centres = (grid[1:] + grid[:-1]) / 2
    weights = centres ** (4 * middle) * (1 - centres) ** (4 * (1 - middle))
    rising = np.concatenate(([0.0], np.cumsum(weights)))
    return np.interp(random, rising / rising[-1], grid)
