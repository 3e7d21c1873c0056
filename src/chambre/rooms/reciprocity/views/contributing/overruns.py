"""The guided pages of a budget from which more was asked than is there."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core.actors import authorize
from chambre.core.errors import ChambreError
from chambre.core.ui.figures import money
from chambre.lib.contributing import overrun as rules
from chambre.lib.contributing.closing import Outcome, Rule
from chambre.registry.api import today
from chambre.registry.models import Agent
from chambre.rooms.reciprocity.forms.contributing import (
    CarryForm,
    NotingForm,
    PositionForm,
    ProposeForm,
    WordsForm,
)
from chambre.rooms.reciprocity.models import Budget, ClosingRule, Overrun, OverrunAct, Rest
from chambre.rooms.reciprocity.queries.contributing.budgets import (
    budget_named,
    carried_over,
    overrun_of,
    state_of,
)
from chambre.rooms.reciprocity.queries.contributing.finding import agent_of
from chambre.rooms.reciprocity.services.contributing import givenwork
from chambre.rooms.reciprocity.services.contributing import overruns as service
from chambre.rooms.reciprocity.views.contributing.frame import actor_of, done, key_of, person_asking

FORMS: dict[str, type[NotingForm]] = {
    "feel": WordsForm,
    "practice": WordsForm,
    "object": WordsForm,
    "position": PositionForm,
    "propose": ProposeForm,
}
Row = tuple[str, Outcome]


@require_http_methods(["GET", "HEAD", "POST"])
def overrun(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The step that the procedure is at, what was said, and what one can say now."""
    by = person_asking(request)
    row = overrun_of(budget_named(slug, by), number)
    forms = _forms(request, row, agent_of(by))
    status = 200
    if request.method == "POST":
        status = _act(request, row, forms)
        if status == 200:
            return redirect("reciprocity:overrun", slug=slug, number=number)
    context = _context(request, row, forms)
    return render(request, "reciprocity/contributing/overrun.html", context, status=status)


def _forms(request: HttpRequest, row: Overrun, me: Agent | None) -> dict[str, NotingForm]:
    act = request.POST.get("act", "") if request.method == "POST" else ""
    mine = row.claims.filter(agent=me).values_list("minor", flat=True).first()
    made: dict[str, NotingForm] = {}
    for kind, form in FORMS.items():
        first = {"keeps": mine} if kind == "position" else {}
        sent = request.POST if act == kind else None
        made[kind] = form(sent, initial=first, auto_id=f"{kind}_%s")
    return made


def _act(request: HttpRequest, row: Overrun, forms: dict[str, NotingForm]) -> int:
    """Do what a button asks."""
    act = request.POST.get("act", "")
    form = forms.get(act)
    more: dict[str, Any] = {}
    if form is not None:
        if not form.is_valid():
            return 422
        more = dict(form.cleaned_data)
    if act == "excuse":
        more["agent"] = _claimant(row, request.POST.get("who", ""))
    by, key = actor_of(request), f"{act[:10]}-{key_of(request)}"

    def make() -> None:
        service.act(row=row, kind=act, key=key, by=by, **more)

    if form is None:
        done(request, make)
        return 200
    try:
        make()
    except ChambreError as refusal:
        return form.told(refusal)
    return 200


def _claimant(row: Overrun, text: str) -> Agent | None:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        return None
    claim = row.claims.filter(agent_id=int(text)).select_related("agent").first()
    return claim.agent if claim is not None else None


def _context(request: HttpRequest, row: Overrun, forms: dict[str, NotingForm]) -> dict[str, Any]:
    by, me = actor_of(request), agent_of(actor_of(request))
    state = state_of(row)
    claims = list(row.claims.select_related("agent"))
    names = {str(claim.agent_id): claim.agent.name for claim in claims}
    acts = list(row.acts.select_related("agent", "words"))
    mine = str(me.pk) if me is not None else ""
    return {
        "budget": row.budget, "row": row, "state": state, "stage": str(state.stage),
        "steps": _steps(state), "forms": forms, "key": key_of(request),
        "claims": [(claim.agent.name, claim.minor) for claim in claims],
        "feelings": _said(acts, OverrunAct.Kind.FEEL),
        "practices": _said(acts, OverrunAct.Kind.PRACTICE),
        "positions": _positions(state, acts, names), "missing": _missing(state, names),
        "previews": _previews(state, names), "proposal": _proposal(state, acts, names),
        "outcomes": _named(state.outcomes, names), "is_claimant": mine in state.claims,
        "spoke": mine in state.claims and mine not in state.missing(),
        "consents": mine in state.consents, "objects": mine in state.objections,
        "may_guide": by.may("reciprocity.guide_overrun", row.budget),
        "may_fall_back": today() >= row.deadline,
        "carried": any(each.carried for each in state.outcomes) and not carried_over(row),
        "may_book_given": any(each.given for each in state.outcomes)
        and by.may("reciprocity.book_in_kind", row.budget.structure)
        and givenwork.entry_of(row) is None,
        "may_carry": by.may("reciprocity.keep_budget", row.budget),
    }  # fmt: skip


def _steps(state: rules.Overrun) -> list[tuple[str, str]]:
    """The steps with where each stands: ``done``, ``now`` or ``later``."""
    here = rules.ORDER.index(state.stage)
    return [
        (
            str(Overrun.Stage(str(stage)).label),
            "done" if n < here else "now" if n == here else "later",
        )
        for n, stage in enumerate(rules.ORDER[:-1])
    ]


