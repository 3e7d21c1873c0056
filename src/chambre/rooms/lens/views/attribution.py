"""Attribution: the chamber's rules, a person's changes to them, and the rules as a file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chambre.core.actors import authorize
from chambre.core.errors import ChambreError
from chambre.core.jobs import start_job
from chambre.lib.attribution import Rule, RuleFileError, parse_rules, rule_changes, write_rules
from chambre.rooms.lens import queries, services
from chambre.rooms.lens.forms.attribution import ApplyForm, RulesForm
from chambre.rooms.lens.views.attributing import (
    Desk,
    coverage_rows,
    desk_of,
    summed,
    survey_of,
)


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """The rules in force, or the person's draft of them, with what each takes."""
    desk = desk_of(request)
    working = services.working_rules(chamber=desk.chamber, by=desk.by)
    report, stale = _figures(desk, working)
    rows = _rows(desk, working.rules, report)
    waiting = queries.attributing.lines_waiting(desk.mine) if working.held else 0
    context = {
        "tab": "rules",
        "desk": desk,
        "working": working,
        "rows": rows,
        "hidden": len(working.rules) - len(rows),
        "report": report,
        "stale": stale,
        "total": summed(coverage_rows(report.coverage)) if report else None,
        "waiting": waiting,
    }
    return render(request, "lens/attribution/rules.html", context)


def _figures(
    desk: Desk, working: services.Working
) -> tuple[services.AttributionReport | None, bool]:
    """What each rule of the list takes, if it is known; and whether something came since."""
    if not working.drafted:
        survey = survey_of(desk, working)
        return (survey.report, survey.stale) if survey else (None, False)
    found = _comparison(desk, working)
    return (found.after if found else None), False


def _comparison(desk: Desk, working: services.Working) -> services.Comparison | None:
    try:
        return services.compare_rules(
            rules=working.rules, chamber=desk.chamber, by=desk.by, structures=desk.mine
        )
    except services.NotCounted:
        return None


def _rows(
    desk: Desk, listed: list[Rule], report: services.AttributionReport | None
) -> list[dict[str, Any]]:
    """The rules that concern the reader, and the places to which each moves up and down."""
    taken = {each.name: each for each in report.rules} if report else {}
    seen = [place for place, rule in enumerate(listed) if desk.sees(rule)]
    rows = []
    for at, place in enumerate(seen):
        rule = listed[place]
        rows.append(
            {
                "place": place,
                "rule": rule,
                "conditions": desk.conditions(rule),
                "shares": desk.shares(rule.shares),
                "taken": taken.get(rule.name),
                "mine": desk.answers(rule),
                "up": seen[at - 1] if at else None,
                "down": seen[at + 1] if at + 1 < len(seen) else None,
            }
        )
    return rows


@require_safe
def draft(request: HttpRequest) -> HttpResponse:
    """What the person's draft would change, before it is applied."""
    desk = desk_of(request)
    working = services.working_rules(chamber=desk.chamber, by=desk.by)
    if not working.drafted:
        messages.info(request, _("There is nothing to apply: the rules are those in force."))
        return redirect("lens:rules")
    return _draft_page(request, desk, working, ApplyForm())


def _draft_page(
    request: HttpRequest, desk: Desk, working: services.Working, form: ApplyForm
) -> HttpResponse:
    found = _comparison(desk, working)
    context: dict[str, Any] = {
        "tab": "rules",
        "desk": desk,
        "working": working,
        "changes": shown_changes(desk, working.held, working.rules),
        "found": found,
        "form": form,
    }
    if found:
        before, after = coverage_rows(found.before.coverage), coverage_rows(found.after.coverage)
        context["coverage"] = list(zip(before, after, strict=True))
        context["totals"] = (summed(before), summed(after))
        context["samples"] = [
            {
                "shown": each,
                "before": desk.shares(each.shares_before) if each.shares_before else "",
                "after": desk.shares(each.shares_after) if each.shares_after else "",
            }
            for each in found.samples
        ]
    status = 422 if form.is_bound else 200
    return render(request, "lens/attribution/draft.html", context, status=status)


