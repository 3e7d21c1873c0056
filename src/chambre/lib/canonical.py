"""One byte form for a record, its digest, and the trees and chains of digests that seal a ledger.

**Canonical JSON.** UTF-8, no white space, keys sorted by code point, strings escaped only where
JSON requires it. Allowed: objects with string keys, arrays (lists and tuples), strings, integers,
booleans and null; dates become ``"2026-01-31"``, aware times ``"2026-01-31T08:00:00.000000Z"``
(always UTC, always six decimals), UUIDs their usual text, bytes lower-case hexadecimal. Floats are
refused, and so are ``Decimal`` and ``Fraction``: what is recorded is counted in integers. For
integers up to 2**53 and keys of the basic plane this is RFC 8785 (JSON Canonicalization Scheme),
so anybody's tool can recompute it. **Text is kept as it was written, not normalised to NFC**: the
digest vouches for the bytes that are stored, RFC 8785 asks for the same, and whoever wants two
spellings of « é » to be one normalises on the way in.

**Digests** are SHA-256. Every digest starts with a label of what it is about, so that no record
can pass for a seal, nor a seal for a record; the tree has the labels of RFC 6962 (0 for a leaf,
1 for a node).

**Seals.** The records of a batch are the leaves of a Merkle tree as in RFC 6962 §2.1. A seal's
digest covers its root, its range, what kind of records it is about, the moment it was made at and
the digest of the seal before it: changing, dropping, adding or reordering anything that was ever
sealed changes every later seal.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

DIGEST_SIZE = 32
"""Bytes of a digest."""

GENESIS = bytes(DIGEST_SIZE)
"""What stands for the previous seal in the first one."""

MAX_DEPTH = 64
"""Deepest nesting that is accepted."""

_LEAVES = frozenset({str, int, bool, type(None)})
_RECORD = b"chambre:"
_SEAL = b"chambre:seal:2\x00"
_LIMIT = 2**64


class NotCanonical(ValueError):
    """The value has no canonical form: a float, a naive time, a key that is not text."""


def canonical(value: Any) -> bytes:
    """Write a value in canonical JSON.

    Args:
        value: Dictionaries with string keys, lists, tuples, strings, integers, booleans, None,
            dates, aware datetimes, UUIDs and bytes, nested at most :data:`MAX_DEPTH` deep.

    Returns:
        The only byte string that this value has.

    Raises:
        NotCanonical: Something else is in it.
    """
    _check(value, 0)
    return _bytes(value)


def _bytes(value: Any) -> bytes:
    """The bytes of a value that holds nothing that JSON would take silently."""
    try:
        return _encode(value).encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonical(f"text that is not Unicode: {error.reason}") from error


def _check(value: Any, depth: int) -> None:
    """Refuse what the JSON encoder would take silently: floats and keys that are not text."""
    kind = value.__class__
    if kind in _LEAVES:
        return
    if depth > MAX_DEPTH:
        raise NotCanonical(f"nested deeper than {MAX_DEPTH}")
    inner: Collection[Any]
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise NotCanonical(f"a key that is not text: {key!r}")
        inner = value.values()
    elif isinstance(value, (list, tuple)):
        inner = value
    elif isinstance(value, float):
        raise NotCanonical(f"a float: {value!r}")
    else:
        return  # texts and integers of other classes, or for _plain to decide
    if not _LEAVES.issuperset(map(type, inner)):
        for each in inner:
            _check(each, depth + 1)


def _plain(value: Any) -> str:
    """Turn what JSON does not know into text, or refuse it."""
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise NotCanonical(f"a time without a zone: {value!r}")
        moment = value.astimezone(UTC).replace(tzinfo=None)
        return moment.isoformat(timespec="microseconds") + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).hex()
    raise NotCanonical(f"a value of type {type(value).__name__}")


_encode = json.JSONEncoder(
    ensure_ascii=False,
    check_circular=False,
    allow_nan=False,
    sort_keys=True,
    separators=(",", ":"),
    default=_plain,
).encode


def digest(value: Any, *, about: str = "record", checked: bool = False) -> bytes:
    """The SHA-256 digest of a value's canonical form.

    Args:
        value: See :func:`canonical`.
        about: What kind of thing it is. The same value about something else has another digest.
            Not empty, and without a NUL.
        checked: The caller knows that there is no float and no key that is not text; the digest
            is the same, and takes half the time.

    Returns:
        32 bytes.

    Raises:
        NotCanonical: The value has no canonical form.
    """
    label = _label(about)
    return sha256(label + (_bytes(value) if checked else canonical(value))).digest()


def digest_of_text(text: str, *, about: str = "record") -> bytes:
    """The digest of a value whose canonical form its caller wrote itself, as text.

    Args:
        text: Exactly what :func:`canonical` gives for the value, decoded.
        about: See :func:`digest`.

    Returns:
        32 bytes, the same as :func:`digest` of the value.

    Raises:
        UnicodeEncodeError: There is half a character in it.
    """
    return sha256(_label(about) + text.encode()).digest()


@cache
def _label(about: str) -> bytes:
    """What a digest begins with, for what it is about."""
    if not about or "\x00" in about:
        raise ValueError("about is a non-empty text without NUL")
    return _RECORD + about.encode() + b":1\x00"


def leaf_hash(leaf: bytes) -> bytes:
    """Hash of one leaf (RFC 6962 §2.1: SHA-256 of 0 and the leaf)."""
    return sha256(b"\x00" + leaf).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _level_up(level: list[bytes]) -> list[bytes]:
    """Hash neighbours together; an odd one at the end goes up as it is."""
    up = [
        sha256(b"\x01" + left + right).digest()
        for left, right in zip(level[::2], level[1::2], strict=False)
    ]
    if len(level) % 2:
        up.append(level[-1])
    return up


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """Root of the Merkle tree over leaves (RFC 6962 §2.1).

    Args:
        leaves: Any byte strings, in order; for a ledger, the digests of its records.

    Returns:
        32 bytes; the SHA-256 of nothing when there are no leaves.
    """
    return root_of_hashes([sha256(b"\x00" + leaf).digest() for leaf in leaves])


def root_of_hashes(hashes: Sequence[bytes]) -> bytes:
    """As :func:`merkle_root`, for leaves of which only :func:`leaf_hash` was kept."""
    if not hashes:
        return sha256(b"").digest()
    level = list(hashes)
    while len(level) > 1:
        level = _level_up(level)
    return level[0]


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The sibling hashes that lead from one leaf to the root (RFC 6962 §2.1.1).

    Args:
        leaves: All leaves.
        index: Which leaf, from 0.

    Returns:
        At most ``ceil(log2(len(leaves)))`` hashes, the nearest first.

    Raises:
        IndexError: There is no such leaf.
    """
    return path_of_hashes([sha256(b"\x00" + leaf).digest() for leaf in leaves], index)


