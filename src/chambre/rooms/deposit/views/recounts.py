"""The page on which what came from a place is counted again."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core.actors import authorize
from chambre.rooms.deposit.forms.moving import RecountForm
from chambre.rooms.deposit.models import ItemType, Recount, Refund
from chambre.rooms.deposit.queries.managing import places_of_scheme, scheme_for
from chambre.rooms.deposit.services import recounting
from chambre.rooms.deposit.views.stewards import actor_of, frame, page_of, sent


@require_http_methods(["GET", "HEAD", "POST"])
def recounts(request: HttpRequest, slug: str) -> HttpResponse:
    """What was counted again, the newest first; more is noted here."""
    by = actor_of(request)
    scheme = scheme_for(slug, by)
    form, status = RecountForm(request.POST or None, initial={"key": secrets.token_hex(16)}), 200
    places: Any = form.fields["place"]
    types: Any = form.fields["type"]
    # A place that takes nothing back any more may have bags that nobody has counted yet.
    paid = Refund.objects.filter(act__place__scheme=scheme).values("act__place")
    places.queryset = places_of_scheme(scheme).filter(Q(returns=True) | Q(pk__in=paid))
    types.queryset = ItemType.objects.filter(scheme=scheme)
    if request.method == "POST":
        authorize(by, "deposit.manage", scheme)
        told: list[Recount] = []
        done, status = sent(form, lambda data: told.append(_recount(data, by)))
        if done:
            _say(request, told[0])
            return redirect("deposit:recounts", slug=slug)
    rows = Recount.objects.filter(place__scheme=scheme).select_related("place", "type", "case")
    within = reverse("deposit:places", args=[slug])
    context = frame(request, scheme, page=page_of(request, rows), form=form, within=within)
    return render(request, "deposit/recounts.html", context, status=status)


def _recount(data: dict[str, Any], by: Any) -> Recount:
    data["type_"] = data.pop("type")
    return recounting.recount(by=by, **data)


def _say(request: HttpRequest, row: Recount) -> None:
    facts = {"told": row.told, "found": row.found}
    if row.case_id is None:
        messages.success(request, _("%(found)d counted, %(told)d paid back: they agree.") % facts)
        return
    words = _("%(found)d counted, %(told)d paid back: a case is open.") % facts
    messages.warning(request, words)


RECOUNTS = [path("consigne/<slug:slug>/recomptages/", recounts, name="recounts")]
