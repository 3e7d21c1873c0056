"""One's own accounts: how they stand, paying, asking, receipts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, NotFound
from chambre.core.ui import figures
from chambre.lib.sepa import qr
from chambre.rooms.credit.forms import AskForm, CrossForm, PayForm, ShareForm
from chambre.rooms.credit.models import Community, Crossing, Membership, Partner, Request
from chambre.rooms.credit.queries.communities import membership_of, rules_of
from chambre.rooms.credit.queries.standing import my_accounts, swing_of
from chambre.rooms.credit.services import crossing, paying
from chambre.rooms.credit.services.communities import join
from chambre.rooms.credit.views.beginning import could_begin
from chambre.rooms.credit.views.charts import swing_chart
from chambre.rooms.credit.views.frame import done, key_of, own_account, person_asking, tried
from chambre.treasury import api as treasury
from chambre.treasury.models import CreditAccount, CreditMove
from chambre.treasury.queries.credit import moves_of

SHOWN = 50


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """One's accounts; the first one wide open. Without an account: how to join."""
    by = person_asking(request)
    if request.method == "POST":
        return _join(request, by)
    accounts = my_accounts(by)
    if len(accounts) == 1:
        return redirect("credit:account", number=accounts[0].pk)
    context = {"accounts": accounts, "open": _could_join(by), "begin": could_begin(by)}
    return render(request, "credit/home.html", context)


def _could_join(by: Actor) -> list[Community]:
    """Communities of the person's chamber in which they take no part yet."""
    agent = getattr(by.user, "agent", None)
    if agent is None:
        return []
    taken = Membership.objects.filter(account__agent=agent).exclude(state="left")
    rows = Community.objects.filter(chamber=agent.chamber_id).select_related("chamber")
    return list(rows.exclude(pk__in=taken.values("community")))


def _join(request: HttpRequest, by: Actor) -> HttpResponse:
    """Take part, under the rules that the page shows."""
    wanted = request.POST.get("community", "")
    row = next((each for each in _could_join(by) if str(each.pk) == wanted), None)
    if row is None or by.user is None:
        raise NotFound
    agent = by.user.agent
    done(request, lambda: join(community=row, agent=agent, by=by), _("You take part."))
    return redirect("credit:home")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, number: int) -> HttpResponse:
    """One account: balance, limits, how it swings, what moved; paying, asking."""
    by = person_asking(request)
    row = own_account(by, number)
    pay, ask = PayForm(account=row), AskForm(account=row, prefix="ask")
    share = ShareForm(account=row, prefix="share", initial={"share": row.accepts})
    partners = _partners(row)
    cross = CrossForm(account=row, prefix="cross", partners=partners) if partners else None
    status = 200
    if request.method == "POST":
        act = request.POST.get("act", "pay")
        if act == "ask":
            ask = AskForm(request.POST, account=row, prefix="ask")
            answer = _ask(request, ask, by)
        elif act == "cross" and partners:
            cross = CrossForm(request.POST, account=row, prefix="cross", partners=partners)
            answer = _cross(request, cross, by)
        elif act == "share":
            share = ShareForm(request.POST, account=row, prefix="share")
            answer = _share(request, share, by)
        else:
            pay = PayForm(request.POST, account=row)
            answer = _pay(request, pay, by)
        if answer is not None:
            return answer
        status = 422
    context = {
        **_shown(row), "pay": pay, "ask": ask, "share": share, "cross": cross,
        "key": key_of(request),
    }  # fmt: skip
    return render(request, "credit/account.html", context, status=status)


def _shown(row: CreditAccount) -> dict[str, Any]:
    member = membership_of(row)
    assert member is not None  # own_account looked
    swing = swing_of(row)
    moves: list[Any] = list(moves_of([row])[:SHOWN])
    for move in moves:
        gives = move.source_id == row.pk
        move.cents = -move.amount if gives else move.amount
        move.other = move.target if gives else move.source
    requests = Request.objects.filter(account=row, move__isnull=True, withdrawn_at__isnull=True)
    return {
        "account": row, "unit": row.unit, "member": member, "moves": moves, "swing": swing,
        "chart": swing_chart(swing, row.unit), "rules": rules_of(member.community),
        "community": member.community,
        "requests": requests.filter(until__gt=timezone.now())[:10],
        "leaving": member.leavings.filter(state="open").first(),
        "crossings": Crossing.objects.filter(account=row).select_related("partner__chamber")[:10],
    }  # fmt: skip


def _pay(request: HttpRequest, form: PayForm, by: Actor) -> HttpResponse | None:
    if not form.is_valid():
        return None
    paid = tried(
        form,
        lambda: paying.pay(
            source=form.account, key=f"form:{key_of(request)}", by=by, **form.cleaned_data
        ),
    )
    if paid is None:
        return None
    for warning in paid.warnings:
        messages.warning(request, warning)
    return redirect("credit:receipt", move=paid.move.pk)


