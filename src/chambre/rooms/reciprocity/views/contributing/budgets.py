"""Contributive budgets: the list, one with who asked what, money put in, one's own retribution."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core.errors import ChambreError, NotFound
from chambre.core.ui import figures as written
from chambre.lib.charts import ChartPair, Part, Stack, Stacked, draw_pair
from chambre.lib.contributing.budgets import Alert
from chambre.lib.contributing.budgets import Standing as BudgetStanding
from chambre.registry.api import today
from chambre.rooms.reciprocity.forms.contributing import (
    AllotForm,
    AskForm,
    BudgetForm,
    ChangeAskForm,
    PaidForm,
)
from chambre.rooms.reciprocity.models import Budget, Contribution, Retribution
from chambre.rooms.reciprocity.queries.contributing.budgets import (
    Books,
    books_of,
    budget_named,
    budgets_visible_to,
)
from chambre.rooms.reciprocity.queries.contributing.finding import agent_of, current, grid_on
from chambre.rooms.reciprocity.services.contributing import budgets as service
from chambre.rooms.reciprocity.services.contributing import overruns
from chambre.rooms.reciprocity.views.contributing.frame import (
    actor_of,
    done,
    key_of,
    measure_of,
    page_of,
    person_asking,
    resources_for,
    structures_kept,
)


@require_safe
def budgets(request: HttpRequest) -> HttpResponse:
    """The budgets that this person may see."""
    by = person_asking(request)
    page = page_of(request, budgets_visible_to(by))
    context = {"page": page, "may_open": by.may("reciprocity.open_budget")}
    return render(request, "reciprocity/contributing/budgets.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def budget_new(request: HttpRequest) -> HttpResponse:
    """Open a budget and put the money in."""
    by = person_asking(request)
    structures = structures_kept(by)
    day = today()
    form = BudgetForm(
        request.POST or None, structures=structures, resources=resources_for(by),
        initial={
            "starts": day.replace(month=1, day=1), "ends": day.replace(month=12, day=31),
            "structure": structures.first(), "circle": "chamber",
        },
    )  # fmt: skip
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                row = _open(form.cleaned_data, key_of(request), by)
            except ChambreError as refusal:
                status = form.told(refusal)
            else:
                return redirect("reciprocity:budget", slug=row.slug)
    context = {"form": form, "key": key_of(request)}
    return render(request, "reciprocity/contributing/budget_new.html", context, status=status)


def _open(data: dict[str, Any], key: str, by: Any) -> Budget:
    total = data.pop("total")
    base = slugify(data["name"].replace("œ", "oe"))[:50].strip("-") or "budget"
    taken = set(Budget.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    row = service.open_budget(slug=slug, by=by, **data)
    service.allot(budget=row, minor=total, key=key, by=by)
    return row


@require_http_methods(["GET", "HEAD", "POST"])
def budget(request: HttpRequest, slug: str) -> HttpResponse:
    """A budget: the bar of its envelope, who asked what, the grid beside, and one's own share."""
    by = person_asking(request)
    row = budget_named(slug, by)
    books, me = books_of(row), agent_of(by)
    form = _ask_form(request, row, books, me)
    status = 200
    if request.method == "POST":
        status = _ask(request, row, by, form)
        if status == 200:
            return redirect("reciprocity:budget", slug=slug)
    names = {str(each.agent_id): each.agent.name for each in books.rows}
    chamber = row.chamber_id
    context = {
        "budget": row, "standing": books.standing, "warnings": warnings_of(books.standing),
        "rows": [(each, books.paid.get(each.pk, 0)) for each in books.rows],
        "people": [(names[who], minor) for who, minor in books.standing.people],
        "chart": envelope_chart(books.standing), "me": me, "form": form, "key": key_of(request),
        "grid": grid_on(row.resource, chamber, today()), "overruns": list(row.overruns.all()),
        "is_open": row.state == Budget.State.OPEN,
        "may_ask": row.state == Budget.State.OPEN and by.may("reciprocity.ask_budget", row),
        "may_keep": by.may("reciprocity.keep_budget", row),
        "may_share": (
            row.state == Budget.State.OPEN and books.standing.over > 0
            and by.may("reciprocity.guide_overrun", row)
        ),
    }  # fmt: skip
    return render(request, "reciprocity/contributing/budget.html", context, status=status)