def path_of_hashes(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """As :func:`inclusion_proof`, for leaves of which only :func:`leaf_hash` was kept."""
    if not 0 <= index < len(hashes):
        raise IndexError(f"no leaf {index} among {len(hashes)}")
    level = list(hashes)
    path = []
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        level, index = _level_up(level), index // 2
    return path


def verify_inclusion(
    leaf: bytes, *, index: int, count: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether a leaf stands at a place of the tree that has this root.

    Args:
        leaf: The leaf itself.
        index: Its place, from 0.
        count: How many leaves the tree has.
        proof: What :func:`inclusion_proof` gave.
        root: The root that is trusted.

    Returns:
        True only if exactly this leaf, at exactly this place of a tree of exactly ``count``
        leaves, gives ``root``, with no hash of the proof missing or left over.
    """
    if not 0 <= index < count:
        return False
    place, last = index, count - 1
    found = leaf_hash(leaf)
    for sibling in proof:
        if len(sibling) != DIGEST_SIZE or last == 0:
            return False
        if place & 1 or place == last:
            found = _node(sibling, found)
            while not place & 1 and place:  # levels where this subtree had no right neighbour
                place, last = place >> 1, last >> 1
        else:
            found = _node(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def microseconds(moment: datetime) -> int:
    """A moment as whole microseconds of UTC since 1970, as seals have it.

    Raises:
        NotCanonical: It has no time zone.
    """
    if moment.utcoffset() is None:
        raise NotCanonical(f"a time without a zone: {moment!r}")
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def seal_digest(
    previous: bytes, first: int, last: int, count: int, root: bytes, *, kind: str, at: datetime
) -> bytes:
    """Digest of a seal, chained to the seal before it.

    Args:
        previous: Digest of the seal before, :data:`GENESIS` for the first.
        first: Number of the first record sealed, 0 or more.
        last: Number of the last record sealed, at least ``first``.
        count: How many records are sealed; numbers may have gaps, so it may be less than the
            range holds.
        root: :func:`merkle_root` over their digests.
        kind: What kind of records they are.
        at: When the seal was made; aware.

    Returns:
        32 bytes: SHA-256 of the label ``chambre:seal:2`` and a NUL, then ``previous``, ``first``,
        ``last``, ``count`` and ``at`` (:func:`microseconds`) as 8 big-endian bytes each, ``root``
        and ``kind`` in UTF-8.

    Raises:
        ValueError: A digest of the wrong length, or numbers that make no range.
    """
    if len(previous) != DIGEST_SIZE or len(root) != DIGEST_SIZE:
        raise ValueError(f"a digest has {DIGEST_SIZE} bytes")
    if not (0 <= first <= last < _LIMIT and 1 <= count <= last - first + 1):
        raise ValueError(f"{count} records from {first} to {last} are no range")
    numbers = b"".join(number.to_bytes(8, "big") for number in (first, last, count))
    moment = microseconds(at).to_bytes(8, "big", signed=True)
    return sha256(_SEAL + previous + numbers + moment + root + kind.encode()).digest()
