"""One rule of the person's draft: added, changed, moved, taken out; and what it would take."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chambre.core.errors import ChambreError, Forbidden, NotFound
from chambre.lib.attribution import Rule, RuleFileError, rules_from_data
from chambre.rooms.lens import services
from chambre.rooms.lens.forms.attribution import RuleForm
from chambre.rooms.lens.views.attributing import Desk, desk_of


def _form(
    desk: Desk, working: services.Working, place: int | None, *args: Any, **kwargs: Any
) -> RuleForm:
    """The form of a rule at a place; none is a new one."""
    others = {rule.name for at, rule in enumerate(working.rules) if at != place}
    return RuleForm(
        *args,
        structures=desk.mine,
        whole=desk.whole,
        resources=desk.resources,
        taken=others,
        **kwargs,
    )


def _rule_at(desk: Desk, working: services.Working, place: int) -> Rule:
    """A rule that the person may change.

    Raises:
        NotFound: There is none at this place, or it concerns others only.
        Forbidden: It takes lines of structures that they do not answer for.
    """
    if not 0 <= place < len(working.rules) or not desk.sees(working.rules[place]):
        raise NotFound
    rule = working.rules[place]
    if not desk.answers(rule):
        raise Forbidden(_("This rule also takes lines of structures that you do not answer for."))
    return rule


def _with(working: services.Working, place: int | None, rule: Rule) -> tuple[list[Rule], int]:
    """The set with the rule in its place, and the place."""
    listed = list(working.rules)
    if place is None or not 0 <= place < len(listed):
        return [*listed, rule], len(listed)
    listed[place] = rule
    return listed, place


def _trial(
    desk: Desk, working: services.Working, place: int | None, form: RuleForm
) -> dict[str, Any]:
    """What the rule in a form takes, as a context; or why it cannot be counted."""
    if not form.is_valid():
        wrong = [
            (form.fields[name].label if name in form.fields else "", str(text))
            for name, listed in form.errors.items()
            for text in listed
        ]
        return {"trial_problems": wrong}
    try:
        rule = rules_from_data([form.rule_data()])[0]
    except RuleFileError as error:
        language = (get_language() or "fr")[:2]
        return {"trial_problems": [("", each.text(language)) for each in error.problems]}
    listed, at = _with(working, place, rule)
    trial = services.try_rule(
        rules=listed,
        place=at,
        chamber=desk.chamber,
        by=desk.by,
        structures=desk.mine,
        before=working.rules[at] if at < len(working.rules) else None,
    )
    return _counted(trial)


def _counted(trial: services.RuleTrial) -> dict[str, Any]:
    """A trial as a context."""
    return {
        "trial": trial,
        "from_others": trial.from_others.most_common(),
        "earlier": trial.earlier.most_common(),
        "lost": trial.lost.most_common(),
    }


def _page(
    request: HttpRequest, desk: Desk, working: services.Working, place: int | None, form: RuleForm
) -> HttpResponse:
    """The page of a rule, whatever button was pressed."""
    asked = request.method == "POST"
    if asked and "save" in request.POST and form.is_valid():
        try:
            services.put_rule(
                rule=form.rule_data(),
                place=place,
                was=form.cleaned_data["was"],
                chamber=desk.chamber,
                by=desk.by,
            )
        except RuleFileError as error:
            language = (get_language() or "fr")[:2]
            for problem in error.problems:
                form.add_error(None, problem.message(language))
        else:
            messages.success(
                request, _("The rule is in your changes. Nothing is applied before you say so.")
            )
            return redirect("lens:rules")
    context: dict[str, Any] = {"tab": "rules", "form": form, "place": place}
    if place is not None:
        context["rule"] = working.rules[place]
    if "more" in request.POST:
        form.errors.clear()
    elif asked:
        context |= _trial(desk, working, place, form)
    elif place is not None:
        trial = services.try_rule(
            rules=working.rules, place=place, chamber=desk.chamber, by=desk.by, structures=desk.mine
        )
        context |= _counted(trial)
    wrong = asked and "save" in request.POST
    return render(request, "lens/attribution/rule.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new rule, at the end of the list."""
    desk = desk_of(request)
    working = services.working_rules(chamber=desk.chamber, by=desk.by)
    form = _form(desk, working, None, request.POST if request.method == "POST" else None)
    return _page(request, desk, working, None, form)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, place: int) -> HttpResponse:
    """A rule of the list."""
    desk = desk_of(request)
    working = services.working_rules(chamber=desk.chamber, by=desk.by)
    rule = _rule_at(desk, working, place)
    initial = RuleForm.initial_of(rule)
    typed = request.POST if request.method == "POST" else None
    form = _form(desk, working, place, typed, initial=initial)
    return _page(request, desk, working, place, form)


@require_POST
def trial(request: HttpRequest) -> HttpResponse:
    """The live count: what the rule in the form would take, as a part of the page."""
    desk = desk_of(request)
    working = services.working_rules(chamber=desk.chamber, by=desk.by)
    typed = request.POST.get("place", "")
    place = int(typed) if typed.isascii() and typed.isdigit() else None
    form = _form(desk, working, place, request.POST)
    context = _trial(desk, working, place, form)
    return render(request, "lens/attribution/_trial.html", context)


@require_POST
def change(request: HttpRequest, place: int) -> HttpResponseBase:
    """Move a rule of the draft, or take it out."""
    desk = desk_of(request)
    was, to = request.POST.get("was", ""), request.POST.get("to", "")
    try:
        if "drop" in request.POST:
            services.drop_rule(place=place, was=was, chamber=desk.chamber, by=desk.by)
            messages.success(request, _("The rule is taken out of your draft."))
        elif to.isascii() and to.isdigit():
            target = int(to)
            services.move_rule(place=place, was=was, to=target, chamber=desk.chamber, by=desk.by)
        else:
            raise NotFound
    except ChambreError as error:
        messages.error(request, str(error.message))
    return redirect("lens:rules")
