"""An event taken apart: what the tables keep beside it so that it can be found again."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from chambre.epcis import names
from chambre.epcis.fields import facts_of
from chambre.epcis.models import EventObject, Kind
from chambre.epcis.terms import event_key, number_of, term_id
from chambre.epcis.times import moment

ACTIONS = {"ADD": 1, "OBSERVE": 2, "DELETE": 3}
Role = EventObject.Role
OBJECTS: tuple[tuple[str, int], ...] = (
    ("epcList", Role.EPC),
    ("childEPCs", Role.CHILD),
    ("inputEPCList", Role.INPUT),
    ("outputEPCList", Role.OUTPUT),
)
QUANTITIES: tuple[tuple[str, int], ...] = (
    ("quantityList", Role.QUANTITY),
    ("childQuantityList", Role.CHILD_QUANTITY),
    ("inputQuantityList", Role.INPUT_QUANTITY),
    ("outputQuantityList", Role.OUTPUT_QUANTITY),
)


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
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


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
    taken.type = _term(taken, Kind.EVENT_TYPE, names.qualified(kind, known))
    _places(taken, event, known)
    taken.objects.extend(_objects(taken, event))
    for name, fact in facts_of(event, known):
        taken.facts.append((_term(taken, Kind.FIELD, name), *fact))
    lasting = event.get("persistentDisposition") or {}
    taken.persistent = tuple(
        tuple(names.word(one) for one in lasting.get(which, ())) for which in ("set", "unset")
    )  # type: ignore[assignment]
    return taken


def _term(taken: Taken, kind: Kind, text: str) -> int:
    key = term_id(kind, text)
    taken.terms[key] = (int(kind), text)
    return key


def _places(taken: Taken, event: Mapping[str, Any], known: Mapping[str, str]) -> None:
    if "bizStep" in event:
        taken.biz_step = _term(taken, Kind.BIZ_STEP, named(event["bizStep"], known))
    if "disposition" in event:
        taken.disposition = _term(taken, Kind.DISPOSITION, named(event["disposition"], known))
    if "readPoint" in event:
        place = names.canonical(event["readPoint"]["id"])
        taken.read_point = _term(taken, Kind.READ_POINT, place)
    if "bizLocation" in event:
        place = names.canonical(event["bizLocation"]["id"])
        taken.biz_location = _term(taken, Kind.BIZ_LOCATION, place)


def named(text: str, known: Mapping[str, str]) -> str:
    """A vocabulary term: a bare word, or an address in full."""
    return names.word(names.qualified(text, known) if ":" in text else text)


def _objects(
    taken: Taken, event: Mapping[str, Any]
) -> Iterator[tuple[int, int, float | None, str]]:
    if "parentID" in event:
        yield _term(taken, Kind.EPC, names.canonical(event["parentID"])), Role.PARENT, None, ""
    for name, role in OBJECTS:
        for uri in event.get(name) or ():
            yield _term(taken, Kind.EPC, names.canonical(uri)), role, None, ""
    for name, role in QUANTITIES:
        for element in event.get(name) or ():
            number = element.get("quantity")
            key = _term(taken, Kind.CLASS, names.canonical(element["epcClass"]))
            yield key, role, None if number is None else float(number), element.get("uom", "")