def _said(acts: list[OverrunAct], kind: str) -> list[tuple[str, str]]:
    return [
        (act.agent.name, act.words.why if act.words else "")
        for act in acts if act.kind == kind and act.agent is not None
    ]  # fmt: skip


def _missing(state: rules.Overrun, names: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(((who, names[who]) for who in state.missing()), key=lambda each: each[1])


def _positions(
    state: rules.Overrun, acts: list[OverrunAct], names: dict[str, str]
) -> list[dict[str, Any]]:
    """What each said in the second round, the last word counts."""
    words = {
        str(act.agent_id): act.words.why
        for act in acts if act.kind == OverrunAct.Kind.POSITION and act.words is not None
    }  # fmt: skip
    return [
        {
            "name": names[who], "asked": state.claims[who], "keeps": said.keeps,
            "rest": Rest(str(said.rest)).label,
            "rule": ClosingRule(str(said.whole)).label if said.whole else "",
            "words": words.get(who, ""),
        }
        for who, said in sorted(state.positions.items(), key=lambda each: names[each[0]])
    ]  # fmt: skip


def _named(outcomes: tuple[Outcome, ...], names: dict[str, str]) -> list[Row]:
    return sorted(((names[each.who], each) for each in outcomes), key=lambda each: each[0])


def _previews(state: rules.Overrun, names: dict[str, str]) -> dict[str, Any] | None:
    """What each rule would pay each person, side by side, while proposals are made."""
    if state.stage is not rules.Stage.PROPOSALS:
        return None
    # Carried or given, the rest changes nothing in what is paid: three columns say it all.
    columns = {
        _("same share"): rules.result_of(state, Rule.PRO_RATA),
        _("same ceiling"): rules.result_of(state, Rule.CAP),
        _("what each keeps"): rules.result_of(state, Rule.LOWERED),
    }
    rows = [
        (names[who], state.claims[who], [
            (label, next(each.paid for each in column if each.who == who))
            for label, column in columns.items()
        ])
        for who in sorted(state.claims, key=lambda each: names[each])
    ]  # fmt: skip
    totals = [(label, sum(each.paid for each in column)) for label, column in columns.items()]
    return {"labels": list(columns), "rows": rows, "asked": state.asked, "totals": totals}


def _proposal(
    state: rules.Overrun, acts: list[OverrunAct], names: dict[str, str]
) -> dict[str, Any] | None:
    """The proposal that counts, with who consents and objects."""
    if not state.proposals or state.stale:
        return None
    last = state.proposals[-1]
    made = [act for act in acts if act.kind == OverrunAct.Kind.PROPOSE][-1]
    objections = {
        str(act.agent_id): act.words.why
        for act in acts
        if act.kind == OverrunAct.Kind.OBJECT and act.words and act.number > made.number
    }
    return {
        "by": made.agent.name if made.agent else "", "number": len(state.proposals),
        "rule": ClosingRule(str(last.rule)).label,
        "rest": Rest(str(last.rest)).label if last.rest else _("as each wants"),
        "words": made.words.why if made.words else "",
        "outcomes": _named(last.outcomes, names),
        "consents": sorted(names[who] for who in state.consents),
        "objections": [(names[who], objections.get(who, "")) for who in sorted(state.objections)],
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def carry(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Take claims that were kept over into a later budget."""
    by = person_asking(request)
    row = overrun_of(budget_named(slug, by, "reciprocity.keep_budget"), number)
    later = Budget.objects.filter(structure=row.budget.structure, state=Budget.State.OPEN)
    form = CarryForm(request.POST or None, budgets=later.exclude(pk=row.budget_id))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            into = form.cleaned_data["into"]
            try:
                service.carry_over(row=row, into=into, by=by)
            except ChambreError as refusal:
                status = form.told(refusal)
            else:
                return redirect("reciprocity:budget", slug=into.slug)
    context = {
        "title": _("Take claims over into another budget"),
        "lede": _("What people kept as a claim is asked for from that budget, in their names; once."),
        "form": form, "confirm": _("Take them over"), "back": "../",
    }  # fmt: skip
    return render(request, "ui/confirm.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def book_given(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Book what people gave as volunteer work, after showing what will be written."""
    by = person_asking(request)
    row = overrun_of(budget_named(slug, by), number)
    authorize(by, "reciprocity.book_in_kind", row.budget.structure)
    if request.method == "POST":
        done(
            request, lambda: givenwork.book_given_work(row=row, by=by),
            _("Booked, as used and as received, for the resource."),
        )  # fmt: skip
        return redirect("reciprocity:overrun", slug=slug, number=number)
    given = sum(row.outcomes.values_list("given", flat=True))
    context = {
        "title": _("Book the work that was given"),
        "lede": _(
            "What people give without being paid stands in an association’s accounts twice for the same"
            " amount: as used (class 86) and as received (class 87). The result does not change."
        ),
        "consequences": [
            _("One entry of %(amount)s in the book of %(holder)s.")
            % {"amount": money(given), "holder": row.budget.structure}
        ],
        "confirm": _("Book it"), "back": "../",
    }  # fmt: skip
    return render(request, "ui/confirm.html", context)


OVERRUNS = [
    path("budgets-contributifs/<slug:slug>/partage/<int:number>/", overrun, name="overrun"),
    path(
        "budgets-contributifs/<slug:slug>/partage/<int:number>/report/", carry, name="overrun_carry"
    ),
    path(
        "budgets-contributifs/<slug:slug>/partage/<int:number>/offert/",
        book_given,
        name="overrun_given",
    ),
]
