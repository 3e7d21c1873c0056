"""An event taken apart: what the tables keep beside it so that it can be found again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from chambre.epcis import names
from chambre.epcis.fields import FURTHER, STANDARD, facts_of, of_value
from chambre.epcis.numbers import FIELDS, Kind, Role
from chambre.epcis.terms import event_digest, number_of, term_id
from chambre.epcis.times import microseconds, moment
from chambre.lib import epcis as lib

ACTIONS = {"ADD": 1, "OBSERVE": 2, "DELETE": 3}
OBJECTS: tuple[tuple[str, int], ...] = tuple(
    (FIELDS[role], int(role)) for role in (Role.EPC, Role.CHILD, Role.INPUT, Role.OUTPUT)
)
ROLES = {FIELDS[Role.PARENT]: int(Role.PARENT), **dict(OBJECTS)}
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
Thing = tuple[int, int, float | None, str]
"""Term of an object, its role, and of a class the quantity and its unit."""
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
_quoted = json.encoder.encode_basestring
"""A text as JSON has it."""


class Taken(NamedTuple):
    """An event ready to be written: values only, so that another process may be sent many of them.

    Attributes:
        event_id: Its eventID, given or computed.
        key: What stands for it in the table (16 octets).
        declared: 0, or what stands for its error declaration.
        at: When it happened (:func:`chambre.epcis.times.microseconds`).
        type: Term of its type; the further terms likewise, None where it says nothing.
        action: 1 ADD, 2 OBSERVE, 3 DELETE, None.
        body: The event as JSON text, with its id and without a recordTime.
        objects: ``(term, role, quantity, unit)``.
        facts: ``(field, digest, text, number, time)``.
        persistent: Lasting dispositions set, and unset.
        terms: Every term that it uses: key → (kind, text). Events read together may share it.
        context: The JSON-LD context of its document.
    """

    event_id: str
    key: bytes
    declared: int
    at: int
    type: int
    action: int | None
    biz_step: int | None
    disposition: int | None
    read_point: int | None
    biz_location: int | None
    body: str
    objects: Sequence[Thing]
    facts: Sequence[tuple[int, int | None, str, float | None, dt.datetime | None]]
    persistent: tuple[tuple[str, ...], tuple[str, ...]]
    terms: dict[int, tuple[int, str]]
    context: Any


def declared_number(declaration: Any) -> int:
    """What stands for an error declaration; 0 for none."""
    if declaration is None:
        return 0
    return number_of(json.dumps(declaration, sort_keys=True))


def take(
    event: Mapping[str, Any], event_id: str, known: Mapping[str, str], context: Any = None
) -> Taken:
    """Take a valid event apart.

    Args:
        event: As it was captured; it has passed :func:`chambre.lib.epcis.check_event`.
        event_id: Its eventID, or its hash when it has none.
        known: What its JSON-LD contexts abbreviate (:func:`chambre.epcis.names.prefixes`).
        context: The context of its document.

    Raises:
        ValueError: A time outside the years 1 to 9999, or text that no UTF-8 can hold.
    """
    return Taker(known, context).take(event, event_id)


Meaning = tuple[int, tuple[int, str]]
"""Key of a term, and its kind and text."""
KEPT = 20_000
"""Words, places and fields that a taker remembers."""
SHORT = 300
"""Characters of the longest of them."""
NOTHING: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
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


Terms = dict[int, tuple[int, str]]


class Frame(NamedTuple):
    """What events with the same frame (:class:`chambre.lib.epcis.Frames`) have in common."""

    type: int
    action: int | None
    biz_step: int | None
    disposition: int | None
    fields: Mapping[str, int]
    terms: Terms


class Taker:
    """Takes the events of one document apart, whose contexts abbreviate the same for all.

    It is a keeper for :class:`chambre.lib.epcis.Frames`: events that those read are taken apart by
    what was kept (:meth:`common`), all others by :meth:`take`.
    """

    def __init__(self, known: Mapping[str, str], context: Any = None) -> None:
        self._known = known
        self._context = context
        self._words: dict[int, dict[str, Meaning]] = {
            kind: {} for kind in (STEP, DISPOSITION, TYPE, FIELD, READ_POINT, BIZ_LOCATION)
        }

    def take(
        self,
        event: Mapping[str, Any],
        event_id: str,
        sent: str = "",
        terms: Terms | None = None,
    ) -> Taken:
        """As :func:`take`.

        Args:
            event: A valid event.
            event_id: Its eventID, or its hash when it has none.
            sent: The JSON text that it came as, if there is one that UTF-8 can hold.
            terms: Where its terms go, shared by several events; else it has its own.
        """
        terms = {} if terms is None else terms
        frame = self._framed(event, terms)
        point, location = event.get("readPoint"), event.get("bizLocation")
        lasting = event.get("persistentDisposition") or {}
        return Taken(
            event_id,
            event_digest(event_id),
            declared_number(event.get("errorDeclaration")),
            microseconds(moment(event["eventTime"])),
            *frame,
            None if point is None else self._word(terms, READ_POINT, point["id"], names.canonical),
            None
            if location is None
            else self._word(terms, BIZ_LOCATION, location["id"], names.canonical),
            _body(event, event_id, sent),
            _objects(terms, event),
            self._facts(event, terms),
            (_words(lasting.get("set", ())), _words(lasting.get("unset", ()))),
            terms,
            self._context,
        )

    def common(
        self, found: lib.Common, event: Mapping[str, Any], event_id: str, sent: str, terms: Terms
    ) -> Taken:
        """The same of an event of the common form; the arguments as in :meth:`take`."""
        frame, _text, things, (point, location), own, at = found
        kind, action, step, disposition, fields, words = frame
        terms.update(words)
        objects = []
        for key, meaning, thing in things:
            terms[key] = meaning
            objects.append(thing)
        read_point = biz_location = None
        if point is not None:
            read_point, meaning = point
            terms[read_point] = meaning
        if location is not None:
            biz_location, meaning = location
            terms[biz_location] = meaning
        return Taken(
            event_id,
            event_digest(event_id),
            0,
            microseconds(moment(event["eventTime"]) if at is None else at),
            kind,
            action,
            step,
            disposition,
            read_point,
            biz_location,
            _body(event, event_id, sent),
            objects,
            [(fields[name], *of_value(event[name])) for name in own],
            NOTHING,
            terms,
            self._context,
        )

    def frame(self, event: Mapping[str, Any]) -> Frame:
        """What its frame says; for :class:`chambre.lib.epcis.Frames`."""
        terms: Terms = {}
        said = self._framed(event, terms)
        own = [name for name in event if name not in STANDARD and name[:1] != "@"]
        fields = {name: self._word(terms, FIELD, name, self._extension) for name in own}
        return Frame(*said, fields, terms)

    def thing(self, field: str, uri: str) -> tuple[int, tuple[int, str], Thing]:
        """The term of a thing, what it says, and the thing in its role."""
        text = names.canonical(uri)
        key = term_id(EPC, text)
        return key, (EPC, text), (key, ROLES[field], None, "")

    def place(self, field: str, uri: str) -> Meaning:
        """The term of a place, and what it says."""
        terms: Terms = {}
        kind = READ_POINT if field == "readPoint" else BIZ_LOCATION
        key = self._word(terms, kind, uri, names.canonical)
        return key, terms[key]

    def _framed(
        self, event: Mapping[str, Any], terms: Terms
    ) -> tuple[int, int | None, int | None, int | None]:
        """Type, action, step and disposition."""
        step, disposition = event.get("bizStep"), event.get("disposition")
        return (
            self._word(terms, TYPE, str(event["type"]), self._qualified),
            ACTIONS.get(event.get("action", "")),
            None if step is None else self._word(terms, STEP, step, self._named),
            None
            if disposition is None
            else self._word(terms, DISPOSITION, disposition, self._named),
        )

    def _facts(self, event: Mapping[str, Any], terms: Terms) -> list[Any]:
        own = _own(event)
        if own is None:
            return [
                (self._word(terms, FIELD, name, str), *fact)
                for name, fact in facts_of(event, self._known)
            ]
        return [
            (self._word(terms, FIELD, name, self._extension), *of_value(event[name]))
            for name in own
        ]

    def _word(self, terms: Terms, kind: int, text: str, full: Callable[[str], str]) -> int:
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
        terms[found[0]] = found[1]
        return found[0]

    def _qualified(self, text: str) -> str:
        return names.qualified(text, self._known)

    def _extension(self, name: str) -> str:
        return f"ext|{names.qualified(name, self._known)}"

    def _named(self, text: str) -> str:
        return named(text, self._known)


def _body(event: Mapping[str, Any], event_id: str, sent: str) -> str:
    """An event as JSON text, with its id: as it was sent, when that is one line.

    Raises:
        UnicodeEncodeError: A lone surrogate, which no table can hold.
    """
    if sent.endswith("}") and "\n" not in sent and "recordTime" not in event:
        if "eventID" in event:
            return sent
        return f'{sent[:-1]}, "eventID": {_quoted(event_id)}}}'
    text = _encode({**{k: v for k, v in event.items() if k != "recordTime"}, "eventID": event_id})
    text.encode()
    return text


def _words(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(names.word(one) for one in texts)


def _thing(terms: Terms, kind: int, uri: str) -> int:
    """The term of an object or a class, of which there are many."""
    text = names.canonical(uri)
    key = term_id(kind, text)
    terms[key] = (kind, text)
    return key


def named(text: str, known: Mapping[str, str]) -> str:
    """A vocabulary term: a bare word, or an address in full."""
    return names.word(names.qualified(text, known) if ":" in text else text)


def _objects(terms: Terms, event: Mapping[str, Any]) -> list[Thing]:
    objects: list[Thing] = []
    if (parent := event.get("parentID")) is not None:
        objects.append((_thing(terms, EPC, parent), int(Role.PARENT), None, ""))
    for name, role in OBJECTS:
        for uri in event.get(name) or ():
            objects.append((_thing(terms, EPC, uri), role, None, ""))
    for name, role in QUANTITIES:
        for element in event.get(name) or ():
            number = element.get("quantity")
            key = _thing(terms, CLASS, element["epcClass"])
            objects.append(
                (key, role, None if number is None else float(number), element.get("uom", ""))
            )
    return objects
