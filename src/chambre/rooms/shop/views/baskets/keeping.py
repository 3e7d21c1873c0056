"""Pages of those who plan baskets and fill them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core.actors import authorize
from chambre.core.errors import ChambreError
from chambre.lib.exports import Column, Kind, Row, Table
from chambre.lib.shopping.subscriptions import SubscriptionRefusal
from chambre.registry import api as registry
from chambre.rooms.shop.forms.baskets import RHYTHMS, LeaveForm
from chambre.rooms.shop.forms.plans import (
    BackForm,
    ComplementForm,
    CropForm,
    MandateForm,
    PlanForm,
    RulesForm,
)
from chambre.rooms.shop.models import BasketOrder, BasketPlan, Distribution, Shop, Subscription
from chambre.rooms.shop.queries.composition import Baskets, baskets_for
from chambre.rooms.shop.queries.seasonmoney import money_of, money_of_all
from chambre.rooms.shop.queries.seasons import (
    baskets_of,
    day_of,
    missed_of,
    plan_named,
    plans_of,
    subscription_named,
    subscriptions_of,
)
from chambre.rooms.shop.services import announcing, basketorders, plans, seasonmoney
from chambre.rooms.shop.views.keeping.frame import (
    actor_of,
    asked,
    distribution_for,
    file_of,
    frame,
    key_of,
    page_of,
    shop_for,
    steps,
)

HAPPENED = {
    "signed": _lazy("signed"),
    "paid": _lazy("paid"),
    "refunded": _lazy("refunded"),
    "mandate": _lazy("drawn with a mandate from now on, or no longer"),
    "absent": _lazy("absence announced"),
    "present": _lazy("absence taken back"),
    "moved": _lazy("basket moved"),
    "unmoved": _lazy("basket on its day again"),
    "refused": _lazy("what is not wanted was chosen"),
    "left": _lazy("left early"),
    "given-back": _lazy("money given back"),
    "no-order": _lazy("no order could be made"),
    "pledged": _lazy("price offered"),
    "priced": _lazy("price of the round"),
    "not-asked": _lazy("an instalment could not be drawn"),
}
WEEKS = 4
"""Days to come that the page of a plan shows."""


@require_http_methods(["GET", "HEAD", "POST"])
def keep_plans(request: HttpRequest, slug: str) -> HttpResponse:
    """The seasons of a shop; who manages it plans one here."""
    shop = shop_for(request, slug)
    form, status = PlanForm(shop, request.POST or None), 200
    if request.method == "POST":
        made: list[BasketPlan] = []

        def make(data: dict[str, Any]) -> None:
            data.setdefault("days", [])
            made.append(plans.create_plan(shop=shop, by=actor_of(request), **data))

        status = _sent(form, make)
        if made:
            return redirect("shop:keep_plan", slug, made[0].slug)
    rows = list(plans_of(shop).prefetch_related(None))
    counts = _running_counts(shop)
    context = frame(request, shop, form=form, rows=[(row, counts.get(row.pk, 0)) for row in rows])
    return render(request, "shop/baskets/keep_plans.html", context, status=status)


def _running_counts(shop: Shop) -> dict[int, int]:
    rows = Subscription.objects.filter(plan__shop=shop, state=Subscription.State.RUNNING)
    return dict(rows.order_by().values_list("plan").annotate(many=Count("pk")))


def _sent(form: Any, act: Callable[[dict[str, Any]], Any]) -> int:
    """Do what a form asks; the status of the answer."""
    if not form.is_valid():
        return 422
    try:
        act(dict(form.cleaned_data))
    except ChambreError as refusal:
        return int(form.told(refusal))
    return 200


@require_safe
def keep_plan(request: HttpRequest, slug: str, plan: str) -> HttpResponse:
    """A season: who subscribed, who is absent when, how many baskets a day."""
    shop = shop_for(request, slug)
    row = plan_named(shop, plan, bare=True)
    found = subscriptions_of(row)
    page = page_of(request, found)
    money = money_of_all(page.object_list)
    context = frame(
        request, shop, plan=row, page=page, days=_days(row, found),
        subscriptions=[(one, RHYTHMS[one.rhythm], money[one.pk]) for one in page.object_list],
    )  # fmt: skip
    return render(request, "shop/baskets/keep_plan.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def keep_rules(request: HttpRequest, slug: str, plan: str) -> HttpResponse:
    """The rules of a season, and what comes besides its baskets."""
    shop = shop_for(request, slug, "shop.manage")
    row = plan_named(shop, plan)
    act, by = request.POST.get("act", ""), actor_of(request)
    rules = {name: getattr(row, name) for name in RulesForm.base_fields}
    forms: dict[str, Any] = {
        "rules": RulesForm(request.POST if act == "rules" else None, initial=rules),
        "complement": ComplementForm(shop, request.POST if act == "complement" else None),
    }
    acts: dict[str, Callable[[dict[str, Any]], Any]] = {
        "rules": lambda data: plans.change_plan(plan=row, by=by, **data),
        "complement": lambda data: plans.add_complement(plan=row, by=by, **data),
    }
    status = 200
    if act in forms:
        status = _sent(forms[act], acts[act])
        if status == 200:
            messages.success(request, _("It is changed, for what is signed from now on."))
            return redirect("shop:keep_rules", slug, plan)
    besides = [(one, RHYTHMS[one.rhythm]) for one in row.complements.all()]
    context = frame(request, shop, plan=row, forms=forms, besides=besides)
    return render(request, "shop/baskets/keep_rules.html", context, status=status)


def _days(plan: BasketPlan, found: list[Subscription]) -> list[dict[str, Any]]:
    """The days to come: how many baskets, who is absent, whether the distribution is planned."""
    today = registry.today()
    days = [row.day for row in plan.days.all() if row.day >= today][:WEEKS]
    coming: dict[dt.date, list[Distribution]] = {}
    rows = Distribution.objects.filter(
        cycle__shop=plan.shop_id, place__plans=plan, starts_at__gte=timezone.now()
    )
    for row in rows.select_related("place", "cycle").order_by("starts_at"):
        coming.setdefault(day_of(row), []).append(row)
    made = set(
        BasketOrder.objects.filter(subscription__plan=plan, day__in=days).values_list(
            "subscription", "day"
        )
    )
    when: dict[dt.date, list[Subscription]] = {day: [] for day in days}
    gone: dict[dt.date, list[Subscription]] = {day: [] for day in days}
    for one in found:
        try:
            baskets, missed = baskets_of(one), missed_of(one)
        except SubscriptionRefusal:
            continue
        for basket in baskets:
            if basket.day in when:
                when[basket.day].append(one)
        for day in missed:
            if day in gone:
                gone[day].append(one)
    return [
        {
            "day": day, "baskets": len(when[day]), "absent": gone[day],
            "distributions": coming.get(day, []),
            "without": [one for one in when[day] if (one.pk, day) not in made],
        }
        for day in days
    ]  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def keep_subscription(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """A subscription for those who keep the shop: mandate, money back, leaving with their consent."""
    shop = shop_for(request, slug, "shop.manage")
    row = subscription_named(shop, public_id)
    act, by, key = request.POST.get("act", ""), actor_of(request), f"keep:{key_of(request)}"

    def said(name: str) -> Any:
        return request.POST if act == name else None

    forms: dict[str, Any] = {
        "mandate": MandateForm(row, said("mandate"), initial={"mandate": row.mandate_id}),
        "back": BackForm(said("back")),
        "leave": LeaveForm(said("leave")),
    }
    acts: dict[str, Callable[[dict[str, Any]], Any]] = {
        "mandate": lambda data: seasonmoney.draw_with(subscription=row, by=by, **data),
        "back": lambda data: seasonmoney.give_back(
            subscription=row, key=key, by=by, means="transfer" if data["iban"] else "", **data
        ),
        "leave": lambda data: announcing.leave(
            subscription=row, key=key, by=by, for_them=True, **data
        ),
    }
    status = 200
    if act in forms:
        status = _sent(forms[act], acts[act])
        if status == 200:
            messages.success(request, _("It is done."))
            return redirect("shop:keep_subscription", slug, public_id)
    context = frame(
        request, shop, subscription=row, plan=row.plan, forms=forms, rhythm=RHYTHMS[row.rhythm],
        money=money_of(row),
        events=[(one, HAPPENED.get(one.kind, one.kind)) for one in row.events.order_by("-number")],
        instalments=row.instalments.filter(dropped=False).select_related("payment", "collection"),
    )  # fmt: skip
    return render(request, "shop/baskets/keep_subscription.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def composition(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What goes into the baskets of a distribution, from what was harvested; to print, or as a file."""
    row = distribution_for(request, slug, number)
    shop, by = row.cycle.shop, actor_of(request)
    form, status = CropForm(shop, request.POST if "quantity" in request.POST else None), 200
    if request.POST.get("act") == "orders":
        authorize(by, "shop.prepare", row)
        made, failed = basketorders.make_now(distribution=row, by=by)
        for each in failed:
            messages.error(request, f"{each.subscription.customer} – {each.reason}")
        words = _("Orders that were made: %(many)d.") % {"many": made}
        messages.success(request, words)
        return redirect("shop:composition", slug, number)
    if request.method == "POST":
        status = _sent(form, lambda data: plans.note_harvest(distribution=row, by=by, **data))
        if status == 200:
            return redirect("shop:composition", slug, number)
    found = baskets_for(row, get_language() or "fr")
    if kind := asked(request, "format"):
        return file_of(
            kind, title=_("Baskets"), shop=shop, tables=_tables(found),
            name=f"paniers-{row.starts_at:%Y%m%d}",
        )  # fmt: skip
    context = steps(request, row, baskets=found, form=form)
    return render(request, "shop/baskets/composition.html", context, status=status)


