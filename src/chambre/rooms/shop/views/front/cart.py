"""The basket of a visitor: a signed cookie below the shop's address, and nothing on the server.

There is no cookie before something was put in, and it goes when the order is placed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from chambre.rooms.shop.models import Shop
from chambre.rooms.shop.services.asking import MOST_LINES, MOST_PIECES, Wanted

COOKIE = "panier"
SALT = "chambre.shop.cart"
DAYS = 14
LARGEST = 3800
"""Characters of a cookie that every browser keeps."""


@dataclass(slots=True)
class Cart:
    """What somebody wants, for which distribution.

    Attributes:
        distribution: Its id; None: the next one.
        wanted: The lines, in the order in which they were put in.
        order: Public id of the order that is being changed; empty: a new one.
        coupon: Code of a reduction, where the shop gives any.
    """

    distribution: int | None = None
    wanted: list[Wanted] = field(default_factory=list)
    order: str = ""
    coupon: str = ""

    @property
    def pieces(self) -> int:
        """Pieces of all lines."""
        return sum(each.quantity for each in self.wanted)

    def many(self, variant: int) -> int:
        """Pieces of a variant."""
        return sum(each.quantity for each in self.wanted if each.variant == variant)

    def put(self, variant: int, quantity: int, price: int | None = None) -> None:
        """Put pieces in; more of what is in there already at the same price."""
        for at, each in enumerate(self.wanted):
            if each.variant == variant and each.price == price:
                many = min(each.quantity + quantity, MOST_PIECES)
                self.wanted[at] = replace(each, quantity=many)
                return
        if len(self.wanted) < MOST_LINES:
            self.wanted.append(Wanted(variant, min(quantity, MOST_PIECES), price))

    def set(self, key: str, quantity: int) -> None:
        """Have so many of a line, by its :func:`key_of`; none: without it."""
        self.wanted = [
            replace(each, quantity=min(quantity, MOST_PIECES)) if key_of(each) == key else each
            for each in self.wanted
            if key_of(each) != key or quantity > 0
        ]


def key_of(wanted: Wanted) -> str:
    """The name of a line in the forms of the basket."""
    return f"{wanted.variant}" if wanted.price is None else f"{wanted.variant}-{wanted.price}"


def read(request: HttpRequest) -> Cart:
    """The visitor's basket; an empty one where the cookie is missing, old or not ours."""
    try:
        told = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=DAYS * 86_400)
        distribution, lines, order, coupon = told
        return Cart(distribution, [Wanted(*each) for each in lines], str(order), str(coupon))
    except (signing.BadSignature, ValueError, TypeError):
        return Cart()


def write(response: HttpResponse, shop: Shop, cart: Cart) -> HttpResponse:
    """Send the basket along; take the cookie away when nothing is in it."""
    where = reverse("shop:catalogue", args=[shop.slug])
    if not cart.wanted and not cart.order and cart.distribution is None:
        response.delete_cookie(COOKIE, path=where, samesite="Lax")
        return response
    value = _packed(cart)
    while len(value) > LARGEST and cart.wanted:
        cart.wanted.pop()
        value = _packed(cart)
    response.set_cookie(
        COOKIE, value, max_age=DAYS * 86_400, path=where, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


def _packed(cart: Cart) -> str:
    told: list[Any] = [cart.distribution, _lines(cart.wanted), cart.order, cart.coupon]
    return signing.dumps(told, salt=SALT, compress=True)


def _lines(wanted: Sequence[Wanted]) -> list[list[int | None]]:
    return [[each.variant, each.quantity, each.price] for each in wanted]
