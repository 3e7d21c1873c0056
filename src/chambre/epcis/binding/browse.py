"""The top level, and the six resources by which events are browsed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.errors import NotFound
from chambre.epcis import outward
from chambre.epcis.binding import headers, paging
from chambre.epcis.binding.events import answer_events
from chambre.epcis.binding.frame import answer, resource
from chambre.epcis.models import Kind
from chambre.epcis.queries import browsing
from chambre.lib import epcis as lib

TOP = (
    "events", "eventTypes", "epcs", "bizSteps", "bizLocations", "readPoints", "dispositions",
    "capture", "queries",
)  # fmt: skip
BROWSED: dict[str, tuple[Kind, str]] = {
    "eventTypes": (Kind.EVENT_TYPE, "eventType"),
    "epcs": (Kind.EPC, "MATCH_anyEPC"),
    "bizSteps": (Kind.BIZ_STEP, "EQ_bizStep"),
    "bizLocations": (Kind.BIZ_LOCATION, "EQ_bizLocation"),
    "readPoints": (Kind.READ_POINT, "EQ_readPoint"),
    "dispositions": (Kind.DISPOSITION, "EQ_disposition"),
}
"""Each resource: what it lists, and the parameter that its ``/events`` stands for."""


def top(_request: HttpRequest, _by: Actor) -> HttpResponse:
    """The resources that there are."""
    return answer(outward.collection(list(TOP)))


def _list(kind: Kind) -> Callable[..., HttpResponse]:
    def members(request: HttpRequest, by: Actor) -> HttpResponse:
        """A page of what events name."""
        page = paging.asked(request, by)
        found, after = browsing.listed(kind, size=page.size, after=page.after)
        if kind in (Kind.EPC, Kind.BIZ_LOCATION, Kind.READ_POINT):
            form = outward.form_of(headers.epc_format(request))
            lengths = outward.prefix_lengths()
            found = [lib.identifier(one, form, lengths) for one in found]
        return paging.lead_on(answer(outward.collection(found)), request, page, after)

    return members


def _one(kind: Kind) -> Callable[..., HttpResponse]:
    def member(_request: HttpRequest, _by: Actor, value: str) -> HttpResponse:
        """What there is about one of them."""
        if not browsing.is_known(kind, value):
            raise NotFound(_("No event names this."))
        return answer(outward.collection(["events"]))

    return member


def _events(kind: Kind, parameter: str) -> Callable[..., HttpResponse]:
    def events(request: HttpRequest, by: Actor, value: str) -> HttpResponse:
        """The events of one of them."""
        if not browsing.is_known(kind, value):
            raise NotFound(_("No event names this."))
        fixed: dict[str, Any] = {parameter: [browsing.plain_name(kind, value)]}
        return answer_events(request, by, fixed)

    return events


def addresses() -> list[URLPattern]:
    """The paths; a value may hold slashes, and ``/events`` at its end is ours."""
    found = [path("", resource(get=top), name="binding")]
    for name, (kind, parameter) in BROWSED.items():
        found += [
            path(name, resource(get=_list(kind))),
            path(f"{name}/<path:value>/events", resource(get=_events(kind, parameter))),
            path(f"{name}/<path:value>", resource(get=_one(kind))),
        ]
    return found