def _ask_form(request: HttpRequest, row: Budget, books: Books, me: Any) -> AskForm:
    parts = [part.name for part in books.standing.parts if part.name]
    taken = [each.contribution_id for each in books.rows if each.contribution_id is not None]
    given = current(Contribution.objects.filter(agent=me, until__gte=row.starts))
    if row.resource_id is not None:
        given = given.filter(resource=row.resource_id)
    offered = [
        (str(each.pk), f"{each.words.what} ({measure_of(each)}, {written.day(each.until)})")
        for each in given.exclude(pk__in=taken).select_related("words")[:30]
    ]
    sent = request.POST if request.method == "POST" else None
    return AskForm(sent, parts=parts, contributions=offered)


def _ask(request: HttpRequest, row: Budget, by: Any, form: AskForm) -> int:
    if not form.is_valid():
        return 422
    data = form.cleaned_data
    chosen = data.get("contribution") or ""
    given = Contribution.objects.get(pk=int(chosen)) if chosen else None
    try:
        service.ask(
            budget=row, minor=data["minor"], what=data["what"], why=data["why"],
            part=data.get("part") or "", contribution=given, key=key_of(request), by=by,
        )  # fmt: skip
    except ChambreError as refusal:
        return form.told(refusal)
    done(request, lambda: None, _("Asked, in the open."))
    return 200


def envelope_chart(standing: BudgetStanding) -> ChartPair:
    """The envelope and its parts as bars: paid, asked, left; what is over, beyond."""
    stacks = [_stack(_("The whole budget"), standing.total, standing.asked, standing.paid)]
    if len(standing.parts) > 1:
        stacks += [
            _stack(part.name or _("the common part"), part.amount, part.asked, part.paid)
            for part in standing.parts
        ]
    return draw_pair(
        Stacked(
            title=_("The envelope"),
            description=_("%(asked)s asked for, of %(total)s.")
            % {"asked": written.money(standing.asked), "total": written.money(standing.total)},
            empty=_("Nothing is in it yet."),
            header=(_("Part"), _("What"), _("Amount"), _("Share")),
            parts=[
                Part(_("paid"), 1), Part(_("asked for"), 3), Part(_("more than is there"), 6),
                Part(_("still free"), rest=True),
            ],
            stacks=stacks,
            format=written.money,
            format_share=lambda tenths: f"{tenths // 10}\u202f%",
            whole=False,
        ),
        prefix="envelope",
    )  # fmt: skip


def _stack(label: str, amount: int, asked: int, paid: int) -> Stack:
    inside = min(asked, amount)
    return Stack(label, [min(paid, inside), max(0, inside - paid), asked - inside, amount - inside])


def warnings_of(standing: BudgetStanding) -> list[str]:
    """What a budget warns of, in words."""
    words = {
        Alert.OVER: _("More is asked for than is there: %(over)s are missing.")
        % {"over": written.money(standing.over)},
        Alert.NEAR: _("Most of it is asked for: %(left)s are left.")
        % {"left": written.money(standing.left)},
        Alert.AHEAD: _("It is asked for faster than time goes."),
    }
    told = []
    for kind, part in standing.warnings:
        if kind is Alert.PART_OVER:
            told.append(
                _("More is asked for from “%(part)s” than is set apart for it.") % {"part": part}
            )
        else:
            told.append(words[kind])
    return told


@require_http_methods(["GET", "HEAD", "POST"])
def budget_allot(request: HttpRequest, slug: str) -> HttpResponse:
    """Put money in, or set some apart."""
    by = person_asking(request)
    row = budget_named(slug, by, "reciprocity.keep_budget")
    form = AllotForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                service.allot(budget=row, key=key_of(request), by=by, **form.cleaned_data)
            except ChambreError as refusal:
                status = form.told(refusal)
            else:
                return redirect("reciprocity:budget", slug=slug)
    context = {
        "budget": row, "form": form, "key": key_of(request), "rows": row.allotments.all(),
        "standing": books_of(row).standing,
    }  # fmt: skip
    return render(request, "reciprocity/contributing/allot.html", context, status=status)


