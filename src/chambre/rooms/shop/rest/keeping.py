"""What those who keep a shop do, for their machines: a scale, a till, a telephone of one's own.

Amounts are cents, weights grams, ``key`` the idempotency key of an act.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from chambre.core.actors import Actor, authorize
from chambre.core.rest import SIGNED_IN, problems
from chambre.rooms.shop.models import Distribution, Order, OrderLine, Shop, Stock, Variant
from chambre.rooms.shop.queries.accounts import due
from chambre.rooms.shop.queries.errors import NoShop
from chambre.rooms.shop.queries.finding import order_named, shop_named
from chambre.rooms.shop.queries.keeping import distribution_of, distributions, lines_of, orders_of
from chambre.rooms.shop.services.crediting import credit_line
from chambre.rooms.shop.services.planning import repeat_cycle
from chambre.rooms.shop.services.preparing import Weighed, prepare
from chambre.rooms.shop.services.stall import Sold, pay_and_hand_over, sell_at_stall
from chambre.rooms.shop.services.stock import add_stock, set_stock

router = Router()
KEY = Field(min_length=1, max_length=60, pattern=r"^[^\x00]*$")
LARGEST = 10**12
ID = 2**31 - 1


def by_of(request: HttpRequest) -> Actor:
    """Who asks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _shop(request: HttpRequest, slug: str, permission: str = "shop.prepare") -> Shop:
    shop = shop_named(slug)
    authorize(by_of(request), permission, shop)
    return shop


def _distribution(request: HttpRequest, slug: str, number: int) -> Distribution:
    return distribution_of(_shop(request, slug), min(max(number, 0), ID))


class DistributionOut(Schema):
    """A distribution and its orders, counted by where they stand."""

    number: int
    place: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    state: str
    cycle: int
    waiting: int
    to_prepare: int
    ready: int
    handed: int
    missed: int


class OrderLineOut(Schema):
    """A line of an order; ``given`` and ``grams`` are null until it is put in."""

    line: int
    name: str
    variant: int
    producer: str
    quantity: int
    given: int | None
    weighed: bool
    grams: int | None
    estimate: int
    net: int


class OrderOut(Schema):
    """An order and what is still to be paid for it."""

    id: str
    code: str
    name: str
    state: str
    total: int
    due: int


class OrderLinesOut(OrderOut):
    """An order with its lines."""

    lines: list[OrderLineOut]


class WeighedIn(Schema):
    """What was put in of one line."""

    line: int = Field(ge=1, le=10_000)
    given: int = Field(ge=0, le=9_999)
    grams: int | None = Field(None, ge=0, le=1_000_000)


class PrepareIn(Schema):
    """What was put into an order; ``ready``: all is in."""

    key: str = KEY
    lines: list[WeighedIn] = Field([], max_length=200)
    ready: bool = False


class HandOverIn(Schema):
    """How an order is paid as it is handed over; ``amount`` is what was taken."""

    key: str = KEY
    means: str = Field("", pattern="^(cash|card|)$")
    amount: int | None = Field(None, ge=0, le=LARGEST)
    codes: list[str] = Field([], max_length=500)
    owing: bool = False


class LineCreditIn(Schema):
    """What is credited of a line, in cents, VAT included."""

    key: str = KEY
    line: int = Field(ge=1, le=10_000)
    amount: int = Field(ge=1, le=LARGEST)
    reason: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")


class SoldIn(Schema):
    """Something that is sold at the stall."""

    variant: int = Field(ge=1, le=ID)
    quantity: int = Field(ge=1, le=9_999)
    grams: int | None = Field(None, ge=0, le=1_000_000)


class SaleIn(Schema):
    """A sale without an order."""

    key: str = KEY
    means: str = Field("cash", pattern="^(cash|card)$")
    sold: list[SoldIn] = Field(min_length=1, max_length=200)
    codes: list[str] = Field([], max_length=500)


