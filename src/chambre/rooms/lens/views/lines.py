"""The lines behind a figure, only of books that the reader may see."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chambre.rooms.lens import queries
from chambre.rooms.lens.views.books import actor_of
from chambre.rooms.lens.views.reading import period, readable


@require_safe
def lines(request: HttpRequest) -> HttpResponse:
    """The lines behind a figure; only of books that the reader may see."""
    structures = readable(actor_of(request))
    form = period(request, structures)
    if not form.is_valid():
        return render(request, "lens/statements/index.html", {"form": form}, status=422)
    rows = queries.lines_behind(
        structures=structures,
        account=request.GET.get("account", ""),
        first=form.cleaned_data["first"],
        last=form.cleaned_data["last"],
        resource=request.GET.get("resource", ""),
        structure=request.GET.get("structure", ""),
    )
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    return render(
        request,
        "lens/lines/index.html",
        {"page": page, "account": request.GET.get("account", ""), "form": form},
    )
