"""Settings of a shop, its places and who sells in it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core.errors import ChambreError
from chambre.registry.models import Agent
from chambre.rooms.shop.forms.keeping import NotingForm
from chambre.rooms.shop.forms.products import PlaceForm, ProducerForm, ShopForm
from chambre.rooms.shop.models import Shop
from chambre.rooms.shop.queries.errors import NoShop
from chambre.rooms.shop.services import shops
from chambre.rooms.shop.views.keeping.frame import actor_of, frame, shop_for
from chambre.rooms.shop.views.keeping.pictures import pictures
from chambre.treasury import containers


def _sent(form: NotingForm, act: Any) -> int:
    """Do what a form asks; 200 when it was done."""
    if not form.is_valid():
        return 422
    try:
        act(dict(form.cleaned_data))
    except ChambreError as refusal:
        return form.told(refusal)
    return 200


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    """What the shop says of itself, how it is paid, and its places."""
    shop, by = shop_for(request, slug, "shop.manage"), actor_of(request)
    act = request.POST.get("act", "")
    form = ShopForm(request.POST if act == "shop" else None, initial=ShopForm.of(shop))
    fresh = PlaceForm(
        request.POST if act == "place" else None, prefix="p", shop=shop, kept=_kept(shop)
    )
    pictured, status = pictures(request, shop)
    if request.method == "POST":
        if act == "shop":
            status = _sent(form, lambda data: shops.change_shop(shop=shop, by=by, **data))
        elif act == "place":
            status = _sent(fresh, lambda data: shops.add_place(shop=shop, by=by, **data))
        if status == 200:
            messages.success(request, _("Noted."))
        if status in (200, 303):
            return redirect("shop:settings", slug=slug)
    context = frame(
        request, shop, form=form, fresh=fresh, places=shop.places.select_related("drawer"),
        **pictured,
    )  # fmt: skip
    return render(request, "shop/keeping/settings.html", context, status=status)


def _kept(shop: Shop) -> list[tuple[str, str]]:
    keeper = containers.keeper()
    return [(place.slug, place.name) for place in keeper.places(shop.book)] if keeper else []


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, slug: str, place: str) -> HttpResponse:
    """One place where orders are fetched."""
    shop, by = shop_for(request, slug, "shop.manage"), actor_of(request)
    row = shop.places.filter(slug=place).select_related("shop__book").first()
    if row is None:
        raise NoShop
    initial = {name: getattr(row, name) for name in PlaceForm.base_fields}
    form = PlaceForm(request.POST or None, initial=initial, shop=shop, kept=_kept(shop))
    status = 200
    if request.method == "POST":
        status = _sent(form, lambda data: shops.change_place(place=row, by=by, **data))
        if status == 200:
            messages.success(request, _("Noted."))
            return redirect("shop:settings", slug=slug)
    context = frame(request, shop, place=row, form=form)
    return render(request, "shop/keeping/place.html", context, status=status)


def _producer_data(form: ProducerForm, data: dict[str, Any]) -> dict[str, Any]:
    data.pop("share")
    return {**data, "commission": form.commission()}


@require_http_methods(["GET", "HEAD", "POST"])
def producer(request: HttpRequest, slug: str, producer: str) -> HttpResponse:
    """One producer: what is said of them and the shop's share."""
    shop, by = shop_for(request, slug, "shop.manage"), actor_of(request)
    row = shop.producers.filter(slug=producer).first()
    if row is None:
        raise NoShop
    initial = {"name": row.name, "description": row.description, "place": row.place,
               "share": f"{row.commission / 100:.2f}"}  # fmt: skip
    act = request.POST.get("act", "")
    form = ProducerForm(request.POST if request.method == "POST" and not act else None,
                        initial=initial)  # fmt: skip
    del form.fields["agent"], form.fields["own"]
    pictured, status = pictures(request, shop, producer=row)
    if status == 303:
        return redirect("shop:keep_producer", slug=slug, producer=producer)
    if form.is_bound:
        status = _sent(
            form,
            lambda data: shops.change_producer(producer=row, by=by, **_producer_data(form, data)),
        )
        if status == 200:
            messages.success(request, _("Noted."))
            return redirect("shop:keep_producers", slug=slug)
    context = frame(request, shop, producer=row, form=form, **pictured)
    return render(request, "shop/keeping/producer.html", context, status=status)


def add_producer(request: HttpRequest, shop: Shop) -> tuple[ProducerForm, int]:
    """The form of a new producer, and the status of the answer: 303 when they were added."""
    form = ProducerForm(request.POST if request.POST.get("act") == "add" else None)
    form.fields["agent"].queryset = Agent.objects.exclude(  # type: ignore[attr-defined]
        kind="person"
    ).order_by("name")
    if not form.is_bound:
        return form, 200
    status = _sent(
        form,
        lambda data: shops.add_producer(
            shop=shop, by=actor_of(request), **_producer_data(form, data)
        ),
    )
    return form, 303 if status == 200 else status


SETTINGS = [
    path("boutiques/<slug:slug>/reglages/", settings, name="settings"),
    path("boutiques/<slug:slug>/lieux/<slug:place>/", place, name="place"),
    path("boutiques/<slug:slug>/producteurs/<slug:producer>/", producer, name="keep_producer"),
]