class StockIn(Schema):
    """Stock that is counted, comes in, comes back or is lost."""

    key: str = KEY
    variant: int = Field(ge=1, le=ID)
    kind: str = Field(pattern="^(count|in|back|loss)$")
    quantity: int = Field(ge=0, le=1_000_000)
    distribution: int | None = Field(None, ge=1, le=ID)
    reason: str = Field("", max_length=200, pattern=r"^[^\x00]*$")


class StockOut(Schema):
    """How much is there and how much of it is promised."""

    variant: int
    distribution: int | None
    there: int
    promised: int
    left: int


class CycleOut(Schema):
    """A cycle of orders."""

    number: int
    name: str
    opens_at: dt.datetime
    closes_at: dt.datetime


def _order(row: Any, due: int | None = None) -> dict[str, Any]:
    return {
        "id": row.public_id, "code": row.code, "name": row.customer.name, "state": row.state,
        "total": row.total, "due": row.due if due is None else due,
    }  # fmt: skip


def _line(line: OrderLine) -> dict[str, Any]:
    return {
        "line": line.number, "name": line.name, "variant": line.variant_id,
        "producer": line.producer.name, "quantity": line.quantity, "given": line.given,
        "weighed": line.weighed, "grams": line.grams, "estimate": line.estimate, "net": line.net,
    }  # fmt: skip


def _one(shop: Shop, public_id: str) -> Order:
    row = order_named(shop, public_id[:32].replace("\0", ""))
    row.shop = shop
    return row


def _told(order: Order) -> dict[str, Any]:
    still = 0 if order.state == Order.State.HANDED else max(due(order), 0)
    lines = order.lines.select_related("producer")
    return {**_order(order, still), "lines": [_line(line) for line in lines]}


@router.get(
    "/shops/{slug}/distributions",
    response={200: list[DistributionOut], **problems(404)},
    auth=SIGNED_IN,
)
def list_distributions(request: HttpRequest, slug: str) -> list[dict[str, Any]]:
    """The distributions of a shop that are not done, the next one first."""
    rows = distributions(_shop(request, slug)).exclude(state=Distribution.State.DONE)
    names = ("waiting", "to_prepare", "ready", "handed", "missed", "starts_at", "ends_at", "state")
    return [
        {"number": row.pk, "place": row.place.name, "cycle": row.cycle_id,
         **{name: getattr(row, name) for name in names}}
        for row in rows.order_by("starts_at")[:200]
    ]  # fmt: skip


@router.get(
    "/shops/{slug}/distributions/{number}/orders",
    response={200: list[OrderOut], **problems(404)},
    auth=SIGNED_IN,
)
def list_orders(request: HttpRequest, slug: str, number: int) -> list[dict[str, Any]]:
    """The orders of a distribution that are not gone."""
    return [_order(row) for row in orders_of(_distribution(request, slug, number))]


@router.get(
    "/shops/{slug}/distributions/{number}/to-weigh",
    response={200: list[OrderLinesOut], **problems(404)},
    auth=SIGNED_IN,
)
def list_to_weigh(request: HttpRequest, slug: str, number: int) -> list[dict[str, Any]]:
    """The orders that wait, each with the lines of it that are still to be weighed."""
    row = _distribution(request, slug, number)
    dues = {order.pk: order.due for order in orders_of(row)}
    found: dict[int, dict[str, Any]] = {}
    for line in lines_of(row, unpaid=True):
        if line.weighed and line.grams is None:
            order = line.order
            told = found.setdefault(order.pk, {**_order(order, dues.get(order.pk, 0)), "lines": []})
            told["lines"].append(_line(line))
    return list(found.values())


@router.get(
    "/shops/{slug}/orders/{public_id}",
    response={200: OrderLinesOut, **problems(404)},
    auth=SIGNED_IN,
)
def get_order(request: HttpRequest, slug: str, public_id: str) -> dict[str, Any]:
    """An order with its lines."""
    return _told(_one(_shop(request, slug), public_id))


