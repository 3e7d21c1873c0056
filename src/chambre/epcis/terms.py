"""Keys of terms: computed from what they name, so that a question needs no look-up.

A key is 63 bits of a BLAKE2b digest. Two terms that met in one key would be taken for the same
thing; the writer compares the texts and refuses the second one (:mod:`.services.lexicon`).
"""

from __future__ import annotations

import uuid
from functools import lru_cache
from hashlib import blake2b

from chambre.epcis.numbers import Kind


def number_of(*parts: str) -> int:
    """63 bits that stand for a sequence of texts; never 0."""
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return (int.from_bytes(blake2b(text, digest_size=8).digest(), "big") >> 1) or 1


def term_id(kind: Kind | int, text: str) -> int:
    """The key of a term."""
    return number_of(f"{int(kind)}", text)


@lru_cache(maxsize=4096)
def field_id(name: str) -> int:
    """The key of the name of a field."""
    return term_id(Kind.FIELD, name)


def event_digest(event_id: str) -> bytes:
    """What stands for an eventID: 128 bits, whatever its length."""
    return blake2b(event_id.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def event_key(event_id: str) -> uuid.UUID:
    """The same as it stands in the table."""
    return uuid.UUID(bytes=event_digest(event_id))
