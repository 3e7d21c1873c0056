"""GS1 keys of the EPCIS world: what each is made of, and one of them as a value.

Keys are named by their application identifier (GS1 General Specifications, section 3); which
qualifiers follow which key, and in which order, is GS1 Digital Link URI Syntax 1.6, section 4.
Lengths and characters: GS1 Syntax Dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from .checkdigits import check_digit
from .errors import Gs1Refused

CSET82 = r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]"
"""The 82 characters of serials and lots (General Specifications, figure 7.11-1)."""
CSET39 = r"[#\-/0-9A-Z]"
"""The 39 characters of component and part references (General Specifications, figure 7.11-2)."""


@dataclass(frozen=True, slots=True)
class KeyKind:
    """One kind of key.

    Attributes:
        ai: Application identifier.
        name: What it is called.
        digits: How many digits stand at its start, zero for a key of free characters.
        check: Index of the check digit among them, or −1.
        prefix_at: Where the company prefix begins.
        tail: Most characters after the digits (or in all, without digits).
        characters: Regular expression of one character of the tail.
        qualifiers: Application identifiers that may follow, as alternative orders.
        serial_in: Qualifier that makes it an instance; empty where the tail does, or where the key
            itself is one.
    """

    ai: str
    name: str
    digits: int
    check: int = -1
    prefix_at: int = 0
    tail: int = 0
    characters: str = CSET82
    qualifiers: tuple[tuple[str, ...], ...] = ()
    serial_in: str = ""


_KINDS = (
    KeyKind("00", "SSCC", 18, 17, 1),
    KeyKind("01", "GTIN", 14, 13, 1, qualifiers=(("22", "10", "21"), ("235",)), serial_in="21"),
    KeyKind("253", "GDTI", 13, 12, 0, 17),
    KeyKind("255", "GCN", 13, 12, 0, 12, "[0-9]"),
    KeyKind("401", "GINC", 0, tail=30),
    KeyKind("402", "GSIN", 17, 16),
    KeyKind("414", "GLN", 13, 12, qualifiers=(("254",), ("7040",))),
    KeyKind("417", "PGLN", 13, 12, qualifiers=(("7040",),)),
    KeyKind("8003", "GRAI", 14, 13, 1, 16),
    KeyKind("8004", "GIAI", 0, tail=30, qualifiers=(("7040",),)),
    KeyKind("8006", "ITIP", 18, 13, 1, qualifiers=(("22", "10", "21"),), serial_in="21"),
    KeyKind("8010", "CPID", 0, tail=30, characters=CSET39, qualifiers=(("8011",),)),
    KeyKind("8017", "GSRN-P", 18, 17, qualifiers=(("8019",),)),
    KeyKind("8018", "GSRN", 18, 17, qualifiers=(("8019",),)),
)
KINDS: Mapping[str, KeyKind] = MappingProxyType({kind.ai: kind for kind in _KINDS})
"""Every kind of key by its application identifier."""


@dataclass(frozen=True, slots=True)
class QualifierKind:
    """One kind of qualifier: its name, longest value and characters."""

    ai: str
    name: str
    most: int
    characters: str = CSET82


QUALIFIERS: Mapping[str, QualifierKind] = MappingProxyType(
    {
        kind.ai: kind
        for kind in (
            QualifierKind("22", "CPV", 20),
            QualifierKind("10", "LOT", 20),
            QualifierKind("21", "SERIAL", 20),
            QualifierKind("235", "TPX", 28),
            QualifierKind("254", "GLN EXTENSION", 20),
            QualifierKind("7040", "UIC+EXT", 4),
            QualifierKind("8011", "CPID SERIAL", 12, "[0-9]"),
            QualifierKind("8019", "SRIN", 10, "[0-9]"),
        )
    }
)
"""Every qualifier by its application identifier."""

_TAILS = {
    kind.ai: re.compile(f"{kind.characters}{{{0 if kind.digits else 1},{kind.tail}}}")
    for kind in _KINDS
}
_VALUES = {
    kind.ai: re.compile(f"{kind.characters}{{1,{kind.most}}}") for kind in QUALIFIERS.values()
}
_DIGITS = re.compile("[0-9]*")


@dataclass(frozen=True, slots=True)
class Key:
    """A GS1 key with its qualifiers; made by :func:`key`, checked.

    Attributes:
        ai: Application identifier of the key: ``8003`` for a GRAI.
        value: Its value, nothing encoded: for a GRAI 0, twelve digits, check digit, serial.
        qualifiers: Application identifier and value of each qualifier, in their order.
    """

    ai: str
    value: str
    qualifiers: tuple[tuple[str, str], ...] = ()

    @property
    def kind(self) -> KeyKind:
        """What kind of key it is."""
        return KINDS[self.ai]

    @property
    def name(self) -> str:
        """What the kind of key is called: ``GRAI``."""
        return KINDS[self.ai].name

    @property
    def digits(self) -> str:
        """The digits at its start; all of it for a key without fixed digits."""
        return self.value[: self.kind.digits] if self.kind.digits else self.value

    @property
    def tail(self) -> str:
        """What follows the digits: the serial of a GRAI, a GDTI or a GCN."""
        return self.value[self.kind.digits :] if self.kind.digits else ""

    @property
    def serial(self) -> str:
        """What makes it one thing among its class; empty for a class."""
        found = dict(self.qualifiers)
        return self.tail or found.get("21") or found.get("235") or found.get("8011") or ""

    @property
    def is_class(self) -> bool:
        """Whether it names a kind of thing (or a lot), not one thing."""
        return self.ai in _CLASSES and not self.serial

    @property
    def of_class(self) -> Key:
        """The class it belongs to: the key without serial; itself where there is none."""
        if self.ai not in _CLASSES:
            return self
        return Key(self.ai, self.digits)

    @property
    def finest(self) -> Key:
        """The same with only its finest qualifier (CBV 2.0, constrained canonical form).

        A consumer product variant is left out, and a lot where there is a serial.
        """
        kept = [pair for pair in self.qualifiers if pair[0] in _FINEST]
        return Key(self.ai, self.value, tuple(kept[-1:]))


_CLASSES = frozenset({"01", "253", "255", "8003", "8006", "8010"})
_FINEST = frozenset({"10", "21", "235", "254", "8011"})


def key(
    ai: str, value: str, qualifiers: tuple[tuple[str, str], ...] = (), *, verify: bool = True
) -> Key:
    """A checked key.

    A GTIN of 8, 12 or 13 digits is filled up to 14.

    Args:
        ai: Application identifier, one of :data:`KINDS`.
        value: The value, nothing encoded.
        qualifiers: Application identifier and value of each qualifier, in their order.
        verify: Whether a wrong check digit (or a GRAI without its leading zero) is refused.

    Raises:
        Gs1Refused: With the reason.
    """
    kind = KINDS.get(ai)
    if kind is None:
        raise Gs1Refused("gs1-unknown", text=f"({ai}){value}")
    if ai == "01" and len(value) in (8, 12, 13):
        value = value.zfill(14)
    _check_value(kind, value, verify)
    _check_qualifiers(kind, qualifiers)
    return Key(ai, value, qualifiers)


def _check_value(kind: KeyKind, value: str, verify: bool) -> None:
    digits, tail = (value[: kind.digits], value[kind.digits :]) if kind.digits else ("", value)
    if len(digits) != kind.digits or not _DIGITS.fullmatch(digits):
        raise Gs1Refused("gs1-digits", key=kind.name, expected=kind.digits, value=value)
    if kind.digits and not kind.tail and tail:
        raise Gs1Refused("gs1-digits", key=kind.name, expected=kind.digits, value=value)
    if not _TAILS[kind.ai].fullmatch(tail):
        _refuse_text(kind.name, tail, 0 if kind.digits else 1, kind.tail)
    if verify and kind.ai == "8003" and value[0] != "0":
        raise Gs1Refused("gs1-grai-zero", value=value)
    if verify and kind.check >= 0:
        expected = check_digit(digits[: kind.check])
        if digits[kind.check] != expected:
            raise Gs1Refused("gs1-check-digit", key=kind.name, value=value, expected=expected)


def _check_qualifiers(kind: KeyKind, qualifiers: tuple[tuple[str, str], ...]) -> None:
    if not qualifiers:
        return
    given = [ai for ai, _value in qualifiers]
    if not any(_in_order(given, order) for order in kind.qualifiers):
        shown = "/".join(given)
        raise Gs1Refused("gs1-qualifier", qualifier=shown, key=kind.name)
    for ai, value in qualifiers:
        if not _VALUES[ai].fullmatch(value):
            _refuse_text(QUALIFIERS[ai].name, value, 1, QUALIFIERS[ai].most)


def _in_order(given: list[str], order: tuple[str, ...]) -> bool:
    """Whether these stand in this order, each at most once."""
    places = [order.index(ai) if ai in order else -1 for ai in given]
    return -1 not in places and places == sorted(set(places))


def _refuse_text(name: str, value: str, least: int, most: int) -> None:
    if not least <= len(value) <= most:
        raise Gs1Refused(
            "gs1-length", key=name, value=value, least=least, most=most, found=len(value)
        )
    raise Gs1Refused("gs1-characters", key=name, value=value)
