"""The VAT inside an amount that includes it."""

from __future__ import annotations


def vat_inside(amount: int, rate: int) -> int:
    """Cents of VAT inside an amount with VAT, rounded half up.

    Args:
        amount: Cents, VAT included, not negative.
        rate: Hundredths of a percent: 2000 is 20 %.

    Raises:
        ValueError: A negative amount or rate.
    """
    if amount < 0 or rate < 0:
        raise ValueError((amount, rate))
    whole = 10_000 + rate
    return (2 * amount * rate + whole) // (2 * whole)
