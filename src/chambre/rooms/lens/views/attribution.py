"""Attribution: the chamber's rules, what each takes, and what was decided before."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from chambre.core.actors import authorize
from chambre.core.jobs import start_job
from chambre.lib.attribution import Problem, Rule, RuleFileError, parse_rules, write_rules
from chambre.registry import api as registry
from chambre.registry.models import Resource
from chambre.rooms.lens import queries, services
from chambre.rooms.lens.forms.books import RulesForm
from chambre.rooms.lens.models import AttributionRun, RuleSet, shares_text
from chambre.rooms.lens.views.books import actor_of


def _read(text: str) -> tuple[list[Rule], list[Problem]]:
    """The rules of a text, or every mistake in it."""
    chamber = registry.home_chamber()
    try:
        rules = parse_rules(
            text,
            resources=Resource.objects.values_list("slug", flat=True),
            structures=queries.structures_with_books(chamber).values_list("slug", flat=True),
        )
    except RuleFileError as error:
        return [], error.problems
    return rules, []


def _coverage(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Lines and amounts taken, by class of account."""
    return [
        {"class": code, "lines": cell[0], "taken": cell[1], "size": cell[2], "held": cell[3]}
        for code, cell in sorted(report.get("coverage", {}).items())
    ]


@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """The rules in force; as text to be tried and applied."""
    by = actor_of(request)
    chamber = registry.home_chamber()
    authorize(by, "lens.change_rules", list(queries.structures_with_books(chamber)))
    held = services.current_rules(chamber)
    form = RulesForm(request.POST or None, initial={"text": write_rules(held)})
    problems: list[Problem] = []
    preview: dict[str, Any] | None = None
    if request.method == "POST" and form.is_valid():
        wanted, problems = _read(form.cleaned_data["text"])
        if not problems and "apply" in request.POST:
            data = [rule.as_data() for rule in wanted]
            note = form.cleaned_data["note"]
            return redirect(start_job("lens.attribute", by, rules=data, note=note))
        if not problems:
            preview = services.preview(rules=wanted, chamber=chamber, by=by).as_data()
    run = AttributionRun.objects.filter(ruleset__chamber=chamber).first()
    report = preview or (run.report if run else {})
    language = (get_language() or "fr")[:2]
    context = {
        "form": form,
        "held": [{"rule": each, "shares": shares_text(each.shares)} for each in held],
        "problems": [each.message(language) for each in problems],
        "preview": preview,
        "report": report,
        "coverage": _coverage(report),
        "versions": RuleSet.objects.filter(chamber=chamber)[:50],
    }
    wrong = request.method == "POST" and (bool(problems) or not form.is_valid())
    return render(request, "lens/attribution/rules.html", context, status=422 if wrong else 200)
