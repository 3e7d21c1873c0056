"""Creditor references of ISO 11649: ``RF``, two check digits, 1 to 21 letters or digits.

They survive being typed again: one wrong character or two exchanged ones never fit the check
digits (mod 97, ISO 7064). Banks carry them in a field of their own.
"""

from __future__ import annotations

import re

from stdnum import iso11649
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_97_10

from chambre.lib.sepa.errors import SepaRefusal

_BODY = re.compile(r"[A-Z0-9]{1,21}")
_SEPARATORS = re.compile(r"[^A-Za-z0-9]+")
_START = re.compile(r"[Rr][^A-Za-z0-9]{0,2}[Ff][^A-Za-z0-9]{0,2}[0-9][^A-Za-z0-9]{0,2}[0-9]")
LONGEST = 25


def make(seed: str) -> str:
    """Make the reference of a number or name.

    Args:
        seed: What it is made from, for example ``"2026-00017"``; spaces and hyphens are dropped.

    Returns:
        The reference as it is kept, without spaces: ``"RF" + check digits + seed``.

    Raises:
        SepaRefusal: Nothing is left of the seed, it is longer than 21, or has other characters.
    """
    body = re.sub(r"[\s\-_./]", "", seed).upper()
    if not _BODY.fullmatch(body):
        raise SepaRefusal("rf-seed", seed=seed[:60])
    return f"RF{mod_97_10.calc_check_digits(f'{body}RF')}{body}"


def check(text: str) -> bool:
    """Whether this is a right reference, written with or without spaces, in either case."""
    try:
        iso11649.validate(_compact(text))
    except ValidationError:
        return False
    return True


def read(text: str) -> str:
    """Read a reference as somebody typed it; gives the form that is kept.

    Raises:
        SepaRefusal: The check digits do not fit.
    """
    if not check(text):
        raise SepaRefusal("rf-wrong", text=text.strip()[:60])
    return _compact(text)


def write(reference: str) -> str:
    """Write a reference for people, in groups of four: ``RF18 5390 0754 7034``."""
    compact = _compact(reference)
    return " ".join(compact[at : at + 4] for at in range(0, len(compact), 4))


def find_in(text: str, *, least: int = 4) -> list[str]:
    """Find the references in what a bank passed on.

    A reference may be cut by spaces, line ends or other signs, in any case, and stand after other
    letters. Where it ends is not marked: every end at such a sign whose check digits fit is given,
    the longest first, because one end in 97 fits by chance. Only where none does are ends inside
    a word tried (``RF18539007547034MERCI``). Compare the result with references that were given.

    Args:
        text: Any text of a statement.
        least: Fewest characters after the check digits; shorter ones are mostly chance.

    Returns:
        References in the form that is kept, each once, in the order of the text.
    """
    found: dict[str, None] = {}
    for start in _START.finditer(text):
        ends, inside = _ends(text, start.start(), least)
        for reference in ends or inside:
            found[reference] = None
    return list(found)


def _compact(text: str) -> str:
    return re.sub(r"[\s\-]", "", text).upper()


def _ends(text: str, start: int, least: int) -> tuple[list[str], list[str]]:
    """References that begin here: those ending where a word ends, and the others."""
    letters = ""
    ends: list[str] = []
    inside: list[str] = []
    for at in range(start, len(text)):
        character = text[at]
        if not (character.isascii() and character.isalnum()):
            continue
        letters += character.upper()
        if len(letters) > LONGEST:
            break
        if len(letters) < 4 + least or not check(letters):
            continue
        following = text[at + 1 : at + 2]
        boundary = not (following.isascii() and following.isalnum())
        (ends if boundary else inside).append(letters)
    return ends[::-1], inside[::-1]
