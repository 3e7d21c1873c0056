"""Events of the common form, checked and written out for the hash at once.

Most events of a document differ from one another in their time, their things and a number or two;
what they say besides, their *frame*, comes again and again: type, action, step, state, the fields
they have. A frame is checked by the schema and written out once. Of each further event with it only
times, things, places and fields of one's own are looked at, and texts that were met before not even
that.

What has another form (quantities, sensors, parties, error declarations…) is no matter for this
module: it says nothing about it, and the schema and the hash are asked as ever.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from operator import itemgetter
from typing import Any, NamedTuple, Protocol

from . import schema
from .formats import is_time, is_uri
from .model import EPC_FIELDS
from .prehash import COMMENTS, FORMS, MILLISECONDS, Writer, instant, prefixes_of
from .problems import EpcisError

KEPT = 30_000
"""Things, and places, that are remembered."""
_LONGEST = 200
"""Characters of the longest of them."""
_FRAMES, _PLANS = 1000, 200
_WORDS = ("type", "eventTimeZoneOffset", "action", "bizStep", "disposition")
_PLACES = ("readPoint", "bizLocation")
_THINGS = ("parentID", *EPC_FIELDS)
_ORDER = tuple(name for name in FORMS if name in _THINGS)
"""Things in the order in which the hash has them."""
_COMMON = frozenset((*_WORDS, *_PLACES, *_THINGS, "eventTime", "eventID"))
_PLAIN = frozenset((str, int, float, bool))
_WORD_FORMS = tuple(name for name in FORMS if name in ("action", "bizStep", "disposition"))


class Keeper(Protocol):
    """What somebody keeps beside frames, things and places, computed once for each."""

    def frame(self, event: Mapping[str, Any]) -> Any:
        """Of the frame of a valid event."""

    def thing(self, field: str, uri: str) -> Any:
        """Of a thing that stands in a field."""

    def place(self, field: str, uri: str) -> Any:
        """Of a place that stands in a field."""


class Common(NamedTuple):
    """A valid event of the common form.

    Attributes:
        frame: What the keeper said of its frame.
        text: What is hashed; see :mod:`.hashing`.
        things: What the keeper said of each thing: of the parent, then as ``EPC_FIELDS`` has them.
        places: What the keeper said of the read point and the business location; nothing for none.
        own: Names of the fields of one's own; their values are texts, numbers, true or false.
        at: When it happened, where that was read on the way; its offset is that of UTC.
    """

    frame: Any
    text: str
    things: list[Any]
    places: tuple[Any, Any]
    own: tuple[str, ...]
    at: dt.datetime | None


_Known = dict[str, tuple[str, Any]]
"""Text → how it is written for the hash, and what is kept."""
_Frame = tuple[str, str, str, Any]
"""The constant parts of the text: head, offset, words; and what is kept."""


_NOWHERE: tuple[str, Any] = ("", None)


class _Plan:
    """How events with certain fields are read."""

    def __init__(self, names: tuple[str, ...], known: Mapping[str, _Known], writer: Writer) -> None:
        self.words: Any = itemgetter(*(name for name in _WORDS if name in names))
        self.frames: dict[tuple[str, ...], _Frame] = {}
        self.parent = known["parentID"] if "parentID" in names else None
        self.lists = tuple((name, known[name]) for name in EPC_FIELDS if name in names)
        self.single = self.lists[0] if len(self.lists) == 1 and self.parent is None else None
        self.in_order = tuple(name for name in _ORDER if name in names)
        self.read_point = known["readPoint"] if "readPoint" in names else None
        self.location = known["bizLocation"] if "bizLocation" in names else None
        self.own = tuple(name for name in names if name not in _COMMON)
        self.named = tuple((name, writer.name(name)) for name in self.own if name not in COMMENTS)
        self.has_id = "eventID" in names


class Frames:
    """Reads the events of one document.

    Args:
        context: JSON-LD context of the document.
        keeper: Who keeps something beside.
    """

    def __init__(self, context: Any, keeper: Keeper) -> None:
        self._writer = Writer(prefixes_of(context))
        self._keeper = keeper
        self._plans: dict[tuple[str, ...], _Plan | None] = {}
        self._known: dict[str, _Known] = {name: {} for name in (*_THINGS, *_PLACES)}

    def read(self, event: Any) -> Common | None:
        """A valid event of the common form; nothing of any other, and of one that is not valid.

        Args:
            event: The JSON object of an event.
        """
        if type(event) is not dict:
            return None
        names = tuple(event)
        try:
            plan = self._plans[names]
        except KeyError:
            plan = self._planned(names)
        if plan is None:
            return None
        try:
            return self._read(event, plan)
        except TypeError:  # a list or an object where a text is expected: no key of what is known
            return None

    def _planned(self, names: tuple[str, ...]) -> _Plan | None:
        """How events with these fields are read, if they can have the common form."""
        if len(self._plans) >= _PLANS:
            self._plans.clear()
        own = [name for name in names if name not in _COMMON]
        common = (
            not schema.ALL.intersection(own)
            and not any(name[:1] == "@" for name in own)
            and {"type", "eventTime", "eventTimeZoneOffset"}.issubset(names)
        )
        plan = _Plan(names, self._known, self._writer) if common else None
        if sum(map(len, names)) <= 10 * _LONGEST:
            self._plans[names] = plan
        return plan

    def _read(self, event: dict[str, Any], plan: _Plan) -> Common | None:
        words = plan.words(event)
        frame = plan.frames.get(words) or self._framed(event, plan, words)
        if frame is None or (plan.has_id and not _is_id(event["eventID"])):
            return None
        head, offset, rest, kept = frame
        written, at = event["eventTime"], None
        if MILLISECONDS(written):
            try:
                at = dt.datetime.fromisoformat(written)
            except ValueError:  # a leap second, the thirtieth of February
                written = None
        else:
            written = _instant(written)
        things: list[Any] = []
        listed = self._listed(event, plan, things)
        if written is None or listed is None:
            return None
        point = self._place(event, "readPoint", plan.read_point)
        location = self._place(event, "bizLocation", plan.location)
        own = self._own(event, plan) if plan.own else ""
        if point is None or location is None or own is None:
            return None
        text = f"{head}{written}{offset}{listed}{rest}{point[0]}{location[0]}{own}"
        return Common(kept, text, things, (point[1], location[1]), plan.own, at)

    def _framed(self, event: dict[str, Any], plan: _Plan, words: tuple[str, ...]) -> _Frame | None:
        """The frame of an event that is valid, and how it is written out."""
        if event["type"] not in schema.EVENTS or schema.event(event) is not None:
            return None
        said = [FORMS[name](self._writer, event[name]) for name in _WORD_FORMS if name in event]
        frame = (
            f"eventType={event['type']}eventTime=",
            f"eventTimeZoneOffset={event['eventTimeZoneOffset']}",
            "".join(said),
            self._keeper.frame(event),
        )
        if len(plan.frames) >= _FRAMES:
            plan.frames.clear()
        if sum(map(len, words)) <= 5 * _LONGEST:
            plan.frames[words] = frame
        return frame

    def _listed(self, event: dict[str, Any], plan: _Plan, things: list[Any]) -> str | None:
        """As :meth:`_things`, at once where there is one list with one thing."""
        if plan.single is not None:
            name, known = plan.single
            uris = event[name]
            if type(uris) is list and len(uris) == 1:
                found = known.get(uris[0]) or self._learn(known, name, uris[0])
                if found is None:
                    return None
                things.append(found[1])
                return f"{name}epc={found[0]}"
        return self._things(event, plan, things)

    def _things(self, event: dict[str, Any], plan: _Plan, things: list[Any]) -> str | None:
        """The things written out, what is kept of each added; nothing where one is not valid."""
        texts = {}
        if plan.parent is not None:
            uri = event["parentID"]
            found = plan.parent.get(uri) or self._learn(plan.parent, "parentID", uri)
            if found is None:
                return None
            texts["parentID"] = f"parentID={found[0]}"
            things.append(found[1])
        for name, known in plan.lists:
            uris = event[name]
            if type(uris) is not list or not uris:
                return None
            written = []
            for uri in uris:
                if (found := known.get(uri) or self._learn(known, name, uri)) is None:
                    return None
                written.append(f"epc={found[0]}")
                things.append(found[1])
            if len(uris) > 1:
                if len(set(uris)) < len(uris):
                    return None  # not everywhere allowed: the schema knows where
                written.sort()
            texts[name] = name + "".join(written)
        return "".join([texts[name] for name in plan.in_order])

    def _place(
        self, event: dict[str, Any], name: str, known: _Known | None
    ) -> tuple[str, Any] | None:
        """A place that is named and nothing more; where there is none, that."""
        if known is None:
            return _NOWHERE
        value = event[name]
        if type(value) is not dict or len(value) != 1 or "id" not in value:
            return None
        uri = value["id"]
        return known.get(uri) or self._learn(known, name, uri)

    def _learn(self, known: _Known, name: str, uri: Any) -> tuple[str, Any] | None:
        """A thing or a place that was not met before; nothing where it is no URI."""
        if type(uri) is not str or not is_uri(uri):
            return None
        text = self._writer.value(uri)
        if name in _PLACES:
            if not text:
                return None
            found = f"{name}id={text}", self._keeper.place(name, uri)
        else:
            found = text, self._keeper.thing(name, uri)
        if len(uri) <= _LONGEST:
            if len(known) >= KEPT:
                known.clear()
            known[uri] = found
        return found

    def _own(self, event: dict[str, Any], plan: _Plan) -> str | None:
        """The fields of one's own, written out; nothing where one is neither text nor number."""
        for name in plan.own:
            if type(event[name]) not in _PLAIN:
                return None
        texts = []
        for name, full in plan.named:
            value = event[name]
            text = str(value) if type(value) is int else self._writer.value(value)
            texts.append(f"{full}={text}" if text else full)
        if len(texts) > 1:
            texts.sort()
        return "".join(texts)


def _instant(text: Any) -> str | None:
    """A time as it is hashed; nothing where it is none, or cannot be hashed."""
    if type(text) is not str:
        return None
    try:
        return instant(text) if is_time(text) else None
    except EpcisError:
        return None


def _is_id(text: Any) -> bool:
    return type(text) is str and is_uri(text)
