"""Amounts as SEPA carries them: from one cent to 999,999,999.99 euros."""

from __future__ import annotations

from chambre.lib.sepa.errors import SepaRefusal

MOST = 99_999_999_999


def check_amount(amount: int) -> int:
    """Give a number of cents back when a SEPA payment can carry it.

    Raises:
        SepaRefusal: Less than a cent, or a billion euros and more.
        TypeError: Not an integer.
    """
    if amount.__class__ is not int:
        raise TypeError(f"an amount is an integer of cents, not {amount!r}")
    if not 1 <= amount <= MOST:
        raise SepaRefusal("amount-range", amount=amount)
    return amount
