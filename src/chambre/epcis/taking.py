"""An event taken apart: what the tables keep beside it so that it can be found again."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from chambre.epcis import names
from chambre.epcis.fields import facts_of
from chambre.epcis.models import EventObject, Kind
from chambre.epcis.terms import event_key, number_of, term_id
from chambre.epcis.times import moment

ACTIONS = {"ADD": 1, "OBSERVE": 2, "DELETE": 3}
Role = EventObject.Role
OBJECTS: tuple[tuple[str, int], ...] = tuple(
    (str(role.label), int(role)) for role in (Role.EPC, Role.CHILD, Role.INPUT, Role.OUTPUT)
)
QUANTITIES: tuple[tuple[str, int], ...] = tuple(
    (str(role.label), int(role))
    for role in (Role.QUANTITY, Role.CHILD_QUANTITY, Role.INPUT_QUANTITY, Role.OUTPUT_QUANTITY)
)
# Plain numbers: an event is taken apart a hundred thousand times for one document.
EPC, CLASS, READ_POINT, BIZ_LOCATION = (
    int(kind) for kind in (Kind.EPC, Kind.CLASS, Kind.READ_POINT, Kind.BIZ_LOCATION)
)
STEP, DISPOSITION, TYPE, FIELD = (
    int(kind) for kind in (Kind.BIZ_STEP, Kind.DISPOSITION, Kind.EVENT_TYPE, Kind.FIELD)
)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


@dataclass(slots=True)
class Taken:
    """An event ready to be written.

    Attributes:
        event_id: Its eventID, given or computed.
        key: What stands for it in the table.
        declared: 0, or what stands for its error declaration.
        type: Term of its type; the further terms likewise, None where it says nothing.
        action: 1 ADD, 2 OBSERVE, 3 DELETE, None.
        event_time: When it happened.
        body: The event as JSON text, with its id and without a recordTime.
        objects: ``(term, role, quantity, unit)``.
        facts: ``(field, digest, text, number, time)``.
        persistent: Lasting dispositions set, and unset.
        terms: Every term that it uses: key → (kind, text).
    """

    event_id: str
    key: uuid.UUID
    declared: int
    type: int
    action: int | None
    event_time: dt.datetime
    body: str
    biz_step: int | None = None
    disposition: int | None = None
    read_point: int | None = None
    biz_location: int | None = None
    objects: list[tuple[int, int, float | None, str]] = field(default_factory=list)
    facts: list[tuple[int, int | None, str, float | None, dt.datetime | None]] = field(
        default_factory=list
    )
    persistent: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    terms: dict[int, tuple[int, str]] = field(default_factory=dict)

    @property
    def identity(self) -> tuple[uuid.UUID, int]:
        """What may be there once only."""
        return self.key, self.declared


def declared_number(declaration: Any) -> int:
    """What stands for an error declaration; 0 for none."""
    if declaration is None:
        return 0
    return number_of(json.dumps(declaration, sort_keys=True))


def as_text(event: Mapping[str, Any]) -> str:
    """An event as JSON text."""
    return _encode(event)


def take(event: Mapping[str, Any], event_id: str, known: Mapping[str, str]) -> Taken:
    """Take a valid event apart.

    Args:
        event: As it was captured; it has passed :func:`chambre.lib.epcis.check_event`.
        event_id: Its eventID, or its hash when it has none.
        known: What its JSON-LD contexts abbreviate (:func:`chambre.epcis.names.prefixes`).

    Raises:
        ValueError: A time outside the years 1 to 9999, or text that no UTF-8 can hold.
    """
    body = {name: value for name, value in event.items() if name != "recordTime"}
    body["eventID"] = event_id
    text = as_text(body)
    text.encode()  # a lone surrogate: no table can hold it
    kind = str(event["type"])
    taken = Taken(
        event_id=event_id,
        key=event_key(event_id),
        declared=declared_number(event.get("errorDeclaration")),
        type=0,
        action=ACTIONS.get(event.get("action", "")),
        event_time=moment(event["eventTime"]),
        body=text,
    )
    taken.type = _word(taken, TYPE, names.qualified(kind, known))
    _places(taken, event, known)
    _objects(taken, event)
    for name, fact in facts_of(event, known):
        taken.facts.append((_word(taken, FIELD, name), *fact))
    if lasting := event.get("persistentDisposition"):
        taken.persistent = (_words(lasting.get("set", ())), _words(lasting.get("unset", ())))
    return taken


def _words(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(names.word(one) for one in texts)


@lru_cache(maxsize=65536)
def _common(kind: int, text: str) -> tuple[int, tuple[int, str]]:
    """Key and meaning of a term that comes again and again."""
    return term_id(kind, text), (kind, text)


def _word(taken: Taken, kind: int, text: str) -> int:
    key, meaning = _common(kind, text)
    taken.terms[key] = meaning
    return key


def _thing(taken: Taken, kind: int, uri: str) -> int:
    """The term of an object or a class, of which there are many."""
    text = names.canonical(uri)
    key = term_id(kind, text)
    taken.terms[key] = (kind, text)
    return key


def _places(taken: Taken, event: Mapping[str, Any], known: Mapping[str, str]) -> None:
    if (step := event.get("bizStep")) is not None:
        taken.biz_step = _word(taken, STEP, named(step, known))
    if (disposition := event.get("disposition")) is not None:
        taken.disposition = _word(taken, DISPOSITION, named(disposition, known))
    if (place := event.get("readPoint")) is not None:
        taken.read_point = _word(taken, READ_POINT, names.canonical(place["id"]))
    if (place := event.get("bizLocation")) is not None:
        taken.biz_location = _word(taken, BIZ_LOCATION, names.canonical(place["id"]))


def named(text: str, known: Mapping[str, str]) -> str:
    """A vocabulary term: a bare word, or an address in full."""
    return names.word(names.qualified(text, known) if ":" in text else text)


def _objects(taken: Taken, event: Mapping[str, Any]) -> None:
    objects = taken.objects
    if (parent := event.get("parentID")) is not None:
        objects.append((_thing(taken, EPC, parent), int(Role.PARENT), None, ""))
    for name, role in OBJECTS:
        for uri in event.get(name) or ():
            objects.append((_thing(taken, EPC, uri), role, None, ""))
    for name, role in QUANTITIES:
        for element in event.get(name) or ():
            number = element.get("quantity")
            key = _thing(taken, CLASS, element["epcClass"])
            objects.append(
                (key, role, None if number is None else float(number), element.get("uom", ""))
            )
