"""Codes of objects: serials that nobody can guess, and what a scanner sends."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from urllib.parse import unquote

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, which are misread."""
LENGTH = 16
"""16 signs are 80 random bits, and the longest serial that a GRAI has."""
_SPACES = re.compile(r"\s+")


def new_serial(draw: Callable[[int], int] = secrets.randbelow) -> str:
    """A serial of 80 random bits: one cannot be guessed from another.

    Args:
        draw: Gives a random number below its argument; tests and simulations give their own.
    """
    number = draw(1 << (5 * LENGTH))
    return "".join(SIGNS[number >> (5 * place) & 31] for place in range(LENGTH))


def clean_code(text: str) -> str:
    """A code as it is compared, whatever a scanner or a person made of it.

    Spaces and control signs go away, also the query and fragment of an address and a slash at its
    end; scheme and host are lower case, percent signs are resolved. ``http`` counts as ``https``.

    Args:
        text: What was read or typed.

    Returns:
        The code; empty when nothing can be read.
    """
    code = _SPACES.sub("", "".join(sign for sign in text if sign.isprintable()))
    head, mark, rest = code.partition("://")
    if not mark or head.lower() not in ("http", "https"):
        return code[:200]
    host, slash, path = rest.split("?", 1)[0].split("#", 1)[0].partition("/")
    return f"https://{host.lower()}{slash}{unquote(path).rstrip('/')}"[:200].rstrip("/")
