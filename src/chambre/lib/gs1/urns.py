"""EPC URNs, read and written (EPC Tag Data Standard 2.0, sections 6 and 8).

``urn:epc:id:…`` names one thing, ``urn:epc:class:lgtin:…`` a lot and ``urn:epc:idpat:….*`` a whole
class. A URN has the company prefix apart and no check digit.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from .checkdigits import check_digit
from .errors import Gs1Refused
from .keys import Key, key
from .prefixes import LONGEST, SHORTEST, checked_length

_URN = re.compile(r"urn:epc:(id|class|idpat):([a-z]+):(.+)", re.DOTALL)
_CLASS = re.compile(r"[^*\[]+\.\*")
_ESCAPED = {sign: f"%{ord(sign):02X}" for sign in '"#%&/<>?'}
_TO_ESCAPE = re.compile("[" + re.escape("".join(_ESCAPED)) + "]")
_UNESCAPED = re.compile(r"(?:%2[2356Ff]|%3[CcEeFf]|[!'()*+,\-.0-9:;=A-Z_a-z])+")


@dataclass(frozen=True, slots=True)
class Urn:
    """An EPC URN taken apart.

    Attributes:
        key: The key with its qualifiers.
        prefix_length: How many digits its company prefix has.
    """

    key: Key
    prefix_length: int


@dataclass(frozen=True, slots=True)
class _Scheme:
    """How one scheme is put together: ``prefix.reference[.part]…[.serial]``.

    Attributes:
        ai: Application identifier of the key.
        digits: Digits of prefix and reference together; zero where the reference is free text.
        lead: Whether the reference begins with the digit that stands before the prefix.
        head: What the key begins with before all of that.
        between: Digits of further parts (pieces and total of an ITIP).
        serial: The qualifier that holds the serial, ``tail`` where it is at the key's end, or none.
    """

    ai: str
    digits: int
    lead: bool = False
    head: str = ""
    between: tuple[int, ...] = ()
    serial: str = ""


_SCHEMES: dict[tuple[str, str], _Scheme] = {
    ("id", "sgtin"): _Scheme("01", 13, lead=True, serial="21"),
    ("id", "sscc"): _Scheme("00", 17, lead=True),
    ("id", "sgln"): _Scheme("414", 12, serial="254"),
    ("id", "grai"): _Scheme("8003", 12, head="0", serial="tail"),
    ("id", "giai"): _Scheme("8004", 0),
    ("id", "gsrn"): _Scheme("8018", 17),
    ("id", "gsrnp"): _Scheme("8017", 17),
    ("id", "gdti"): _Scheme("253", 12, serial="tail"),
    ("id", "cpi"): _Scheme("8010", 0, serial="8011"),
    ("id", "sgcn"): _Scheme("255", 12, serial="tail"),
    ("id", "ginc"): _Scheme("401", 0),
    ("id", "gsin"): _Scheme("402", 16),
    ("id", "itip"): _Scheme("8006", 13, lead=True, between=(2, 2), serial="21"),
    ("id", "upui"): _Scheme("01", 13, lead=True, serial="235"),
    ("id", "pgln"): _Scheme("417", 12),
    ("class", "lgtin"): _Scheme("01", 13, lead=True, serial="10"),
}
_PATTERNS = frozenset({"sgtin", "grai", "gdti", "cpi", "sgcn", "itip", "upui"})
"""Schemes whose pattern ``….*`` is a class that a Digital Link can name."""


def read_urn(text: str) -> Urn:
    """Take an EPC URN apart.

    Raises:
        Gs1Refused: It is none, or one of a scheme that is no GS1 key (``gid``, ``adi``, ``usdod``…).
    """
    found = _URN.fullmatch(text)
    if not found:
        raise Gs1Refused("gs1-unknown", text=text)
    level, name, rest = found.groups()
    pattern = level == "idpat"
    scheme = _SCHEMES.get(("id" if pattern else level, name))
    wide = pattern and not _CLASS.fullmatch(rest)  # of a whole company, or of a range
    if scheme is None or wide or (pattern and name not in _PATTERNS):
        raise Gs1Refused("gs1-urn-scheme", scheme=f"{level}:{name}")
    try:
        return _taken_apart(scheme, rest, pattern)
    except ValueError as error:
        if isinstance(error, Gs1Refused):
            raise
        raise Gs1Refused("gs1-urn", text=text, scheme=f"{level}:{name}") from None


def _taken_apart(scheme: _Scheme, rest: str, pattern: bool) -> Urn:
    prefix, _, rest = rest.partition(".")
    if not _is_digits(prefix) or not SHORTEST <= len(prefix) <= LONGEST:
        raise ValueError(prefix)
    if not scheme.serial:
        reference, serial = rest, ""
    elif scheme.digits:  # fixed lengths first: a serial may hold points itself
        size = scheme.digits - len(prefix) + sum(scheme.between) + len(scheme.between)
        reference, dot, serial = rest[:size], rest[size : size + 1], rest[size + 1 :]
        if dot != "." or not serial:
            raise ValueError(rest)
    else:
        reference, _, serial = rest.rpartition(".")
    if pattern:
        if serial != "*":
            raise ValueError(serial)
        serial = ""
    elif scheme.serial:
        serial = _unescaped(serial)
    return Urn(_key_of(scheme, prefix, reference, serial), len(prefix))


def _key_of(scheme: _Scheme, prefix: str, reference: str, serial: str) -> Key:
    written = _digits_of if scheme.digits else _free
    value = written(scheme, prefix, reference)
    if scheme.serial == "tail":
        return key(scheme.ai, value + serial)
    if not serial or (scheme.serial == "254" and serial == "0"):
        return key(scheme.ai, value)
    return key(scheme.ai, value, ((scheme.serial, serial),))


def _free(_scheme: _Scheme, prefix: str, reference: str) -> str:
    """The value of a key whose reference is free text."""
    return prefix + _unescaped(reference)


def _digits_of(scheme: _Scheme, prefix: str, reference: str) -> str:
    """The digits of a key with its check digit, from the parts of a URN."""
    reference, *between = reference.split(".") if scheme.between else [reference]
    if len(prefix + reference) != scheme.digits or not _is_digits(prefix + reference):
        raise ValueError(reference)
    if [len(part) for part in between] != list(scheme.between) or not all(map(_is_digits, between)):
        raise ValueError(between)
    if scheme.lead:
        reference, prefix = reference[1:], reference[:1] + prefix
    digits = prefix + reference
    return scheme.head + digits + check_digit(digits) + "".join(between)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _unescaped(text: str) -> str:
    if not _UNESCAPED.fullmatch(text):
        raise ValueError(text)
    return unquote(text)


def _escaped(text: str) -> str:
    return _TO_ESCAPE.sub(lambda sign: _ESCAPED[sign[0]], text)


def write_urn(key: Key, prefix_length: int) -> str:
    """A key as an EPC URN; of several qualifiers the finest.

    A class without serial becomes a pattern (``urn:epc:idpat:…``), a lot an LGTIN.

    Args:
        key: The key with its qualifiers.
        prefix_length: How many digits its company prefix has, 6 to 12.

    Raises:
        Gs1Refused: The length is impossible, or this kind of key has no URN.
    """
    checked_length(prefix_length)
    return _WRITERS[key.ai](key.finest, prefix_length)


def _written(name: str, scheme: _Scheme) -> Callable[[Key, int], str]:
    """What writes a key in one scheme."""

    def write(key: Key, size: int) -> str:
        head, reference = _split(key, scheme, size)
        qualifiers = {"tail": key.tail, **dict(key.qualifiers)}
        serial = qualifiers.get(scheme.serial, "0" if name == "sgln" else "")
        if scheme.serial and not serial:
            return f"urn:epc:idpat:{name}:{head}.{reference}.*"
        level = "class" if name == "lgtin" else "id"
        end = f".{_escaped(serial)}" if scheme.serial else ""
        return f"urn:epc:{level}:{name}:{head}.{reference}{end}"

    return write


def _split(key: Key, scheme: _Scheme, size: int) -> tuple[str, str]:
    """Company prefix and reference of a key, as they stand in its URN."""
    if not scheme.digits:
        prefix, reference = key.value[:size], key.value[size:]
        if len(prefix) < size or not _is_digits(prefix) or not reference:
            raise Gs1Refused("gs1-no-urn", key=key.name, value=key.value)
        return prefix, _escaped(reference)
    start = len(scheme.head)
    digits = key.digits[start : start + scheme.digits]
    lead, digits = (digits[0], digits[1:]) if scheme.lead else ("", digits)
    rest = key.digits[start + scheme.digits + 1 :]
    between = "".join(f".{rest[at : at + 2]}" for at in range(0, len(rest), 2))
    return digits[:size], lead + digits[size:] + between


def _write_gtin(key: Key, size: int) -> str:
    qualifier = key.qualifiers[0][0] if key.qualifiers else "21"
    name = {"10": "lgtin", "21": "sgtin", "235": "upui"}[qualifier]
    return _GTIN_WRITERS[name](key, size)


_GTIN_WRITERS = {
    name: _written(name, scheme) for (_level, name), scheme in _SCHEMES.items() if scheme.ai == "01"
}
_ALL_WRITERS = {
    scheme.ai: _written(name, scheme)
    for (_level, name), scheme in _SCHEMES.items()
    if scheme.ai != "01"
}
_WRITERS: dict[str, Callable[[Key, int], str]] = {**_ALL_WRITERS, "01": _write_gtin}
