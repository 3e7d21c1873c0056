"""What all public pages of a shop share: the shop, its basket, the distribution that was chosen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden
from chambre.rooms.shop.models import Distribution, Order, OrderLine, Shop
from chambre.rooms.shop.queries.errors import NoShop
from chambre.rooms.shop.queries.finding import order_named, shop_named
from chambre.rooms.shop.queries.opening import next_cycle, open_distributions
from chambre.rooms.shop.services.changing import CHANGEABLE
from chambre.rooms.shop.views.front import cart as carts


class Visit:
    """Somebody in a shop."""

    def __init__(self, request: HttpRequest, slug: str) -> None:
        self.request = request
        self.shop: Shop = shop_named(slug)
        self.now = timezone.now()
        self.cart = carts.read(request)
        self.by: Actor = request.actor  # type: ignore[attr-defined]
        self.adjustments: list[tuple[str, int]] = []
        self.coupon_trouble = ""

    @cached_property
    def distributions(self) -> list[Distribution]:
        """The distributions for which orders are taken now."""
        found = open_distributions(self.shop, self.now)
        # Who changes an order stays with its distribution, also where no more orders are taken.
        if self.order is not None:
            return [self.order.distribution]
        return found

    @cached_property
    def distribution(self) -> Distribution | None:
        """The one that was chosen, or the next one."""
        chosen = [row for row in self.distributions if row.pk == self.cart.distribution]
        return next(iter(chosen or self.distributions), None)

    @cached_property
    def order(self) -> Order | None:
        """The order that is being changed, as long as it can be."""
        if not self.cart.order:
            return None
        try:
            order = order_named(self.shop, self.cart.order)
        except NoShop:
            return None
        order.distribution.cycle.shop = order.shop = self.shop
        cycle = order.distribution.cycle
        late = cycle.closed_at is not None or not cycle.opens_at <= self.now < cycle.closes_at
        return order if order.state in CHANGEABLE and not late else None

    @cached_property
    def lines_before(self) -> list[OrderLine]:
        """The lines of the order that is being changed."""
        return list(self.order.lines.order_by("number")) if self.order else []

    @property
    def day(self) -> dt.date:
        """The day of the distribution, or today."""
        at = self.distribution.starts_at if self.distribution else self.now
        return timezone.localtime(at).date()

    def context(self, **more: Any) -> dict[str, Any]:
        """What the frame of every page shows."""
        return {
            "shop": self.shop,
            "cart": self.cart,
            "distribution": self.distribution,
            "distributions": self.distributions,
            "changed_order": self.order,
            "adjustments": [{"label": label, "amount": cents} for label, cents in self.adjustments],
            "coupon_trouble": self.coupon_trouble,
            "next_cycle": None if self.distributions else next_cycle(self.shop, self.now),
            **more,
        }


def language() -> str:
    """The visitor's language: ``fr`` or ``en``."""
    return (get_language() or "fr")[:2]


def from_here(request: HttpRequest) -> bool:
    """Whether a form was sent from a page of ours, by what the browser says of it.

    The basket's forms have no token: a token needs a cookie before anything was put in, and would make
    two hundred forms of a page larger than its products. Nothing but a basket changes by them.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.get_host()


def open_form(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that takes forms of the basket: only POST, only from our own pages."""

    @csrf_exempt
    @require_POST
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not from_here(request):
            raise Forbidden(_("This form was sent from another site."))
        return view(request, *args, **kwargs)

    return checked
