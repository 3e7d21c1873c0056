"""Whole documents: checked, read event by event, written."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from . import schema
from .hashing import Hasher, ignored_fields
from .problems import EpcisError, Problem
from .reading import problems_of
from .splitting import DECODER, Position, Splitter, broken, has_half_characters

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
"""The JSON-LD context that everybody knows; 2.0.1 changed nothing that a document shows."""
WHOLE = 1 << 20
"""Documents up to this many bytes are read whole, larger ones event by event."""
KEPT = 1000
"""Problems that a report keeps; all are counted."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found.

    Attributes:
        valid: Whether the document is as the standard asks.
        events: How many events it has.
        errors: The first problems, at most :data:`KEPT`.
        problems: How many there are in all.
        kind: Type of the document, when it says one.
        context: Its JSON-LD context.
        ignored: Fields that it asks to leave out of hashes (:func:`ignored_fields`).
    """

    valid: bool
    events: int
    errors: tuple[Problem, ...] = ()
    problems: int = 0
    kind: str | None = None
    context: Any = None
    ignored: frozenset[str] = frozenset()

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """The three keys of the command line."""
        errors = [one.as_json(language) for one in self.errors]
        return {"valid": self.valid, "events": self.events, "errors": errors}


@dataclass(slots=True)
class Placed:
    """An event of a document with its place in it.

    Attributes:
        index: Its number, the first being 0.
        start: First byte of it in the document.
        end: Byte behind its last one.
        event: The JSON object (what stands in its place, when it is none).
        text: Its JSON text as it was sent; empty for a document that is one event.
        problems: What is wrong with it; empty when it is valid.
        place: Keys that lead to the list it stands in; none for a document that is one event.
    """

    index: int
    start: int
    end: int
    event: Any
    text: str = field(repr=False)
    problems: tuple[Problem, ...]
    place: tuple[str, ...]

    @property
    def position(self) -> Position | None:
        """Where to go on after it; nothing where nothing follows."""
        return Position(self.index + 1, self.end, self.place) if self.place else None


class EventReader:
    """The events of a document, one by one; the memory in use does not grow with the document.

    Example::

        reader = iter_events(stream)
        for placed in reader:
            if not placed.problems:
                keep(placed.event, reader.context, placed.position)

    Attributes:
        problems: What is wrong around the events; complete after the last of them.
    """

    def __init__(
        self,
        stream: BinaryIO,
        *,
        resume: Position | None = None,
        check: bool = True,
        later: bool = False,
    ) -> None:
        self._splitter = Splitter(stream, resume=resume)
        self._resumed = resume is not None
        self._check = check
        self._later = later
        self.problems: tuple[Problem, ...] = ()

    @property
    def envelope(self) -> Mapping[str, Any]:
        """What was read of the document without its events; whole after the last of them."""
        return self._splitter.envelope

    @property
    def context(self) -> Any:
        """The JSON-LD context of the document, or nothing as long as none was met."""
        return self._splitter.envelope.get("@context")

    def __iter__(self) -> Iterator[Placed]:
        """The events in their order.

        Raises:
            EpcisError: Broken JSON, no UTF-8, one part too large: nothing can be read from there on.
        """
        splitter, check = self._splitter, self._check
        now = check and not self._later
        problems: tuple[Problem, ...] = ()
        for found in splitter:
            if now:
                faults = schema.event(found.value)
                problems = problems_of(faults, *splitter.place, found.number)
            yield Placed(*found, problems, splitter.place)
        if self._resumed:
            return
        envelope = splitter.envelope
        if _is_event(envelope):
            faults = schema.bare_event(envelope) if check else None
            yield Placed(0, 0, splitter.position.offset, envelope, "", problems_of(faults), ())
        elif check:
            self.problems = _around(envelope, splitter.place)


def _is_event(envelope: Mapping[str, Any]) -> bool:
    """Whether a document is one event and nothing around it."""
    return envelope.get("type") not in ("EPCISDocument", "EPCISQueryDocument")


def _around(envelope: dict[str, Any], place: tuple[str, ...]) -> tuple[Problem, ...]:
    problems = problems_of(schema.document(envelope))
    if envelope["type"] == "EPCISDocument" and len(place) > 2:
        # The type came after the body, whose results were taken for those of a query.
        problems = (*problems, Problem("$.type", "order"))
    return problems


def iter_events(
    stream: BinaryIO,
    *,
    resume: Position | None = None,
    check: bool = True,
    later: bool = False,
) -> EventReader:
    """Read the events of a document one by one, checking each.

    Args:
        stream: The document, UTF-8, from its beginning; to resume, from ``resume.offset``.
        resume: The position of the last event that was kept.
        check: Whether events are checked; one that was checked before need not be again.
        later: Leave events of a list to the caller, who checks them with
            :func:`chambre.lib.epcis.event_problems`; what stands around them is checked all the same.
    """
    return EventReader(stream, resume=resume, check=check, later=later)


def check_document(data: bytes | Path | BinaryIO) -> Report:
    """Check a whole document against the schema, whatever its size.

    Args:
        data: The bytes, a file or a stream of them.

    Returns:
        What was found. A document that is not even JSON is invalid, not an error.
    """
    if isinstance(data, Path):
        with data.open("rb") as file:
            return check_document(file)
    if isinstance(data, bytes | bytearray | memoryview):
        return check_document(io.BytesIO(data))
    head = data.read(WHOLE + 1)
    try:
        if len(head) <= WHOLE:
            return _whole(head)
        return _streamed(_Joined(head, data))
    except EpcisError as error:
        return Report(False, 0, error.problems, len(error.problems))


def read_document(data: bytes) -> Any:
    """The JSON value of a document, refusing what is no JSON.

    Raises:
        EpcisError: It is not UTF-8, not JSON, or nested too deeply.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise broken("encoding", at=error.start) from None
    try:
        value = DECODER.decode(text)
    except RecursionError:
        raise broken("too-deep") from None
    except ValueError as error:
        at = len(text[: getattr(error, "pos", 0)].encode("utf-8", "surrogatepass"))
        raise broken("json", why=getattr(error, "msg", str(error)[:40]), at=at) from None
    if has_half_characters(text, value):
        raise broken("unpaired")
    return value


