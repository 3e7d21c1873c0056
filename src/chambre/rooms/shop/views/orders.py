"""An order as its customer sees it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chambre.rooms.shop.queries.accounts import due
from chambre.rooms.shop.queries.finding import order_named, shop_named
from chambre.rooms.shop.services.paying import open_payment


def order(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """What was ordered, where and when it is fetched, what is to be paid."""
    shop = shop_named(slug)
    found = order_named(shop, public_id)
    return render(
        request,
        "shop/order.html",
        {
            "shop": shop,
            "order": found,
            "lines": found.lines.all(),
            "due": max(due(found), 0),
            "payment": open_payment(found),
        },
    )
