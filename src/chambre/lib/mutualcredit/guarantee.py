"""A guarantee fund: what each gives to it, and what it pays of a debt that is lost."""

from __future__ import annotations


def contribution_of(received: int, share: int, flat: int = 0) -> int:
    """What a member gives to the fund for a month.

    Args:
        received: What others paid them in the month.
        share: Hundredths of a percent of that: 100 is 1 %.
        flat: What every member gives besides, whatever they received.

    Returns:
        Both together, the share rounded down.

    Raises:
        ValueError: The share is not between 0 and 10,000, or an amount is negative.
    """
    if not 0 <= share <= 10_000:
        raise ValueError("a share lies between 0 and 100 %")
    if received < 0 or flat < 0:
        raise ValueError("what is received and given is zero or more")
    return received * share // 10_000 + flat


def guaranteed_of(debt: int, fund: int, cover: int, most: int | None = None) -> int:
    """What the fund pays of a debt.

    Args:
        debt: What is owed.
        fund: What is in the fund.
        cover: Percent of the debt that it pays.
        most: Not more than this for one who leaves; None: no such bound.

    Returns:
        The share rounded down, within the bound and within what there is; never below zero.

    Raises:
        ValueError: The share is not between 0 and 100.
    """
    if not 0 <= cover <= 100:
        raise ValueError("the fund covers 0 to 100 % of a debt")
    paid = min(max(debt, 0) * cover // 100, max(fund, 0))
    return paid if most is None else min(paid, max(most, 0))
