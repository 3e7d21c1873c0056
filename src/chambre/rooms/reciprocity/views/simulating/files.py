"""A model to take along: four pages for a funder, its file, its result for machines."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from chambre.lib.modelling.explaining import explain
from chambre.lib.modelling.presenting import present
from chambre.lib.modelling.sharing import Comparison
from chambre.rooms.reciprocity.queries.simulating.shared import compared
from chambre.rooms.reciprocity.views.frame import actor_of, language
from chambre.rooms.reciprocity.views.simulating.frame import ONE, Shown, shown_for


def _sent(content: bytes | str, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _comparison(request: HttpRequest, shown: Shown) -> Comparison | None:
    names = [name for name in request.GET.getlist("contract")[:2] if name]
    return compared(shown.model, shown.result, names, actor_of(request)) if names else None


@require_safe
def paper(request: HttpRequest, slug: str) -> HttpResponse:
    """Four pages for somebody who might fund it."""
    shown = shown_for(request, slug)
    made = present(
        shown.model, shown.result, _comparison(request, shown), language=language(),
        issued=timezone.now(), issuer=shown.simulation.chamber.name,
    )  # fmt: skip
    return _sent(made, "application/pdf", f"{slug}.pdf")


@require_safe
def file(request: HttpRequest, slug: str) -> HttpResponse:
    """The model's file."""
    shown = shown_for(request, slug)
    return _sent(shown.version.text, "application/toml; charset=utf-8", f"{slug}.toml")


@require_safe
def data(request: HttpRequest, slug: str) -> HttpResponse:
    """What the runs say, as whole numbers."""
    shown = shown_for(request, slug)
    found: dict[str, Any] = {
        "model": slug,
        "version": shown.version.number,
        "digest": shown.version.digest,
        "sentences": explain(shown.model, shown.result, language()),
        "result": shown.result.as_data(),
    }
    if comparison := _comparison(request, shown):
        found["sharing"] = comparison.as_data()
    text = json.dumps(found, ensure_ascii=False, indent=1)
    return _sent(text, "application/json; charset=utf-8", f"{slug}.json")


FILES = [
    path(ONE + "presentation.pdf", paper, name="model_paper"),
    path(ONE + "modele.toml", file, name="model_file"),
    path(ONE + "resultat.json", data, name="model_data"),
]
