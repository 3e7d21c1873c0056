"""Schemes, types, places and objects for machines."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from chambre.core.actors import Actor, authorize
from chambre.core.rest import SIGNED_IN, Page, PageQuery, page_by_id, problems
from chambre.registry import api as registry
from chambre.rooms.deposit.models import Item, ItemType, Scheme
from chambre.rooms.deposit.queries.finding import item_of, scheme_named, type_named, type_of_scheme
from chambre.rooms.deposit.queries.holding import holding
from chambre.rooms.deposit.queries.managing import items_of, moves_of, scheme_for, schemes_of
from chambre.rooms.deposit.services import kinds, stock
from chambre.rooms.deposit.services import schemes as services
from chambre.rooms.deposit.services.telling import tell_now

router = Router()
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
LARGEST = 10**9


class SchemeIn(Schema):
    """A new scheme; ``amount`` in cents."""

    slug: str = Field(min_length=1, max_length=50, pattern=SLUG)
    name: str = Field(min_length=1, max_length=140)
    structure: str = Field(max_length=60, description="Short name of who keeps the money.")
    amount: int = Field(ge=0, le=LARGEST)
    base_uri: str = Field("", max_length=200, description="What addresses in codes begin with.")


class SchemeOut(Schema):
    """A scheme."""

    slug: str
    name: str
    structure: str
    resource: str
    base_uri: str


class StatusOut(Schema):
    """What is held; cents. ``objects``: how many are in each state."""

    open_contracts: int
    held: int
    ledger_4196: int
    equal: bool
    objects: dict[str, int]


class TypeIn(Schema):
    """A new type of object; ``amount``: its own deposit in cents."""

    slug: str = Field(min_length=1, max_length=50, pattern=SLUG)
    name: str = Field("", max_length=140)
    counting: str = Field("serial", pattern="^(serial|class)$")
    grai: str = Field("", max_length=20, description="14 digits, or `PREFIX.ASSETTYPE`.")
    own_uri: str = Field("", max_length=200, description="Or an https address, or a UUID.")
    material: str = Field("", max_length=60, pattern=r"^[^\x00]*$")
    grams: int = Field(0, ge=0, le=10**6, description="What one weighs; 0: nobody said.")
    unit_cost: int = Field(0, ge=0, le=LARGEST)
    wash: bool = False
    amount: int | None = Field(None, ge=0, le=LARGEST)


class TypeOut(Schema):
    """A type of object."""

    slug: str
    name: str
    counting: str
    uri: str
    material: str
    grams: int


class TypeChangeIn(Schema):
    """What a type is made of and what one weighs, in grams; what is absent stays as it was."""

    material: str | None = Field(None, max_length=60, pattern=r"^[^\x00]*$")
    grams: int | None = Field(None, ge=0, le=10**6)


class ObjectsIn(Schema):
    """How many objects are put in service; the same ``key`` again gives the same objects."""

    type: str = Field(max_length=50)
    count: int = Field(ge=1, le=10_000)
    key: str = Field("", max_length=120)
    lot: str = Field("", max_length=60)


class ObjectsOut(Schema):
    """Their addresses."""

    objects: list[str]


class ObjectOut(Schema):
    """An object as it stands."""

    uri: str
    serial: str
    type: str
    state: str
    place: str
    rotations: int
    moved_at: dt.datetime | None


class MoveOut(Schema):
    """A step in the life of an object."""

    number: int
    kind: str
    state: str
    place: str
    happened_at: dt.datetime
    facts: dict[str, Any]
    note: str


class ObjectWhole(ObjectOut):
    """An object with its life, the newest step first."""

    moves: list[MoveOut]


class ObjectsQuery(PageQuery):
    """Which objects."""

    state: str = Field("", max_length=10)
    place: str = Field("", max_length=50)


def by_of(request: HttpRequest) -> Actor:
    """Who calls."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    return by


def _scheme(row: Scheme) -> dict[str, Any]:
    return {
        "slug": row.slug,
        "name": row.name,
        "structure": row.book.structure.slug,
        "resource": row.resource.slug,
        "base_uri": row.base_uri,
    }


def _type(row: ItemType) -> dict[str, Any]:
    names = ("slug", "name", "counting", "uri", "material", "grams")
    return {name: getattr(row, name) for name in names}


