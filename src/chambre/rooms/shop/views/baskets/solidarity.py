"""Baskets that some pay ahead for others, and work against a discount, for whoever comes by."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chambre.core.errors import ChambreError
from chambre.core.ratelimit import address_of, limit
from chambre.rooms.shop.forms.solidarity import SignForm, TakeForm
from chambre.rooms.shop.models import Product, ShiftSignup, Shop, Variant, WorkShift
from chambre.rooms.shop.services import shifts, suspended
from chambre.rooms.shop.services.asking import Who
from chambre.rooms.shop.views.front.frame import Visit, language


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def suspended_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What was paid ahead and is there for whoever needs it; take one, or give one."""
    visit = Visit(request, slug)
    fund = suspended.fund(visit.shop)
    offered, given = _products(visit.shop)
    baskets = [row for row in offered if row.price <= fund.left]
    form = TakeForm(visit.distributions, baskets, request.POST or None)
    status = 200
    if request.method == "POST":
        limit("suspended", address_of(request), times=10, seconds=3600)
        status, made = _take(request, visit, form)
        if made is not None:
            return redirect("shop:order", slug=slug, public_id=made.public_id)
    cheapest = min((row.price for row in offered if row.price), default=0)
    context = visit.context(
        form=form, left=fund.left, many=fund.left // cheapest if cheapest else 0, given=given,
        can_take=bool(baskets and visit.distributions),
        key=request.POST.get("key", "")[:40] or uuid.uuid4().hex,
    )  # fmt: skip
    return render(request, "shop/baskets/suspended.html", context, status=status)


def _products(shop: Shop) -> tuple[list[Variant], list[Variant]]:
    """The baskets that can be taken, and what pays one ahead."""
    rows = Variant.objects.filter(
        product__shop=shop, product__state=Product.State.SOLD, available=True,
        product__kind__in=(Product.Kind.BASKET, Product.Kind.SUSPENDED),
    ).select_related("product")  # fmt: skip
    found = list(rows.order_by("price", "pk"))
    kind = Product.Kind.BASKET
    return (
        [row for row in found if row.product.kind == kind],
        [row for row in found if row.product.kind != kind],
    )


def _take(request: HttpRequest, visit: Visit, form: TakeForm) -> tuple[int, Any]:
    if not form.is_valid():
        return 422, None
    data = form.cleaned_data
    distribution = next(row for row in visit.distributions if row.pk == data["distribution"])
    variant = get_object_or_404(Variant.objects.select_related("product"), pk=data["variant"])
    try:
        made = suspended.take(
            distribution=distribution, variant=variant, called=data["called"],
            key=f"page:{request.POST.get('key', '')[:40]}", by=visit.by,
            slot=distribution.slots.filter(taken__lt=F("capacity")).first(),
        )  # fmt: skip
    except ChambreError as refusal:
        return form.told(refusal), None
    messages.success(request, _("It is yours. Show this page, or say its number, when you come."))
    return 200, made


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def help_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Where help is wanted, and what it takes off the next order; sign up without an account."""
    visit = Visit(request, slug)
    rows = WorkShift.objects.filter(
        distribution__cycle__shop=visit.shop, starts_at__gt=timezone.now()
    )
    coming = list(rows.select_related("distribution__place").order_by("starts_at", "pk")[:50])
    chosen = next((row for row in coming if str(row.pk) == request.POST.get("shift")), None)
    user = visit.by.user
    known = {"name": user.get_full_name(), "email": user.email} if user else {}
    form, status = SignForm(request.POST or None, initial=known), 200
    if request.method == "POST" and chosen is not None:
        limit("shift", address_of(request), times=20, seconds=3600)
        if not form.is_valid():
            status = 422
        else:
            who = Who(**form.cleaned_data, language=language())
            try:
                made = shifts.sign_up(shift=chosen, who=who, by=visit.by)
            except ChambreError as refusal:
                status = form.told(refusal)
            else:
                return redirect("shop:shift", slug=slug, code=made.code)
    context = visit.context(shifts=coming, form=form, chosen=chosen)
    return render(request, "shop/baskets/shifts.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def shift_page(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """A place in a shift for who has its code: withdraw, or see what it takes off."""
    visit = Visit(request, slug)
    rows = ShiftSignup.objects.select_related("shift__distribution__place", "customer")
    row = get_object_or_404(rows, code=code, shift__distribution__cycle__shop=visit.shop)
    if request.method == "POST":
        try:
            shifts.withdraw(signup=row, by=visit.by)
            messages.success(request, _("Your place is free again."))
        except ChambreError as refusal:
            messages.error(request, str(refusal.message))
        return redirect("shop:shift", slug=slug, code=code)
    context = visit.context(
        signup=row, shift=row.shift, left=row.credit - row.used,
        early=row.state == ShiftSignup.State.SIGNED and row.shift.starts_at > timezone.now(),
    )  # fmt: skip
    return render(request, "shop/baskets/shift.html", context)


SOLIDARITY = [
    path("boutique/<slug:slug>/paniers-suspendus/", suspended_page, name="suspended"),
    path("boutique/<slug:slug>/coups-de-main/", help_page, name="shifts"),
    path("boutique/<slug:slug>/coups-de-main/<str:code>/", shift_page, name="shift"),
]
