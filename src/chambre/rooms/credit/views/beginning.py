"""Beginning mutual credit in a chamber: its first rules, by who looks after it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, NotFound
from chambre.registry.models import Agent
from chambre.rooms.credit.forms import BeginForm
from chambre.rooms.credit.models import Community
from chambre.rooms.credit.queries.communities import community_in
from chambre.rooms.credit.services.communities import RulesIn, open_community
from chambre.rooms.credit.views.frame import person_asking, tried

FIRST: dict[str, Any] = {
    "mode": "block", "growth_percent": 0, "growth_most": 0, "rate": 0, "exempt": 0,
    "fund_share": 0, "fund_flat": 0, "fund_cover": 0,
    "ways": ["spend", "fund"], "hands": 3, "days": 14,
}  # fmt: skip
BOUNDS = {"CRD": {"floor": 20_000, "ceiling": 40_000}, "HUR": {"floor": 600, "ceiling": 600}}
"""What is filled in: about ten to twenty hours' worth, as ``docs/howto/credit.md`` says."""


def could_begin(by: Actor) -> list[tuple[Agent, str]]:
    """Chambers that somebody looks after, each with a unit in which nothing was begun there."""
    rows = Agent.objects.filter(kind=Agent.Kind.CHAMBER).order_by("name")
    mine = [row for row in rows if by.may("credit.manage", row)]
    taken = set(Community.objects.filter(chamber__in=mine).values_list("chamber", "unit"))
    return [(row, unit) for row in mine for unit in BOUNDS if (row.pk, unit) not in taken]


def not_begun(chamber: Agent) -> list[str]:
    """The units in which nothing was begun in a chamber yet."""
    taken = set(Community.objects.filter(chamber=chamber).values_list("unit", flat=True))
    return [unit for unit in BOUNDS if unit not in taken]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, slug: str, unit: str) -> HttpResponse:
    """Agree the first rules; from then on only the members change them."""
    by = person_asking(request)
    chamber = Agent.objects.filter(slug=slug, kind=Agent.Kind.CHAMBER).first()
    if chamber is None or unit not in BOUNDS:
        raise NotFound
    if not by.may("credit.manage", chamber):
        raise Forbidden(permission="credit.manage")
    if community_in(chamber, unit) is not None:
        return redirect("credit:group", slug=slug, unit=unit)
    form, status = BeginForm(request.POST or None, unit=unit, initial=FIRST | BOUNDS[unit]), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            rules = RulesIn(**form.cleaned_data)
            act = lambda: open_community(chamber=chamber, unit=unit, rules=rules, by=by)  # noqa: E731
            if tried(form, act):
                messages.success(request, _("Mutual credit has begun. Now let somebody take part."))
                return redirect("credit:group", slug=slug, unit=unit)
    context = {"chamber": chamber, "unit": unit, "form": form}
    return render(request, "credit/begin.html", context, status=status)


BEGINNING = [path("credit/groupe/<slug:slug>/<slug:unit>/commencer/", begin, name="begin")]
