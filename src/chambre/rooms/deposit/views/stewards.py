"""Pages of those who look after schemes: the list, the dashboard, places, contracts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core import clock
from chambre.core.actors import Actor, authorize
from chambre.core.errors import ChambreError
from chambre.registry.models import Agent
from chambre.rooms.deposit.forms import NotingForm, SchemeForm, TypeForm
from chambre.rooms.deposit.models import Scheme
from chambre.rooms.deposit.queries.holding import holding, outline
from chambre.rooms.deposit.queries.managing import (
    cases_of,
    moves_in,
    scheme_for,
    schemes_of,
)
from chambre.rooms.deposit.queries.terms import tariffs_on, terms_on
from chambre.rooms.deposit.services import schemes as services

PER_PAGE = 50


def actor_of(request: HttpRequest) -> Actor:
    """Who asks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def page_of(request: HttpRequest, rows: Any) -> Any:
    """The page of a list that was asked for."""
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


def frame(request: HttpRequest, scheme: Scheme, **more: Any) -> dict[str, Any]:
    """What every page of a scheme shows."""
    links = [
        (label, reverse(f"deposit:{name}", args=[scheme.slug]))
        for label, name in (
            (_("Overview"), "scheme"),
            (_("Objects"), "items"),
            (_("Batches"), "lots"),
            (_("Places"), "places"),
            (_("Contracts"), "contracts"),
            (_("Cases"), "cases"),
            (_("Partners"), "partners"),
            (_("Rules"), "rules"),
            (_("Figures"), "figures"),
            (_("Value"), "books"),
        )
    ]
    here = request.path
    shown = {
        "scheme": scheme, "links": links, "here": here,
        "within": next((url for _label, url in links[1:] if here.startswith(url)), ""),
        "manages": actor_of(request).may("deposit.manage", scheme),
    }  # fmt: skip
    return shown | more


def sent(form: NotingForm, act: Callable[[dict[str, Any]], Any]) -> tuple[bool, int]:
    """Do what a form asks; whether it was done, and the status of the answer when not."""
    if not form.is_valid():
        return False, 422
    try:
        act(dict(form.cleaned_data))
    except ChambreError as refusal:
        return False, form.told(refusal)
    return True, 200


def structures_for(by: Actor, permission: str) -> Any:
    """Structures with which somebody may do something."""
    rows = Agent.objects.filter(kind__in=["structure", "chamber"]).order_by("name")
    return rows.filter(pk__in=[row.pk for row in rows if by.may(permission, row)])


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The schemes that somebody may read; who answers for money starts one here."""
    by = actor_of(request)
    authorize(by, "deposit.read")
    form, status = SchemeForm(request.POST or None), 200
    owners = structures_for(by, "deposit.create_scheme")
    form.fields["structure"].queryset = owners  # type: ignore[attr-defined]
    if request.method == "POST":
        done, status = sent(form, lambda data: services.create_scheme(by=by, **data))
        if done:
            return redirect("deposit:scheme", slug=form.cleaned_data["slug"])
    mine = schemes_of(by)
    sums = outline(mine)
    rows = [(scheme, *sums.get(scheme.pk, (0, 0))) for scheme in mine]
    context = {"schemes": rows, "form": form, "may_start": owners.exists()}
    return render(request, "deposit/schemes.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def scheme_page(request: HttpRequest, slug: str) -> HttpResponse:
    """How a scheme stands: what is held and what the books say, its objects, its types."""
    by = actor_of(request)
    scheme = scheme_for(slug, by)
    form, status = TypeForm(request.POST or None), 200
    if request.method == "POST":
        done, status = sent(
            form,
            lambda data: services.create_type(
                scheme=scheme,
                by=by,
                **{**data, "unit_cost": data["unit_cost"] or 0},
            ),
        )
        if done:
            messages.success(request, _("The type is there."))
            return redirect("deposit:scheme", slug=slug)
    held = holding(scheme)
    states = dict(scheme.items.model.State.choices)
    types = list(scheme.types.order_by("name"))
    day = clock.today()
    tariffs = tariffs_on(types, day)
    context = frame(
        request,
        scheme,
        held=held,
        states=[(states[key], count, key) for key, count in held.objects.items() if count],
        types=[(row, tariffs.get(row.pk)) for row in types],
        terms=terms_on(scheme.pk, day),
        open_cases=cases_of(scheme, "open").count(),
        moves=moves_in(scheme)[:12],
        form=form,
    )
    return render(request, "deposit/scheme.html", context, status=status)


SCHEMES = [
    path("consigne/", index, name="schemes"),
    path("consigne/<slug:slug>/", scheme_page, name="scheme"),
]
