"""The event hash of CBV 2.0 (section 8.9): the same event, however written, has the same id.

The event is written out as one text (the *pre-hash*): fields in a fixed order, standard words as
URIs of the web vocabulary, GS1 identifiers as constrained canonical Digital Links, times in UTC to the
millisecond, lists sorted, extensions as ``{namespace}name=value``; its SHA-256 is the id (RFC 6920).
``eventID``, ``recordTime`` and ``errorDeclaration`` are left out, so an event and the declaration of
its error hash alike.

Where the text of the standard and its reference implementation
(https://github.com/RalphTro/epcis-event-hash-generator, whose examples are the published vectors)
read differently, the vectors decide: the lists of transactions, sources and destinations and what
follows the sensors stand in alphabetical order, and types stand before what they are types of.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from typing import Any

from .prehash import Writer, prefixes_of

VERSION = "CBV2.0"
_IGNORE = "https://repository-x.example.com/ignoreFields"
"""By which a document of the published vectors says what a repository added to its events."""


def ignored_fields(envelope: Mapping[str, Any]) -> frozenset[str]:
    """The fields that a document asks to leave out of the hashes of its events."""
    known = prefixes_of(envelope.get("@context"))
    body = envelope.get("epcisBody")
    results = body.get("queryResults") if isinstance(body, Mapping) else None
    found: set[str] = set()
    for part in (envelope, results if isinstance(results, Mapping) else {}):
        for name, value in part.items():
            prefix, _, rest = name.partition(":")
            if known.get(prefix, "") + rest == _IGNORE and isinstance(value, list):
                found.update(one for one in value if isinstance(one, str))
    return frozenset(found)


def hash_of(text: str) -> str:
    """The id that the text of an event gives it (:func:`pre_hash`)."""
    return f"ni:///sha-256;{hashlib.sha256(text.encode()).hexdigest()}?ver={VERSION}"


def event_hash(
    event: Mapping[str, Any], *, context: Any = None, ignore: Collection[str] = ()
) -> str:
    """The hash of an event as an id: ``ni:///sha-256;…?ver=CBV2.0``.

    Args:
        event: The JSON object of a valid event.
        context: JSON-LD context of its document, whose prefixes its extensions use; its own comes
            on top.
        ignore: Fields at its top level that are left out, as they are written.

    Raises:
        EpcisError: A time lies outside the years 1 to 9999.
    """
    return Hasher(context, ignore=ignore)(event)


class Hasher:
    """The same for the events of one document, whose context is read once.

    Example::

        hashed = Hasher(document["@context"])
        ids = [hashed(event) for event in events]
    """

    def __init__(self, context: Any = None, *, ignore: Collection[str] = ()) -> None:
        """Begin.

        Args:
            context: JSON-LD context of the document.
            ignore: As in :func:`event_hash`.
        """
        self._context = context
        self._ignore = frozenset(ignore)
        self._writer = Writer(prefixes_of(context))

    def __call__(self, event: Mapping[str, Any]) -> str:
        """The hash of an event as an id.

        Raises:
            EpcisError: A time lies outside the years 1 to 9999.
        """
        if self._ignore:
            event = {name: value for name, value in event.items() if name not in self._ignore}
        return hash_of(self.text(event))

    def text(self, event: Mapping[str, Any]) -> str:
        """The text that is hashed."""
        own = event.get("@context")
        writer = self._writer if own is None else Writer(prefixes_of(self._context, own))
        return writer.event(event)


def pre_hash(event: Mapping[str, Any], *, context: Any = None) -> str:
    """The text that is hashed."""
    return Hasher(context).text(event)