def events_of(value: Any) -> list[Any]:
    """The events of a document that was read whole; none where it has no list of them."""
    if not isinstance(value, dict):
        return []
    body = value.get("epcisBody")
    if value.get("type") == "EPCISQueryDocument":
        for name in ("queryResults", "resultsBody"):
            body = body.get(name) if isinstance(body, dict) else None
    elif value.get("type") != "EPCISDocument":
        return [value]
    found = body.get("eventList") if isinstance(body, dict) else None
    return found if isinstance(found, list) else []


def _whole(data: bytes) -> Report:
    value = read_document(data)
    faults = schema.document(value) or []
    problems = problems_of(faults[:KEPT])
    head = value if isinstance(value, dict) else {}
    return Report(not faults, len(events_of(value)), problems, len(faults), *_about(head))


def _about(envelope: Mapping[str, Any]) -> tuple[str | None, Any, frozenset[str]]:
    """Kind, context and ignored fields of a document."""
    kind = envelope.get("type")
    known = kind if isinstance(kind, str) else None
    return known, envelope.get("@context"), ignored_fields(envelope)


def _streamed(stream: Any) -> Report:
    reader = EventReader(stream)
    kept: list[Problem] = []
    events = count = 0
    for placed in reader:
        events += 1
        if placed.problems:
            count += len(placed.problems)
            kept.extend(placed.problems[: KEPT - len(kept)])
    count += len(reader.problems)
    kept = [*reader.problems, *kept][:KEPT]
    return Report(not count, events, tuple(kept), count, *_about(reader.envelope))


class _Joined:
    """What was read of a stream already, and then the stream."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = io.BytesIO(head)
        self._rest = rest

    def read(self, size: int) -> bytes:
        """Up to so many bytes; none at the end."""
        return self._head.read(size) or self._rest.read(size)


def document_hashes(file: Path) -> list[str]:
    """The hashes of the events of a document, in their order.

    Raises:
        EpcisError: The document is not valid; it has the first problems.
    """
    report = check_document(file)
    if not report.valid:
        raise EpcisError(report.errors)
    hashed = Hasher(report.context, ignore=report.ignored)
    with file.open("rb") as stream:
        return [hashed(placed.event) for placed in iter_events(stream, check=False)]


def document(
    events: Iterable[Mapping[str, Any]],
    *,
    creation_date: dt.datetime,
    context: Any = None,
    id: str | None = None,
) -> dict[str, Any]:
    """An EPCIS document around events.

    Args:
        events: JSON objects of events.
        creation_date: When it is made, aware.
        context: Its JSON-LD context; the standard's if none is given.
        id: A URI that names the document.
    """
    head: dict[str, Any] = {
        "@context": [CONTEXT] if context is None else context,
        **({} if id is None else {"id": id}),
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": creation_date.isoformat().replace("+00:00", "Z"),
    }
    return {**head, "epcisBody": {"eventList": list(events)}}
