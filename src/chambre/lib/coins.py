"""Counting a drawer: how many of each coin and note, in euros."""

from __future__ import annotations

from collections.abc import Mapping

EUROS = (
    50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1,
)  # fmt: skip
"""Values in cents of the notes and coins of the euro, the largest first."""


def total(pieces: Mapping[int, int]) -> int:
    """The sum in cents of a count.

    Args:
        pieces: How many of each, by value in cents.

    Raises:
        ValueError: There is no such coin or note, or a number is negative.
    """
    for value, count in pieces.items():
        if value not in EUROS or count < 0 or count.__class__ is not int:
            raise ValueError(f"{count} × {value}")
    return sum(value * count for value, count in pieces.items())


def fewest(amount: int) -> dict[int, int]:
    """The fewest coins and notes for an amount: what a float or change is made of.

    Raises:
        ValueError: The amount is negative.
    """
    if amount < 0:
        raise ValueError(f"{amount} is negative")
    found: dict[int, int] = {}
    for value in EUROS:
        count, amount = divmod(amount, value)
        if count:
            found[value] = count
    return found