def _item(row: Item) -> dict[str, Any]:
    names = ("uri", "serial", "state", "rotations", "moved_at")
    return {
        **{name: getattr(row, name) for name in names},
        "type": row.type.slug,
        "place": row.place.slug if row.place else "",
    }


@router.get("/schemes", response=list[SchemeOut], auth=SIGNED_IN)
def list_schemes(request: HttpRequest) -> list[dict[str, Any]]:
    """The schemes that the caller may read."""
    return [_scheme(row) for row in schemes_of(by_of(request))]


@router.post("/schemes", response={201: SchemeOut, **problems(404, 409)}, auth=SIGNED_IN)
def post_scheme(request: HttpRequest, payload: SchemeIn) -> Status[dict[str, Any]]:
    """Start a scheme."""
    by = by_of(request)
    structure = registry.structure(payload.structure)
    authorize(by, "deposit.create_scheme", structure)
    row = services.create_scheme(
        slug=payload.slug, name=payload.name, structure=structure, amount=payload.amount,
        base_uri=payload.base_uri, by=by.also("registry.create_resource"),
    )  # fmt: skip
    return Status(201, _scheme(row))


@router.get("/schemes/{slug}", response={200: SchemeOut, **problems(404)}, auth=SIGNED_IN)
def get_scheme(request: HttpRequest, slug: str) -> dict[str, Any]:
    """A scheme."""
    return _scheme(scheme_for(slug, by_of(request)))


@router.get("/schemes/{slug}/status", response={200: StatusOut, **problems(404)}, auth=SIGNED_IN)
def get_status(request: HttpRequest, slug: str) -> dict[str, Any]:
    """What is held, and whether contracts and account 4196 agree."""
    return holding(scheme_for(slug, by_of(request))).as_json()


@router.post("/schemes/{slug}/types", response={201: TypeOut, **problems(404, 409)}, auth=SIGNED_IN)
def post_type(request: HttpRequest, slug: str, payload: TypeIn) -> Status[dict[str, Any]]:
    """Add a type of object."""
    row = services.create_type(scheme=scheme_named(slug), by=by_of(request), **payload.dict())
    return Status(201, _type(row))


@router.patch(
    "/schemes/{slug}/types/{name}", response={200: TypeOut, **problems(404)}, auth=SIGNED_IN
)
def patch_type(request: HttpRequest, slug: str, name: str, payload: TypeChangeIn) -> dict[str, Any]:
    """Say what a type is made of and what one weighs."""
    by = by_of(request)
    row = type_of_scheme(scheme_for(slug, by, "deposit.manage"), name)
    return _type(kinds.change_type(type_=row, by=by, **payload.dict()))


@router.get(
    "/schemes/{slug}/objects", response={200: Page[ObjectOut], **problems(404)}, auth=SIGNED_IN
)
def list_objects(request: HttpRequest, slug: str, which: Query[ObjectsQuery]) -> dict[str, Any]:
    """The objects of a scheme, in the order in which they were put in service."""
    rows = items_of(scheme_for(slug, by_of(request)), which.state, which.place)
    page = page_by_id(rows, which)
    return {**page, "items": [_item(row) for row in page["items"]]}


@router.post("/objects", response={201: ObjectsOut, **problems(404, 409)}, auth=SIGNED_IN)
def post_objects(request: HttpRequest, payload: ObjectsIn) -> Status[dict[str, Any]]:
    """Put objects in service, each with a serial that nobody can guess."""
    uris = stock.commission(
        type_=type_named(payload.type), count=payload.count, key=payload.key, lot=payload.lot,
        by=by_of(request),
    )  # fmt: skip
    tell_now()
    return Status(201, {"objects": uris})


@router.get("/objects/{serial}", response={200: ObjectWhole, **problems(404)}, auth=SIGNED_IN)
def get_object(request: HttpRequest, serial: str) -> dict[str, Any]:
    """An object and its life."""
    row = item_of(serial)
    authorize(by_of(request), "deposit.read", row.place if row.place else row.scheme)
    moves = [
        {
            "number": move.number, "kind": move.kind, "state": move.state,
            "place": move.place.slug if move.place else "", "happened_at": move.happened_at,
            "facts": move.facts or {}, "note": move.note,
        }
        for move in moves_of(row)[:200]
    ]  # fmt: skip
    return {**_item(row), "moves": moves}
