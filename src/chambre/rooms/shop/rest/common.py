"""What the operations of the shop share: who calls, what is found by its name, bounds of what is sent."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Path
from pydantic import AfterValidator

from chambre.core.actors import Actor, authorize
from chambre.rooms.shop.models import Shop
from chambre.rooms.shop.queries.errors import NoShop
from chambre.rooms.shop.queries.finding import shop_named

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
TEXT = r"^[^\x00]*$"
MOST_CENTS = 10**11
MOST = 2**31 - 1
MOST_NUMBER = 2**63 - 1


def _aware(moment: dt.datetime) -> dt.datetime:
    """A time without a zone is one of UTC; what lies beyond all calendars is refused."""
    moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    if not 1900 <= moment.year <= 9000:
        raise ValueError("not a time of this age")
    return moment


Moment = Annotated[dt.datetime, AfterValidator(_aware)]
Number = Path[Annotated[int, Field(ge=1, le=MOST_NUMBER)]]
Key = Annotated[str, Field(min_length=1, max_length=80, pattern=TEXT)]


def by_of(request: HttpRequest) -> Actor:
    """Who calls."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    return by


def shop_of(request: HttpRequest, slug: str, permission: str = "") -> Shop:
    """A shop: an open one for everybody, else for who may do something there.

    Raises:
        NoShop: There is none, or the caller may not know of it.
        Forbidden: The caller may not do this there.
    """
    if "\0" in slug:
        raise NoShop
    shop, by = shop_named(slug), by_of(request)
    if permission:
        authorize(by, permission, shop)
    elif not shop.is_open and not by.may("shop.read", shop):
        raise NoShop
    return shop


def given(row: Any, *names: str) -> dict[str, Any]:
    """Some values of a row, by their names."""
    return {name: getattr(row, name) for name in names}