def _partners(row: CreditAccount) -> Any:
    """The chambers in which an account can pay; nothing: in none."""
    rows = Partner.objects.filter(
        community__chamber=row.chamber_id, community__unit=row.unit, is_open=True
    )
    return rows.select_related("chamber", "account") if rows.exists() else None


def _cross(request: HttpRequest, form: CrossForm, by: Actor) -> HttpResponse | None:
    if not form.is_valid():
        return None
    sent = tried(
        form,
        lambda: crossing.send(
            source=form.account, key=f"form:{key_of(request)}", by=by, **form.cleaned_data
        ),
    )
    if sent is None:
        return None
    messages.success(request, _("The units are on their way; what became of them stands here."))
    return redirect("credit:account", number=form.account.pk)


def _ask(request: HttpRequest, form: AskForm, by: Actor) -> HttpResponse | None:
    if not form.is_valid():
        return None
    made = tried(
        form,
        lambda: paying.ask(
            account=form.account, key=f"form:{key_of(request)}", by=by, **form.cleaned_data
        ),
    )
    return made and redirect("credit:request", public_id=made.public_id)


def _share(request: HttpRequest, form: ShareForm, by: Actor) -> HttpResponse | None:
    if not form.is_valid():
        return None
    share = form.cleaned_data["share"]

    def act() -> bool:
        treasury.agree_acceptance(account=form.account, share=share, by=by.also("treasury"))
        return True

    if not tried(form, act):
        return None
    messages.success(request, _("Noted."))
    return redirect("credit:account", number=form.account.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def asked(request: HttpRequest, public_id: str) -> HttpResponse:
    """A request: its code for the payee, a button for who scans it, the receipt for both once paid."""
    by = person_asking(request)
    rows = Request.objects.select_related("account__agent", "account__chamber", "move")
    row = rows.filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    payee = by.may("credit.use_account", row.account)
    sources = [
        each for each in my_accounts(by)
        if (each.chamber_id, each.unit) == (row.account.chamber_id, row.account.unit)
        and each.pk != row.account_id
    ]  # fmt: skip
    if not payee and not sources:
        raise Forbidden(permission="credit.use_account")
    if request.method == "POST":
        return _answer(request, row, sources, by)
    if row.move is not None and (payee or row.move.source_id in {each.pk for each in sources}):
        return redirect("credit:receipt", move=row.move_id)
    address = request.build_absolute_uri(reverse("credit:request", args=[public_id]))
    label = _("Code of this request, to be scanned by who pays")
    context = {
        "request_row": row, "unit": row.account.unit, "payee": payee, "sources": sources,
        "address": address, "over": row.withdrawn_at is not None or row.until <= timezone.now(),
        "paid": row.move_id is not None,
        "code": mark_safe(qr.draw(address, label=label)) if payee else "",  # noqa: S308
    }  # fmt: skip
    return render(request, "credit/request.html", context)


def _answer(
    request: HttpRequest, row: Request, sources: list[CreditAccount], by: Actor
) -> HttpResponse:
    """Pay a request, or take it back."""
    if request.POST.get("act") == "withdraw":
        done(request, lambda: paying.withdraw(request=row, by=by), _("The request is taken back."))
        return redirect("credit:account", number=row.account_id)
    wanted = request.POST.get("source", "")
    source = next((each for each in sources if str(each.pk) == wanted), None)
    if source is None:
        raise NotFound
    if done(request, lambda: paying.pay_request(request=row, source=source, by=by)):
        row.refresh_from_db()
        return redirect("credit:receipt", move=row.move_id)
    return redirect("credit:request", public_id=row.public_id)


@require_safe
def receipt(request: HttpRequest, move: int) -> HttpResponse:
    """What both of a payment see of it."""
    by = person_asking(request)
    rows = CreditMove.objects.select_related(
        "source__agent", "source__chamber", "target__agent", "target__chamber"
    )
    row = rows.filter(pk=move).first()
    if row is None:
        raise NotFound
    gives = by.may("credit.use_account", row.source)
    if not gives and not by.may("credit.use_account", row.target):
        raise Forbidden(permission="credit.use_account")
    own = row.source if gives else row.target
    context = {
        "move": row, "unit": own.unit, "gives": gives, "own": own,
        "day": figures.day(row.day), "at": row.at,
    }  # fmt: skip
    return render(request, "credit/receipt.html", context)


MINE = [
    path("credit/", home, name="home"),
    path("credit/compte/<int:number>/", account, name="account"),
    path("credit/demande/<str:public_id>/", asked, name="request"),
    path("credit/recu/<int:move>/", receipt, name="receipt"),
]
