"""Weekly baskets for machines: seasons, what one costs, signing, the calendar, absences. Money in cents."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from chambre.core.rest import SIGNED_IN, problems
from chambre.rooms.shop.models import BasketPlan, Subscription
from chambre.rooms.shop.queries.errors import NoShop
from chambre.rooms.shop.queries.seasonmoney import money_of
from chambre.rooms.shop.queries.seasons import (
    baskets_of,
    missed_of,
    people_of,
    plan_named,
    plans_of,
    whole,
)
from chambre.rooms.shop.rest.common import MOST_CENTS, MOST_NUMBER, TEXT, Key, by_of, shop_of
from chambre.rooms.shop.services import announcing, subscribing
from chambre.rooms.shop.services.asking import Who
from chambre.rooms.shop.services.subscribing import Asked

router = Router()


class SizeOut(Schema):
    """A size of basket, or something that comes besides."""

    id: int
    name: str
    price: int


class PlanOut(Schema):
    """A season to which one may subscribe."""

    slug: str
    name: str
    lede: str
    first: dt.date
    last: dt.date
    days: list[dt.date]
    rhythms: list[str]
    sizes: list[SizeOut]
    places: list[SizeOut] = Field(description="`price` is zero.")
    complements: list[SizeOut]
    absences: int
    notice: int
    instalments: int
    is_open: bool


class BesidesIn(Schema):
    """So many of a complement each time."""

    complement: int = Field(ge=1, le=MOST_NUMBER)
    quantity: int = Field(ge=1, le=100)


class AskedIn(Schema):
    """What somebody would subscribe to."""

    size: int = Field(ge=1, le=MOST_NUMBER)
    place: int = Field(ge=1, le=MOST_NUMBER)
    rhythm: str = Field("weekly", max_length=8, pattern=TEXT)
    complements: list[BesidesIn] = Field([], max_length=20)
    instalments: int = Field(1, ge=1, le=12)
    first: dt.date | None = None
    price: int | None = Field(None, ge=0, le=MOST_CENTS)
    note: str = Field("", max_length=254, pattern=TEXT)

    def asked(self) -> Asked:
        """The same for the services."""
        return Asked(
            size=self.size, place=self.place, rhythm=self.rhythm, instalments=self.instalments,
            first=self.first, price=self.price, note=self.note,
            complements=tuple((each.complement, each.quantity) for each in self.complements),
        )  # fmt: skip


class SignIn(AskedIn):
    """What somebody subscribes to, and who; with a partner's address two alternate."""

    key: Key
    email: str = Field(max_length=254, pattern=TEXT)
    name: str = Field(min_length=1, max_length=140, pattern=TEXT)
    partner_email: str = Field("", max_length=254, pattern=TEXT)
    partner_name: str = Field("", max_length=140, pattern=TEXT)


class PartOut(Schema):
    """An instalment."""

    day: dt.date
    amount: int


class QuoteOut(Schema):
    """What a season costs before it is signed."""

    baskets: int
    first: dt.date
    price: int
    amount: int
    instalments: list[PartOut]


class BasketOut(Schema):
    """A basket that somebody fetches; `planned` is another day when it was moved."""

    day: dt.date
    planned: dt.date
    person: str
    complements: int


class SubscriptionOut(Schema):
    """A subscription with its calendar."""

    id: str = Field(description="Public number: who knows it may see and change it.")
    plan: str
    state: str
    rhythm: str
    first: dt.date
    last: dt.date
    price: int
    amount: int
    paid: int
    baskets: list[BasketOut]
    left_out: list[dt.date]


class AbsenceIn(Schema):
    """Days, both ends in, on which no basket is taken."""

    key: Key
    first: dt.date
    last: dt.date


