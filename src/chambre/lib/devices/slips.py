"""One-time receipts: a code on paper of which the house keeps only the digest.

The device draws the code, so that it can hand out a receipt while nobody can be reached. Who shows the
code is paid once, when the house has decided about the objects.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from hashlib import sha256

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, which are misread."""
LENGTH = 16
"""15 signs are 75 random bits; the last one tells a misread sign."""
_MISREAD = str.maketrans("ILO", "110")
_NOISE = re.compile(r"[\s-]+")


def _check(body: str) -> str:
    """The last sign: a weighted sum whose weights are odd, so that one wrong sign is told."""
    total = sum((2 * place + 1) * SIGNS.index(sign) for place, sign in enumerate(body))
    return SIGNS[total % 32]


def new_slip(draw: Callable[[int], int] = secrets.randbelow) -> str:
    """A code that nobody can guess, in four groups of four signs: ``7K3M-…``.

    Args:
        draw: Gives a random number below its argument; tests give their own.
    """
    number = draw(1 << (5 * (LENGTH - 1)))
    body = "".join(SIGNS[number >> (5 * place) & 31] for place in range(LENGTH - 1))
    code = body + _check(body)
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def clean_slip(text: str) -> str:
    """A code as it is compared, whatever a person typed; empty when it is none."""
    code = _NOISE.sub("", text).upper().translate(_MISREAD)
    if len(code) != LENGTH or any(sign not in SIGNS for sign in code):
        return ""
    return code if _check(code[:-1]) == code[-1] else ""


def slip_digest(text: str) -> str:
    """What is kept and sent of a receipt: 64 hexadecimal digits.

    They are the SHA-256 of ``deposit:receipt:`` and the code without hyphens.

    Raises:
        ValueError: It is no code of a receipt.
    """
    code = clean_slip(text)
    if not code:
        raise ValueError("not the code of a receipt")
    return sha256(f"deposit:receipt:{code}".encode("ascii")).hexdigest()
