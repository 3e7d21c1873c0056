"""The contracts of a scheme, as a page and as a file."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chambre.rooms.deposit.models import Contract
from chambre.rooms.deposit.queries.managing import contracts_of, places_of_scheme, scheme_for
from chambre.rooms.deposit.views import listfiles
from chambre.rooms.deposit.views.stewards import actor_of, frame, page_of


@require_safe
def contracts(request: HttpRequest, slug: str) -> HttpResponse:
    """The contracts of a scheme; nobody's name is there. ``?format=`` gives them as a file."""
    scheme = scheme_for(slug, actor_of(request))
    chosen = request.GET.get("state", "open")
    state = chosen if chosen in Contract.State.values else ""
    rows = contracts_of(scheme, state, request.GET.get("place", "")[:50].replace("\0", ""))
    if kind := request.GET.get("format", ""):
        table = listfiles.contracts_table(rows)
        return listfiles.listed(kind, "contrats", _("Contracts"), scheme, table)
    context = frame(
        request,
        scheme,
        page=page_of(request, rows),
        state=state,
        states=Contract.State.choices,
        places=places_of_scheme(scheme),
        files=listfiles.FILES,
    )
    return render(request, "deposit/contracts.html", context)


CONTRACTS = [path("consigne/<slug:slug>/contrats/", contracts, name="contracts")]
