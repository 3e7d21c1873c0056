"""What one owes and is owed: the list, writing one down, bringing some in, deciding."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chambre.core.actors import Actor
from chambre.core.errors import ChambreError
from chambre.registry.models import Agent
from chambre.rooms.clearing.forms import ObligationForm, TableForm, TreasuryForm
from chambre.rooms.clearing.models import Obligation
from chambre.rooms.clearing.queries.obligations import (
    obligation_of,
    obligations_visible_to,
    standing_of,
)
from chambre.rooms.clearing.queries.people import spoken_for
from chambre.rooms.clearing.queries.rounds import rounds_visible_to
from chambre.rooms.clearing.services import bringing, obligations
from chambre.rooms.clearing.views.frame import done, key_of, person_asking

MOST_BYTES = 5_000_000


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where one stands, one's obligations, the rounds."""
    by = person_asking(request)
    mine = list(spoken_for(by))
    ids = {agent.pk for agent in mine}
    page = Paginator(obligations_visible_to(by), 50).get_page(request.GET.get("page"))
    rows = [
        {
            "row": row,
            "owes": row.debtor_id in ids,
            "may_decide": row.state == Obligation.State.PROPOSED and row.debtor_id in ids,
            "may_withdraw": row.state in obligations.ALIVE and not row.cleared,
        }
        for row in page
    ]
    context = {
        "standing": standing_of(mine), "page": page, "rows": rows,
        "rounds": rounds_visible_to(by)[:20], "may_lead": by.may("clearing.lead"),
    }  # fmt: skip
    return render(request, "clearing/home.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write down what one owes, or is owed."""
    by = person_asking(request)
    form = ObligationForm(request.POST or None, by=by)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _propose(form.cleaned_data, key_of(request), by)
            except ChambreError as refusal:
                status = form.told(refusal)
            else:
                messages.success(request, _("Written down."))
                return redirect("clearing:home")
    context = {"form": form, "key": key_of(request)}
    return render(request, "clearing/new.html", context, status=status)


def _propose(data: dict[str, Any], key: str, by: Actor) -> Obligation:
    ends: tuple[Agent, Agent] = (data["agent"], data["other"])
    debtor, creditor = ends if data["way"] == "owes" else ends[::-1]
    return obligations.propose(
        debtor=debtor, creditor=creditor, amount=data["amount"], reference=data["reference"],
        due=data["due"], key=key, by=by,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """Bring in a table or an electronic invoice."""
    by = person_asking(request)
    form = TableForm(request.POST or None, request.FILES or None, by=by)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                count = _bring(form.cleaned_data, by)
            except ChambreError as refusal:
                status = form.told(refusal)
            else:
                messages.success(
                    request, _("Obligations brought in: %(count)d.") % {"count": count}
                )
                return redirect("clearing:home")
    context = {"form": form, "treasury": TreasuryForm(by=by)}
    return render(request, "clearing/bring.html", context, status=status)


def _bring(data: dict[str, Any], by: Actor) -> int:
    content = data["file"].read(MOST_BYTES + 1)
    if len(content) <= MOST_BYTES and content[:4] != b"%PDF" and content.lstrip()[:1] != b"<":
        text = content.decode("utf-8-sig", errors="replace")
        return len(bringing.bring_table(agent=data["agent"], text=text, by=by))
    bringing.bring_invoice_file(agent=data["agent"], content=content, by=by)
    return 1


@require_POST
def from_treasury(request: HttpRequest) -> HttpResponse:
    """Bring in what is open in the treasury."""
    by = person_asking(request)
    form = TreasuryForm(request.POST, by=by)
    if not form.is_valid():
        return redirect("clearing:bring")

    def act() -> None:
        brought = bringing.bring_from_treasury(agent=form.cleaned_data["agent"], by=by)
        for reference, why in brought.refused:
            messages.warning(request, f"{reference} – {why}")

    done(request, act, _("What was open in the treasury is here."))
    return redirect("clearing:home")


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept, decline or take back an obligation."""
    by = person_asking(request)
    row = obligation_of(pk, by)
    act = {
        "accept": obligations.accept,
        "decline": obligations.decline,
        "withdraw": obligations.withdraw,
    }.get(request.POST.get("act", ""))
    if act is not None:
        done(request, lambda: act(obligation=row, by=by), _("Noted."))
    return redirect("clearing:home")
