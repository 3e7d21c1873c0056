"""The shops of somebody, opening one, and what comes next in one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core.actors import authorize
from chambre.core.errors import ChambreError
from chambre.registry.models import Agent
from chambre.rooms.shop.forms.keeping import OpenShopForm
from chambre.rooms.shop.queries.keeping import outlook, shops_of
from chambre.rooms.shop.services import shops
from chambre.rooms.shop.views.keeping.frame import actor_of, frame, shop_for


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The shops in which somebody works; who answers for a structure's money opens one here."""
    by = actor_of(request)
    authorize(by, "shop.read")
    structures = Agent.objects.filter(kind__in=["structure", "chamber"]).order_by("name")
    own = structures.filter(pk__in=[row.pk for row in structures if by.may("shop.create", row)])
    form, status = OpenShopForm(request.POST or None), 200
    form.fields["structure"].queryset = own  # type: ignore[attr-defined]
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data: dict[str, Any] = form.cleaned_data
            try:
                made = shops.create_shop(by=by, **data)
            except ChambreError as refusal:
                status = form.told(refusal)
            else:
                return redirect("shop:shop_home", slug=made.slug)
    context = {"shops": shops_of(by), "form": form, "may_open": own.exists()}
    return render(request, "shop/keeping/shops.html", context, status=status)


@require_safe
def home(request: HttpRequest, slug: str) -> HttpResponse:
    """What comes next in a shop."""
    shop = shop_for(request, slug, "shop.read")
    context = frame(request, shop, next=outlook(shop))
    return render(request, "shop/keeping/home.html", context)


HOME = [
    path("boutiques/", index, name="keep_shops"),
    path("boutiques/<slug:slug>/", home, name="shop_home"),
]
