"""Coupons and work shifts for those who keep a shop."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core.errors import ChambreError
from chambre.rooms.shop.forms.solidarity import CouponForm, RoundForm, ShiftForm, TargetForm
from chambre.rooms.shop.models import (
    BasketPlan,
    BiddingRound,
    Coupon,
    Cycle,
    Distribution,
    ShiftSignup,
    Variant,
    WorkShift,
)
from chambre.rooms.shop.queries.seasons import day_of, plan_named
from chambre.rooms.shop.queries.targets import targets_of
from chambre.rooms.shop.services import bidding, planning, reducing, shifts, suspended
from chambre.rooms.shop.views.keeping.frame import (
    actor_of,
    distribution_for,
    done,
    frame,
    page_of,
    shop_for,
    steps,
)


@require_http_methods(["GET", "HEAD", "POST"])
def coupons(request: HttpRequest, slug: str) -> HttpResponse:
    """The coupons of a shop, how often each was used, what was paid ahead; make a new one."""
    shop = shop_for(request, slug, "shop.manage")
    form, status = CouponForm(shop, request.POST or None), 200
    if request.method == "POST":
        status = _save(request, shop, form, None)
        if status == 200:
            messages.success(request, _("The coupon can be used."))
            return redirect("shop:coupons", slug)
    context = frame(
        request, shop, form=form, page=page_of(request, Coupon.objects.filter(shop=shop)),
        fund=suspended.fund(shop),
    )  # fmt: skip
    return render(request, "shop/baskets/coupons.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def coupon(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A coupon: change it, or end it."""
    shop = shop_for(request, slug, "shop.manage")
    row = get_object_or_404(Coupon, shop=shop, pk=number)
    initial = {name: getattr(row, name) for name in (*reducing.COUPON, "code")}
    initial |= {
        name: list(getattr(row, name).all()) for name in ("products", "categories", "producers")
    }
    form, status = CouponForm(shop, request.POST or None, initial=initial), 200
    if request.method == "POST":
        status = _save(request, shop, form, row)
        if status == 200:
            messages.success(request, _("It is changed. What was ordered keeps its reduction."))
            return redirect("shop:coupons", slug)
    context = frame(request, shop, coupon=row, form=form)
    return render(request, "shop/baskets/coupon.html", context, status=status)


def _save(request: HttpRequest, shop: Any, form: CouponForm, row: Coupon | None) -> int:
    if not form.is_valid():
        return 422
    try:
        reducing.save_coupon(shop=shop, coupon=row, by=actor_of(request), **form.cleaned_data)
    except ChambreError as refusal:
        return form.told(refusal)
    return 200


