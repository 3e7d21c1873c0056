"""Order cycles: when people order, where and when it is handed over, what is otherwise this time."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core.actors import authorize
from chambre.core.errors import ChambreError, Invalid
from chambre.core.ui.forms import AmountField
from chambre.rooms.shop.forms.planning import CycleForm, DistributionForm
from chambre.rooms.shop.models import Cycle, Product, Shop, Variant
from chambre.rooms.shop.queries.errors import NoShop
from chambre.rooms.shop.queries.keeping import distributions
from chambre.rooms.shop.services import planning
from chambre.rooms.shop.views.keeping.frame import actor_of, done, frame, page_of, shop_for


@require_http_methods(["GET", "HEAD", "POST"])
def cycles(request: HttpRequest, slug: str) -> HttpResponse:
    """The cycles, the newest first; a new one, or last week's again."""
    shop, by = shop_for(request, slug), actor_of(request)
    form, status = CycleForm(None, initial=_next_times()), 200
    if request.method == "POST":
        authorize(by, "shop.manage", shop)
        if again := request.POST.get("again", ""):
            return _repeat(request, shop, again)
        form, status = CycleForm(request.POST), 422
        if form.is_valid():
            try:
                made = planning.open_cycle(shop=shop, by=by, **form.cleaned_data)
            except ChambreError as refusal:
                status = form.told(refusal)
            else:
                return redirect("shop:cycle", slug=slug, number=made.pk)
    rows = page_of(request, Cycle.objects.filter(shop=shop))
    context = frame(request, shop, page=rows, form=form, now=timezone.now())
    return render(request, "shop/keeping/cycles.html", context, status=status)


def _next_times() -> dict[str, dt.datetime]:
    start = timezone.localtime().replace(minute=0, second=0, microsecond=0)
    return {"opens_at": start, "closes_at": start + dt.timedelta(days=4)}


def _repeat(request: HttpRequest, shop: Shop, number: str) -> HttpResponse:
    cycle = _cycle(shop, int(number) if number.isdecimal() and len(number) < 18 else 0)
    made: list[Cycle] = []
    act = lambda: made.append(  # noqa: E731
        planning.repeat_cycle(cycle=cycle, by=actor_of(request))
    )
    if done(request, act, _("The cycle is planned a week later.")):
        return redirect("shop:cycle", slug=shop.slug, number=made[0].pk)
    return redirect("shop:cycles", slug=shop.slug)


def _cycle(shop: Shop, number: int) -> Cycle:
    found: Cycle | None = Cycle.objects.filter(shop=shop, pk=number).first()
    if found is None:
        raise NoShop
    found.shop = shop
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def cycle(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One cycle: its distributions, what is not there this time or has another price, closing it."""
    shop, by = shop_for(request, slug), actor_of(request)
    row = _cycle(shop, number)
    act = request.POST.get("act", "")
    form = DistributionForm(request.POST if act == "distribution" else None)
    form.fields["place"].queryset = shop.places.filter(is_open=True)  # type: ignore[attr-defined]
    status = 200
    if request.method == "POST":
        authorize(by, "shop.manage", shop)
        if act == "distribution":
            status = _add_distribution(form, row, by)
        else:
            acts: dict[str, Any] = {
                "offers": lambda: _say_offers(request, row),
                "close": lambda: planning.close_cycle(cycle=row, by=by),
            }
            if act in acts:
                done(request, acts[act], _("Noted."))
        if status == 200:
            return redirect("shop:cycle", slug=slug, number=number)
    variants = (
        Variant.objects.filter(product__shop=shop, product__state=Product.State.SOLD)
        .select_related("product")
        .order_by("product__position", "product__name", "position", "pk")
    )
    offers = {each.variant_id: each for each in row.offers.all()}
    context = frame(
        request, shop, cycle=row, form=form, now=timezone.now(),
        rows=distributions(shop).filter(cycle=row).order_by("starts_at"),
        variants=[(variant, offers.get(variant.pk)) for variant in variants],
    )  # fmt: skip
    return render(request, "shop/keeping/cycle.html", context, status=status)


def _add_distribution(form: DistributionForm, row: Cycle, by: Any) -> int:
    if not form.is_valid():
        return 422
    data = form.cleaned_data
    try:
        planning.add_distribution(
            cycle=row, place=data["place"], starts_at=data["starts_at"], ends_at=data["ends_at"],
            by=by, slots=form.slots(),
        )  # fmt: skip
    except ChambreError as refusal:
        return form.told(refusal)
    return 200


def _say_offers(request: HttpRequest, row: Cycle) -> None:
    variants = Variant.objects.filter(product__shop=row.shop, product__state=Product.State.SOLD)
    field = AmountField(min_value=0, required=False)
    prices: dict[int, int | None] = {}
    for pk in variants.values_list("pk", flat=True):
        typed = request.POST.get(f"price{pk}", "")
        try:
            prices[pk] = field.clean(typed)
        except ValidationError as wrong:
            message = _("“%(typed)s” is not a price.") % {"typed": typed[:20]}
            raise Invalid(message, fields={"price": [message]}) from wrong
    missing = {pk for pk in prices if request.POST.get(f"there{pk}") != "1"}
    planning.say_offers(cycle=row, prices=prices, missing=missing, by=actor_of(request))


CYCLES = [
    path("boutiques/<slug:slug>/cycles/", cycles, name="cycles"),
    path("boutiques/<slug:slug>/cycles/<int:number>/", cycle, name="cycle"),
]
