"""The page on which objects are handed from one place to another."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from chambre.core.actors import Actor
from chambre.rooms.deposit.forms.moving import HandoverForm
from chambre.rooms.deposit.models import Handover, ItemType
from chambre.rooms.deposit.queries.managing import places_of_scheme, scheme_for
from chambre.rooms.deposit.services import partners
from chambre.rooms.deposit.services.telling import tell_now
from chambre.rooms.deposit.views.stewards import actor_of, frame, page_of, sent


@require_http_methods(["GET", "HEAD", "POST"])
def handovers(request: HttpRequest, slug: str) -> HttpResponse:
    """What went from one place to another, the newest first; more is noted here."""
    by = actor_of(request)
    scheme = scheme_for(slug, by)
    form, status = HandoverForm(request.POST or None, initial={"key": secrets.token_hex(16)}), 200
    places = places_of_scheme(scheme)
    for name in ("origin", "target"):
        form.fields[name].queryset = places  # type: ignore[attr-defined]
    counted = ItemType.objects.filter(scheme=scheme, counting=ItemType.Counting.CLASS)
    form.fields["type"].queryset = counted  # type: ignore[attr-defined]
    if request.method == "POST":
        made: list[Handover] = []
        done, status = sent(form, lambda data: made.extend(_hand_over(data, by)))
        if done:
            tell_now()
            count = sum(row.quantity for row in made)
            told = ngettext("%d object was handed on.", "%d objects were handed on.", count)
            messages.success(request, told % count)
            return redirect("deposit:handovers", slug=slug)
    rows = Handover.objects.filter(origin__scheme=scheme).select_related(
        "type", "origin", "target", "act"
    )
    within = reverse("deposit:places", args=[slug])
    context = frame(request, scheme, page=page_of(request, rows), form=form, within=within)
    return render(request, "deposit/handovers.html", context, status=status)


def _hand_over(data: dict[str, Any], by: Actor) -> list[Handover]:
    type_ = data["type"]
    return partners.hand_over(
        origin=data["origin"],
        target=data["target"],
        key=data["key"],
        by=by,
        codes=data["codes"],
        counted=[(type_.slug, data["count"])] if type_ is not None else (),
    )


HANDOVERS = [path("consigne/<slug:slug>/passages/", handovers, name="handovers")]
