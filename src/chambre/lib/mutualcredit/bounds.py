"""How far an account may go both ways, growing with what its holder did for others."""

from __future__ import annotations

from dataclasses import dataclass

MONTHS = 12
"""Months over which use is averaged."""


@dataclass(frozen=True, slots=True)
class BoundsRule:
    """What a community decided.

    Attributes:
        floor: How far below zero everybody may go.
        ceiling: How much everybody may hold; None: as much as anybody gives.
        growth_percent: Hundredths of what somebody received in a month, on average over twelve
            months, by which both bounds grow.
        growth_most: Most by which they grow.
    """

    floor: int
    ceiling: int | None
    growth_percent: int = 0
    growth_most: int = 0

    def __post_init__(self) -> None:
        numbers = (self.floor, self.ceiling or 0, self.growth_percent, self.growth_most)
        if min(numbers) < 0:
            raise ValueError("a bound is zero or more")


def bounds_of(
    rule: BoundsRule,
    received: int,
    own_floor: int | None = None,
    own_ceiling: int | None = None,
) -> tuple[int, int | None]:
    """Floor and ceiling of one account.

    Args:
        rule: The community's.
        received: What others gave in the last twelve months; gifts of the house do not count.
        own_floor: What the members decided for this one, instead of the rule's.
        own_ceiling: The same for the ceiling.

    Returns:
        How far below zero it may go, and how much it may hold (None: no ceiling).

    Raises:
        ValueError: ``received`` is negative.
    """
    if received < 0:
        raise ValueError("what was received is not negative")
    grown = min(received * rule.growth_percent // (100 * MONTHS), rule.growth_most)
    floor = rule.floor + grown if own_floor is None else own_floor
    if own_ceiling is not None:
        return floor, own_ceiling
    return floor, None if rule.ceiling is None else rule.ceiling + grown
