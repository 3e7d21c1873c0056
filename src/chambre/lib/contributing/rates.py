"""Rate grids: what a circle proposes for an hour, by skill and by need. Nobody is held to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chambre.lib.contributing.wording import ContributingRefusal


@dataclass(frozen=True, slots=True)
class Rate:
    """One line of a grid.

    Attributes:
        skill: What the work takes, in the circle's words.
        need: Whose need it thinks of (lives on it, has other income…); may be empty.
        minor: Cents for an hour.
        since: First day on which it is proposed.
        until: First day on which it is not any more; None: still is.
    """

    skill: str
    need: str
    minor: int
    since: dt.date
    until: dt.date | None = None

    def __post_init__(self) -> None:
        if self.minor < 0:
            raise ContributingRefusal("amount-negative")
        if self.until is not None and self.until < self.since:
            raise ValueError(self.until)


def rates_on(rates: Iterable[Rate], day: dt.date) -> list[Rate]:
    """The lines that are proposed on a day, the lowest first."""
    found = [
        rate for rate in rates if rate.since <= day and (rate.until is None or day < rate.until)
    ]
    return sorted(found, key=lambda rate: (rate.minor, rate.skill, rate.need))


def value_of(minutes: int, minor: int) -> int:
    """Cents for so many minutes at so many cents for an hour; half a cent is rounded up.

    Raises:
        ContributingRefusal: ``amount-negative``.
    """
    if minutes < 0 or minor < 0:
        raise ContributingRefusal("amount-negative")
    return (minutes * minor * 2 + 60) // 120


class Beside(StrEnum):
    """How what is asked lies beside the grid."""

    NO_GRID = "no-grid"
    BELOW = "below"
    WITHIN = "within"
    ABOVE = "above"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is asked, beside what the grid proposes; it decides nothing.

    Attributes:
        asked: Cents that are asked for.
        lowest: Cents by the lowest line of the grid; None: there is no grid for the day.
        highest: Cents by the highest line.
        beside: Where ``asked`` lies.
    """

    asked: int
    lowest: int | None
    highest: int | None
    beside: Beside


def compare(asked: int, minutes: int, rates: Sequence[Rate]) -> Comparison:
    """Lay what is asked for some minutes beside the lines of a grid (see :func:`rates_on`)."""
    if not rates or not minutes:
        return Comparison(asked, None, None, Beside.NO_GRID)
    values = [value_of(minutes, rate.minor) for rate in rates]
    lowest, highest = min(values), max(values)
    beside = Beside.BELOW if asked < lowest else Beside.ABOVE if asked > highest else Beside.WITHIN
    return Comparison(asked, lowest, highest, beside)
