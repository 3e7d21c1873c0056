"""Customers of a shop, for machines of those who keep it. Money in cents."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from chambre.core.rest import SIGNED_IN, Page, PageQuery, page_by_id, problems
from chambre.rooms.shop.models import Customer
from chambre.rooms.shop.queries.accounts import balance
from chambre.rooms.shop.queries.customers import customer_of
from chambre.rooms.shop.rest.common import TEXT, Number, given, shop_of
from chambre.rooms.shop.services.moving.visiting import former_orders

router = Router()


class CustomerOut(Schema):
    """A customer."""

    id: int
    email: str
    name: str
    phone: str
    address: str
    postcode: str
    city: str
    language: str
    reminders: bool
    created_at: dt.datetime


class OrderedOut(Schema):
    """An order of a customer."""

    id: str
    code: str
    state: str
    total: int
    placed_at: dt.datetime


class FormerOut(Schema):
    """An order of the shop from which people moved in; nothing of it is booked here."""

    number: str
    status: str
    placed_at: dt.datetime | None
    currency: str
    total: int
    lines: list[dict[str, Any]]


class CustomerWhole(CustomerOut):
    """A customer with their last orders; `has`: what they have with the shop, less than 0: owe."""

    note: str
    has: int
    orders: list[OrderedOut]
    former_orders: list[FormerOut]


class CustomersQuery(PageQuery):
    """Which customers."""

    email: str = Field("", max_length=254, pattern=TEXT)


def _data(row: Customer) -> dict[str, Any]:
    return given(row, *CustomerOut.model_fields)


@router.get(
    "/shops/{slug}/customers", response={200: Page[CustomerOut], **problems(404)}, auth=SIGNED_IN
)
def list_customers(request: HttpRequest, slug: str, which: Query[CustomersQuery]) -> dict[str, Any]:
    """The customers of a shop, or the one of an e-mail address."""
    rows = Customer.objects.filter(shop=shop_of(request, slug, "shop.manage"))
    if which.email:
        rows = rows.filter(email=which.email.strip().lower())
    page = page_by_id(rows, which)
    return {**page, "items": [_data(row) for row in page["items"]]}


@router.get(
    "/shops/{slug}/customers/{number}", response={200: CustomerWhole, **problems(404)},
    auth=SIGNED_IN,
)  # fmt: skip
def get_customer(request: HttpRequest, slug: str, number: Number) -> dict[str, Any]:
    """A customer, with what they have with the shop and their last hundred orders."""
    row = customer_of(shop_of(request, slug, "shop.manage"), number)
    orders = [
        {**given(each, "code", "state", "total", "placed_at"), "id": each.public_id}
        for each in row.orders.order_by("-placed_at")[:100]
    ]
    names = tuple(FormerOut.model_fields)
    former = [given(each, *names) for each in former_orders(row)[:100]]
    return {
        **_data(row), "note": row.note, "has": balance(row), "orders": orders,
        "former_orders": former,
    }  # fmt: skip