def _plan(row: BasketPlan) -> dict[str, Any]:
    names = ("slug", "name", "lede", "first", "last", "rhythms", "absences", "notice", "instalments",
             "is_open")  # fmt: skip
    sizes = [one for one in row.product.variants.all() if one.available]
    return {
        **{name: getattr(row, name) for name in names},
        "days": [one.day for one in row.days.all()],
        "sizes": [
            {"id": one.pk, "name": one.name or row.product.name, "price": one.price}
            for one in sizes
        ],
        "places": [{"id": one.pk, "name": one.name, "price": 0} for one in row.places.all()],
        "complements": [
            {"id": one.pk, "name": str(one.variant), "price": one.variant.price}
            for one in row.complements.all()
        ],
    }


def _subscription(row: Subscription) -> dict[str, Any]:
    people = people_of(row)
    names = ("state", "rhythm", "first", "last", "price", "amount")
    return {
        **{name: getattr(row, name) for name in names},
        "id": row.public_id, "plan": row.plan.slug, "paid": money_of(row).paid,
        "left_out": list(missed_of(row)),
        "baskets": [
            {
                "day": one.day, "planned": one.planned, "person": people[one.person].customer.name,
                "complements": sum(many for _key, many in one.complements),
            }
            for one in baskets_of(row)
        ],
    }  # fmt: skip


def _found(number: str) -> Subscription:
    rows = whole(Subscription.objects.filter(public_id=number.replace("\0", "")[:64]))
    row: Subscription | None = rows.first()
    if row is None:
        raise NoShop
    return row


@router.get("/shops/{slug}/plans", response={200: list[PlanOut], **problems(404)})
def list_plans(request: HttpRequest, slug: str) -> list[dict[str, Any]]:
    """The seasons of a shop, the newest first."""
    return [_plan(row) for row in plans_of(shop_of(request, slug))]


@router.post(
    "/shops/{slug}/plans/{plan}/quote", response={200: QuoteOut, **problems(404, 409)},
    auth=SIGNED_IN,
)  # fmt: skip
def post_quote(request: HttpRequest, slug: str, plan: str, payload: AskedIn) -> dict[str, Any]:
    """What a season costs and when it is paid. Writes nothing."""
    row = plan_named(shop_of(request, slug), plan.replace("\0", ""))
    said = subscribing.quote(row, payload.asked())
    return {
        "baskets": said.cost.baskets, "first": said.days[0], "price": said.price,
        "amount": said.amount,
        "instalments": [{"day": one.day, "amount": one.amount} for one in said.instalments],
    }  # fmt: skip


@router.post(
    "/shops/{slug}/plans/{plan}/subscriptions",
    response={201: SubscriptionOut, **problems(404, 409)}, auth=SIGNED_IN,
)  # fmt: skip
def post_subscription(
    request: HttpRequest, slug: str, plan: str, payload: SignIn
) -> Status[dict[str, Any]]:
    """Subscribe, once for the key; the first instalment is asked for at once."""
    row = plan_named(shop_of(request, slug), plan.replace("\0", ""))
    partner = Who(email=payload.partner_email, name=payload.partner_name)
    made = subscribing.subscribe(
        plan=row, asked=payload.asked(), who=Who(email=payload.email, name=payload.name),
        key=f"rest:{payload.key}", by=by_of(request),
        partner=partner if payload.partner_email or payload.partner_name else None,
    )  # fmt: skip
    return Status(201, _subscription(_found(made.public_id)))


@router.get("/subscriptions/{number}", response={200: SubscriptionOut, **problems(404)})
def get_subscription(request: HttpRequest, number: str) -> dict[str, Any]:
    """A subscription with its calendar, for whoever knows its public number."""
    return _subscription(_found(number))


@router.post(
    "/subscriptions/{number}/absences", response={200: SubscriptionOut, **problems(404, 409)},
    auth=SIGNED_IN,
)  # fmt: skip
def post_absence(request: HttpRequest, number: str, payload: AbsenceIn) -> dict[str, Any]:
    """Leave out the baskets of some days, once for the key."""
    row = _found(number)
    announcing.announce_absence(
        subscription=row, first=payload.first, last=payload.last, by=by_of(request),
        key=f"rest:{row.public_id}:{payload.key}",
    )  # fmt: skip
    return _subscription(_found(number))
