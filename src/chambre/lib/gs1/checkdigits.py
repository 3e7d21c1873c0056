"""The GS1 check digit (GS1 General Specifications, section 7.9.1)."""

from __future__ import annotations


def check_digit(digits: str) -> str:
    """The digit that completes these: weights 3 and 1 from the right, up to the next ten.

    Args:
        digits: ASCII digits of the key without its check digit.
    """
    total = 3 * sum(map(int, digits[::-2])) + sum(map(int, digits[-2::-2]))
    return str(-total % 10)


def is_checked(digits: str) -> bool:
    """Whether the last of these digits is the check digit of those before."""
    return check_digit(digits[:-1]) == digits[-1]
