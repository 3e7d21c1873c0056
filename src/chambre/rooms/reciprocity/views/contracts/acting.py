"""What becomes of a signed contract: changes and voices, breaches and remedies, uses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chambre.core.errors import ChambreError, Forbidden
from chambre.registry.api import today
from chambre.registry.models import Agent
from chambre.rooms.reciprocity.forms.contracts import ProposeForm, ReasonForm, UseForm
from chambre.rooms.reciprocity.models import Amendment, Contract, Elector, Use
from chambre.rooms.reciprocity.queries.binding import bindable
from chambre.rooms.reciprocity.queries.contracts import BINDING, parties_of, party_states
from chambre.rooms.reciprocity.queries.errors import ContractRefused, NoContract
from chambre.rooms.reciprocity.queries.people import knows_names, name_for
from chambre.rooms.reciprocity.services import changing, standing, using
from chambre.rooms.reciprocity.views.contracts.frame import (
    actor_of,
    contract_for,
    done,
    frame,
    key_of,
    page_of,
    posted,
    said_by,
)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, slug: str) -> HttpResponse:
    """Propose other words for a contract in force, or its end."""
    contract = contract_for(request, slug)
    if not standing.may_watch(actor_of(request), contract):
        raise Forbidden
    form = proposal_form(contract, contract.current.text, sent=request.POST or None)
    status, problems = 200, []
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                changing.propose(
                    contract=contract, reason=given["reason"], until=given["until"],
                    text=None if given["ends"] else given["text"], by=actor_of(request),
                )  # fmt: skip
            except ContractRefused as refusal:
                problems = refusal.data["problems"]
            except ChambreError as refusal:
                status = form.told(refusal)
            else:
                messages.success(request, _("Proposed. Everybody who has a voice gets a letter."))
                return redirect("reciprocity:contract", slug)
    return show_proposal(request, contract, form, problems, status)


def proposal_form(contract: Contract, text: str, reason: str = "", sent: Any = None) -> ProposeForm:
    """The form that proposes other words for a contract."""
    until = today() + dt.timedelta(days=changing.DAYS)
    return ProposeForm(sent, initial={"until": until, "text": text, "reason": reason})


def show_proposal(
    request: HttpRequest, contract: Contract, form: ProposeForm,
    problems: Sequence[dict[str, Any]] = (), status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The page that proposes other words, as far as it is filled in."""
    context = frame(request, contract, _("Propose a change"), form=form, problems=problems)
    context["rule"] = Amendment.Rule(said_by(contract).change.by).label
    return render(request, "reciprocity/contracts/propose.html", context, status=status)


