"""What a circle agreed on for a resource: the rule of recognition and the rates that it proposes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core.actors import authorize
from chambre.core.errors import ChambreError
from chambre.registry.api import resource as resource_named
from chambre.registry.api import today
from chambre.registry.models import Resource
from chambre.rooms.reciprocity.forms.contributing import GridForm, TermsForm
from chambre.rooms.reciprocity.models import RateGrid, Terms
from chambre.rooms.reciprocity.queries.contributing.finding import grid_on, terms_on
from chambre.rooms.reciprocity.services.contributing import circle as service
from chambre.rooms.reciprocity.views.contributing.frame import done, key_of, person_asking


@require_http_methods(["GET", "HEAD", "POST"])
def circle(request: HttpRequest, slug: str) -> HttpResponse:
    """The rule and the grid of a resource; its steward sets them."""
    by = person_asking(request)
    place = resource_named(slug)
    authorize(by, "reciprocity.contribute", place)
    may = by.may("reciprocity.set_terms", place)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    terms = terms_on(place, today())
    grid = grid_on(place, place.chamber_id, today())
    terms_form = TermsForm(
        request.POST if act == "terms" else None,
        initial={
            "needed": terms.needed, "silence_days": terms.silence_days,
            "reply_days": terms.reply_days, "roll": terms.roll,
        },
    )  # fmt: skip
    grid_form = GridForm(request.POST if act == "grid" else None, initial={"since": today()})
    status = 200
    if request.method == "POST":
        form = terms_form if act == "terms" else grid_form
        status = _set(request, by, place, act, form)
        if status == 200:
            return redirect("reciprocity:circle", slug=slug)
    context = {
        "resource": place, "terms": terms, "grid": grid, "may": may, "terms_form": terms_form,
        "grid_form": grid_form, "key": key_of(request),
        "past": Terms.objects.filter(resource=place)[:10],
        "grids": RateGrid.objects.filter(resource=place).prefetch_related("lines")[:6],
    }  # fmt: skip
    return render(request, "reciprocity/contributing/circle.html", context, status=status)


def _set(request: HttpRequest, by: Any, place: Resource, act: str, form: Any) -> int:
    if act not in ("terms", "grid") or not form.is_valid():
        return 422
    data = form.cleaned_data
    try:
        if act == "terms":
            service.set_terms(place=place, by=by, **data)
        else:
            service.propose_grid(place=place, by=by, key=key_of(request), **data)
    except ChambreError as refusal:
        return int(form.told(refusal))
    done(request, lambda: None, _("It holds from now on."))
    return 200


CIRCLE = [path("contributions/regles/<slug:slug>/", circle, name="circle")]
