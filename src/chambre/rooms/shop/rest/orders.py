"""Orders for machines: placed, seen, changed, cancelled, paid in cash. Money in cents.

``key`` is the idempotency key. Whoever knows the public number of an order may see and change it, as on
its page; what those who keep the shop do with it is in :mod:`.keeping`.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from chambre.core.actors import Actor, authorize
from chambre.core.rest import SIGNED_IN, Page, PageQuery, page_by_id, problems
from chambre.rooms.shop.models import Distribution, Order, Shop, Slot
from chambre.rooms.shop.queries.accounts import due
from chambre.rooms.shop.queries.errors import NoShop
from chambre.rooms.shop.queries.finding import order_named
from chambre.rooms.shop.queries.keeping import distribution_of
from chambre.rooms.shop.rest.common import (
    MOST_CENTS,
    MOST_NUMBER,
    TEXT,
    Key,
    by_of,
    given,
    shop_of,
)
from chambre.rooms.shop.services import changing, ordering, paying
from chambre.rooms.shop.services.asking import MOST_LINES, MOST_PIECES, Wanted, Who
from chambre.treasury.models import CashDrawer

router = Router()
STATES = "^(|placed|confirmed|prepared|handed|cancelled|expired|missed)$"


class WantedIn(Schema):
    """Pieces of a variant; `price` only where it is free."""

    variant: int = Field(ge=1, le=MOST_NUMBER)
    quantity: int = Field(ge=1, le=MOST_PIECES)
    price: int | None = Field(None, ge=0, le=MOST_CENTS)
    note: str = Field("", max_length=254, pattern=TEXT)


Code = Annotated[str, Field(min_length=1, max_length=24, pattern=TEXT)]


class OrderIn(Schema):
    """What somebody orders. `for_them`: the shop orders for a customer, also when it is closed."""

    key: Key
    distribution: int = Field(ge=1, le=MOST_NUMBER)
    slot: int | None = Field(None, ge=1, le=MOST_NUMBER)
    email: str = Field(max_length=254, pattern=TEXT)
    name: str = Field(min_length=1, max_length=140, pattern=TEXT)
    phone: str = Field("", max_length=32, pattern=TEXT)
    address: str = Field("", max_length=254, pattern=TEXT)
    postcode: str = Field("", max_length=16, pattern=TEXT)
    city: str = Field("", max_length=70, pattern=TEXT)
    lines: list[WantedIn] = Field(min_length=1, max_length=MOST_LINES)
    pay: str = Field("ahead", pattern="^(ahead|pickup)$")
    note: str = Field("", max_length=2_000, pattern=TEXT)
    codes: list[Code] = Field([], max_length=5, description="Codes of reductions.")
    for_them: bool = False


class ChangeIn(Schema):
    """All that is wanted now."""

    key: Key
    lines: list[WantedIn] = Field(min_length=1, max_length=MOST_LINES)
    slot: int | None = Field(None, ge=1, le=MOST_NUMBER)
    note: str | None = Field(None, max_length=2_000, pattern=TEXT)
    for_them: bool = False


class CancelIn(Schema):
    """Why an order is cancelled."""

    key: Key
    reason: str = Field("", max_length=200, pattern=TEXT)
    for_them: bool = False


class StallCashIn(Schema):
    """In which drawer cash was put."""

    key: Key
    drawer: int = Field(ge=1, le=MOST_NUMBER)


class LineWhole(Schema):
    """A line; `given` and `grams` are known when it is prepared."""

    number: int
    variant: int
    name: str
    unit: str
    weighed: bool
    quantity: int
    given: int | None
    grams: int | None
    unit_price: int
    gross: int
    reduction: int
    vat: int
    containers: int
    deposit: int
    note: str


class OrderWhole(Schema):
    """An order; `due`: what is still to be paid."""

    id: str = Field(description="Public number: who knows it may see and change the order.")
    code: str
    shop: str
    state: str
    pay: str
    distribution: int
    slot: int | None
    goods: int
    reduction: int
    deposits: int
    total: int
    credit: int
    due: int
    note: str
    placed_at: dt.datetime
    hold_until: dt.datetime | None
    handed_at: dt.datetime | None
    lines: list[LineWhole]


class OrdersQuery(PageQuery):
    """Which orders."""

    distribution: int | None = Field(None, ge=1, le=MOST_NUMBER)
    state: str = Field("", pattern=STATES)


def order_data(row: Order, shop: Shop) -> dict[str, Any]:
    """An order as it is told: nothing of the customer."""
    names = (
        "code", "state", "pay", "goods", "reduction", "deposits", "total", "credit", "note",
        "placed_at", "hold_until", "handed_at",
    )  # fmt: skip
    lines = [
        {
            **given(line, *(name for name in LineWhole.model_fields if name != "variant")),
            "variant": line.variant_id,
        }
        for line in row.lines.order_by("number")
    ]
    live = row.state not in (Order.State.CANCELLED, Order.State.EXPIRED, Order.State.HANDED)
    return {
        **given(row, *names), "id": row.public_id, "shop": shop.slug, "lines": lines,
        "distribution": row.distribution_id, "slot": row.slot_id,
        "due": max(due(row), 0) if live else 0,
    }  # fmt: skip


def _wanted(lines: list[WantedIn]) -> list[Wanted]:
    return [Wanted(each.variant, each.quantity, each.price, each.note) for each in lines]


def _slot(distribution: Distribution, number: int | None) -> Slot | None:
    if number is None:
        return None
    row: Slot | None = distribution.slots.filter(pk=number).first()
    if row is None:
        raise NoShop
    return row


def _order(number: str) -> tuple[Order, Shop]:
    """An order by its public number, of a shop that may be closed by now.

    Raises:
        NoShop: There is none.
    """
    rows = Order.objects.select_related(
        "shop__book__structure", "customer", "distribution__cycle", "distribution__place"
    )
    row = rows.filter(public_id=number.replace("\0", "")[:64]).first()
    if row is None:
        raise NoShop
    row.distribution.cycle.shop = row.shop
    return row, row.shop


def _key(row: Order, key: str) -> str:
    """A key that nobody uses for another order."""
    return f"rest:{row.public_id}:{key}"


def _is_they(by: Actor, email: str) -> bool:
    """Whether it is surely this customer who calls, with a key that is for the shop."""
    if by.user is None or by.user.email.lower() != email.strip().lower():
        return False
    return by.kind == "person" or bool(by.scopes & {"*", "shop"})


@router.get(
    "/shops/{slug}/orders", response={200: Page[OrderWhole], **problems(404)}, auth=SIGNED_IN
)
def list_all_orders(request: HttpRequest, slug: str, which: Query[OrdersQuery]) -> dict[str, Any]:
    """The orders of a shop, for those who keep it, in the order in which they were placed."""
    shop = shop_of(request, slug, "shop.prepare")
    rows = Order.objects.filter(shop=shop)
    if which.distribution is not None:
        rows = rows.filter(distribution=which.distribution)
    if which.state:
        rows = rows.filter(state=which.state)
    page = page_by_id(rows, which)
    return {**page, "items": [order_data(row, shop) for row in page["items"]]}


@router.post(
    "/shops/{slug}/orders", response={201: OrderWhole, **problems(404, 409)}, auth=SIGNED_IN
)
def post_order(request: HttpRequest, slug: str, payload: OrderIn) -> Status[dict[str, Any]]:
    """Order for a distribution, once for the key."""
    shop, by = shop_of(request, slug), by_of(request)
    if payload.for_them:
        authorize(by, "shop.prepare", shop)
    distribution = distribution_of(shop, payload.distribution)
    they = _is_they(by, payload.email)
    who = Who(
        email=payload.email, name=payload.name, phone=payload.phone, address=payload.address,
        postcode=payload.postcode, city=payload.city, credit=they or payload.for_them,
        user=by.user.pk if they and by.user else None,
    )  # fmt: skip
    row = ordering.place_order(
        distribution=distribution, who=who, wanted=_wanted(payload.lines), key=payload.key, by=by,
        pay=payload.pay, slot=_slot(distribution, payload.slot), note=payload.note,
        for_them=payload.for_them, codes=payload.codes,
    )  # fmt: skip
    return Status(201, order_data(row, shop))


@router.get("/orders/{number}", response={200: OrderWhole, **problems(404)})
def get_own_order(request: HttpRequest, number: str) -> dict[str, Any]:
    """An order, for whoever knows its public number."""
    return order_data(*_order(number))


@router.put("/orders/{number}", response={200: OrderWhole, **problems(404, 409)}, auth=SIGNED_IN)
def put_order(request: HttpRequest, number: str, payload: ChangeIn) -> dict[str, Any]:
    """Change what is ordered, while the cycle takes orders; once for the key."""
    row, shop = _order(number)
    row = changing.change_order(
        order=row, wanted=_wanted(payload.lines), by=by_of(request), key=_key(row, payload.key),
        slot=_slot(row.distribution, payload.slot), note=payload.note, for_them=payload.for_them,
    )  # fmt: skip
    return order_data(row, shop)


@router.post(
    "/orders/{number}/cancel", response={200: OrderWhole, **problems(404, 409)},
    auth=SIGNED_IN,
)  # fmt: skip
def post_cancel(request: HttpRequest, number: str, payload: CancelIn) -> dict[str, Any]:
    """Cancel an order: its goods are free again, what was paid stays with the customer."""
    row, shop = _order(number)
    row = changing.cancel_order(
        order=row, by=by_of(request), key=_key(row, payload.key), reason=payload.reason,
        for_them=payload.for_them,
    )  # fmt: skip
    return order_data(row, shop)


@router.post(
    "/shops/{slug}/orders/{number}/cash", response={200: OrderWhole, **problems(404, 409)},
    auth=SIGNED_IN,
)  # fmt: skip
def post_cash(request: HttpRequest, slug: str, number: str, payload: StallCashIn) -> dict[str, Any]:
    """Take what is due in cash, at the stall; once for the key."""
    shop = shop_of(request, slug, "shop.prepare")
    row = order_named(shop, number.replace("\0", "")[:64])
    row.shop = shop
    drawer = CashDrawer.objects.filter(book=shop.book, pk=payload.drawer).first()
    if drawer is None:
        raise NoShop
    row = paying.take_cash(order=row, drawer=drawer, key=_key(row, payload.key), by=by_of(request))
    return order_data(row, shop)
