"""The list of economic models, and the examples to start from."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path
from django.views.decorators.http import require_safe

from chambre.core.errors import NotFound
from chambre.lib.modelling import Model
from chambre.lib.modelling.presets import SLUGS, preset, presets
from chambre.lib.modelling.schema import BY_KEY
from chambre.lib.modelling.tables import Row, rows
from chambre.registry.models import Resource
from chambre.rooms.reciprocity.queries.simulating.finding import models_visible_to
from chambre.rooms.reciprocity.views.frame import actor_of, key_of, language, page_of
from chambre.rooms.reciprocity.views.simulating.frame import BASE


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The models that somebody may read, and the examples."""
    actor = actor_of(request)
    away = request.GET.get("away") == "1"
    found = models_visible_to(actor, archived=away).order_by("name", "id")
    return render(
        request,
        "reciprocity/simulating/list.html",
        {
            "rows": page_of(request, found),
            "away": away,
            "examples": [_card(model) for model in presets()],
            "may_begin": actor.may("reciprocity.draft_model"),
        },
    )


def _card(model: Model) -> dict[str, Any]:
    """An example in a few words: what it is, for whom, how much of it is known."""
    figures = [each.figure for each in model.figures() if each.figure.high]
    return {
        "slug": model.slug,
        "title": model.title.in_language(language()),
        "resource": model.resource.in_language(language()),
        "people": [each.name.in_language(language()) for each in model.segments],
        "years": model.years,
        "sources": sum(bool(figure.source) for figure in figures),
        "assumptions": sum(figure.assumption for figure in figures),
        "all": len(figures),
    }


@require_safe
def example(request: HttpRequest, slug: str) -> HttpResponse:
    """An example with all its numbers, each with where it comes from."""
    if slug not in SLUGS:
        raise NotFound
    model = preset(slug)
    return render(
        request,
        "reciprocity/simulating/example.html",
        {
            "model": model,
            "card": _card(model),
            "texts": texts_of(model),
            "parts": parts_of(model),
            "key": key_of(request),
            "may_begin": actor_of(request).may("reciprocity.draft_model"),
        },
    )


def texts_of(model: Model) -> list[tuple[str, str]]:
    """``(heading, words)`` of what a model says of itself."""
    named = ("resource", "need", "summary", "ask")
    return [
        (BY_KEY[""].field(key).label.in_language(language()), words)
        for key in named
        if (words := getattr(model, key).in_language(language()))
    ]


def parts_of(model: Model) -> list[tuple[str, list[Row]]]:
    """``(heading, rows)`` of all the numbers of a model."""
    return [
        (section.label.in_language(language()), found) for section, found in rows(model, language())
    ]


def resource_tab(request: HttpRequest, resource: Resource) -> str:
    """The models of a resource that somebody may read."""
    actor = actor_of(request)
    found = list(models_visible_to(actor).filter(resource=resource).order_by("name", "id")[:20])
    may_begin = actor.may("reciprocity.draft_model", resource)
    if not found and not may_begin:
        return ""
    context = {"rows": found, "resource": resource, "may_begin": may_begin}
    return render_to_string("reciprocity/simulating/_tab.html", context, request=request)


def has_models(request: HttpRequest, resource: Resource) -> bool:
    """Whether the tab is offered: to members of its chamber, and where somebody may read a model."""
    actor = actor_of(request)
    if actor.may("reciprocity.draft_model", resource):
        return True
    return models_visible_to(actor).filter(resource=resource).exists()


LISTING = [
    path(BASE, index, name="models"),
    path(BASE + "exemples/<slug:slug>/", example, name="model_example"),
]
