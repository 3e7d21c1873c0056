"""Proposing the type of a product from its name."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from .facts import PRODUCT_TYPES

_ALSO = {"Jus": "fruit-juice", "Juice": "fruit-juice", "Marron": "chestnut", "Plant de": "plant"}
"""Words that tell a type and are no label of it."""


def _words(text: str) -> tuple[str, ...]:
    """Words without accents, capitals and plurals: ``Tomates`` and ``tomate`` are one."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark))
    found = []
    for word in re.findall(r"[a-z]+", plain):
        stem = word.removesuffix("s").removesuffix("x").removesuffix("e") if len(word) > 3 else word
        found.append(stem[:-1] + "i" if stem.endswith("y") else stem)
    return tuple(found)


@cache
def _labels() -> tuple[tuple[tuple[str, ...], str], ...]:
    """Words of every label, with its type; French before English."""
    found = {_words(label): name for label, name in _ALSO.items()}
    for language in ("fr", "en"):
        for term in PRODUCT_TYPES.values():
            found.setdefault(_words(term.label(language)), term.name)
    return tuple(found.items())


def suggest_type(name: str) -> str:
    """Propose the type of a product from its name.

    The type whose label stands first in the name and, among those that stand in one place, the
    one with the longest label: ``Tomates cerises bio`` → ``cherry-tomato``. A proposal for a
    person to confirm, not a fact.

    Args:
        name: French or English.

    Returns:
        Name of a type, or nothing.
    """
    words = _words(name)
    for start in range(len(words)):
        found = [
            (len(label), kind)
            for label, kind in _labels()
            if words[start : start + len(label)] == label
        ]
        if found:
            return max(found, key=lambda pair: pair[0])[1]
    return ""
