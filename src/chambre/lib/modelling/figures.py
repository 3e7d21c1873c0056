"""The numbers of a model: one value, or a range of what it could be, with where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from chambre.lib.reciprocity.model import Text

Shape = Literal["fixed", "triangle", "pert", "even"]
"""How likely the values of a range are: one value; rising and falling on either side of the
likely one; the same with more weight in the middle (PERT); all alike."""


class Kind(StrEnum):
    """What a number counts. Each is kept as an integer of its smallest part."""

    MONEY = "money"
    SHARE = "share"
    COUNT = "count"
    HOURS = "hours"
    MONTHS = "months"


PARTS: dict[Kind, int] = {
    Kind.MONEY: 1,
    Kind.SHARE: 1_000_000,
    Kind.COUNT: 1_000,
    Kind.HOURS: 60,
    Kind.MONTHS: 1,
}
"""Smallest parts in one: money is in cents already, a share in millionths (2 % is 20,000), a count
in thousandths, hours in minutes, months are whole."""


NO_WORDS = Text()
"""Nothing said."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the model.

    Attributes:
        kind: What it counts; see :data:`PARTS` for the unit of the integers.
        low: The least that it could be.
        likely: The value thought most likely, or the middle of an even range.
        high: The most that it could be.
        shape: How likely the values between are.
        source: Where the number comes from.
        note: What has to be known about it.
        assumption: Nobody measured it: to be replaced by a real one.
    """

    kind: Kind
    low: int
    likely: int
    high: int
    shape: Shape = "fixed"
    source: Text = NO_WORDS
    note: Text = NO_WORDS
    assumption: bool = False

    @classmethod
    def of(cls, kind: Kind, value: int) -> Figure:
        """A number that is known: one value."""
        return cls(kind, value, value, value)

    @property
    def fixed(self) -> bool:
        """Whether there is only one value."""
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A figure that is a range, with its place in the model.

    Attributes:
        key: Its place for machines: ``segment.shops.growth``.
        figure: The range.
        owner: Name of what it belongs to; empty for the model itself.
        field: Key of the field in the schema: ``segment.growth``.
    """

    key: str
    figure: Figure
    owner: Text
    field: str


def figures_of(thing: object) -> Iterator[tuple[str, Figure]]:
    """The figures among the fields of a dataclass, by name."""
    for name in getattr(thing, "__slots__", ()):
        value = getattr(thing, name)
        if isinstance(value, Figure):
            yield name, value
