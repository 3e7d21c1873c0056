"""The chamber's credit units: one's own accounts, all of a chamber's, and paying with them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chambre.core.actors import Actor
from chambre.core.errors import ChambreError, Forbidden, NotFound
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.treasury.forms.credit import GiveForm, LimitForm, OpenForm, PayForm
from chambre.treasury.governed import governed_at
from chambre.treasury.models import CreditAccount, Payment
from chambre.treasury.queries.credit import UNIT, accounts_for, accounts_of, moves_of, taken_by
from chambre.treasury.services import credit as service
from chambre.treasury.services.credit_giving import close_by_hand, give_by_hand, open_by_hand
from chambre.treasury.services.credit_paying import pay_with_units
from chambre.treasury.views.desk import key_of, told
from chambre.treasury.views.home import actor_of


def _chambers(by: Actor) -> list[Agent]:
    """The chambers whose units somebody looks after."""
    rows = Agent.objects.filter(kind=Agent.Kind.CHAMBER).order_by("name")
    return [row for row in rows if by.may("treasury.manage", row)]


@never_cache
@require_http_methods(["GET", "POST"])
def units(request: HttpRequest) -> HttpResponse:
    """One's own accounts and what moved them; for who looks after a chamber's units: all of them."""
    by = actor_of(request)
    if by.user is None:
        raise Forbidden
    own, chambers = accounts_for(by), _chambers(by)
    chamber = chambers[0] if chambers else None
    decided = {pk: governed_at(pk, UNIT) for pk in {row.chamber_id for row in own}}
    if chamber is not None and chamber.pk not in decided:
        decided[chamber.pk] = governed_at(chamber.pk, UNIT)
    free = [row for row in own if not decided[row.chamber_id]]
    forms: dict[str, Any] = {"give": GiveForm(accounts=free)} if free else {}
    if chamber is not None and not decided[chamber.pk]:
        forms["open"] = OpenForm(chamber=chamber)
    status = 200
    if request.method == "POST":
        act = "open" if request.POST.get("act") == "open" and chamber else "give"
        form = OpenForm(request.POST, chamber=chamber) if act == "open" and chamber else None
        forms[act] = form or GiveForm(request.POST, accounts=own)
        status = _do(request, forms[act], by)
        if status == 200:
            return redirect("treasury:units")
    context = {
        "own": own,
        "moves": signed(moves_of(own)[:20], own),
        "pages": sorted(filter(None, decided.values())),
        "chamber": chamber,
        "accounts": accounts_of(chamber) if chamber else [],
        "forms": forms,
        "unit": UNIT,
        "key": key_of(request),
    }
    return render(request, "treasury/credit/units.html", context, status=status)


def _do(request: HttpRequest, form: Any, by: Actor) -> int:
    """Give units, or open an account; the status of the answer."""
    if not form.is_valid():
        return 422
    data = form.cleaned_data
    try:
        if isinstance(form, OpenForm):
            open_by_hand(by=by, **data)
            messages.success(request, _("The account in units is open."))
        else:
            facts: dict[str, Any] = {"day": registry.today(), "key": f"form:{key_of(request)}"}
            give_by_hand(by=by, **facts, **data)
            messages.success(request, _("The units are given."))
    except ChambreError as refusal:
        return told(form, refusal)
    return 200


def signed(moves: QuerySet[Any], accounts: list[CreditAccount]) -> list[Any]:
    """Moves as accounts see them: ``cents`` more or less, and with whom (``other``)."""
    ids = {account.pk for account in accounts}
    rows = list(moves)
    for row in rows:
        gives = row.source_id in ids
        row.cents = -row.amount if gives else row.amount
        row.other = row.target if gives else row.source
    return rows


@never_cache
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest, number: int) -> HttpResponse:
    """One account: its moves, and for who looks after the units its limit and its end."""
    by = actor_of(request)
    row = CreditAccount.objects.select_related("agent", "chamber").filter(pk=number).first()
    if row is None:
        raise NotFound
    manages = by.may("treasury.manage", row.chamber)
    if not manages and not by.may("treasury.spend_units", row.agent):
        raise Forbidden
    form, status = LimitForm(request.POST or None, initial={"limit": row.limit}), 200
    if request.method == "POST":
        try:
            if request.POST.get("act") == "close":
                close_by_hand(account=row, by=by)
                return redirect("treasury:units_account", number=number)
            status = 422
            if form.is_valid():
                service.agree_limit(account=row, by=by, **form.cleaned_data)
                messages.success(request, _("Noted."))
                return redirect("treasury:units_account", number=number)
        except ChambreError as refusal:
            status = told(form, refusal)
    context = {
        "account": row,
        "moves": signed(moves_of([row])[:200], [row]),
        "manages": manages,
        "page": governed_at(row.chamber_id, row.unit),
        "form": form,
        "unit": row.unit,
    }
    return render(request, "treasury/credit/account.html", context, status=status)


def paying_form(payment: Payment, by: Actor, data: Any = None) -> PayForm | None:
    """The form with which somebody can pay in units; None: they cannot."""
    target = taken_by(payment) if by.user is not None else None
    if target is None:
        return None
    own = [
        each
        for each in accounts_for(by)
        if each.chamber_id == target.chamber_id and each.pk != target.pk and each.left > 0
    ]
    if not own:
        return None
    return PayForm(data, accounts=own, initial={"amount": min(payment.open, own[0].left)})


@require_http_methods(["POST"])
def by_units(request: HttpRequest, public_id: str) -> HttpResponse:
    """Pay in units, or say on the payment's page why not."""
    by = actor_of(request)
    row = Payment.objects.select_related("book__structure").filter(public_id=public_id).first()
    form = paying_form(row, by, request.POST) if row else None
    if row is None or form is None:
        raise NotFound
    if form.is_valid():
        try:
            pay_with_units(
                payment=row, day=registry.today(), key=key_of(request), by=by, **form.cleaned_data
            )
        except ChambreError as refusal:
            messages.error(request, str(refusal.message))
    else:
        messages.error(request, str(next(iter(form.errors.values()))[0]))
    return redirect("treasury:pay", public_id=public_id)


def units_panel(request: HttpRequest) -> str:
    """On the first page: what one holds, for who has an account of one's own."""
    by = actor_of(request)
    if by.user is None:
        return ""
    rows = CreditAccount.objects.filter(agent__user=by.user, is_open=True)
    context = {"accounts": list(rows), "unit": UNIT}
    if not context["accounts"]:
        return ""
    return render_to_string("treasury/credit/_panel.html", context, request=request)


CREDIT = [
    path("unites/", units, name="units"),
    path("unites/<int:number>/", account, name="units_account"),
    path("payer/<str:public_id>/unites/", by_units, name="pay_by_units"),
]
