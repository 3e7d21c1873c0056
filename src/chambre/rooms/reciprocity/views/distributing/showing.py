"""A distribution as it stands: the waterfall, who gets what, and why down to the facts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chambre.core.errors import NotFound
from chambre.core.ui import figures as written
from chambre.core.ui.slots import address_of
from chambre.lib import charts
from chambre.lib import reciprocity as words
from chambre.lib.reciprocity.model import Contract as Words
from chambre.registry.api import today
from chambre.rooms.reciprocity.models import Contract, Distribution
from chambre.rooms.reciprocity.queries.distributions import (
    StepShown,
    distribution_of,
    entries_of,
    facts_of,
    received_by,
    steps_of,
)
from chambre.rooms.reciprocity.services.distributing.computing import names_of
from chambre.rooms.reciprocity.views.contracts.frame import (
    actor_of,
    contract_for,
    frame,
    language,
    page_of,
)

READ = "reciprocity.read_distributions"


@require_safe
def distributions(request: HttpRequest, slug: str) -> HttpResponse:
    """Every distribution of a contract, the last one first."""
    contract = contract_for(request, slug, READ)
    rows = contract.distributions.order_by("-number")
    context = {
        **frame(request, contract, _("Distributions of income")),
        "rows": page_of(request, rows),
        "may_propose": contract.state == Contract.State.IN_FORCE
        and actor_of(request).may("reciprocity.change_contract", contract),
    }
    return render(request, "reciprocity/distributing/list.html", context)


@require_safe
def show(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A distribution: figures, waterfall, lines, objections, what can be done now."""
    contract = contract_for(request, slug, READ)
    distribution = distribution_of(contract, number)
    said = words.read(distribution.version.text)
    steps = steps_of(distribution, said, language())
    actor = actor_of(request)
    objections = list(distribution.objections.select_related("agent", "answer"))
    state = distribution.state
    decides = state == "proposed" and actor.may("reciprocity.decide", distribution)
    still_open = state == "proposed" and today() <= distribution.objections_until
    context = {
        **frame(request, contract),
        "distribution": distribution,
        "steps": steps,
        "chart": waterfall(
            distribution.income, distribution.kept, steps, distribution.unit,
            reverse("reciprocity:distribution", args=[slug, number]),
        ),
        "objections": objections,
        "still_open": still_open,
        "may_object": still_open and actor.kind == "person",
        "may_answer": decides,
        "may_decide": decides and not still_open,
        "may_book": actor.may("reciprocity.book", distribution),
        "may_withdraw": state in ("proposed", "decided")
        and actor.may("reciprocity.change_contract", contract),
        "late": distribution.facts.filter(late=True).count(),
        "owed": _owed(distribution, said),
        "entry": address_of("entry", distribution.entry_id)
        if distribution.entry_id and actor.may("lens.read_books", contract.holder)
        else "",
        "user_agent": _agent_of(request),
    }  # fmt: skip
    return render(request, "reciprocity/distributing/show.html", context)


def _agent_of(request: HttpRequest) -> int | None:
    from chambre.registry.api import person_of

    user = actor_of(request).user
    agent = person_of(user) if user is not None else None
    return agent.pk if agent else None


def _owed(distribution: Distribution, said: Words) -> list[dict[str, Any]]:
    """What users owe in return, with people's names and the words of the clause."""
    clauses = {each.name: each for each in said.counterparts}
    names = names_of(distribution.contract, [row["from"] for row in distribution.owed])
    rows = []
    for row in distribution.owed:
        clause = clauses.get(row["clause"])
        quantity = f"{row['quantity']} {row['unit']}"
        if row["unit"] == distribution.unit:
            quantity = written.money(int(Decimal(row["quantity"]) * 100), distribution.unit)
        rows.append(
            {
                "payer": names.get(row["from"], row["from"]),
                "clause": (clause.label.in_language(language()) if clause else "") or row["clause"],
                "note": clause.note.in_language(language()) if clause else "",
                "quantity": quantity,
            }
        )
    return rows


