"""Versions of the rules with what each changed, runs with their figures, and the way back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core.errors import ChambreError
from chambre.lib.attribution import RuleFileError
from chambre.rooms.lens import services
from chambre.rooms.lens.models import AttributionRun, RuleSet
from chambre.rooms.lens.views.attributing import Desk, desk_of
from chambre.rooms.lens.views.attribution import shown_changes

VERSIONS = 20
RUNS = 30


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Every version with what it changed, and the last runs."""
    desk = desk_of(request)
    versions = RuleSet.objects.filter(chamber=desk.chamber).order_by("-number")
    page = Paginator(versions, VERSIONS).get_page(request.GET.get("page"))
    listed = list(page)
    before = {each.number + 1: each for each in listed}
    if listed and listed[-1].number > 1:
        former = versions.filter(number=listed[-1].number - 1).first()
        if former is not None:
            before[listed[-1].number] = former
    context = {
        "tab": "history",
        "desk": desk,
        "page": page,
        "versions": [
            {"version": each, "changes": _counted(desk, before.get(each.number), each)}
            for each in listed
        ],
        "runs": _runs(desk),
    }
    return render(request, "lens/attribution/history.html", context)


def _changes(desk: Desk, old: RuleSet | None, new: RuleSet) -> list[dict[str, Any]]:
    return shown_changes(desk, services.rules_of(old), services.rules_of(new))


def _counted(desk: Desk, old: RuleSet | None, new: RuleSet) -> dict[str, int]:
    """How many rules a version added, changed, moved and removed."""
    counted = dict.fromkeys(("added", "changed", "moved", "removed"), 0)
    for each in _changes(desk, old, new):
        counted[each["change"].kind] += 1
    return counted


def _runs(desk: Desk) -> list[dict[str, Any]]:
    """The last runs over no other structures than the reader's."""
    mine = {each.slug for each in desk.mine}
    rows = []
    for run in AttributionRun.objects.select_related("ruleset")[: 4 * RUNS]:
        over = run.report.get("structures")
        if (over is None and not desk.whole) or not set(over or ()) <= mine:
            continue
        names = [] if over is None or len(over) == len(desk.names) else over
        rows.append({"run": run, "over": [desk.names.get(slug, slug) for slug in names]})
    return rows[:RUNS]


@require_http_methods(["GET", "POST"])
def version(request: HttpRequest, number: int) -> HttpResponseBase:
    """One version beside the one before; to go back to it, it becomes the person's draft."""
    desk = desk_of(request)
    versions = RuleSet.objects.filter(chamber=desk.chamber)
    row = get_object_or_404(versions, number=number)
    if request.method == "POST":
        return _go_back(request, desk, row)
    former = versions.filter(number=number - 1).first()
    context = {
        "tab": "history",
        "desk": desk,
        "edition": row,
        "former": former,
        "latest": not versions.filter(number__gt=number).exists(),
        "changes": _changes(desk, former, row),
        "rules": [
            {
                "place": place,
                "rule": rule,
                "conditions": desk.conditions(rule),
                "shares": desk.shares(rule.shares),
            }
            for place, rule in enumerate(services.rules_of(row), 1)
            if desk.sees(rule)
        ],
        "runs": [each for each in _runs(desk) if each["run"].ruleset_id == row.pk],
    }
    return render(request, "lens/attribution/version.html", context)


def _go_back(request: HttpRequest, desk: Desk, row: RuleSet) -> HttpResponseBase:
    """Put an old version into the draft, where it is compared and applied as a new version."""
    try:
        rules = services.check_rules(row.rules, chamber=desk.chamber)
        services.put_rules(rules=rules, chamber=desk.chamber, by=desk.by)
    except RuleFileError as error:
        messages.error(request, str(error))
        return redirect("lens:rule_version", number=row.number)
    except ChambreError as error:
        messages.error(request, str(error.message))
        return redirect("lens:rule_version", number=row.number)
    messages.info(
        request, _("Version %(n)d is in your changes. Apply it to go back.") % {"n": row.number}
    )
    return redirect("lens:draft")
