"""GS1 Digital Link URIs, read and written (URI Syntax 1.6).

``https://<domain>[/stem]/ai/value[/qualifier/value]*[?attributes]``. Any domain and any stem may
stand in front; the canonical form has ``https://id.gs1.org`` and neither stem nor query.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from .errors import Gs1Refused
from .keys import KINDS, QUALIFIERS, Key, key

CANONICAL = "https://id.gs1.org"
"""The domain of the canonical form."""

_SHORT_NAMES = {
    "sscc": "00", "gtin": "01", "gdti": "253", "gcn": "255", "ginc": "401", "gsin": "402",
    "gln": "414", "party": "417", "grai": "8003", "giai": "8004", "itip": "8006", "cpid": "8010",
    "gsrnp": "8017", "gsrn": "8018", "cpv": "22", "lot": "10", "ser": "21",
}  # fmt: skip
"""Names that version 1.1 allowed in the place of application identifiers."""

_WEB = re.compile(r"https?://[^/?#]+", re.IGNORECASE)
_PLAIN = re.compile(r"(https?://[A-Za-z0-9.\-]+)((?:/[A-Za-z0-9._~\-]+)*)").fullmatch
"""Addresses in which nothing is encoded and nothing follows the path."""
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SAFE = "-._~';="
"""What stays as it is in a value; the standard asks to encode all other signs."""


@dataclass(frozen=True, slots=True)
class Link:
    """A Digital Link taken apart.

    Attributes:
        key: The key with its qualifiers.
        domain: Scheme and host as given: ``https://example.org``.
        stem: Path before the key, with its leading slash, or empty.
        query: What stood behind the question mark.
    """

    key: Key
    domain: str = CANONICAL
    stem: str = ""
    query: str = ""


def read_link(text: str, *, verify: bool = True) -> Link:
    """Take a GS1 Digital Link apart.

    A trailing slash is tolerated, short names of version 1.1 are read.

    Args:
        text: An absolute http or https address.
        verify: Whether a wrong check digit is refused.

    Raises:
        Gs1Refused: It is none, or its key is wrong.
    """
    if not _WEB.match(text):
        raise Gs1Refused("gs1-unknown", text=text)
    domain, path, query = _parts(text)
    segments = path.rstrip("/").split("/")
    start = _key_at(segments)
    if start is None:
        raise Gs1Refused("gs1-unknown", text=text)
    names = [_SHORT_NAMES.get(segment, segment) for segment in segments[start::2]]
    values = [_decoded(segment) for segment in segments[start + 1 :: 2]]
    pairs = tuple(zip(names[1:], values[1:], strict=True))
    found = key(names[0], values[0], pairs, verify=verify)
    return Link(found, domain, "/".join(segments[:start]), query)


def plain_key(text: str) -> Key | None:
    """The key of an address that ends with it, nothing encoded; of any other nothing at all.

    The check digit is not looked at.

    Raises:
        Gs1Refused: The key is wrong.
    """
    if (plain := _PLAIN(text)) is None:
        return None
    segments = plain[2].rsplit("/", 2)
    if len(segments) < 3 or segments[1] not in KINDS or not segments[2]:
        return None
    return key(segments[1], segments[2], verify=False)


def _parts(text: str) -> tuple[str, str, str]:
    """Domain, path and query of an address; of most of them without a closer look."""
    if plain := _PLAIN(text):
        return plain[1], plain[2], ""
    parts = urlsplit(text)
    return f"{parts.scheme}://{parts.netloc}", parts.path, parts.query


def _key_at(segments: list[str]) -> int | None:
    """Where the key begins: the last segment that is one and is followed by pairs only."""
    for start in range(len(segments) - 2, 0, -1):
        if (len(segments) - start) % 2:
            continue
        name = _SHORT_NAMES.get(segments[start], segments[start])
        rest = segments[start + 2 :: 2]
        if name in KINDS and all(_SHORT_NAMES.get(one, one) in QUALIFIERS for one in rest):
            return start
    return None


def _decoded(segment: str) -> str:
    if "%" not in segment:
        return segment
    if _BROKEN_ESCAPE.search(segment):
        raise Gs1Refused("gs1-encoding", value=segment)
    try:
        return unquote(segment, errors="strict")
    except UnicodeDecodeError:
        raise Gs1Refused("gs1-encoding", value=segment) from None


def encoded(value: str) -> str:
    """A value as one segment of a path."""
    return value if value.isalnum() and value.isascii() else quote(value, safe=_SAFE)


def write_link(key: Key, *, domain: str = CANONICAL, stem: str = "") -> str:
    """A key as a Digital Link.

    Args:
        key: The key with its qualifiers.
        domain: Scheme and host; the canonical form's if none is given.
        stem: Path in front of the key.

    Raises:
        Gs1Refused: The domain or the stem would make it something else.
    """
    if domain is not CANONICAL or stem:
        domain = _front(domain, stem)
    path = ""
    if key.qualifiers:
        path = "".join(f"/{ai}/{encoded(value)}" for ai, value in key.qualifiers)
    return f"{domain}/{key.ai}/{encoded(key.value)}{path}"


def _front(domain: str, stem: str) -> str:
    front = domain.rstrip("/") + (f"/{stem.strip('/')}" if stem.strip("/") else "")
    try:
        parts = urlsplit(front)
    except ValueError:
        raise Gs1Refused("gs1-domain", domain=front) from None
    segments = parts.path.split("/")
    broken = parts.scheme not in ("http", "https") or not parts.hostname or "?" in front
    if broken or "#" in front or any(one in KINDS or one in _SHORT_NAMES for one in segments):
        raise Gs1Refused("gs1-domain", domain=front)
    return front
