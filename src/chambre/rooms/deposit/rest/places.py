"""Places for machines: where objects go out and come back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from chambre.core.rest import SIGNED_IN, problems
from chambre.registry import api as registry
from chambre.rooms.deposit.models import Place
from chambre.rooms.deposit.queries.finding import place_named, scheme_named, type_named
from chambre.rooms.deposit.queries.managing import scheme_for
from chambre.rooms.deposit.rest.books import PLAIN
from chambre.rooms.deposit.rest.schemes import SLUG, by_of
from chambre.rooms.deposit.services import recounting
from chambre.rooms.deposit.services import schemes as services

router = Router()
NORTH, EAST = 90 * 10**6, 180 * 10**6
UNSAID = frozenset({"latitude", "longitude", "closed_on"})
"""What may be unknown of a place: null then takes it away."""
POSITION = "Millionths of a degree; both or none."


class ReturnPlaceIn(Schema):
    """A new place; ``partner``: short name of the structure that runs it with its own till."""

    slug: str = Field(min_length=1, max_length=50, pattern=SLUG)
    name: str = Field(min_length=1, max_length=140)
    partner: str = Field("", max_length=60)
    address: str = Field("", max_length=254)
    hours: str = Field("", max_length=254)
    latitude: int | None = Field(None, ge=-NORTH, le=NORTH, description=POSITION)
    longitude: int | None = Field(None, ge=-EAST, le=EAST, description=POSITION)
    issues: bool = Field(True, description="Objects go out there.")
    returns: bool = Field(True, description="Objects are taken back there.")


class ReturnPlaceChange(Schema):
    """What changes of a place; what is not said stays."""

    name: str | None = Field(None, min_length=1, max_length=140, pattern=PLAIN)
    address: str | None = Field(None, max_length=254, pattern=r"^[^\x00]*$")
    hours: str | None = Field(None, max_length=254, pattern=r"^[^\x00]*$")
    latitude: int | None = Field(None, ge=-NORTH, le=NORTH, description=POSITION)
    longitude: int | None = Field(None, ge=-EAST, le=EAST, description=POSITION)
    issues: bool | None = None
    returns: bool | None = None
    closed_on: dt.date | None = Field(None, description="Closed for good from this day on.")


class ReturnPlaceOut(Schema):
    """A place."""

    slug: str
    name: str
    address: str
    hours: str
    latitude: int | None
    longitude: int | None
    issues: bool
    returns: bool
    closed_on: dt.date | None
    uri: str


def _place(row: Place) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ReturnPlaceOut.__annotations__}


@router.get("/schemes/{slug}/places", response={200: list[ReturnPlaceOut], **problems(404)})
def list_places(request: HttpRequest, slug: str) -> list[dict[str, Any]]:
    """The places of a scheme that are not closed for good: for everybody."""
    rows = Place.objects.filter(scheme=scheme_named(slug), closed_on__isnull=True)
    return [_place(row) for row in rows.select_related("scheme").order_by("name")]


@router.post(
    "/schemes/{slug}/places", response={201: ReturnPlaceOut, **problems(404, 409)}, auth=SIGNED_IN
)
def post_place(request: HttpRequest, slug: str, payload: ReturnPlaceIn) -> Status[dict[str, Any]]:
    """Add a place."""
    said = payload.dict(exclude={"partner"})
    row = services.create_place(
        scheme=scheme_for(slug, by_of(request), "deposit.manage"), by=by_of(request),
        partner=registry.structure(payload.partner) if payload.partner else None, **said,
    )  # fmt: skip
    return Status(201, _place(row))


@router.patch("/places/{slug}", response={200: ReturnPlaceOut, **problems(404)}, auth=SIGNED_IN)
def patch_place(request: HttpRequest, slug: str, payload: ReturnPlaceChange) -> dict[str, Any]:
    """Change what a place is and does; what was recorded there stays."""
    said = payload.dict(exclude_unset=True)
    kept = {name: value for name, value in said.items() if value is not None or name in UNSAID}
    return _place(services.change_place(place=place_named(slug), by=by_of(request), **kept))


class RecountIn(Schema):
    """What came from a place: how many, or what all and what one of them weigh, in grams."""

    type: str = Field(max_length=50)
    key: str = Field(min_length=1, max_length=120, pattern=PLAIN)
    found: int | None = Field(None, ge=0, le=recounting.MOST)
    grams: int | None = Field(None, ge=0, le=10**10)
    each: int | None = Field(None, ge=1, le=10**6)


class RecountOut(Schema):
    """What was paid back there since the last recount, and what there was."""

    place: str
    type: str
    since: dt.datetime | None
    until: dt.datetime
    told: int
    found: int
    case: int | None


@router.post(
    "/places/{slug}/recounts", response={200: RecountOut, **problems(404, 409)}, auth=SIGNED_IN
)
def post_recount(request: HttpRequest, slug: str, payload: RecountIn) -> dict[str, Any]:
    """Write down what really came from a place; a difference opens a case."""
    row = recounting.recount(
        place=place_named(slug), type_=type_named(payload.type), by=by_of(request),
        **payload.dict(exclude={"type"}),
    )  # fmt: skip
    names = ("since", "until", "told", "found")
    told = {name: getattr(row, name) for name in names}
    return {**told, "place": slug, "type": payload.type, "case": row.case_id}
