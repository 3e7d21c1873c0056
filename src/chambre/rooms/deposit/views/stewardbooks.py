"""The page of what the objects of a scheme are worth in its books, and of their depreciation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.rooms.deposit.forms.books import LifeForm, YearForm
from chambre.rooms.deposit.models import ItemType, Scheme
from chambre.rooms.deposit.queries import valuing
from chambre.rooms.deposit.queries.managing import scheme_for
from chambre.rooms.deposit.services import depreciating
from chambre.rooms.deposit.views.stewards import actor_of, frame, sent


@require_http_methods(["GET", "HEAD", "POST"])
def books(request: HttpRequest, slug: str) -> HttpResponse:
    """What objects cost and are still worth; who keeps the money books and undoes a year here."""
    by = actor_of(request)
    scheme = scheme_for(slug, by)
    act = request.POST.get("act", "")
    forms = _forms(request, scheme, act)
    status = 200
    if act in ("life", "year", "undo"):
        told: list[str] = []
        form = forms["year" if act == "undo" else act]
        done, status = sent(form, lambda data: told.append(_do(act, scheme, data, by)))
        if done:
            messages.success(request, told[0])
            return redirect("deposit:books", slug=slug)
    worths = valuing.worths(scheme)
    context = frame(
        request,
        scheme,
        worths=worths,
        cost=sum(row.cost for row in worths),
        worn=sum(row.worn for row in worths),
        left=sum(row.left for row in worths),
        years=valuing.worn_years(scheme),
        forms=forms,
        may_account=by.may("deposit.account", scheme),
    )
    return render(request, "deposit/books.html", context, status=status)


def _forms(request: HttpRequest, scheme: Scheme, act: str) -> dict[str, Any]:
    last = {"year": clock.today().year - 1}
    forms: dict[str, Any] = {
        "life": LifeForm(request.POST if act == "life" else None, prefix="l"),
        "year": YearForm(
            request.POST if act in ("year", "undo") else None, initial=last, prefix="y"
        ),
    }
    kinds = ItemType.objects.filter(scheme=scheme, identifiable=True).order_by("name")
    forms["life"].fields["type"].queryset = kinds
    return forms


def _do(act: str, scheme: Scheme, data: dict[str, Any], by: Actor) -> str:
    """What was done, in words."""
    if act == "life":
        depreciating.set_life(type_=data["type"], years=data["years"], by=by)
        return _("It is noted: the next year that is depreciated counts by it.")
    if act == "undo":
        if depreciating.undo(scheme=scheme, year=data["year"], by=by).objects:
            return _("The depreciation of the year is taken back.")
        return _("Nothing was booked for this year.")
    if depreciating.depreciate(scheme=scheme, year=data["year"], by=by).objects:
        return _("The depreciation of the year is booked.")
    return _("There is nothing to book for this year.")


BOOKS = [path("consigne/<slug:slug>/valeur/", books, name="books")]