def _asked_row(row: Budget, number: int) -> Retribution:
    found: Retribution | None = (
        row.retributions.select_related("agent", "words", "contribution").filter(pk=number).first()
    )
    if found is None:
        raise NotFound
    found.budget = row
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def asked_one(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What somebody asked for: its history; change it, note its payment."""
    by = person_asking(request)
    row = budget_named(slug, by)
    found, me = _asked_row(row, number), agent_of(by)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    left = found.minor - sum(found.paid.values_list("minor", flat=True))
    change = ChangeAskForm(
        request.POST if act == "change" else None, initial={"minor": found.minor}
    )
    pay = PaidForm(request.POST if act == "pay" else None, initial={"minor": left, "day": today()})
    status = 200
    if request.method == "POST":
        status = _change(request, found, act, change if act == "change" else pay)
        if status == 200:
            return redirect("reciprocity:budget", slug=slug)
    replaced = Retribution.objects.filter(corrects=found).first()
    live = replaced is None and not found.withdrawn
    keeps = by.may("reciprocity.keep_budget", row)
    own = me is not None and me.pk == found.agent_id
    context = {
        "budget": row, "row": found, "replaced": replaced, "before": found.corrects,
        "paid": list(found.paid.all()), "left": left, "change": change, "pay": pay,
        "key": key_of(request), "live": live,
        "may_change": live and row.state == Budget.State.OPEN and (own or keeps),
        "may_pay": live and keeps and left > 0,
    }  # fmt: skip
    return render(request, "reciprocity/contributing/asked.html", context, status=status)


def _change(request: HttpRequest, found: Retribution, act: str, form: Any) -> int:
    if act not in ("change", "pay") or not form.is_valid():
        return 422
    by, key = actor_of(request), key_of(request)
    make = service.change_ask if act == "change" else service.note_paid
    try:
        make(retribution=found, key=key, by=by, **form.cleaned_data)
    except ChambreError as refusal:
        return int(form.told(refusal))
    return 200


@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin the procedure of an overrun."""
    by = person_asking(request)
    row = budget_named(slug, by, "reciprocity.guide_overrun")
    if request.method == "POST":
        made = []
        if done(request, lambda: made.append(overruns.begin(budget=row, by=by))):
            return redirect("reciprocity:overrun", slug=slug, number=made[0].number)
        return redirect("reciprocity:budget", slug=slug)
    context = {
        "title": _("Share what is there"),
        "lede": _(
            "More is asked for than is there. The procedure takes an evening or some weeks: the figures,"
            " how each feels, what is unpaid, each one’s position, proposals, and what to do better."
        ),
        "consequences": [
            _("Nothing else is asked from the budget until it ends."),
            _("Everybody who asked for something is heard, and consents or objects."),
            _("Without consent within %(days)d days, the rule that was agreed may be applied: %(rule)s.")
            % {"days": row.consent_days, "rule": row.get_fallback_display()},
        ],
        "confirm": _("Begin"), "back": row_address(row),
    }  # fmt: skip
    return render(request, "ui/confirm.html", context)


def row_address(row: Budget) -> str:
    """The page of a budget."""
    return reverse("reciprocity:budget", args=[row.slug])


BUDGETS = [
    path("budgets-contributifs/", budgets, name="budgets"),
    path("budgets-contributifs/nouveau/", budget_new, name="budget_new"),
    path("budgets-contributifs/<slug:slug>/", budget, name="budget"),
    path("budgets-contributifs/<slug:slug>/enveloppe/", budget_allot, name="budget_allot"),
    path("budgets-contributifs/<slug:slug>/demandes/<int:number>/", asked_one, name="budget_asked"),
    path("budgets-contributifs/<slug:slug>/partager/", share, name="budget_share"),
]
