"""Settings of a contract, offering it for signing, taking it back; powers to sign."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chambre.core.errors import ChambreError, NotFound
from chambre.registry.api import person as person_by_email
from chambre.registry.api import roles_held, today
from chambre.registry.models import Agent, Role
from chambre.rooms.reciprocity.forms.contracts import HandsForm, PowerForm, PublicForm
from chambre.rooms.reciprocity.models import Contract, Mandate
from chambre.rooms.reciprocity.queries.binding import hands_of, mandates_on
from chambre.rooms.reciprocity.queries.people import (
    choosable_agents,
    choosable_resources,
    choosable_structures,
)
from chambre.rooms.reciprocity.services import contracts as drafting
from chambre.rooms.reciprocity.services import offering, powers, standing
from chambre.rooms.reciprocity.services.offering import Bound
from chambre.rooms.reciprocity.views.contracts.frame import (
    actor_of,
    contract_for,
    done,
    frame,
    posted,
    said_by,
)

MOST_ROWS = 40


@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: HttpRequest, slug: str) -> HttpResponse:
    """What the contract is called, what it is about, who holds the money, who may read it."""
    contract = contract_for(request, slug, "reciprocity.change_contract")
    by = actor_of(request)
    form = PublicForm(
        request.POST or None,
        initial={
            "name": contract.name, "resource": contract.resource_id, "holder": contract.holder_id,
            "public": contract.public,
        },
        resources=choosable_resources(by), structures=choosable_structures(by),
    )  # fmt: skip
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                drafting.settle(contract=contract, by=by, **form.cleaned_data)
            except ChambreError as refusal:
                status = form.told(refusal)
            else:
                messages.success(request, _("Noted."))
                return redirect("reciprocity:contract", slug)
    context = frame(request, contract, _("Settings"), form=form)
    return render(request, "reciprocity/contracts/settle.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, slug: str) -> HttpResponse:
    """Say who shall sign; see what is frozen; offer it."""
    contract = contract_for(request, slug, "reciprocity.change_contract")
    by = actor_of(request)
    agents = choosable_agents(by, contract)
    rows, status = _rows(request, contract), 200
    if request.method == "POST":
        act = posted(request, "act", 20)
        if act == "add" and len(rows) < MOST_ROWS:
            rows.append({"agent": "", "name": "", "hands": "1"})
        elif act.startswith("remove:") and act[7:].isdigit() and int(act[7:]) < len(rows):
            del rows[int(act[7:])]
        elif act == "offer":
            status = _offer(request, contract, rows, agents)
            if status == 303:
                return redirect("reciprocity:contract", slug)
    said = said_by(contract)
    rules = hands_of(agents)
    context = frame(
        request, contract, _("Offer for signing"), rows=rows, written=contract.current,
        agents=[(each, rules.get(each.pk, 1)) for each in agents], names=[each.name for each in said.parties],
    )  # fmt: skip
    return render(request, "reciprocity/contracts/offer.html", context, status=status)


def _rows(request: HttpRequest, contract: Contract) -> list[dict[str, str]]:
    """The parties as they were typed; at first the structure that holds the money, and the author."""
    if request.method == "POST":
        lists = [request.POST.getlist(name)[:MOST_ROWS] for name in ("agent", "name", "hands")]
        return [
            {"agent": agent, "name": name[:80].strip(), "hands": hands[:2]}
            for agent, name, hands in zip(*lists, strict=False)
        ]
    known = [contract.holder_id]
    if contract.resource is not None:
        resource: Any = contract.resource
        known.append(resource.owner_id)
    found = [str(each) for each in dict.fromkeys(known) if each is not None]
    rows = [{"agent": each, "name": "", "hands": "1"} for each in found]
    return rows + [{"agent": "", "name": "", "hands": "1"}] * max(1, 2 - len(rows))


def _offer(
    request: HttpRequest, contract: Contract, rows: list[dict[str, str]], agents: list[Agent]
) -> int:
    """Offer it; what is wrong is said beside its row. The status of the answer."""
    known = {str(agent.pk): agent for agent in agents}
    parties: list[Bound] = []
    wrong = False
    for row in rows:
        if not row["agent"] and not row["name"]:
            continue
        agent = known.get(row["agent"])
        if agent is None or not row["hands"].isdigit():
            row["error"] = _("Choose who this is, and how many sign for them.")
            wrong = True
            continue
        parties.append(Bound(agent, row["name"], int(row["hands"])))
    if wrong:
        return 422
    fine = done(
        request,
        lambda: offering.offer(contract=contract, parties=parties, by=actor_of(request)),
        _("Offered. Everybody who may sign gets a letter."),
    )
    return 303 if fine else 422


@require_POST
def take_back(request: HttpRequest, slug: str) -> HttpResponse:
    """Take an offered contract back, or give a draft up."""
    contract = contract_for(request, slug, "reciprocity.change_contract")
    by, reason = actor_of(request), posted(request, "reason", 2000)
    if contract.state == Contract.State.DRAFT:
        done(
            request, lambda: standing.drop(contract=contract, by=by, reason=reason),
            _("The draft is given up."),
        )  # fmt: skip
    else:
        done(
            request, lambda: offering.take_back(contract=contract, by=by, reason=reason),
            _("Taken back: it is a draft again."),
        )  # fmt: skip
    return redirect("reciprocity:contract", slug)


def _structures(request: HttpRequest) -> list[Agent]:
    """The structures for which this person gives powers."""
    by = actor_of(request)
    held = roles_held(by.user)
    run = {
        one.chamber for one in held
        if one.kind == Role.Kind.ADMINISTRATOR and one.in_agent == one.chamber
    }  # fmt: skip
    kept = {one.in_agent for one in held if one.kind == Role.Kind.TREASURER}
    return [
        agent for agent in choosable_structures(by)
        if agent.pk in kept or agent.chamber_id in run or agent.pk in run
    ]  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def power_list(request: HttpRequest) -> HttpResponse:
    """Who may sign for the structures that one looks after, and how many must."""
    structures = _structures(request)
    act = posted(request, "act", 10)
    give = PowerForm(request.POST if act == "give" else None, structures=structures)
    hands = HandsForm(request.POST if act == "hands" else None, structures=structures)
    status = 200
    if request.method == "POST":
        status = {"give": lambda: _give(request, give), "hands": lambda: _hands(request, hands),
                  "end": lambda: _end(request)}.get(act, lambda: 422)()  # fmt: skip
        if status == 303:
            messages.success(request, _("Noted."))
            return redirect("reciprocity:contract_powers")
    rules = hands_of(structures)
    rows = mandates_on(today()).filter(structure__in=structures)
    context = {
        "structures": [(each, rules.get(each.pk, 1)) for each in structures], "give": give,
        "hands": hands, "rows": rows.select_related("structure", "person", "contract"),
        "mine": mandates_on(today()).filter(person__user_id=request.user.pk or 0).select_related(
            "structure", "contract"
        ),
    }  # fmt: skip
    return render(request, "reciprocity/contracts/powers.html", context, status=status)


def _give(request: HttpRequest, form: PowerForm) -> int:
    if not form.is_valid():
        return 422
    given = form.cleaned_data
    try:
        powers.give_power(
            structure=given["structure"], person=person_by_email(given["person"]),
            evidence=given["evidence"], until=given["until"], by=actor_of(request),
        )  # fmt: skip
    except NotFound as refusal:
        form.add_error("person", str(refusal.message))
        return 422
    except ChambreError as refusal:
        return form.told(refusal)
    return 303


def _hands(request: HttpRequest, form: HandsForm) -> int:
    if not form.is_valid():
        return 422
    try:
        powers.set_hands(by=actor_of(request), **form.cleaned_data)
    except ChambreError as refusal:
        return form.told(refusal)
    return 303


def _end(request: HttpRequest) -> int:
    number = posted(request, "mandate", 12)
    row = Mandate.objects.filter(pk=int(number) if number.isdigit() else 0).first()
    if row is None:
        raise NotFound
    powers.end_power(mandate=row, by=actor_of(request))
    return 303


OFFERING = [
    path("contrats/pouvoirs/", power_list, name="contract_powers"),
    path("contrats/<slug:slug>/reglages/", settle, name="contract_settle"),
    path("contrats/<slug:slug>/proposer-a-signer/", offer, name="contract_offer"),
    path("contrats/<slug:slug>/reprendre/", take_back, name="contract_take_back"),
]
