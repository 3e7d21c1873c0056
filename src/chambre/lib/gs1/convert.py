"""One identifier in its other forms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from .elements import read_elements
from .errors import Gs1Refused
from .keys import Key
from .links import CANONICAL, plain_key, read_link, write_link
from .prefixes import UNKNOWN, PrefixLengths, checked_length
from .urns import read_urn, write_urn

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:\S+")


@dataclass(frozen=True, slots=True)
class Conversion:
    """The forms of one identifier.

    Attributes:
        urn: As a URN, or nothing: no such form, or the length of the company prefix is not known.
        digital_link: As a canonical GS1 Digital Link, or nothing when it is no GS1 key.
        key: The key, or nothing when it is an identifier of another kind.
    """

    urn: str | None
    digital_link: str | None
    key: Key | None = None


def read_key(text: str, *, verify: bool = True) -> tuple[Key, int | None]:
    """The key in a text, and how many digits its company prefix has when the text says it.

    Args:
        text: An EPC URN, a Digital Link or an element string.
        verify: Whether a wrong check digit is refused.

    Raises:
        Gs1Refused: There is none, or a wrong one.
    """
    text = text.strip()
    if text.startswith("urn:epc:"):
        urn = read_urn(text)
        return urn.key, urn.prefix_length
    if text[:5].lower() in ("http:", "https"):
        return read_link(text, verify=verify).key, None
    return read_elements(text, verify=verify), None


def convert(
    text: str, *, prefix_length: int | None = None, prefixes: PrefixLengths = UNKNOWN
) -> Conversion:
    """An identifier as URN and as canonical Digital Link.

    Other absolute URIs (an address of one's own, ``urn:uuid:…``) are identities in their own right:
    they have no other form and are not refused.

    Args:
        text: An EPC URN, a GS1 Digital Link, an element string or another URI.
        prefix_length: How many digits the company prefix has; it goes before the table.
        prefixes: The table of lengths.

    Raises:
        Gs1Refused: A broken GS1 identifier, or no URI at all.
    """
    text = text.strip()
    if prefix_length is not None:
        checked_length(prefix_length)
    try:
        key, size = read_key(text)
    except Gs1Refused as refusal:
        if refusal.code not in ("gs1-unknown", "gs1-urn-scheme") or not _URI.fullmatch(text):
            raise
        return Conversion(text if text.lower().startswith("urn:") else None, None)
    size = size or prefix_length or prefixes.of(key)
    return Conversion(None if size is None else _urn(key, size), write_link(key), key)


def _urn(key: Key, size: int) -> str | None:
    try:
        return write_urn(key, size)
    except Gs1Refused as refusal:
        if refusal.code != "gs1-no-urn":
            raise
        return None


@lru_cache(maxsize=20_000)
def _canonical(text: str) -> str | None:
    try:
        key = plain_key(text)  # most addresses
        if key is None:
            key = read_key(text, verify=False)[0].finest
    except (Gs1Refused, ValueError):
        return None
    return write_link(key)


def canonical(text: str) -> str | None:
    """The constrained canonical Digital Link of an EPC URN or a Digital Link (CBV 2.0, section 8.9).

    Canonical domain, no query, only the finest qualifier. A wrong check digit is let pass: what
    stands in an event is compared as it is.

    Returns:
        The link, or nothing when the text is neither.
    """
    if not text.startswith(("urn:epc:", "http://", "https://")):
        return None
    if text.startswith("urn:") or "/" in text[8:]:
        return _canonical(text)
    return None


__all__ = ["CANONICAL", "Conversion", "canonical", "convert", "read_key"]
