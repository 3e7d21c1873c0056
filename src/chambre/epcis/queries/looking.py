"""What the pages show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chambre.epcis import names, wording
from chambre.epcis.models import CaptureJob, Event, MasterElement
from chambre.epcis.queries.objects import Happened, as_happened
from chambre.epcis.taking import OBJECTS, QUANTITIES
from chambre.epcis.terms import number_of

NAME = ("https://ns.gs1.org/cbv/mda/name", "urn:epcglobal:cbv:mda:name", "cbvmda:name", "name")
FEW = 3


@dataclass(frozen=True, slots=True)
class Line:
    """An event in a list.

    Attributes:
        number: Its number.
        at: When it happened.
        step: What was done, in words.
        state: How the object is afterwards, in words; empty: not said.
        place: Where, by its name if one is known.
        objects: The first objects.
        more: How many more objects there are.
        wrong: It was declared wrong.
        declares: It says that another was wrong.
    """

    number: int
    at: dt.datetime
    step: str
    state: str
    place: str
    objects: list[str]
    more: int
    wrong: bool
    declares: bool


def place_names(uris: Iterable[str]) -> dict[str, str]:
    """Names of places that master data gives, by their address."""
    asked = {uri: number_of(names.canonical(uri)) for uri in uris if uri}
    rows = MasterElement.objects.filter(uri_key__in=set(asked.values()))
    known = {
        row.uri_key: next((str(row.attributes[one]) for one in NAME if one in row.attributes), "")
        for row in rows
    }
    return {uri: known.get(key) or uri for uri, key in asked.items()}


def objects_of(event: Mapping[str, Any]) -> list[str]:
    """Everything that an event is about, with quantities in brackets."""
    found = [event["parentID"]] if event.get("parentID") else []
    for name, _role in OBJECTS:
        found += event.get(name) or ()
    for name, _role in QUANTITIES:
        for one in event.get(name) or ():
            unit = f" {one['uom']}" if "uom" in one else ""
            found.append(f"{one['epcClass']} ({one.get('quantity', '?')}{unit})")
    return found


def lines_of(found: Sequence[Happened]) -> list[Line]:
    """Events as lines of a list."""
    places = [_place(one.event) for one in found]
    named = place_names(places)
    lines = []
    for one, place in zip(found, places, strict=True):
        objects = objects_of(one.event)
        lines.append(
            Line(
                one.number,
                one.happened_at,
                _step(one),
                wording.said(wording.DISPOSITIONS, one.disposition),
                named.get(place, ""),
                objects[:FEW],
                max(0, len(objects) - FEW),
                one.wrong,
                "errorDeclaration" in one.event,
            )
        )
    return lines


def _step(one: Happened) -> str:
    if one.biz_step:
        return wording.said(wording.STEPS, one.biz_step)
    return wording.said(wording.TYPES, str(one.event.get("type", "")))


def _place(event: Mapping[str, Any]) -> str:
    for name in ("readPoint", "bizLocation"):
        if name in event:
            return str(event[name]["id"])
    return ""


def last_events(limit: int = 10) -> list[Line]:
    """What was recorded last."""
    return lines_of(as_happened(list(Event.objects.order_by("-id")[:limit])))


def captures_for(user: Any, *, everybody: bool) -> Any:
    """The captures that somebody may see, the newest first."""
    rows = CaptureJob.objects.select_related("job", "user").order_by("-created_at", "-id")
    return rows if everybody else rows.filter(user=user)