def waterfall(income: int, kept: int, steps: Sequence[StepShown], unit: str, address: str) -> Any:
    """From what came in, step by step, to what is kept; a click leads to the step."""
    bars = [charts.Step(_("Brought in"), income, balance=True)]
    bars += [
        charts.Step(each.label, -each.took, href=f"{address}#{each.name}")
        for each in steps
        if each.took and each.how != "keep"
    ]
    bars.append(charts.Step(_("Kept"), kept, balance=True))
    spec = charts.Waterfall(
        title=_("From what came in to who gets it"),
        description=_(
            "Each bar is a step of the contract, in its order; the last one is what is kept."
        ),
        empty=_("Nothing came in."),
        header=(_("Step"), _("Amount"), _("Left")),
        steps=bars,
        format=lambda value: written.money(value, unit),
        format_short=lambda value: written.money(value, unit),
    )
    return charts.draw_pair(spec, prefix="waterfall")


@require_safe
def line(request: HttpRequest, slug: str, number: int, at: int) -> HttpResponse:
    """Why somebody gets this much: the clause, the step, and every fact."""
    contract = contract_for(request, slug, READ)
    distribution = distribution_of(contract, number)
    found = distribution.lines.filter(number=at).select_related("agent", "resource").first()
    if found is None:
        raise NotFound
    found.distribution = distribution
    said = words.read(distribution.version.text)
    facts = page_of(request, facts_of(found).order_by("day", "id"))
    trace = next(each for each in distribution.steps if each["clause"] == found.step)
    step = said.step(found.step)
    context = {
        **frame(request, contract),
        "distribution": distribution,
        "line": found,
        "turns": list(found.turns.order_by("id")),
        "trace": trace,
        "label": step.label.in_language(language()) or step.name,
        "note": step.note.in_language(language()),
        "facts": facts,
        "opened": _opened(request, contract, facts),
        "all_income": found.because is None,
        "may_book": actor_of(request).may("reciprocity.book", distribution),
    }
    return render(request, "reciprocity/distributing/line.html", context)


@require_safe
def facts(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """All the facts that were read; those of before the period can be shown alone."""
    contract = contract_for(request, slug, READ)
    distribution = distribution_of(contract, number)
    rows = distribution.facts.order_by("day", "id")
    late = request.GET.get("late") == "1"
    if late:
        rows = rows.filter(late=True)
    page = page_of(request, rows)
    context = {
        **frame(request, contract),
        "distribution": distribution,
        "facts": page,
        "late": late,
        "opened": _opened(request, contract, page),
    }
    return render(request, "reciprocity/distributing/facts.html", context)


def _opened(request: HttpRequest, contract: Contract, page: Any) -> bool:
    """Say of each movement where it is shown, for whoever may see the holder's books.

    Returns:
        Whether they may; names and words of the books are for them alone.
    """
    if not actor_of(request).may("lens.read_books", contract.holder):
        return False
    entries = entries_of(page.object_list)
    for fact in page.object_list:
        fact.address = address_of("entry", entries[fact.ref]) if fact.ref in entries else ""
    return True


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What the person who asks got by contracts, and why."""
    agent = _agent_of(request)
    rows = page_of(request, received_by(agent) if agent else received_by(0))
    return render(request, "reciprocity/distributing/mine.html", {"rows": rows})


SHOWING = [
    path("mes-parts/", mine, name="my_shares"),
    path("contrats/<slug:slug>/repartitions/", distributions, name="distributions"),
    path("contrats/<slug:slug>/repartitions/<int:number>/", show, name="distribution"),
    path("contrats/<slug:slug>/repartitions/<int:number>/faits/", facts, name="distribution_facts"),
    path(
        "contrats/<slug:slug>/repartitions/<int:number>/parts/<int:at>/",
        line,
        name="distribution_line",
    ),
]
