"""Baskets by subscription as those who fetch them see them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core.actors import Actor
from chambre.core.errors import ChambreError, Forbidden
from chambre.lib.shopping.announcing import other_days
from chambre.registry import api as registry
from chambre.rooms.shop.forms.baskets import (
    RHYTHMS,
    AbsenceForm,
    LeaveForm,
    SubscribeForm,
    goods_of,
)
from chambre.rooms.shop.forms.solidarity import PledgeForm
from chambre.rooms.shop.models import BiddingRound, Subscription
from chambre.rooms.shop.queries.seasonmoney import money_of
from chambre.rooms.shop.queries.seasons import (
    agreed,
    baskets_of,
    missed_of,
    people_of,
    plan_named,
    plans_of,
    season_of,
    subscription_named,
)
from chambre.rooms.shop.queries.seasons import key_of as complement_key
from chambre.rooms.shop.services import announcing, bidding, seasonmoney, subscribing
from chambre.rooms.shop.views.front.frame import Visit


def actor_of(request: HttpRequest) -> Actor:
    """Who asks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def key_of(request: HttpRequest) -> str:
    """The key of a form that was sent; a new one for a form that is shown."""
    sent = request.POST.get("key", "")[:40].replace("\0", "")
    return sent or uuid.uuid4().hex


@require_safe
def baskets(request: HttpRequest, slug: str) -> HttpResponse:
    """The baskets of a shop to which one can subscribe."""
    visit = Visit(request, slug)
    shop, today = visit.shop, registry.today()
    plans = [row for row in plans_of(shop) if row.is_open and row.last >= today]
    rows = [(row, [size for size in row.product.variants.all() if size.available]) for row in plans]
    return render(request, "shop/baskets/plans.html", visit.context(plans=rows))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def basket_plan(request: HttpRequest, slug: str, plan: str) -> HttpResponse:
    """A season: choose, see what it costs and when it is paid, then sign."""
    visit = Visit(request, slug)
    shop = visit.shop
    row = plan_named(shop, plan)
    form, status, quote = SubscribeForm(row, request.POST or None), 200, None
    if request.method == "POST":
        signing = request.POST.get("act") == "sign"
        if not form.is_valid():
            status = 422
        else:
            try:
                quote = subscribing.quote(row, form.asked())
                if signing:
                    made = _sign(request, row, form)
                    return redirect("shop:subscription", shop.slug, made.public_id)
            except ChambreError as refusal:
                status = form.told(refusal)
    days = list(row.days.all())
    context = visit.context(plan=row, form=form, quote=quote, key=key_of(request), days=days)
    return render(request, "shop/baskets/plan.html", context, status=status)


def _sign(request: HttpRequest, plan: Any, form: SubscribeForm) -> Subscription:
    made = subscribing.subscribe(
        plan=plan, asked=form.asked(), who=form.who(), partner=form.partner(),
        key=f"page:{key_of(request)}", by=actor_of(request),
    )  # fmt: skip
    words = _("You have subscribed. Keep the address of this page: everything is changed here.")
    messages.success(request, words)
    return made


@dataclass(frozen=True, slots=True)
class Row:
    """A day of the calendar of a subscription."""

    day: dt.date
    planned: dt.date
    person: Any
    complements: list[tuple[Any, int]]
    missed: bool = False
    order: Any = None
    changeable: bool = False
    others: tuple[dt.date, ...] = ()


