"""Stock: what is there, what is promised, what came in, what was lost; for all or one distribution."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core.errors import ChambreError
from chambre.rooms.shop.forms.products import StockForm
from chambre.rooms.shop.models import Distribution, Product, Shop, Stock, StockMove, Variant
from chambre.rooms.shop.queries.errors import NoShop
from chambre.rooms.shop.queries.keeping import distribution_of
from chambre.rooms.shop.services.stock import add_stock, set_stock
from chambre.rooms.shop.views.keeping.frame import actor_of, asked, frame, key_of, shop_for


@require_http_methods(["GET", "HEAD", "POST"])
def stocks(request: HttpRequest, slug: str) -> HttpResponse:
    """The stock of every variant, for all distributions or (``?distribution=``) of one alone."""
    shop = shop_for(request, slug)
    chosen = _distribution(shop, asked(request, "distribution"))
    variant = _variant(shop, request.POST.get("variant") or asked(request, "variant"))
    form, status = StockForm(request.POST or None), 200
    if request.method == "POST" and variant is not None:
        status = _note(request, form, variant, chosen)
        if status == 200:
            query = f"?distribution={chosen.pk}" if chosen else ""
            return redirect(reverse("shop:stocks", args=[slug]) + query)
    variants = list(
        Variant.objects.filter(product__shop=shop)
        .exclude(product__state=Product.State.HIDDEN)
        .select_related("product")
        .order_by("product__position", "product__name", "position", "pk")
    )
    found = Stock.objects.filter(variant__in=variants, distribution=chosen)
    rows = {row.variant_id: row for row in found}
    coming = Distribution.objects.filter(
        cycle__shop=shop, ends_at__gt=timezone.now()
    ).select_related("place")
    context = frame(
        request, shop, rows=[(each, rows.get(each.pk)) for each in variants], form=form,
        chosen=chosen, variant=variant, distributions=coming.order_by("starts_at")[:30],
        moves=_moves(shop, chosen),
    )  # fmt: skip
    return render(request, "shop/keeping/stocks.html", context, status=status)


def _moves(shop: Shop, chosen: Distribution | None) -> Any:
    rows = StockMove.objects.filter(
        stock__variant__product__shop=shop, stock__distribution=chosen
    ).exclude(kind=StockMove.Kind.OUT)
    return rows.select_related("stock__variant__product").order_by("-id")[:20]


def _distribution(shop: Shop, text: str) -> Distribution | None:
    return distribution_of(shop, _number(text)) if text else None


def _variant(shop: Shop, text: str) -> Variant | None:
    if not text:
        return None
    rows = Variant.objects.filter(pk=_number(text), product__shop=shop)
    found: Variant | None = rows.select_related("product__shop__book").first()
    if found is None:
        raise NoShop
    return found


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 18 else 0


def _note(
    request: HttpRequest, form: StockForm, variant: Variant, chosen: Distribution | None
) -> int:
    if not form.is_valid():
        return 422
    data, by, key = form.cleaned_data, actor_of(request), f"form:{key_of(request)}"
    try:
        if data["kind"] == "count":
            set_stock(
                variant=variant, there=data["quantity"], by=by, distribution=chosen, key=key,
                reason=data["reason"],
            )  # fmt: skip
        else:
            add_stock(
                variant=variant, quantity=data["quantity"], kind=data["kind"], by=by, key=key,
                distribution=chosen, reason=data["reason"],
            )  # fmt: skip
    except ChambreError as refusal:
        if "left" in refusal.data:
            form.add_error("quantity", _("So many are promised that fewer can be lost."))
            return refusal.status
        return form.told(refusal)
    return 200


STOCKS = [path("boutiques/<slug:slug>/stocks/", stocks, name="stocks")]
