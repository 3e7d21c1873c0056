"""Shops and the places where orders are fetched, for machines."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from chambre.core.rest import SIGNED_IN, problems
from chambre.registry import api as registry
from chambre.rooms.shop.models import PickupPlace, Shop
from chambre.rooms.shop.queries.errors import NoShop
from chambre.rooms.shop.rest.common import MOST, SLUG, TEXT, by_of, given, shop_of
from chambre.rooms.shop.services import shops as services

router = Router()


class ShopIn(Schema):
    """A new shop."""

    slug: str = Field(min_length=1, max_length=50, pattern=SLUG)
    name: str = Field(min_length=1, max_length=140, pattern=TEXT)
    structure: str = Field(max_length=60, pattern=TEXT, description="Short name of whose it is.")
    resource: str = Field("", max_length=60, pattern=TEXT, description="What its sales feed.")


class ShopOut(Schema):
    """A shop."""

    slug: str
    name: str
    structure: str
    resource: str = Field(description="Short name of what its sales feed; empty: the structure.")
    lede: str
    email: str
    phone: str
    pay_ahead: bool
    pay_at_pickup: bool
    is_open: bool


class ShopPart(Schema):
    """What changes of a shop; what is absent stays."""

    name: str = Field("", min_length=1, max_length=140, pattern=TEXT)
    lede: str = Field("", max_length=254, pattern=TEXT)
    description: str = Field("", max_length=20_000, pattern=TEXT)
    terms: str = Field("", max_length=50_000, pattern=TEXT)
    phone: str = Field("", max_length=32, pattern=TEXT)
    pay_ahead: bool = True
    pay_at_pickup: bool = True
    by_card: bool = True
    hold_minutes: int = Field(2880, ge=5, le=100_000)
    is_open: bool = True


class PlacePart(Schema):
    """What changes of a place; latitude and longitude in millionths of a degree."""

    name: str = Field("", min_length=1, max_length=140, pattern=TEXT)
    kind: str = Field("pickup", pattern="^(pickup|home)$")
    address: str = Field("", max_length=254, pattern=TEXT)
    postcode: str = Field("", max_length=16, pattern=TEXT)
    city: str = Field("", max_length=70, pattern=TEXT)
    latitude: int | None = Field(None, ge=-90_000_000, le=90_000_000)
    longitude: int | None = Field(None, ge=-180_000_000, le=180_000_000)
    instructions: str = Field("", max_length=2_000, pattern=TEXT)
    is_open: bool = True


class PickupPlaceIn(PlacePart):
    """A new place."""

    name: str = Field(min_length=1, max_length=140, pattern=TEXT)
    slug: str = Field("", max_length=50, pattern=f"^$|{SLUG}")


class PickupPlaceOut(Schema):
    """A place."""

    slug: str
    name: str
    kind: str
    address: str
    postcode: str
    city: str
    latitude: int | None = Field(ge=-MOST, le=MOST)
    longitude: int | None = Field(ge=-MOST, le=MOST)
    instructions: str
    is_open: bool


def shop_data(row: Shop) -> dict[str, Any]:
    """A shop as it is told."""
    names = ("slug", "name", "lede", "email", "phone", "pay_ahead", "pay_at_pickup", "is_open")
    return {
        **given(row, *names),
        "structure": row.book.structure.slug,
        "resource": row.resource.slug if row.resource else "",
    }


def place_data(row: PickupPlace) -> dict[str, Any]:
    """A place as it is told."""
    return given(row, *PickupPlaceOut.model_fields)


@router.get("/shops", response=list[ShopOut])
def list_shops(request: HttpRequest) -> list[dict[str, Any]]:
    """The shops that are open, and those that the caller keeps."""
    by = by_of(request)
    rows = Shop.objects.select_related("book__structure", "resource")
    return [shop_data(row) for row in rows if row.is_open or by.may("shop.read", row)]


@router.post("/shops", response={201: ShopOut, **problems(404, 409)}, auth=SIGNED_IN)
def post_shop(request: HttpRequest, payload: ShopIn) -> Status[dict[str, Any]]:
    """Open a shop of a structure."""
    row = services.create_shop(
        slug=payload.slug, name=payload.name, by=by_of(request),
        structure=registry.structure(payload.structure),
        resource=registry.resource(payload.resource) if payload.resource else None,
    )  # fmt: skip
    return Status(201, shop_data(row))


@router.get("/shops/{slug}", response={200: ShopOut, **problems(404)})
def get_shop(request: HttpRequest, slug: str) -> dict[str, Any]:
    """A shop."""
    return shop_data(shop_of(request, slug))


@router.patch("/shops/{slug}", response={200: ShopOut, **problems(404)}, auth=SIGNED_IN)
def patch_shop(request: HttpRequest, slug: str, payload: ShopPart) -> dict[str, Any]:
    """Change what a shop says of itself and how it is paid."""
    shop = shop_of(request, slug, "shop.manage")
    changes = payload.dict(exclude_unset=True)
    return shop_data(services.change_shop(shop=shop, by=by_of(request), **changes))


@router.get("/shops/{slug}/places", response={200: list[PickupPlaceOut], **problems(404)})
def list_places(request: HttpRequest, slug: str) -> list[dict[str, Any]]:
    """Where orders of a shop are fetched."""
    return [place_data(row) for row in shop_of(request, slug).places.order_by("name", "pk")]


@router.post(
    "/shops/{slug}/places", response={201: PickupPlaceOut, **problems(404, 409)}, auth=SIGNED_IN
)
def post_place(request: HttpRequest, slug: str, payload: PickupPlaceIn) -> Status[dict[str, Any]]:
    """Add a place."""
    shop = shop_of(request, slug, "shop.manage")
    row = services.add_place(shop=shop, by=by_of(request), **payload.dict())
    return Status(201, place_data(row))


@router.patch(
    "/shops/{slug}/places/{place}", response={200: PickupPlaceOut, **problems(404)}, auth=SIGNED_IN
)
def patch_place(request: HttpRequest, slug: str, place: str, payload: PlacePart) -> dict[str, Any]:
    """Change a place."""
    shop = shop_of(request, slug, "shop.manage")
    found = place_named(shop, place)
    changes = payload.dict(exclude_unset=True)
    return place_data(services.change_place(place=found, by=by_of(request), **changes))


def place_named(shop: Shop, slug: str) -> PickupPlace:
    """A place of a shop by its short name.

    Raises:
        NoShop: There is none.
    """
    row: PickupPlace | None = shop.places.filter(slug=slug.replace("\0", "")).first()
    if row is None:
        raise NoShop
    return row
