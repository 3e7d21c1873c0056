"""Numbers and dates of the language: read exactly, written back in one way."""

from __future__ import annotations

import re
from fractions import Fraction

_DECIMAL = re.compile(r"(-?)([0-9]{1,18})(?:\.([0-9]{1,6}))?")
_RATIO = re.compile(r"([0-9]{1,15})/([0-9]{1,15})")

LARGEST = 2**62
"""No amount or count is larger."""


def decimal(text: str) -> Fraction | None:
    """An exact number written ``"12.5"``, or None when it is not."""
    found = _DECIMAL.fullmatch(text)
    if found is None:
        return None
    sign, whole, after = found.groups()
    number = Fraction(int(whole + (after or "")), 10 ** len(after or ""))
    return -number if sign else number


def percent(text: str) -> Fraction | None:
    """A share written ``"2.5%"``, or None."""
    if not text.endswith("%"):
        return None
    number = decimal(text[:-1].strip())
    return None if number is None else number / 100


def ratio(text: str) -> Fraction | None:
    """A share written ``"2.5%"`` or ``"1/3"``, or None."""
    text = text.strip()
    if found := _RATIO.fullmatch(text):
        above, below = int(found.group(1)), int(found.group(2))
        return Fraction(above, below) if below else None
    return percent(text)


def finite(number: Fraction) -> bool:
    """Whether it has an end as a decimal number of at most twelve decimals."""
    return 10**12 % number.denominator == 0


def write_decimal(number: Fraction) -> str:
    """An exact number as ``12.5``.

    Raises:
        ValueError: It has no end.
    """
    if not finite(number):
        raise ValueError(f"{number} has no end as a decimal")
    scaled = abs(number.numerator) * (10**12 // number.denominator)
    whole, after = divmod(scaled, 10**12)
    digits = f"{after:012d}".rstrip("0")
    sign = "-" if number < 0 else ""
    return f"{sign}{whole}.{digits}" if digits else f"{sign}{whole}"


def write_share(number: Fraction) -> str:
    """A share as ``2.5%``, or ``1/3`` where it has no end."""
    if finite(number * 100):
        return f"{write_decimal(number * 100)}%"
    return f"{number.numerator}/{number.denominator}"
