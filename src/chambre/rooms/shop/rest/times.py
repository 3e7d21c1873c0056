"""Order cycles, distributions and what to harvest for them, for machines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from chambre.core.rest import SIGNED_IN, Page, PageQuery, page_by_id, problems
from chambre.lib.shopping import preparing as lists
from chambre.rooms.shop.models import Cycle, Distribution, Shop, Slot
from chambre.rooms.shop.queries.errors import NoShop
from chambre.rooms.shop.queries.keeping import distribution_of, lines_of
from chambre.rooms.shop.queries.opening import open_distributions, slots_of
from chambre.rooms.shop.rest.common import (
    MOST,
    MOST_NUMBER,
    TEXT,
    Moment,
    Number,
    by_of,
    given,
    shop_of,
)
from chambre.rooms.shop.rest.keeping import router as keeping_router
from chambre.rooms.shop.rest.shops import place_named
from chambre.rooms.shop.services import planning

router = Router()


class CycleIn(Schema):
    """From when until when people order; `most_orders`: it closes when there are so many."""

    name: str = Field(min_length=1, max_length=140, pattern=TEXT)
    opens_at: Moment
    closes_at: Moment
    most_orders: int | None = Field(None, ge=1, le=MOST)
    note: str = Field("", max_length=2_000, pattern=TEXT)


class CycleWhole(Schema):
    """An order cycle."""

    id: int
    name: str
    opens_at: dt.datetime
    closes_at: dt.datetime
    closed_at: dt.datetime | None
    most_orders: int | None
    note: str


class SlotIn(Schema):
    """A part of a distribution for which only so many can come."""

    starts_at: Moment
    ends_at: Moment
    capacity: int = Field(ge=1, le=MOST)


class SlotOut(Schema):
    """A slot; `left`: how many can still come."""

    id: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    left: int


class DistributionIn(Schema):
    """Orders of a cycle are handed over at a place."""

    cycle: int = Field(ge=1, le=MOST_NUMBER)
    place: str = Field(max_length=50, pattern=TEXT, description="Short name.")
    starts_at: Moment
    ends_at: Moment
    slots: list[SlotIn] = Field([], max_length=100)


class OpenDistribution(Schema):
    """A distribution."""

    id: int
    cycle: int
    place: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    state: str
    slots: list[SlotOut]


class HarvestOut(Schema):
    """What to bring of one variant: pieces, and grams of what is weighed."""

    producer: str
    product: str
    variant: str
    pieces: int
    grams: int
    orders: int


def cycle_data(row: Cycle) -> dict[str, Any]:
    """A cycle as it is told."""
    return given(row, *CycleWhole.model_fields)


def distribution_data(row: Distribution, slots: Sequence[Slot]) -> dict[str, Any]:
    """A distribution as it is told."""
    return {
        **given(row, "id", "starts_at", "ends_at", "state"),
        "cycle": row.cycle_id,
        "place": row.place.slug,
        "slots": [
            {**given(slot, "id", "starts_at", "ends_at"), "left": slot.capacity - slot.taken}
            for slot in slots
        ],
    }


def _cycle(shop: Shop, number: int) -> Cycle:
    row: Cycle | None = shop.cycles.filter(pk=number).first()
    if row is None:
        raise NoShop
    row.shop = shop
    return row


@router.get("/shops/{slug}/cycles", response={200: Page[CycleWhole], **problems(404)})
def list_cycles(request: HttpRequest, slug: str, which: Query[PageQuery]) -> dict[str, Any]:
    """The order cycles of a shop, in the order in which they were made."""
    page = page_by_id(shop_of(request, slug).cycles, which)
    return {**page, "items": [cycle_data(row) for row in page["items"]]}


@router.post("/shops/{slug}/cycles", response={201: CycleWhole, **problems(404)}, auth=SIGNED_IN)
def post_cycle(request: HttpRequest, slug: str, payload: CycleIn) -> Status[dict[str, Any]]:
    """Say when people may order."""
    shop = shop_of(request, slug, "shop.manage")
    row = planning.open_cycle(shop=shop, by=by_of(request), **payload.dict())
    return Status(201, cycle_data(row))


@router.post(
    "/shops/{slug}/cycles/{number}/close", response={200: CycleWhole, **problems(404)},
    auth=SIGNED_IN,
)  # fmt: skip
def post_close(request: HttpRequest, slug: str, number: Number) -> dict[str, Any]:
    """Take no more orders in a cycle, from now on."""
    row = _cycle(shop_of(request, slug, "shop.manage"), number)
    return cycle_data(planning.close_cycle(cycle=row, by=by_of(request)))


@router.get(
    "/shops/{slug}/open-distributions", response={200: list[OpenDistribution], **problems(404)}
)
def list_open_distributions(request: HttpRequest, slug: str) -> list[dict[str, Any]]:
    """The distributions for which anybody can order now, the next one first."""
    rows = open_distributions(shop_of(request, slug), timezone.now())
    slots = slots_of(rows)
    return [distribution_data(row, slots[row.pk]) for row in rows]


@keeping_router.post(
    "/shops/{slug}/distributions", response={201: OpenDistribution, **problems(404)},
    auth=SIGNED_IN,
)  # fmt: skip
def post_distribution(
    request: HttpRequest, slug: str, payload: DistributionIn
) -> Status[dict[str, Any]]:
    """Hand orders of a cycle over at a place."""
    shop = shop_of(request, slug, "shop.manage")
    row = planning.add_distribution(
        cycle=_cycle(shop, payload.cycle), place=place_named(shop, payload.place),
        starts_at=payload.starts_at, ends_at=payload.ends_at, by=by_of(request),
        slots=[(each.starts_at, each.ends_at, each.capacity) for each in payload.slots],
    )  # fmt: skip
    return Status(201, distribution_data(row, list(row.slots.all())))


@router.get(
    "/shops/{slug}/distributions/{number}/harvest",
    response={200: list[HarvestOut], **problems(404)}, auth=SIGNED_IN,
)  # fmt: skip
def get_harvest(request: HttpRequest, slug: str, number: Number) -> list[dict[str, Any]]:
    """What to bring for a distribution: all that was ordered and is not gone or unpaid."""
    row = distribution_of(shop_of(request, slug, "shop.prepare"), number)
    wanted = [
        lists.Wanted(
            order=line.order.code, person="", place=row.place.name, slot="",
            producer=line.producer.name, product=line.variant.product.name,
            variant=line.variant.name, pieces=line.quantity,
            parts=line.estimate * line.quantity if line.weighed else 0,
        )
        for line in lines_of(row)
    ]  # fmt: skip
    return [
        {**given(each, "producer", "product", "variant", "pieces", "orders"), "grams": each.parts}
        for each in lists.harvest_list(wanted)
    ]