def _tables(found: Baskets) -> list[Table]:
    content = [
        Row([str(size.variant), size.baskets, str(one.product), one.quantity])
        for size in found.sizes
        for one in size.content
    ]
    personal = [
        Row([
            each.name, str(each.size), _listed(each.out),
            each.trouble or _listed(each.put),
        ])
        for each in found.personal
    ]  # fmt: skip
    left = [Row([str(crop.product), given, left, why]) for crop, given, left, why in found.notes]
    return [
        Table("baskets", _("Baskets"), [
            Column("size", _("Size"), width=24), Column("baskets", _("Baskets"), Kind.QUANTITY),
            Column("product", _("Product"), width=24), Column("quantity", _("In each")),
        ], content),
        Table("personal", _("With something else"), [
            Column("person", _("Who"), width=24), Column("size", _("Size"), width=24),
            Column("without", _("Without")), Column("instead", _("Instead")),
        ], personal),
        Table("left", _("What is left over"), [
            Column("product", _("Product"), width=24), Column("given", _("Given")),
            Column("left", _("Left")), Column("why", _("Why"), width=40),
        ], left),
    ]  # fmt: skip


def _listed(contents: Any) -> str:
    return ", ".join(f"{one.product} {one.quantity}" for one in contents)


KEEPING_BASKETS = [
    path("boutiques/<slug:slug>/paniers/", keep_plans, name="keep_plans"),
    path("boutiques/<slug:slug>/paniers/<slug:plan>/", keep_plan, name="keep_plan"),
    path("boutiques/<slug:slug>/paniers/<slug:plan>/regles/", keep_rules, name="keep_rules"),
    path(
        "boutiques/<slug:slug>/abonnements/<str:public_id>/", keep_subscription,
        name="keep_subscription",
    ),
    path(
        "boutiques/<slug:slug>/distributions/<int:number>/paniers/", composition,
        name="composition",
    ),
]  # fmt: skip
