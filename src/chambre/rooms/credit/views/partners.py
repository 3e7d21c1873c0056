"""Agreements with other chambers: how each stands; agreeing, answering and ending by who looks after it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chambre.core.errors import Forbidden, NotFound
from chambre.registry.models import Agent
from chambre.rooms.credit.forms import PartnerForm
from chambre.rooms.credit.models import Community, Crossing
from chambre.rooms.credit.queries.partners import Standing, standings_of
from chambre.rooms.credit.services import crossing
from chambre.rooms.credit.views.frame import community_for, done, person_asking, tried

MOST_CROSSINGS = 30
"""Payments to other chambers that are shown to who looks after the credit, the newest first."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def partners(request: HttpRequest, slug: str, unit: str) -> HttpResponse:
    """How trade with other chambers stands."""
    by = person_asking(request)
    row = community_for(by, slug, unit)
    manages, status = by.may("credit.manage", row), 200
    standings = standings_of(row)
    form = PartnerForm(account=row.common, chambers=_others(row)) if manages else None
    if request.method == "POST":
        if not manages:
            raise Forbidden(permission="credit.manage")
        if "act" in request.POST:
            _act(request, row, standings)
            return redirect("credit:partners", slug=slug, unit=unit)
        status = 422
        form = PartnerForm(request.POST, account=row.common, chambers=_others(row))
        data = form.cleaned_data if form.is_valid() else None
        if data and tried(form, lambda: crossing.agree(community=row, by=by, **data)):
            messages.success(
                request, _("It is noted. It is in force once both sides say the same.")
            )
            return redirect("credit:partners", slug=slug, unit=unit)
    context = {
        "community": row, "unit": unit, "standings": standings, "form": form,
        "crossings": _crossings(row) if manages else [],
    }  # fmt: skip
    return render(request, "credit/partners.html", context, status=status)


def _others(row: Community) -> Any:
    rows = Agent.objects.filter(kind=Agent.Kind.CHAMBER).exclude(pk=row.chamber_id)
    return rows.order_by("name")


def _crossings(row: Community) -> Any:
    rows = Crossing.objects.filter(partner__community=row)
    return rows.select_related("partner__chamber", "account__agent")[:MOST_CROSSINGS]


def _act(request: HttpRequest, row: Community, standings: list[Standing]) -> None:
    """Agree to what the other side says, end an agreement, or let it go on."""
    by = person_asking(request)
    found = next((s for s in standings if s.chamber.slug == request.POST.get("chamber")), None)
    if found is None:
        raise NotFound
    owes, owed, is_open = found.owes, found.owed, True
    act = request.POST["act"]
    if act == "same" and found.theirs is not None:
        owes, owed = found.theirs.owed, found.theirs.owes
    elif act == "end" and found.mine is not None:
        is_open = False
    elif act != "again" or found.mine is None:
        raise NotFound
    done(
        request,
        lambda: crossing.agree(
            community=row, partner=found.chamber, owes=owes, owed=owed, by=by, is_open=is_open
        ),
        _("Noted."),
    )


PARTNERS = [path("credit/groupe/<slug:slug>/<slug:unit>/chambres/", partners, name="partners")]
