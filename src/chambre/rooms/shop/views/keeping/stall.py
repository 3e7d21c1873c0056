"""The stall: things are sold to who comes by, with big buttons; paid and handed over at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core.errors import ChambreError, Forbidden, Invalid
from chambre.core.ui import figures as written
from chambre.rooms.shop.forms.keeping import grams_in
from chambre.rooms.shop.models import Distribution, Offer, Product, Variant
from chambre.rooms.shop.queries.prices import in_season, price_on
from chambre.rooms.shop.services.stall import Sold, sell_at_stall
from chambre.rooms.shop.services.stock import stocks_for
from chambre.rooms.shop.views.keeping.frame import actor_of, distribution_for, key_of, posted, steps


def _goods(row: Distribution) -> list[Any]:
    """What can be sold at the stall today, each with its price and what is left of it."""
    day = row.starts_at.date()
    variants: list[Any] = list(
        Variant.objects.filter(
            product__shop=row.cycle.shop, product__state=Product.State.SOLD,
            product__kind=Product.Kind.GOODS, available=True,
        )
        .select_related("product")
        .order_by("product__position", "product__name", "position", "pk")
    )  # fmt: skip
    offers = {each.variant_id: each for each in Offer.objects.filter(cycle=row.cycle)}
    stocks = stocks_for(variants, row)
    found = []
    for variant in variants:
        offered = offers.get(variant.pk)
        if not (offered.is_there if offered else in_season(variant.product, day)):
            continue
        stock = stocks.get(variant.pk)
        variant.now = price_on(variant, day, offered)
        variant.left = None if stock is None or stock.beyond else max(stock.left, 0)
        variant.weighed = variant.product.pricing == Product.Pricing.WEIGHT
        found.append(variant)
    return found


def _sold(request: HttpRequest, goods: list[Any]) -> list[Sold]:
    """What was typed.

    Raises:
        Invalid: Nothing, or something that is no number or no weight.
    """
    sold = []
    for variant in goods:
        typed = request.POST.get(f"q{variant.pk}", "").strip()
        variant.typed, variant.weight = typed[:6], request.POST.get(f"w{variant.pk}", "").strip()
        if not typed or typed == "0":
            continue
        message = _("Say how many pieces of “%(name)s”.") % {"name": variant}
        if not typed.isdecimal() or len(typed) > 4:
            raise Invalid(message, fields={"quantity": [message]})
        grams = None
        if variant.weighed:
            try:
                grams = grams_in(variant.weight)
            except ValueError:
                message = _("What does “%(name)s” weigh?") % {"name": variant}
                raise Invalid(message, fields={"weight": [message]}) from None
        sold.append(Sold(variant.pk, int(typed), grams))
    return sold


@require_http_methods(["GET", "HEAD", "POST"])
def stall(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Sell without an order."""
    row = distribution_for(request, slug, number)
    goods, refused, status = _goods(row), "", 200
    if request.method == "POST":
        try:
            order = sell_at_stall(
                distribution=row, sold=_sold(request, goods), key=key_of(request),
                by=actor_of(request), means=posted(request, "means"),
                drawer=row.place.drawer, codes=posted(request, "codes", 200_000).split()[:500],
            )  # fmt: skip
        except Forbidden:
            raise
        except ChambreError as refusal:
            refused, status = str(refusal.message), refusal.status
        else:
            words = _("Sold: %(amount)s.") % {"amount": written.money(order.total)}
            messages.success(request, words)
            return redirect("shop:stall", slug=slug, number=number)
    context = steps(request, row, goods=goods, refused=refused)
    return render(request, "shop/keeping/stall.html", context, status=status)


STALL = [
    path("boutiques/<slug:slug>/distributions/<int:number>/vente/", stall, name="stall"),
]
