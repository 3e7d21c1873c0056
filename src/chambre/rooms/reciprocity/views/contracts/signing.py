"""Signing: what is signed, its digest, and showing at that moment that it is you."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core import passkeys
from chambre.core.errors import ChambreError, Forbidden
from chambre.lib.reciprocity.readings import plain_reading
from chambre.rooms.reciprocity.forms.contracts import CodeForm, ReasonForm
from chambre.rooms.reciprocity.models import Contract, Party
from chambre.rooms.reciprocity.queries.binding import capacity
from chambre.rooms.reciprocity.queries.contracts import offered_version, signing_of
from chambre.rooms.reciprocity.queries.errors import NoContract, NotForParty
from chambre.rooms.reciprocity.queries.language import read
from chambre.rooms.reciprocity.queries.people import knows_names, name_for
from chambre.rooms.reciprocity.services import offering, signing
from chambre.rooms.reciprocity.views.contracts.frame import (
    actor_of,
    contract_for,
    frame,
    language,
    posted,
)


def _party(contract: Contract, number: int) -> Party:
    """A party of the words that are offered.

    Raises:
        NoContract: It is no party of them.
    """
    offered = offered_version(contract)
    rows = Party.objects.select_related("version__contract", "agent__user")
    found: Party | None = None
    if offered is not None:
        found = rows.filter(version=offered, pk=number).first()
    if found is None:
        raise NoContract(slug=contract.slug)
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Read what is signed and sign it, with a passkey or a code sent by e-mail; or say no, and why."""
    contract = contract_for(request, slug)
    party = _party(contract, number)
    words = capacity(actor_of(request), party, contract)
    if not words:
        raise NotForParty
    code, no = CodeForm(), ReasonForm(prefix="no")
    status, sent = 200, "code" in request.GET
    if request.method == "POST":
        act = posted(request, "act", 10)
        status, answer = 422, None
        if act == "send":
            answer, status = _send(request, party)
        elif act == "code":
            code, sent = CodeForm(request.POST), True
            answer, status = _with_code(request, party, code)
        elif act == "no":
            no = ReasonForm(request.POST, prefix="no")
            answer, status = _decline(request, party, no)
        elif "credential" in request.POST:
            answer = _with_passkey(request, party)
        if answer is not None:
            return answer
    context = _context(request, contract, party, words)
    context |= {"code": code, "no": no, "sent": sent}
    return render(request, "reciprocity/contracts/sign.html", context, status=status)


def _context(request: HttpRequest, contract: Contract, party: Party, words: str) -> dict[str, Any]:
    user: Any = request.user
    rows = signing_of(party.version)
    known = knows_names(actor_of(request), contract, [row.party.agent for row in rows])
    has = passkeys.has_passkey(user)
    return frame(
        request, contract, party=party, name=name_for(party.agent, known), capacity=words,
        written=party.version, reading=plain_reading(read(party.version.text), language()),
        others=[(name_for(row.party.agent, known), row) for row in rows], email=user.email,
        has_passkey=has, js_data=passkeys.challenge(user) if has else None,
    )  # fmt: skip


def _here(party: Party) -> str:
    return reverse("reciprocity:contract_sign", args=[party.version.contract.slug, party.pk])


def _send(request: HttpRequest, party: Party) -> tuple[HttpResponse | None, int]:
    by = actor_of(request)
    try:
        code = signing.new_code(party=party, by=by)
    except Forbidden:
        raise
    except ChambreError as refusal:
        messages.error(request, str(refusal.message))
        return None, refusal.status
    signing.post_code(code, party=party, by=by)
    address = by.user.email if by.user is not None else ""
    messages.success(request, _("A code was sent to %(address)s.") % {"address": address})
    if settings.CHAMBRE_DEMO and by.user is not None and by.user.is_demo:
        words = _("In the demonstration letters go nowhere; this one holds the code %(code)s.")
        messages.info(request, words % {"code": code})
    return redirect(f"{_here(party)}?code=1#sign"), 303


def _with_code(
    request: HttpRequest, party: Party, form: CodeForm
) -> tuple[HttpResponse | None, int]:
    if not form.is_valid():
        return None, 422
    try:
        signing.sign_with_code(
            party=party, digest=posted(request, "digest", 90), code=form.cleaned_data["code"],
            by=actor_of(request),
        )  # fmt: skip
    except ChambreError as refusal:
        return None, form.told(refusal)
    return _signed(request, party), 303


def _with_passkey(request: HttpRequest, party: Party) -> HttpResponse | None:
    passkey = passkeys.answered(request)
    if passkey is None:
        messages.error(request, _("The passkey did not answer as expected. Please try again."))
        return None
    try:
        signing.sign_with_passkey(
            party=party, digest=posted(request, "digest", 90), passkey=passkey,
            by=actor_of(request),
        )  # fmt: skip
    except Forbidden:
        raise
    except ChambreError as refusal:
        messages.error(request, str(refusal.message))
        return None
    return _signed(request, party)


def _signed(request: HttpRequest, party: Party) -> HttpResponse:
    contract = Contract.objects.get(pk=party.version.contract_id)
    if contract.state == Contract.State.IN_FORCE and contract.number == party.version.number:
        messages.success(request, _("Signed. Everybody has signed: the contract is in force."))
    else:
        messages.success(request, _("Signed. It is in force when everybody has signed."))
    return redirect("reciprocity:contract", contract.slug)


def _decline(
    request: HttpRequest, party: Party, form: ReasonForm
) -> tuple[HttpResponse | None, int]:
    if not form.is_valid():
        return None, 422
    try:
        offering.decline(party=party, by=actor_of(request), reason=form.cleaned_data["reason"])
    except ChambreError as refusal:
        return None, form.told(refusal)
    messages.success(request, _("Said. The contract goes back to those who drafted it."))
    return redirect("reciprocity:contract", party.version.contract.slug), 303


SIGNING = [path("contrats/<slug:slug>/signer/<int:number>/", sign, name="contract_sign")]