@require_http_methods(["GET", "HEAD", "POST"])
def keep_shifts(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The work at a distribution: ask for help, and say who came."""
    row = distribution_for(request, slug, number)
    form, status = ShiftForm(request.POST if "title" in request.POST else None), 200
    if request.method == "POST" and "came" in request.POST:
        signup = get_object_or_404(ShiftSignup, pk=_number(request), shift__distribution=row)
        came = request.POST["came"] == "1"
        done(
            request, lambda: shifts.confirm(signup=signup, came=came, by=actor_of(request)),
            _("It is noted."),
        )  # fmt: skip
        return redirect("shop:keep_shifts", slug, number)
    if request.method == "POST":
        status = _ask(request, row, form)
        if status == 200:
            return redirect("shop:keep_shifts", slug, number)
    found = WorkShift.objects.filter(distribution=row).prefetch_related("signups__customer")
    context = steps(request, row, shifts=found, form=form)
    return render(request, "shop/baskets/keep_shifts.html", context, status=status)


def _number(request: HttpRequest) -> int:
    said = request.POST.get("signup", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 12 else 0


def _ask(request: HttpRequest, row: Distribution, form: ShiftForm) -> int:
    if not form.is_valid():
        return 422
    data, day = form.cleaned_data, day_of(row)
    first, last = (
        timezone.make_aware(dt.datetime.combine(day, data[name])) for name in ("starts", "ends")
    )
    try:
        shifts.add_shift(
            distribution=row, title=data["title"], starts_at=first, ends_at=last,
            places=data["places"], discount=data["discount"], by=actor_of(request),
        )  # fmt: skip
    except ChambreError as refusal:
        return form.told(refusal)
    return 200


@require_http_methods(["GET", "HEAD", "POST"])
def targets(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What each free price should bring in during a cycle, and what it has."""
    shop = shop_for(request, slug, "shop.manage")
    cycle = get_object_or_404(Cycle, shop=shop, pk=number)
    rows = Variant.objects.filter(product__shop=shop, lowest__isnull=False)
    free = list(rows.select_related("product").order_by("product__name", "pk"))
    form = TargetForm(free, request.POST or None)
    status = 200
    if request.method == "POST":
        status = _aim(request, cycle, free, form)
        if status == 200:
            messages.success(request, _("It is said on the pages of these products."))
            return redirect("shop:targets", slug, number)
    found = targets_of(cycle)
    context = frame(
        request, shop, cycle=cycle, form=form, rows=[(row, found.get(row.pk)) for row in free]
    )
    return render(request, "shop/baskets/targets.html", context, status=status)


def _aim(request: HttpRequest, cycle: Cycle, free: list[Variant], form: TargetForm) -> int:
    if not form.is_valid():
        return 422
    for row in free:
        if (target := form.cleaned_data[f"target-{row.pk}"]) is not None:
            planning.offer(cycle=cycle, variant=row, by=actor_of(request), target=target or None)
    return 200


@require_http_methods(["GET", "HEAD", "POST"])
def keep_round(request: HttpRequest, slug: str, plan: str) -> HttpResponse:
    """The bidding round of a season: open it, see how it stands, close it by one of the ways."""
    shop = shop_for(request, slug, "shop.manage")
    season, by = plan_named(shop, plan, bare=True), actor_of(request)
    row = BiddingRound.objects.filter(plan=season, closed_at__isnull=True).first()
    form, status = RoundForm(request.POST if "target" in request.POST else None), 200
    if row is not None and "outcome" in request.POST:
        outcome, missing = request.POST["outcome"], _cents(request)
        done(
            request,
            lambda: bidding.close_round(row=row, outcome=outcome, by=by, missing=missing),
            _("The round is closed, and the prices follow."),
        )
        return redirect("shop:keep_round", slug, plan)
    if request.method == "POST" and form.is_valid():
        if done(request, lambda: bidding.open_round(plan=season, by=by, **form.cleaned_data)):
            return redirect("shop:keep_round", slug, plan)
        status = 409
    elif request.method == "POST":
        status = 422
    former = BiddingRound.objects.filter(plan=season, closed_at__isnull=False)
    context = frame(
        request, shop, plan=season, round=row, form=form, former=former,
        standing=_standing(row, season) if row else None,
    )  # fmt: skip
    return render(request, "shop/baskets/keep_round.html", context, status=status)


def _standing(row: BiddingRound, season: BasketPlan) -> dict[str, Any]:
    row.plan = season
    found = bidding.standing(row)
    rows = [
        (member, member.pledge().amount, equal.amount, by_room.amount)
        for member, equal, by_room in zip(
            found.members, found.equally.raises, found.headroom.raises, strict=True
        )
    ]
    return {
        "rows": rows,
        "count": found.count,
        "equally": found.equally,
        "headroom": found.headroom,
    }


def _cents(request: HttpRequest) -> int:
    said = request.POST.get("missing", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 12 else 0


REDUCTIONS = [
    path("boutiques/<slug:slug>/paniers/<slug:plan>/tour/", keep_round, name="keep_round"),
    path("boutiques/<slug:slug>/cycles/<int:number>/objectifs/", targets, name="targets"),
    path("boutiques/<slug:slug>/bons/", coupons, name="coupons"),
    path("boutiques/<slug:slug>/bons/<int:number>/", coupon, name="coupon"),
    path(
        "boutiques/<slug:slug>/distributions/<int:number>/coups-de-main/", keep_shifts,
        name="keep_shifts",
    ),
]  # fmt: skip
