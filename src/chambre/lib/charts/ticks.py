"""Round marks for an axis, in exact integers."""

from __future__ import annotations

from collections.abc import Iterator


def _steps() -> Iterator[int]:
    """1, 2, 5, 10, 20, 50 … the distances that people count by."""
    power = 1
    while True:
        yield power
        yield 2 * power
        yield 5 * power
        power *= 10


def nice_ticks(low: int, high: int, count: int = 5) -> list[int]:
    """Marks at 1, 2 or 5 times a power of ten that enclose a range and always show zero.

    Args:
        low: Smallest value to show, in minor units.
        high: Largest value to show, in minor units; not below ``low``.
        count: How many intervals are welcome at most, at least 1; a range on both sides of zero
            may take one more.

    Returns:
        Increasing integers with the same distance between neighbours, at least two of them: the
        first at or below both ``low`` and 0, the last at or above both ``high`` and 0.

    Raises:
        ValueError: ``high`` is below ``low``, or ``count`` below 1.
    """
    if high < low or count < 1:
        raise ValueError(f"no ticks between {low} and {high} in {count} parts")
    low, high = min(low, 0), max(high, 0)
    if low == high:
        return [0, 1]
    most = count + (1 if low < 0 < high else 0)
    for step in _steps():
        first, last = low // step, -(-high // step)
        if last - first <= most:
            return [position * step for position in range(first, last + 1)]
    raise AssertionError  # the steps are without end


def permille(values: list[int], total: int | None = None) -> list[int]:
    """Shares in tenths of a percent that add up to 1000 whatever the rounding.

    Args:
        values: Non-negative amounts.
        total: What they are shares of; their sum by default. With a larger total the shares
            add up to the rounded share of the sum.

    Returns:
        One integer per value; the tenths that rounding left over go to the largest remainders,
        ties to the earlier value. All zero when the total is zero.
    """
    whole = sum(values) if total is None else total
    if whole <= 0:
        return [0] * len(values)
    shares = [value * 1000 // whole for value in values]
    left = (sum(values) * 2000 + whole) // (2 * whole) - sum(shares)
    order = sorted(range(len(values)), key=lambda i: -(values[i] * 1000 % whole))
    for position in order[:left]:
        shares[position] += 1
    return shares
