"""Beside each other: two contracts on the surplus of a model, two models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chambre.core.errors import ChambreError, Forbidden
from chambre.lib.charts import draw_pair
from chambre.lib.modelling import wording
from chambre.lib.modelling.explaining import explain
from chambre.lib.modelling.picturing import cash_chart, sharing_chart
from chambre.lib.modelling.sharing import Comparison, Sharing
from chambre.lib.reciprocity import templates
from chambre.rooms.reciprocity.forms.simulating import CASES, BesideForm, SharingForm
from chambre.rooms.reciprocity.models import Simulation
from chambre.rooms.reciprocity.queries.simulating.finding import (
    contracts_readable_by,
    models_visible_to,
)
from chambre.rooms.reciprocity.queries.simulating.shared import compared
from chambre.rooms.reciprocity.views.frame import actor_of, language
from chambre.rooms.reciprocity.views.simulating.frame import (
    BASE,
    ONE,
    head,
    shown_for,
    shown_of,
)
from chambre.rooms.reciprocity.views.simulating.showing import stats


def _choices(request: HttpRequest, unit: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The contracts to choose from: those of the room, then the templates in the model's currency."""
    made = [
        (slug, templates.contract(slug).title.in_language(language()) or slug)
        for slug in templates.slugs()
        if templates.contract(slug).unit == unit
    ]
    own = contracts_readable_by(actor_of(request))
    groups = [(_("Contracts of the Chamber"), own)] if own else []
    return [*groups, (_("Templates of contracts"), made)]


@require_safe
def contracts(request: HttpRequest, slug: str) -> HttpResponse:
    """Who gets what under contract A and under contract B, year by year."""
    shown = shown_for(request, slug)
    form = SharingForm(
        request.GET if "a" in request.GET else None, contracts=_choices(request, shown.model.unit),
        initial={"case": "p50"},
    )  # fmt: skip
    context: dict[str, Any] = {**head(request, shown, "contracts"), "form": form}
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            names = [name for name in (form.cleaned_data["a"], form.cleaned_data["b"]) if name]
            case = form.cleaned_data["case"] or "p50"
            try:
                comparison = compared(shown.model, shown.result, names, actor_of(request))
                context |= _compared(shown.model.unit, comparison, case)
                context["paper"] = urlencode([("contract", name) for name in names])
                status = 200
            except Forbidden:
                raise
            except ChambreError as refusal:
                form.add_error(None, str(refusal.message))
    return render(request, "reciprocity/simulating/contracts.html", context, status=status)


def _compared(unit: str, comparison: Comparison, case: str) -> dict[str, Any]:
    shared = comparison.of(case)
    title = _("Who gets what over %(years)s years, %(case)s") % {
        "years": len(shared[0].surplus), "case": dict(CASES)[case],
    }  # fmt: skip
    spec = replace(sharing_chart(comparison, unit, language(), case), title=title)
    return {
        "chart": draw_pair(spec, prefix="sharing"),
        "shared": [_table(letter, each, unit) for letter, each in zip("AB", shared, strict=False)],
        "nothing": not any(shared[0].surplus),
    }


def _table(letter: str, sharing: Sharing, unit: str) -> dict[str, Any]:
    """What one contract gives, year by year, in whole units."""

    def money(amounts: Sequence[int]) -> list[str]:
        return [wording.money(each, unit, language()) for each in (*amounts, sum(amounts))]

    return {
        "letter": letter,
        "title": sharing.title.in_language(language()) or sharing.contract,
        "years": range(1, len(sharing.surplus) + 1),
        "surplus": money(sharing.surplus),
        "rows": [
            (each.label.in_language(language()), each.clause_label.in_language(language()),
             money(each.amounts))
            for each in sharing.receivers
        ],
        "kept": money(sharing.kept),
    }  # fmt: skip


@require_safe
def beside(request: HttpRequest) -> HttpResponse:
    """Two models side by side."""
    models = models_visible_to(actor_of(request)).order_by("name", "id")
    chosen = request.GET if {"a", "b"} <= request.GET.keys() else None  # with one: choose another
    form = BesideForm(chosen, models=models, initial={"a": _named(models, request.GET.get("a"))})
    context: dict[str, Any] = {"form": form, "many": models.count() > 1}
    status = 200
    if form.is_bound:
        status = 200 if form.is_valid() else 422
        if form.is_valid():
            pair = (form.cleaned_data["a"], form.cleaned_data["b"])
            context["sides"] = [_side(request, each, f"side-{at}") for at, each in enumerate(pair)]
            context["lines"] = _lines(context["sides"])
    return render(request, "reciprocity/simulating/beside.html", context, status=status)


def _named(models: Any, slug: str | None) -> Simulation | None:
    """The model of that short name, among those that may be read."""
    found: Simulation | None = models.filter(slug=(slug or "")[:80].replace("\0", "")).first()
    return found if slug else None


def _side(request: HttpRequest, simulation: Simulation, prefix: str) -> dict[str, Any]:
    shown = shown_of(request, simulation)
    return {
        "simulation": simulation,
        "stats": stats(shown.model, shown.result),
        "sentences": list(explain(shown.model, shown.result, language()).values())[:3],
        "chart": draw_pair(
            cash_chart(shown.model, shown.result, language()), prefix=prefix
        ),
    }  # fmt: skip


def _lines(sides: list[dict[str, Any]]) -> list[tuple[str, list[tuple[str, str]]]]:
    """``(label, (figure, remark) of each)``."""
    labels = list(dict.fromkeys(label for side in sides for label, *_rest in side["stats"]))
    found = []
    for label in labels:
        cells = []
        for side in sides:
            told = {name: (figure, remark) for name, figure, remark in side["stats"]}
            cells.append(told.get(label, ("–", "")))
        found.append((label, cells))
    return found


SHARING = [
    path(BASE + "comparer/", beside, name="models_beside"),
    path(ONE + "contrats/", contracts, name="model_contracts"),
]
