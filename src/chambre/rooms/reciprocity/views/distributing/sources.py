"""Which accounts a contract reads."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core.errors import ChambreError
from chambre.rooms.reciprocity.forms.distributing import SourcesForm
from chambre.rooms.reciprocity.models import FactSource
from chambre.rooms.reciprocity.queries.ledgerfacts import sources_of
from chambre.rooms.reciprocity.services.distributing.sources import set_sources
from chambre.rooms.reciprocity.views.contracts.frame import actor_of, contract_for, frame


@require_http_methods(["GET", "HEAD", "POST"])
def sources(request: HttpRequest, slug: str) -> HttpResponse:
    """The accounts whose movements are facts, a line for each kind."""
    contract = contract_for(request, slug, "reciprocity.change_contract")
    form = SourcesForm(request.POST or None, initial=SourcesForm.of(sources_of(contract)))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            usual = "usual" in request.POST
            try:
                set_sources(
                    contract=contract, sources=() if usual else form.rows(), by=actor_of(request)
                )
            except ChambreError as refusal:
                form.add_error(None, str(refusal.message))
            else:
                messages.success(request, _("Noted; the next distribution reads these."))
                return redirect("reciprocity:distribution_sources", slug)
    context = {
        **frame(request, contract),
        "form": form,
        "own": FactSource.objects.filter(contract=contract).exists(),
    }
    return render(request, "reciprocity/distributing/sources.html", context, status=status)


SOURCES = [
    path("contrats/<slug:slug>/repartitions/comptes/", sources, name="distribution_sources"),
]