def calendar_rows(subscription: Subscription) -> list[Row]:
    """Every basket of a subscription, and every one that is left out, by day."""
    people = people_of(subscription)
    besides = {
        complement_key(row.complement_id): row.complement for row in subscription.complements.all()
    }
    made = subscription.basket_orders.select_related("order__distribution__place")
    orders = {row.day: row.order for row in made}
    season, said = season_of(subscription.plan), agreed(subscription)
    today = registry.today()
    until = today + dt.timedelta(subscription.plan.notice)
    rows = [
        Row(
            basket.day, basket.planned, people[basket.person].customer,
            [(besides[key], many) for key, many in basket.complements],
            order=orders.get(basket.day), changeable=basket.day >= until,
            others=other_days(season, said, basket.planned, today=today)
            if basket.day == basket.planned and basket.day >= until
            else (),
        )
        for basket in baskets_of(subscription)
    ]  # fmt: skip
    rows += [Row(day, day, None, [], missed=True) for day in missed_of(subscription)]
    return sorted(rows, key=lambda row: (row.day, row.planned))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subscription(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """A subscription for who has its address: calendar, absences, payments, leaving."""
    visit = Visit(request, slug)
    row = subscription_named(visit.shop, public_id)
    act, status = request.POST.get("act", ""), 200
    forms: dict[str, Any] = {
        "absence": AbsenceForm(request.POST if act == "absence" else None),
        "leave": LeaveForm(request.POST if act in ("leave", "leaving") else None),
        "pledge": PledgeForm(request.POST if act == "pledge" else None),
    }
    leaving = None
    if request.method == "POST":
        if act in forms or act == "leaving":
            form = forms[act if act in forms else "leave"]
            status, leaving, done = _form_act(request, row, act, form)
        else:
            _button_act(request, row, act)
            done = True
        if done:
            return redirect("shop:subscription", slug, public_id)
    context = visit.context(**_page(row), forms=forms, leaving=leaving, key=key_of(request))
    return render(request, "shop/baskets/subscription.html", context, status=status)


def _page(row: Subscription) -> dict[str, Any]:
    money = money_of(row)
    instalments = row.instalments.filter(dropped=False).select_related("payment", "collection")
    today = registry.today()
    rows = calendar_rows(row)
    number = getattr(row, "open_round", None)
    open_round = BiddingRound.objects.get(pk=number) if number else None
    return {
        "round": open_round,
        "bounds": bidding.bounds(open_round, row) if open_round else None,
        "pledge": row.pledges.filter(round=open_round).first() if open_round else None,
        "subscription": row, "plan": row.plan, "rhythm": RHYTHMS[row.rhythm], "money": money,
        "rows": rows, "next": next((one for one in rows if one.day >= today and not one.missed), None),
        "instalments": instalments, "absences": list(row.absences.all()),
        "moves": {one.planned: one for one in row.moves.all()},
        "goods": _goods(row) if row.plan.refusals else [],
        "left_out": sum(one.missed for one in rows),
        "running": row.state == Subscription.State.RUNNING and row.last >= today,
    }  # fmt: skip


def _goods(row: Subscription) -> list[Any]:
    """What may be in a basket, each with ``is_refused``."""
    said = row.refused.through.objects.filter(subscription=row, product=OuterRef("pk"))
    return list(goods_of(row.plan).annotate(is_refused=Exists(said)))


def _form_act(
    request: HttpRequest, row: Subscription, act: str, form: Any
) -> tuple[int, Any, bool]:
    """Status, what leaving would change, and whether something was done."""
    if not form.is_valid():
        return 422, None, False
    data, by, key = form.cleaned_data, actor_of(request), f"page:{key_of(request)}"
    try:
        if act == "leaving":
            return 200, announcing.leaving(row, data["last"]), False
        if act == "leave":
            announcing.leave(subscription=row, last=data["last"], key=key, by=by)
            messages.success(request, _("The subscription ends on that day."))
        elif act == "pledge":
            bidding.pledge(subscription=row, by=by, **data)
            messages.success(
                request, _("Your offer is noted. You may change it until the round ends.")
            )
        else:
            announcing.announce_absence(subscription=row, key=key, by=by, **data)
            messages.success(request, _("It is noted: no basket is made for you on these days."))
    except ChambreError as refusal:
        return form.told(refusal), None, False
    return 200, None, True


def _button_act(request: HttpRequest, row: Subscription, act: str) -> None:
    """Do what a button asks; what was refused is said at the top of the next page."""
    acts: dict[str, Callable[[], Any]] = {
        "present": lambda: _present(request, row),
        "move": lambda: _move(request, row),
        "unmove": lambda: _unmove(request, row),
        "refuse": lambda: _refuse(request, row),
        "ask": lambda: _ask(request, row),
    }
    if act not in acts:
        return
    try:
        acts[act]()
    except Forbidden:
        raise
    except ChambreError as refusal:
        messages.error(request, str(refusal.message))


def _number(request: HttpRequest, name: str) -> int:
    said = request.POST.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 12 else 0


def _day(request: HttpRequest, name: str) -> dt.date:
    try:
        return dt.date.fromisoformat(request.POST.get(name, ""))
    except ValueError:
        return dt.date.min


def _present(request: HttpRequest, row: Subscription) -> None:
    one = get_object_or_404(row.absences, pk=_number(request, "absence"))
    announcing.withdraw_absence(
        subscription=row, absence=one, key=f"page:{key_of(request)}", by=actor_of(request)
    )
    messages.success(request, _("Your basket is there again."))


def _move(request: HttpRequest, row: Subscription) -> None:
    announcing.move_basket(
        subscription=row, planned=_day(request, "planned"), instead=_day(request, "instead"),
        key=f"page:{key_of(request)}", by=actor_of(request),
    )  # fmt: skip
    messages.success(request, _("Your basket is moved."))


def _unmove(request: HttpRequest, row: Subscription) -> None:
    one = get_object_or_404(row.moves, planned=_day(request, "planned"))
    announcing.withdraw_move(
        subscription=row, move=one, key=f"page:{key_of(request)}", by=actor_of(request)
    )
    messages.success(request, _("Your basket is on its usual day again."))


def _refuse(request: HttpRequest, row: Subscription) -> None:
    said = [one for one in request.POST.getlist("refused")[:100] if one.isascii() and one.isdigit()]
    announcing.refuse(
        subscription=row, products=tuple(sorted({int(one) for one in said})),
        key=f"page:{key_of(request)}", by=actor_of(request),
    )  # fmt: skip
    messages.success(request, _("It is noted."))


def _ask(request: HttpRequest, row: Subscription) -> None:
    one = get_object_or_404(row.instalments, pk=_number(request, "instalment"))
    seasonmoney.ask_now(instalment=one, by=actor_of(request))


BASKETS = [
    path("boutique/<slug:slug>/paniers/", baskets, name="baskets"),
    path("boutique/<slug:slug>/paniers/<slug:plan>/", basket_plan, name="basket_plan"),
    path("boutique/<slug:slug>/abonnements/<str:public_id>/", subscription, name="subscription"),
]
