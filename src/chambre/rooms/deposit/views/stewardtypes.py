"""The page of a type of object: what it is and costs, what it is made of and weighs."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core import clock
from chambre.rooms.deposit.forms import TypeChangeForm
from chambre.rooms.deposit.models import ItemType
from chambre.rooms.deposit.queries.finding import type_of_scheme
from chambre.rooms.deposit.queries.managing import scheme_for
from chambre.rooms.deposit.queries.terms import tariffs_on
from chambre.rooms.deposit.services import kinds
from chambre.rooms.deposit.views.stewards import actor_of, frame, sent


@require_http_methods(["GET", "HEAD", "POST"])
def type_(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """One type: what is known of it; what it is made of and weighs is changed here."""
    by = actor_of(request)
    scheme = scheme_for(slug, by)
    row = type_of_scheme(scheme, name)
    form, status = TypeChangeForm(request.POST or None, initial=_shown(row)), 200
    if request.method == "POST":
        done, status = sent(form, lambda data: kinds.change_type(type_=row, by=by, **data))
        if done:
            messages.success(request, _("The type is as you say."))
            return redirect("deposit:type", slug=slug, name=name)
    context = frame(
        request,
        scheme,
        type=row,
        tariff=tariffs_on([row], clock.today()).get(row.pk),
        objects=row.items.count(),
        form=form,
        within=reverse("deposit:scheme", args=[slug]),
    )
    return render(request, "deposit/type.html", context, status=status)


def _shown(row: ItemType) -> dict[str, str | int]:
    """What the form shows of a type; a weight that nobody knows is an empty box."""
    return {"material": row.material, "grams": row.grams or ""}


TYPES = [path("consigne/<slug:slug>/types/<slug:name>/", type_, name="type")]