@login_required
@require_POST
def speak(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Say what a party thinks of a proposal."""
    contract = contract_for(request, slug)
    rows = Elector.objects.select_related("agent__user", "amendment__contract")
    elector = rows.filter(pk=number, amendment__contract=contract).first()
    if elector is None:
        raise NoContract(slug=slug)
    done(
        request,
        lambda: changing.speak(
            elector=elector, choice=posted(request, "choice", 10),
            reason=posted(request, "reason", 4000), by=actor_of(request),
        ),
        _("Said."),
    )  # fmt: skip
    return redirect("reciprocity:contract", slug)


@login_required
@require_POST
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a proposal back."""
    contract = contract_for(request, slug)
    row = contract.amendments.filter(state__in=("open", "accepted")).first()
    if row is None:
        raise NoContract(slug=slug)
    done(request, lambda: changing.withdraw(amendment=row, by=actor_of(request)), _("Taken back."))
    return redirect("reciprocity:contract", slug)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def watch(request: HttpRequest, slug: str) -> HttpResponse:
    """Note a breach by a party, or that it is mended; what follows is shown first."""
    contract = contract_for(request, slug)
    by = actor_of(request)
    if not standing.may_watch(by, contract):
        raise Forbidden
    parties = [party.agent for party in parties_of(contract)]
    about = next((each for each in parties if str(each.pk) == posted(request, "about", 12)), None)
    form, status = ReasonForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and about is not None:
            act = (
                standing.remedy if posted(request, "act", 10) == "remedy" else standing.note_breach
            )
            try:
                act(contract=contract, about=about, reason=form.cleaned_data["reason"], by=by)
            except ChambreError as refusal:
                status = form.told(refusal)
            else:
                messages.success(request, _("Noted. The parties get a letter."))
                return redirect("reciprocity:contract", slug)
    said, states = said_by(contract), party_states(contract)
    known = knows_names(by, contract, parties)
    context = frame(
        request, contract, _("Breach and remedy"), form=form, breach=said.breach,
        mediator=said.mediator, about=about, binds=contract.state in BINDING,
        rows=[(each, name_for(each, known), states.get(each.pk)) for each in parties],
    )  # fmt: skip
    return render(request, "reciprocity/contracts/watch.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def uses(request: HttpRequest, slug: str) -> HttpResponse:
    """The uses that were told, and telling one."""
    contract = contract_for(request, slug)
    by = actor_of(request)
    works = by.may("reciprocity.change_contract", contract)
    parties = [party.agent for party in parties_of(contract)]
    users = _users(request, contract, parties, works)
    form, status = None, 200
    if users and by.may("reciprocity.tell_use", contract):
        units = using.units_counted(said_by(contract))
        form = UseForm(
            request.POST or None, users=users, units=units,
            initial={
                "day": today(), "quantity": request.GET.get("combien") or None,
                "unit": request.GET.get("quoi") or None,
            },
        )  # fmt: skip
        if request.method == "POST":
            status = _tell(request, contract, form)
            if status == 303:
                messages.success(request, _("Noted."))
                return redirect("reciprocity:contract_uses", slug)
    elif request.method == "POST":
        raise Forbidden
    rows = contract.uses.select_related("user", "resource", "correction").order_by("-day", "-id")
    page = page_of(request, rows)
    known = knows_names(by, contract, parties)
    mine = {agent.pk for agent in users}
    context = frame(
        request, contract, _("Uses"), form=form, page=page,
        rows=[
            {
                "use": row, "name": name_for(row.user, known or row.user_id in mine),
                "mine": row.user_id in mine and row.corrects_id is None
                and not hasattr(row, "correction"),
            }
            for row in page
        ],
    )  # fmt: skip
    return render(request, "reciprocity/contracts/uses.html", context, status=status)


def _users(
    request: HttpRequest, contract: Contract, parties: list[Agent], works: bool
) -> list[Agent]:
    """For whom this person may tell a use: those they may bind, and all parties if they work on it."""
    found = {agent.pk: agent for agent in bindable(actor_of(request), contract)}
    if works:
        found |= {agent.pk: agent for agent in parties}
    return sorted(found.values(), key=lambda agent: agent.name)


def _tell(request: HttpRequest, contract: Contract, form: UseForm) -> int:
    if not form.is_valid():
        return 422
    try:
        using.tell_use(
            contract=contract, key=key_of(request), by=actor_of(request), **form.cleaned_data
        )
    except ChambreError as refusal:
        return form.told(refusal)
    return 303


@login_required
@require_POST
def use_back(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Take a use back that was told by mistake."""
    contract = contract_for(request, slug)
    use = Use.objects.select_related("contract", "user__user", "resource").filter(
        contract=contract, pk=number
    ).first()  # fmt: skip
    if use is None:
        raise NoContract(slug=slug)
    done(
        request,
        lambda: using.take_back_use(use=use, key=f"back:{use.pk}", by=actor_of(request)),
        _("Taken back."),
    )
    return redirect("reciprocity:contract_uses", slug)


ACTING = [
    path("contrats/<slug:slug>/changer/", propose, name="contract_propose"),
    path("contrats/<slug:slug>/changer/retirer/", withdraw, name="contract_withdraw"),
    path("contrats/<slug:slug>/changer/avis/<int:number>/", speak, name="contract_speak"),
    path("contrats/<slug:slug>/manquement/", watch, name="contract_watch"),
    path("contrats/<slug:slug>/usages/", uses, name="contract_uses"),
    path("contrats/<slug:slug>/usages/<int:number>/annuler/", use_back, name="contract_use_back"),
]
