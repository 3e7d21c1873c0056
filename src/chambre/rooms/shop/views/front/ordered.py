"""An order as its customer sees it: pay, change, cancel, put it into a calendar. Its address is the key."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chambre.core.errors import ChambreError
from chambre.core.ratelimit import address_of, limit
from chambre.lib.sepa import qr, rf
from chambre.rooms.shop.models import Customer, Order, OrderLine
from chambre.rooms.shop.queries import words
from chambre.rooms.shop.queries.accounts import due, open_payment
from chambre.rooms.shop.queries.calendars import calendar_of
from chambre.rooms.shop.queries.finding import order_named
from chambre.rooms.shop.queries.opening import orders_of
from chambre.rooms.shop.queries.quoting import sums_of
from chambre.rooms.shop.services.asking import Wanted
from chambre.rooms.shop.services.changing import CHANGEABLE, NOT_THEIRS, cancel_order
from chambre.rooms.shop.views.front import cart as carts
from chambre.rooms.shop.views.front.frame import Visit
from chambre.treasury import containers
from chambre.treasury.models import Payment
from chambre.treasury.services.attempts import accounts_for
from chambre.treasury.services.payments import qr_payload

MOST_OF_MINE = 50
HELD = (Order.State.CONFIRMED, Order.State.PREPARED, Order.State.HANDED)
"""States in which what was paid too much is still with the shop."""
STEPS = (
    (Order.State.PLACED, Order.State.CONFIRMED), (Order.State.PREPARED,), (Order.State.HANDED,),
)  # fmt: skip


def _private(answer: HttpResponse) -> HttpResponse:
    """Nobody else keeps a page that has a name on it."""
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _found(request: HttpRequest, slug: str, public_id: str) -> tuple[Visit, Order]:
    visit = Visit(request, slug)
    found = order_named(visit.shop, public_id)
    found.shop = found.distribution.cycle.shop = visit.shop
    return visit, found


def changeable(order: Order) -> bool:
    """Whether its customer may still change or cancel it."""
    cycle, now = order.distribution.cycle, timezone.now()
    in_time = cycle.closed_at is None and cycle.opens_at <= now < cycle.closes_at
    return order.state in CHANGEABLE and in_time and order.pay not in NOT_THEIRS


@require_safe
def order(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """What was ordered, what is to be paid, where and when it is fetched."""
    visit, found = _found(request, slug, public_id)
    lines = list(found.lines.select_related("variant__product", "resource").order_by("number"))
    still = due(found)
    payment = open_payment(found) if still > 0 else None
    context = visit.context(
        order=found,
        lines=lines,
        sums=sums_of(lines),
        due=max(still, 0),
        ahead=max(-still, 0) if found.state in HELD else 0,
        words=words.STATES[Order.State(found.state)],
        steps=_steps(found),
        adjustments=list(found.adjustments.all()),
        fed=_fed(lines),
        changeable=changeable(found),
        bring_back=_bring_back(visit, lines),
        **_paying(payment),
    )
    return _private(render(request, "shop/front/order.html", context))


def _steps(order: Order) -> list[tuple[str, str]]:
    """Noted, ready, fetched: each with ``done``, ``now`` or nothing."""
    names = (_("Ordered"), _("Ready"), _("Fetched"))
    at = next((i for i, states in enumerate(STEPS) if order.state in states), -1)
    if at < 0:
        return []
    return [
        (name, "done" if i < at or at == len(STEPS) - 1 else "now" if i == at else "")
        for i, name in enumerate(names)
    ]


def _fed(lines: list[OrderLine]) -> list[Any]:
    found = {line.resource_id: line.resource for line in lines if line.resource_id is not None}
    return list(found.values())


def _bring_back(visit: Visit, lines: list[OrderLine]) -> str:
    """Where containers are brought back; empty: no line has any, or nobody says where."""
    keeper = containers.keeper()
    if keeper is None or not any(line.containers and line.deposit for line in lines):
        return ""
    return next(
        (place.returns_url for place in keeper.places(visit.shop.book) if place.returns_url), ""
    )


def _paying(payment: Payment | None) -> dict[str, Any]:
    """What is needed to pay at once."""
    if payment is None:
        return {"payment": None}
    payload = qr_payload(payment)
    drawing = qr.draw(payload, label=_("Code to scan with your bank’s app")) if payload else ""
    return {
        "payment": payment,
        "qr": mark_safe(drawing),  # noqa: S308 - drawn by us, from digits and our own names
        "iban": " ".join(payment.iban[at : at + 4] for at in range(0, len(payment.iban), 4)),
        "reference": rf.write(payment.reference),
        "by_card": bool(accounts_for(payment)),
    }


@require_POST
def edit(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Put an order into the basket, to change it there."""
    visit, found = _found(request, slug, public_id)
    if not changeable(found):
        messages.error(request, _("This order cannot be changed any more."))
        return redirect("shop:order", slug=slug, public_id=public_id)
    lines = found.lines.select_related("variant").order_by("number")
    cart = carts.Cart(distribution=found.distribution_id, order=found.public_id)
    given = found.adjustments.exclude(origin="").order_by("number").first()
    cart.coupon = given.origin if given else ""
    for line in lines:
        free = line.variant.lowest is not None and line.unit_price != line.variant.price
        cart.wanted.append(
            Wanted(line.variant_id, line.quantity, line.unit_price if free else None)
        )
    return carts.write(redirect("shop:basket", slug=slug), visit.shop, cart)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Ask once more, then cancel."""
    visit, found = _found(request, slug, public_id)
    if request.method == "POST":
        limit("order", address_of(request), times=20, seconds=60)
        try:
            cancel_order(
                order=found, by=visit.by, key=f"cancel:{public_id}",
                reason=request.POST.get("reason", "")[:200],
            )  # fmt: skip
        except ChambreError as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, _("Your order is cancelled."))
        return redirect("shop:order", slug=slug, public_id=public_id)
    if not changeable(found):
        return redirect("shop:order", slug=slug, public_id=public_id)
    context = visit.context(order=found, paid=max(found.total - found.credit - due(found), 0))
    return _private(render(request, "shop/front/cancel.html", context))


@require_POST
def reminders(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Send no reminders before the next distributions, or send them again."""
    _visit, found = _found(request, slug, public_id)
    wanted = request.POST.get("reminders") == "1"
    Customer.objects.filter(pk=found.customer_id).update(reminders=wanted)
    told = _("You get a reminder before each distribution.") if wanted else _("No more reminders.")
    messages.success(request, told)
    return redirect("shop:order", slug=slug, public_id=public_id)


@require_safe
def calendar(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """The pick-up for a calendar (RFC 5545)."""
    _visit, found = _found(request, slug, public_id)
    text = calendar_of(found, request.build_absolute_uri(request.path.rpartition("calendrier")[0]))
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.code}.ics"'
    return _private(answer)


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The orders of somebody who is signed in, in all shops."""
    user = request.user
    rows = list(orders_of(user, getattr(user, "email", ""))[:MOST_OF_MINE])
    told = [(row, Order.State(row.state).label) for row in rows]
    return _private(render(request, "shop/front/mine.html", {"orders": told}))


_ONE = "boutique/<slug:slug>/commande/<str:public_id>/"
ORDERED = [
    path("boutique/mes-commandes/", mine, name="mine"),
    path(_ONE, order, name="order"),
    path(f"{_ONE}modifier/", edit, name="order_edit"),
    path(f"{_ONE}annuler/", cancel, name="order_cancel"),
    path(f"{_ONE}rappels/", reminders, name="order_reminders"),
    path(f"{_ONE}calendrier.ics", calendar, name="order_calendar"),
]