def shown_changes(desk: Desk, old: list[Rule], new: list[Rule]) -> list[dict[str, Any]]:
    """What differs between two sets, of the rules that concern the reader."""
    return [
        {
            "change": each,
            "before": _facts(desk, each.before),
            "after": _facts(desk, each.after),
        }
        for each in rule_changes(old, new)
        if any(rule is not None and desk.sees(rule) for rule in (each.before, each.after))
    ]


def _facts(desk: Desk, rule: Rule | None) -> list[tuple[str, str]]:
    if rule is None:
        return []
    return [*desk.conditions(rule), (_("Shares"), desk.shares(rule.shares))]


@require_POST
def apply(request: HttpRequest) -> HttpResponseBase:
    """Make the draft the rules in force, as work in the background."""
    desk = desk_of(request)
    working = services.working_rules(chamber=desk.chamber, by=desk.by)
    if "discard" in request.POST:
        services.discard_draft(chamber=desk.chamber, by=desk.by)
        messages.success(request, _("Your changes are forgotten; the rules in force stay."))
        return redirect("lens:rules")
    if "keep" in request.POST:
        services.rebase_draft(chamber=desk.chamber, by=desk.by)
        return redirect("lens:draft")
    if not working.drafted:
        return redirect("lens:rules")
    form = ApplyForm(request.POST)
    if not form.is_valid():
        return _draft_page(request, desk, working, form)
    services.authorize_change(desk.by, working.held, working.rules, desk.chamber)
    data = [rule.as_data() for rule in working.rules]
    note = form.cleaned_data["note"]
    return redirect(start_job("lens.attribute", desk.by, rules=data, note=note, base=working.base))


@require_POST
def run(request: HttpRequest) -> HttpResponseBase:
    """Run the rules in force again over the structures that the person answers for."""
    desk = desk_of(request)
    return redirect(start_job("lens.attribute", desk.by))


@require_POST
def count(request: HttpRequest) -> HttpResponseBase:
    """Count in the background what takes too long while somebody waits."""
    desk = desk_of(request)
    what = request.POST.get("what", "")
    return redirect(start_job("lens.count", desk.by, what=what[:20]))


@require_http_methods(["GET", "POST"])
def rule_file(request: HttpRequest) -> HttpResponse:
    """The rules as text; a text or file takes the place of the person's draft."""
    desk = desk_of(request)
    authorize(desk.by, "lens.change_rules", list(desk.mine) if desk.whole else [])
    working = services.working_rules(chamber=desk.chamber, by=desk.by)
    asked = request.method == "POST"
    form = RulesForm(
        request.POST if asked else None,
        request.FILES if asked else None,
        initial={"text": write_rules(working.rules) if working.rules else ""},
    )
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            read = parse_rules(
                form.cleaned_data["text"], resources=desk.resources, structures=desk.names
            )
            services.put_rules(rules=read, chamber=desk.chamber, by=desk.by)
            return redirect("lens:draft")
        except RuleFileError as error:
            language = (get_language() or "fr")[:2]
            problems = [each.message(language) for each in error.problems]
        except ChambreError as error:
            problems = [str(error.message)]
    wrong = request.method == "POST"
    context = {"tab": "file", "desk": desk, "form": form, "problems": problems, "working": working}
    return render(request, "lens/attribution/file.html", context, status=422 if wrong else 200)


@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """The rules in force as a file."""
    desk = desk_of(request)
    authorize(desk.by, "lens.change_rules", list(desk.mine) if desk.whole else [])
    latest = services.current_version(desk.chamber)
    text = write_rules(services.rules_of(latest))
    response = HttpResponse(text, content_type="application/toml; charset=utf-8")
    name = f"attribution-v{latest.number if latest else 0}.toml"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
