"""Element strings: what a scanner reads from a GS1 symbol (General Specifications, section 7.8).

``(8003)03760123456784JAR-1`` as people print it, or with FNC1 (ASCII 29) as separator and an optional
symbology identifier (``]C1``, ``]d2``, ``]Q3``, ``]e0``) as machines send it.
"""

from __future__ import annotations

import re

from .errors import Gs1Refused
from .keys import KINDS, QUALIFIERS, Key, key

_FNC1 = "\x1d"
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9]")
_PRINTED = re.compile(r"\(([0-9]{2,4})\)([^(]*(?:\((?![0-9]{2,4}\))[^(]*)*)")
_FIXED = {
    "00": 18, "01": 14, "02": 14, "03": 14, "04": 16, "11": 6, "12": 6, "13": 6, "14": 6, "15": 6,
    "16": 6, "17": 6, "18": 6, "19": 6, "20": 2, "31": 8, "32": 8, "33": 8, "34": 8, "35": 8,
    "36": 8, "41": 14,
}  # fmt: skip
"""Length after the first two digits of application identifiers that need no separator."""
_NAMES = sorted({*KINDS, *QUALIFIERS}, key=len, reverse=True)


def read_elements(text: str, *, verify: bool = True) -> Key:
    """The key that an element string names, with its qualifiers; other elements are left out.

    Args:
        text: With application identifiers in brackets, or as a scanner sends it.
        verify: Whether a wrong check digit is refused.

    Raises:
        Gs1Refused: There is no key in it, or a wrong one.
    """
    pairs = _printed(text) if text.startswith("(") else _scanned(text)
    keys = [(ai, value) for ai, value in pairs if ai in KINDS]
    if len(keys) != 1:
        raise Gs1Refused("gs1-unknown", text=text)
    ai, value = keys[0]
    allowed = [name for order in KINDS[ai].qualifiers for name in order]
    qualifiers = sorted(
        (pair for pair in pairs if pair[0] in allowed), key=lambda pair: allowed.index(pair[0])
    )
    return key(ai, value, tuple(qualifiers), verify=verify)


def _printed(text: str) -> list[tuple[str, str]]:
    pairs, at = [], 0
    while at < len(text):
        found = _PRINTED.match(text, at)
        if not found:
            raise Gs1Refused("gs1-unknown", text=text)
        pairs.append((found[1], found[2].strip()))
        at = found.end()
    return pairs


def _scanned(text: str) -> list[tuple[str, str]]:
    prefix = _SYMBOLOGY.match(text)
    at = prefix.end() if prefix else 0
    pairs = []
    while at < len(text):
        if text[at] == _FNC1:
            at += 1
            continue
        size = _FIXED.get(text[at : at + 2])
        stop = text.find(_FNC1, at)
        end = at + 2 + size if size else (stop if stop >= 0 else len(text))
        element, at = text[at:end], end
        ai = next((name for name in _NAMES if element.startswith(name)), element[:2])
        pairs.append((ai, element[len(ai) :]))
    return pairs


def write_elements(key: Key) -> str:
    """A key as people print it below a symbol: ``(8003)0…``."""
    return "".join(f"({ai}){value}" for ai, value in ((key.ai, key.value), *key.qualifiers))
