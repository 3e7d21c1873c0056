"""Delivery rounds: planned, shown with their stops, changed as long as nothing left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chambre.core.errors import ChambreError
from chambre.rooms.shop.forms.planning import RoundForm
from chambre.rooms.shop.models import Distribution, Order, Round, Shop
from chambre.rooms.shop.queries.errors import NoShop
from chambre.rooms.shop.queries.opening import still_coming
from chambre.rooms.shop.services import rounds as driving
from chambre.rooms.shop.views.keeping.frame import actor_of, done, frame, shop_for


@require_http_methods(["GET", "HEAD", "POST"])
def rounds(request: HttpRequest, slug: str) -> HttpResponse:
    """Delivery rounds: the distributions of one day, in the order in which one drives to them."""
    shop, by = shop_for(request, slug), actor_of(request)
    coming = still_coming(shop)
    form = _form(request, coming)
    status = _sent(request, form, lambda said: driving.plan_round(shop=shop, by=by, **said))
    if status == 200 and request.method == "POST":
        messages.success(request, _("The round is planned."))
        return redirect("shop:rounds", slug=slug)
    rows = Round.objects.filter(shop=shop).prefetch_related("stops__place", "stops__orders")[:20]
    shown = []
    for row in rows:
        stops = sorted(row.stops.all(), key=lambda one: one.stop)
        shown.append((row, [(stop, _many(stop)) for stop in stops], not any(map(_began, stops))))
    context = frame(request, shop, rounds=shown, form=form, may_plan=coming.exists())
    return render(request, "shop/keeping/rounds.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def round_(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Change a round that has not left."""
    shop, by = shop_for(request, slug, "shop.manage"), actor_of(request)
    row = _round(shop, number)
    own = row.stops.order_by("stop")
    stops = Distribution.objects.filter(cycle__shop=shop).filter(
        Q(pk__in=own) | Q(pk__in=still_coming(shop).values("pk"))
    )
    initial = {
        "name": row.name, "day": row.day, "driver": row.driver, "note": row.note,
        "stops": list(own.values_list("pk", flat=True)),
    }  # fmt: skip
    form = _form(request, stops.select_related("place", "cycle").order_by("starts_at"), initial)
    status = _sent(request, form, lambda said: driving.change_round(row=row, by=by, **said))
    if status == 200 and request.method == "POST":
        messages.success(request, _("The round is changed."))
        return redirect("shop:rounds", slug=slug)
    left = driving.has_left(row)
    driven = list(own.select_related("place")) if left else []
    context = frame(request, shop, form=form, round=row, left=left, stops=driven)
    return render(request, "shop/keeping/round.html", context, status=status)


@require_POST
def drop(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Take a round off; its distributions stay."""
    shop, by = shop_for(request, slug, "shop.manage"), actor_of(request)
    row = _round(shop, number)
    done(request, lambda: driving.drop_round(row=row, by=by), _("The round is taken off."))
    return redirect("shop:rounds", slug=slug)


def _form(request: HttpRequest, stops: Any, initial: dict[str, Any] | None = None) -> RoundForm:
    form = RoundForm(request.POST if request.method == "POST" else None, initial=initial)
    form.fields["stops"].queryset = stops  # type: ignore[attr-defined]
    return form


def _sent(request: HttpRequest, form: RoundForm, act: Callable[[dict[str, Any]], Any]) -> int:
    """Do what a form says, when one was sent; the status of the answer."""
    if request.method != "POST":
        return 200
    if not form.is_valid():
        return 422
    try:
        act(form.said())
    except ChambreError as refusal:
        return form.told(refusal)
    return 200


def _round(shop: Shop, number: int) -> Round:
    row = Round.objects.filter(shop=shop, pk=number).first()
    if row is None:
        raise NoShop
    return row


def _many(stop: Distribution) -> int:
    return sum(order.state not in ("cancelled", "expired") for order in stop.orders.all())


def _began(stop: Distribution) -> bool:
    handed = any(order.state == Order.State.HANDED for order in stop.orders.all())
    return stop.state == Distribution.State.DONE or handed


ROUNDS = [
    path("boutiques/<slug:slug>/tournees/", rounds, name="rounds"),
    path("boutiques/<slug:slug>/tournees/<int:number>/", round_, name="round"),
    path("boutiques/<slug:slug>/tournees/<int:number>/retirer/", drop, name="round_drop"),
]
