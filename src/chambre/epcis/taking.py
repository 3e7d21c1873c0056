"""An event taken apart: what the tables keep beside it so that it can be found again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any

from chambre.epcis import names
from chambre.epcis.fields import FURTHER, STANDARD, facts_of, of_value
from chambre.epcis.numbers import FIELDS, Kind, Role
from chambre.epcis.terms import event_digest, number_of, term_id
from chambre.epcis.times import moment

ACTIONS = {"ADD": 1, "OBSERVE": 2, "DELETE": 3}
OBJECTS: tuple[tuple[str, int], ...] = tuple(
    (FIELDS[role], int(role)) for role in (Role.EPC, Role.CHILD, Role.INPUT, Role.OUTPUT)
)
QUANTITIES: tuple[tuple[str, int], ...] = tuple(
    (FIELDS[role], int(role))
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
        key: What stands for it in the table (16 octets).
        declared: 0, or what stands for its error declaration.
        type: Term of its type; the further terms likewise, None where it says nothing.
        action: 1 ADD, 2 OBSERVE, 3 DELETE, None.
        event_time: When it happened.
        body: The event as JSON text, with its id and without a recordTime.
        objects: ``(term, role, quantity, unit)``.
        facts: ``(field, digest, text, number, time)``.
        persistent: Lasting dispositions set, and unset.
        terms: Every term that it uses: key → (kind, text). Events read together may share it.
    """

    event_id: str
    key: bytes
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

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        """Sent to another process as the values alone."""
        return Taken, _values(self)

    @property
    def identity(self) -> tuple[bytes, int]:
        """What may be there once only."""
        return self.key, self.declared

    def shed(self) -> None:
        """Let go what was written and what no state of an object needs."""
        self.body, self.facts, self.terms = "", [], {}


_values = attrgetter(*(one.name for one in fields(Taken)))


def declared_number(declaration: Any) -> int:
    """What stands for an error declaration; 0 for none."""
    if declaration is None:
        return 0
    return number_of(json.dumps(declaration, sort_keys=True))


def take(event: Mapping[str, Any], event_id: str, known: Mapping[str, str]) -> Taken:
    """Take a valid event apart.

    Args:
        event: As it was captured; it has passed :func:`chambre.lib.epcis.check_event`.
        event_id: Its eventID, or its hash when it has none.
        known: What its JSON-LD contexts abbreviate (:func:`chambre.epcis.names.prefixes`).

    Raises:
        ValueError: A time outside the years 1 to 9999, or text that no UTF-8 can hold.
    """
    return Taker(known).take(event, event_id)


Meaning = tuple[int, tuple[int, str]]
"""Key of a term, and its kind and text."""
KEPT = 20_000
"""Words, places and fields that a taker remembers."""
SHORT = 300
"""Characters of the longest of them."""
_PLAIN = (str, int, float, bool)


def _own(event: Mapping[str, Any]) -> list[str] | None:
    """The fields of an event that are not the standard's; nothing where there is more to it."""
    if not FURTHER.isdisjoint(event):
        return None
    found = [name for name in event if name not in STANDARD and name[:1] != "@"]
    if any(type(event[name]) not in _PLAIN for name in found):
        return None
    places = (event.get("readPoint", ()), event.get("bizLocation", ()))
    return None if any(len(place) > 1 for place in places) else found


class Taker:
    """Takes the events of one document apart, whose contexts abbreviate the same for all."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = known
        self._words: dict[int, dict[str, Meaning]] = {
            kind: {} for kind in (STEP, DISPOSITION, TYPE, FIELD, READ_POINT, BIZ_LOCATION)
        }

    def take(
        self,
        event: Mapping[str, Any],
        event_id: str,
        sent: str = "",
        terms: dict[int, tuple[int, str]] | None = None,
    ) -> Taken:
        """As :func:`take`.

        Args:
            event: A valid event.
            event_id: Its eventID, or its hash when it has none.
            sent: The JSON text that it came as, if there is one that UTF-8 can hold.
            terms: Where its terms go, shared by several events; else it has its own.
        """
        taken = Taken(
            event_id=event_id,
            key=event_digest(event_id),
            declared=declared_number(event.get("errorDeclaration")),
            type=0,
            action=ACTIONS.get(event.get("action", "")),
            event_time=moment(event["eventTime"]),
            body=_body(event, event_id, sent),
            terms={} if terms is None else terms,
        )
        taken.type = self._word(taken, TYPE, str(event["type"]), self._qualified)
        self._places(taken, event)
        _objects(taken, event)
        own = _own(event)
        if own is None:
            for name, fact in facts_of(event, self._known):
                taken.facts.append((self._word(taken, FIELD, name, str), *fact))
        else:
            for name in own:
                key = self._word(taken, FIELD, name, self._extension)
                taken.facts.append((key, *of_value(event[name])))
        if lasting := event.get("persistentDisposition"):
            taken.persistent = (_words(lasting.get("set", ())), _words(lasting.get("unset", ())))
        return taken

    def _word(self, taken: Taken, kind: int, text: str, full: Callable[[str], str]) -> int:
        """The term of a text that comes again and again, written in full."""
        words = self._words[kind]
        found = words.get(text)
        if found is None:
            name = full(text)
            found = term_id(kind, name), (kind, name)
            if len(text) <= SHORT:
                if len(words) >= KEPT:
                    words.clear()
                words[text] = found
        taken.terms[found[0]] = found[1]
        return found[0]

    def _qualified(self, text: str) -> str:
        return names.qualified(text, self._known)

    def _extension(self, name: str) -> str:
        return f"ext|{names.qualified(name, self._known)}"

    def _named(self, text: str) -> str:
        return named(text, self._known)

    def _places(self, taken: Taken, event: Mapping[str, Any]) -> None:
        if (step := event.get("bizStep")) is not None:
            taken.biz_step = self._word(taken, STEP, step, self._named)
        if (disposition := event.get("disposition")) is not None:
            taken.disposition = self._word(taken, DISPOSITION, disposition, self._named)
        if (place := event.get("readPoint")) is not None:
            taken.read_point = self._word(taken, READ_POINT, place["id"], names.canonical)
        if (place := event.get("bizLocation")) is not None:
            taken.biz_location = self._word(taken, BIZ_LOCATION, place["id"], names.canonical)


def _body(event: Mapping[str, Any], event_id: str, sent: str) -> str:
    """An event as JSON text, with its id: as it was sent, when that is one line.

    Raises:
        UnicodeEncodeError: A lone surrogate, which no table can hold.
    """
    if sent[-1:] == "}" and "\n" not in sent and "recordTime" not in event:
        if "eventID" in event:
            return sent
        return f'{sent[:-1]}, "eventID": {_encode(event_id)}}}'
    text = _encode({**{k: v for k, v in event.items() if k != "recordTime"}, "eventID": event_id})
    text.encode()
    return text


def _words(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(names.word(one) for one in texts)


def _thing(taken: Taken, kind: int, uri: str) -> int:
    """The term of an object or a class, of which there are many."""
    text = names.canonical(uri)
    key = term_id(kind, text)
    taken.terms[key] = (kind, text)
    return key


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