@router.post(
    "/shops/{slug}/orders/{public_id}/prepare",
    response={200: OrderLinesOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def post_prepare(
    request: HttpRequest, slug: str, public_id: str, payload: PrepareIn
) -> dict[str, Any]:
    """Note what was put into an order: pieces, weights, or that it comes short."""
    weighed = [Weighed(each.line, each.given, each.grams) for each in payload.lines]
    order = prepare(
        order=_one(_shop(request, slug), public_id), weighed=weighed, by=by_of(request),
        key=f"rest:{payload.key}", ready=payload.ready,
    )  # fmt: skip
    return _told(order)


@router.post(
    "/shops/{slug}/orders/{public_id}/hand-over",
    response={200: OrderLinesOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def post_hand_over(
    request: HttpRequest, slug: str, public_id: str, payload: HandOverIn
) -> dict[str, Any]:
    """Take what is due and hand the order over: both, or nothing."""
    order = _one(_shop(request, slug), public_id)
    done = pay_and_hand_over(
        order=order, key=f"rest:{payload.key}", by=by_of(request), means=payload.means,
        drawer=order.distribution.place.drawer, amount=payload.amount,
        codes=[code[:400] for code in payload.codes], owing=payload.owing,
    )  # fmt: skip
    return _told(done)


@router.post(
    "/shops/{slug}/orders/{public_id}/credits",
    response={200: OrderLinesOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def post_credit(
    request: HttpRequest, slug: str, public_id: str, payload: LineCreditIn
) -> dict[str, Any]:
    """Credit a line of an order that was handed over, or a part of it."""
    order = _one(_shop(request, slug), public_id)
    credit_line(
        order=order, line=payload.line, amount=payload.amount, reason=payload.reason,
        key=f"rest:{payload.key}", by=by_of(request),
    )  # fmt: skip
    return _told(order)


@router.post(
    "/shops/{slug}/distributions/{number}/sales",
    response={200: OrderLinesOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def post_sale(request: HttpRequest, slug: str, number: int, payload: SaleIn) -> dict[str, Any]:
    """Sell at the stall without an order: priced, paid, booked and handed over at once."""
    row = _distribution(request, slug, number)
    order = sell_at_stall(
        distribution=row, sold=[Sold(each.variant, each.quantity, each.grams) for each in payload.sold],
        key=f"rest:{payload.key}", by=by_of(request), means=payload.means, drawer=row.place.drawer,
        codes=[code[:400] for code in payload.codes],
    )  # fmt: skip
    return _told(order)


@router.post("/shops/{slug}/stock", response={200: StockOut, **problems(404, 409)}, auth=SIGNED_IN)
def post_stock(request: HttpRequest, slug: str, payload: StockIn) -> dict[str, Any]:
    """Count stock, or say that some came in, came back or was lost."""
    shop, by = _shop(request, slug), by_of(request)
    variant = (
        Variant.objects.filter(pk=payload.variant, product__shop=shop)
        .select_related("product__shop__book__structure")
        .first()
    )
    if variant is None:
        raise NoShop
    where = distribution_of(shop, payload.distribution) if payload.distribution else None
    more: dict[str, Any] = {
        "variant": variant, "distribution": where, "by": by, "key": f"rest:{payload.key}",
        "reason": payload.reason,
    }  # fmt: skip
    if payload.kind == "count":
        row: Stock = set_stock(there=payload.quantity, **more)
    else:
        row = add_stock(quantity=payload.quantity, kind=payload.kind, **more)
    return {
        "variant": row.variant_id, "distribution": row.distribution_id, "there": row.there,
        "promised": row.promised, "left": row.left,
    }  # fmt: skip


@router.post(
    "/shops/{slug}/cycles/{number}/repeat",
    response={200: CycleOut, **problems(404, 409)},
    auth=SIGNED_IN,
)
def post_repeat(request: HttpRequest, slug: str, number: int) -> dict[str, Any]:
    """Plan a cycle again a week later; asked twice, it is there once."""
    shop = _shop(request, slug, "shop.manage")
    cycle = shop.cycles.filter(pk=min(max(number, 0), ID)).first()
    if cycle is None:
        raise NoShop
    made = repeat_cycle(cycle=cycle, by=by_of(request))
    return {
        "number": made.pk, "name": made.name, "opens_at": made.opens_at,
        "closes_at": made.closes_at,
    }  # fmt: skip
