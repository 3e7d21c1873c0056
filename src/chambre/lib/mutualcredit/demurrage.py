"""Demurrage: what units lose in a month when they are kept, as Silvio Gesell proposed."""

from __future__ import annotations


def charge_of(held: int, rate: int, exempt: int = 0) -> int:
    """What an account gives up for a month.

    Args:
        held: What it held at the end of the month; nothing is taken below zero.
        rate: Hundredths of a percent a month: 100 is 1 %.
        exempt: What may be kept without losing anything.

    Returns:
        ``rate`` of what lies above ``exempt``, rounded down: a part of the smallest unit is left
        to the member.

    Raises:
        ValueError: The rate is not between 0 and 10,000, or ``exempt`` is negative.
    """
    if not 0 <= rate <= 10_000:
        raise ValueError("a rate lies between 0 and 100 %")
    if exempt < 0:
        raise ValueError("what is exempt is zero or more")
    return max(held - exempt, 0) * rate // 10_000
