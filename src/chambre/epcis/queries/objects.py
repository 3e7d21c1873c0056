"""The life of an object and how it stands."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from chambre.epcis import names
from chambre.epcis.models import Batch, Event, EventObject, Kind, ObjectState, Term
from chambre.epcis.terms import term_id

ACTIONS = {1: "ADD", 2: "OBSERVE", 3: "DELETE", None: ""}


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as it is read.

    Attributes:
        number: Its number here.
        event: The event as it was captured, with its eventID.
        happened_at: When it happened.
        recorded_at: Its recordTime.
        wrong: It was declared wrong later, or is itself such a declaration.
    """

    number: int
    event: dict[str, Any]
    happened_at: dt.datetime
    recorded_at: dt.datetime
    wrong: bool = False

    @property
    def event_id(self) -> str:
        """Its eventID."""
        return str(self.event["eventID"])

    @property
    def biz_step(self) -> str:
        """The business step, a bare word or an address; empty when it has none."""
        return names.word(self.event.get("bizStep", ""))

    @property
    def disposition(self) -> str:
        """The disposition, likewise."""
        return names.word(self.event.get("disposition", ""))


@dataclass(frozen=True, slots=True)
class State:
    """How an object stands after all its events that were not declared wrong.

    Attributes:
        epc: The object, in its canonical form.
        number: Number of its last event.
        seen_at: When that happened.
        type: Type of the last event.
        action: Its action: ``ADD``, ``OBSERVE``, ``DELETE`` or empty.
        biz_step: Last business step; empty if none.
        disposition: Last disposition that an event named.
        read_point: Last read point.
        biz_location: Last business location: where it is, as far as is known.
        parent: What it is in, or fixed on; empty: nothing.
        ended: It is out of service (an ObjectEvent DELETE, or used up in a transformation).
        persistent: Lasting dispositions.
        events: How many events it had.
    """

    epc: str
    number: int
    seen_at: dt.datetime
    type: str
    action: str
    biz_step: str
    disposition: str
    read_point: str
    biz_location: str
    parent: str
    ended: bool
    persistent: tuple[str, ...]
    events: int


def epc_id(epc: str) -> int:
    """The key of an object, whatever form its identifier has."""
    return term_id(Kind.EPC, names.canonical(epc))


def wrong_keys(rows: Sequence[Event]) -> set[Any]:
    """Which of these events were declared wrong."""
    keys = {row.event_key for row in rows}
    declared = Event.objects.filter(event_key__in=keys).exclude(declared=0)
    return set(declared.values_list("event_key", flat=True))


def as_happened(rows: Sequence[Event], wrong: set[Any] | None = None) -> list[Happened]:
    """Events as they are read, those that were declared wrong marked.

    Args:
        rows: The events.
        wrong: Keys of those that were declared wrong, where the caller knows them.
    """
    if wrong is None:
        wrong = wrong_keys(rows)
    return [
        Happened(
            row.pk,
            json.loads(row.body),
            row.event_time,
            row.record_time,
            row.event_key in wrong,
        )
        for row in rows
    ]


def history(
    epc: str,
    *,
    limit: int = 200,
    before: tuple[dt.datetime, int] | None = None,
    wrong: bool = True,
) -> list[Happened]:
    """What happened to an object, the newest first, in whatever role it was.

    Args:
        epc: The object, as EPC URN, Digital Link or another URI.
        limit: At most so many events.
        before: Time and number of the last event of the page before.
        wrong: Also events that were declared wrong, and the declarations.
    """
    lived = EventObject.objects.filter(epc=epc_id(epc)).order_by("-event_time", "-event_id")
    if before is not None:
        at, number = before
        lived = lived.filter(event_time__lte=at).filter(Q(event_time__lt=at) | Q(event__lt=number))
    numbers = list(
        dict.fromkeys(lived.values_list("event_id", flat=True)[: limit + limit // 4 + 4])
    )
    by_number = {row.pk: row for row in Event.objects.filter(pk__in=numbers)}
    # A declaration is about the same objects, at the same time: it stands beside its event.
    declared = {row.event_key for row in by_number.values() if row.declared}
    found = as_happened([by_number[number] for number in numbers[:limit]], declared)
    return found if wrong else [one for one in found if not one.wrong]


def last_event(epc: str) -> Happened | None:
    """The last thing that happened to an object and was not declared wrong."""
    number = ObjectState.objects.filter(pk=epc_id(epc)).values_list("event", flat=True).first()
    return None if number is None else as_happened([Event.objects.get(pk=number)])[0]


def state(epc: str) -> State | None:
    """How an object stands; nothing when no event has been recorded about it."""
    return next(iter(states([epc]).values()), None)


def states(epcs: Iterable[str]) -> dict[str, State]:
    """How several objects stand, by the identifiers that were given; unknown ones are left out."""
    asked = {epc: epc_id(epc) for epc in epcs}
    rows = {row.pk: row for row in ObjectState.objects.filter(pk__in=set(asked.values()))}
    wanted: set[int | None] = set()
    for row in rows.values():
        wanted |= {row.epc, row.type, row.biz_step, row.disposition, row.read_point}
        wanted |= {row.biz_location, row.parent}
    known = [key for key in wanted if key is not None]
    words = dict(Term.objects.filter(pk__in=known).values_list("id", "text"))
    return {epc: _state(rows[key], words) for epc, key in asked.items() if key in rows}


def _state(row: ObjectState, words: dict[int, str]) -> State:
    def said(key: int | None) -> str:
        return "" if key is None else words.get(key, "")

    return State(
        epc=said(row.epc),
        number=row.event,
        seen_at=row.event_time,
        type=said(row.type),
        action=ACTIONS[row.action],
        biz_step=said(row.biz_step),
        disposition=said(row.disposition),
        read_point=said(row.read_point),
        biz_location=said(row.biz_location),
        parent=said(row.parent),
        ended=row.ended,
        persistent=tuple(row.persistent.split()),
        events=row.events,
    )


def recorded(batch: int) -> list[Happened]:
    """The events of a recording, in order; see :class:`chambre.epcis.events.EventsCaptured`."""
    stored = Batch.objects.values_list("stored", flat=True).get(pk=batch)
    rows = {
        row.pk: row
        for row in Event.objects.filter(pk__in=[one for one in stored if one])
        if row.batch_id == batch
    }
    return as_happened([rows[number] for number in dict.fromkeys(stored) if number in rows])


def contents(epc: str) -> list[str]:
    """What is in (or fixed on) an object now, in canonical form."""
    inside = ObjectState.objects.filter(parent=epc_id(epc)).values("epc")
    return sorted(Term.objects.filter(pk__in=inside).values_list("text", flat=True))
