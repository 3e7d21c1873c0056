"""Pages of the places of a scheme: what each holds, and what each is and does."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core import clock
from chambre.core.actors import authorize
from chambre.registry.models import Agent
from chambre.rooms.deposit.forms.places import PlaceChangeForm, PlaceForm
from chambre.rooms.deposit.queries.holding import holding
from chambre.rooms.deposit.queries.managing import (
    items_of,
    place_of,
    places_of_scheme,
    scheme_for,
)
from chambre.rooms.deposit.services import schemes as services
from chambre.rooms.deposit.views.stewards import actor_of, frame, sent


@require_http_methods(["GET", "HEAD", "POST"])
def places(request: HttpRequest, slug: str) -> HttpResponse:
    """The places of a scheme, and what each holds by its contracts and by the books."""
    by = actor_of(request)
    scheme = scheme_for(slug, by)
    form, status = PlaceForm(request.POST or None), 200
    form.fields["partner"].queryset = Agent.objects.filter(  # type: ignore[attr-defined]
        kind="structure"
    ).order_by("name")
    if request.method == "POST":
        done, status = sent(form, lambda data: services.create_place(scheme=scheme, by=by, **data))
        if done:
            messages.success(request, _("The place is there."))
            return redirect("deposit:places", slug=slug)
    held = {place.pk: (contracts, books) for place, contracts, books in holding(scheme).places}
    rows = list(places_of_scheme(scheme))
    context = frame(
        request,
        scheme,
        places=[(row, *held.get(row.pk, (0, 0)), row.is_closed(clock.today())) for row in rows],
        nowhere=sum(row.latitude is None for row in rows),
        form=form,
    )
    return render(request, "deposit/places.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """One place: who runs it, what it holds, and what it is and does, to be changed."""
    by = actor_of(request)
    scheme = scheme_for(slug, by)
    row = place_of(scheme, name)
    form = PlaceChangeForm(request.POST or None, initial=PlaceChangeForm.shown(row))
    status = 200
    if request.method == "POST":
        authorize(by, "deposit.manage", row)
        done, status = sent(form, lambda data: services.change_place(place=row, by=by, **data))
        if done:
            messages.success(request, _("The place is as you say."))
            return redirect("deposit:place", slug=slug, name=name)
    held = {each.pk: (contracts, books) for each, contracts, books in holding(scheme).places}
    context = frame(
        request,
        scheme,
        place=row,
        held=held.get(row.pk, (0, 0)),
        objects=items_of(scheme, place=row.slug).count(),
        devices=row.devices.filter(revoked_at=None).order_by("name"),
        closed=row.is_closed(clock.today()),
        form=form,
    )
    return render(request, "deposit/place.html", context, status=status)


PLACES = [
    path("consigne/<slug:slug>/lieux/", places, name="places"),
    path("consigne/<slug:slug>/lieux/<slug:name>/", place, name="place"),
]
