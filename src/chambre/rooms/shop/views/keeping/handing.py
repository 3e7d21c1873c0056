"""Handing over: who comes is found by name or code, pays, and gets the order."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core.errors import Invalid
from chambre.core.ui.forms import AmountField
from chambre.lib.labels.sheets import code_svg
from chambre.rooms.shop.models import Distribution, Order
from chambre.rooms.shop.queries.accounts import free_credit, open_payment, paid_for
from chambre.rooms.shop.queries.finding import order_named
from chambre.rooms.shop.queries.keeping import orders_of
from chambre.rooms.shop.queries.packing import outgoing, returns_url
from chambre.rooms.shop.services import ending, paying
from chambre.rooms.shop.services.changing import cancel_order
from chambre.rooms.shop.services.crediting import credit_line
from chambre.rooms.shop.services.handing import HANDABLE
from chambre.rooms.shop.services.preparing import prepare
from chambre.rooms.shop.services.stall import pay_and_hand_over
from chambre.rooms.shop.views.keeping.frame import (
    actor_of,
    asked,
    distribution_for,
    done,
    frame,
    key_of,
    posted,
    shop_for,
    steps,
)
from chambre.treasury.models import CashCount, Payment

CAMERA = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"
"""Policy of the pages on which codes of orders are scanned, and of no other."""
EVENTS = {
    "placed": lazy("ordered"),
    "changed": lazy("changed"),
    "confirmed": lazy("confirmed: paid, or to be paid when it is fetched"),
    "paid": lazy("money came"),
    "refunded": lazy("money went back"),
    "given-back": lazy("money is given back"),
    "prepared": lazy("put in or weighed"),
    "cash": lazy("cash taken"),
    "card": lazy("card taken"),
    "by-other": lazy("paid in another way"),
    "handed": lazy("handed over"),
    "missed": lazy("nobody came"),
    "kept": lazy("kept for them"),
    "credited": lazy("a line was credited"),
    "given-on": lazy("given to somebody else"),
    "to-others": lazy("what was paid went to the suspended baskets"),
    "cancelled": lazy("cancelled"),
    "expired": lazy("let go: not paid in time"),
}
"""What happened to an order, in people's words."""
_CODE = re.compile(r"[2-9A-HJ-NP-Z]{3}-?[2-9A-HJ-NP-Z]{3}")


def clean_search(text: str) -> str:
    """What was typed or scanned, as an order's code or public number where it is one.

    The address of an order, as a customer's phone shows it, is its public number.
    """
    text = text.strip().rstrip("/")
    if "/commande/" in text:
        return text.rpartition("/")[2]
    plain = text.upper().replace(" ", "")
    if _CODE.fullmatch(plain):
        plain = plain.replace("-", "")
        return f"{plain[:3]}-{plain[3:]}"
    return text


@require_safe
def handing(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The pick-up list: who still comes first; a code that is scanned opens its order."""
    row = distribution_for(request, slug, number)
    text = clean_search(asked(request, "q", 200))
    if text:
        same = Q(code=text) | Q(public_id=text)
        found = Order.objects.filter(same, distribution=row).first()
        if found is not None:
            return redirect("shop:keep_order", slug=slug, public_id=found.public_id)
    orders = orders_of(row)
    if text:
        orders = [order for order in orders if text.lower() in order.customer.name.lower()]
    waiting = [order for order in orders if order.state in HANDABLE]
    context = steps(
        request, row, waiting=waiting, q=text, returns=returns_url(row),
        gone=[order for order in orders if order.state == Order.State.HANDED],
    )  # fmt: skip
    response = render(request, "shop/keeping/handing.html", context)
    response["Permissions-Policy"] = CAMERA
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def order(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """An order as those see it who prepare it and hand it over."""
    shop = shop_for(request, slug)
    row = order_named(shop, public_id)
    row.shop = row.distribution.cycle.shop = shop
    if request.method == "POST":
        return _do(request, row)
    lines = list(row.lines.select_related("producer"))
    can = _can(row)
    containers = outgoing(row, lines) if can["hand"] else []
    paid = paid_for(row)
    payment = open_payment(row) if can["hand"] else None
    pay_url = request.build_absolute_uri(payment_path(payment)) if payment else ""
    context = frame(
        request, shop, order=row, lines=lines, containers=containers,
        needed=sum(each.count for each in containers if each.coded),
        due=max(row.total - row.credit - paid, 0), paid=paid, pay_url=pay_url,
        pay_code=mark_safe(code_svg(pay_url)) if pay_url else "",  # noqa: S308 - drawn by us
        drawer=_drawer(row.distribution), events=[(EVENTS.get(each.kind, each.kind), each) for each in
                row.events.order_by("-number")[:30]],
        credit=free_credit(row.customer) if row.state != Order.State.PLACED else 0,
        can=can,
        returns=returns_url(row.distribution) if can["hand"] else "", distribution=row.distribution,
    )  # fmt: skip
    return render(request, "shop/keeping/order.html", context)


def payment_path(payment: Payment) -> str:
    """Where whoever pays sees what is asked."""
    return reverse("treasury:pay", args=[payment.public_id])


def _can(row: Order) -> dict[str, bool]:
    state = Order.State
    return {
        "hand": row.state in HANDABLE,
        "ready": row.state == state.CONFIRMED,
        "miss": row.state in (state.PLACED, state.CONFIRMED, state.PREPARED),
        "cancel": row.state in HANDABLE,
        "credit": row.state == state.HANDED,
    }


def _drawer(row: Distribution) -> Any:
    """The drawer of the place, and whether it is open; None: the place has none."""
    drawer: Any = row.place.drawer
    if drawer is not None:
        last = CashCount.objects.filter(drawer=drawer).order_by("-number").first()
        drawer.is_open = last is not None and last.kind == CashCount.Kind.OPENING
    return drawer


def _do(request: HttpRequest, row: Order) -> HttpResponse:
    """One act on an order; what was refused is said, and nothing of it is done."""
    by, key, act = actor_of(request), f"form:{key_of(request)}", request.POST.get("act", "")
    here = redirect("shop:keep_order", slug=row.shop.slug, public_id=row.public_id)
    acts: dict[str, tuple[Any, str]] = {
        "hand": (lambda: _hand(request, row, key), _("Handed over.")),
        "ready": (
            lambda: prepare(order=row, weighed=[], by=by, key=key, ready=True), _("It is ready."),
        ),
        "miss": (lambda: ending.note_missed(order=row, by=by, key=key), _("Noted.")),
        "cancel": (
            lambda: cancel_order(order=row, by=by, key=key, for_them=True),
            _("The order is cancelled."),
        ),
        "ask": (
            lambda: paying.ask_at_stall(order=row, by=by), _("They can pay on their telephone."),
        ),
        "credit": (lambda: _credit(request, row, key), _("Credited.")),
        "back": (lambda: _give_back(request, row, key), _("The money is on its way back.")),
    }  # fmt: skip
    if act not in acts:
        messages.error(request, _("There is no such choice."))
        return here
    if done(request, *acts[act]) and act == "hand":
        return redirect(reverse("shop:handing", args=[row.shop.slug, row.distribution_id]))
    return here


def _hand(request: HttpRequest, row: Order, key: str) -> None:
    chosen = posted(request, "means")
    pay_and_hand_over(
        order=row,
        key=key,
        by=actor_of(request),
        means="" if chosen == "owing" else chosen,
        drawer=row.distribution.place.drawer,
        amount=_shown_due(request),
        codes=posted(request, "codes", 200_000).split()[:500],
        owing=chosen == "owing",
    )


def _shown_due(request: HttpRequest) -> int | None:
    """What the page said was due when the button was pressed."""
    text = posted(request, "due")
    return int(text) if text.isdecimal() and len(text) < 15 else None


def _amount(request: HttpRequest) -> int:
    """The amount that was typed, in cents.

    Raises:
        Invalid: It is none.
    """
    try:
        amount = AmountField(min_value=1).clean(posted(request, "amount"))
    except ValidationError:
        amount = None
    if amount is None:
        message = _("Type an amount such as 1234,56.")
        raise Invalid(message, fields={"amount": [message]})
    return int(amount)


def _credit(request: HttpRequest, row: Order, key: str) -> None:
    number = posted(request, "line")
    credit_line(
        order=row, line=int(number) if number.isdecimal() and len(number) < 6 else 0,
        amount=_amount(request), reason=posted(request, "reason", 200), key=key,
        by=actor_of(request),
    )  # fmt: skip


def _give_back(request: HttpRequest, row: Order, key: str) -> None:
    amount = _amount(request)
    means = posted(request, "means")
    if means not in ("", "transfer", "cash"):
        raise Invalid(_("There is no such choice."), fields={"means": [means]})
    paying.give_back(
        order=row, amount=amount, key=key[:60], by=actor_of(request), means=means,
        iban=posted(request, "iban", 50),
        drawer=row.distribution.place.drawer if means == "cash" else None,
        reason=posted(request, "reason", 200),
    )  # fmt: skip


HANDING = [
    path("boutiques/<slug:slug>/distributions/<int:number>/remise/", handing, name="handing"),
    path("boutiques/<slug:slug>/commandes/<str:public_id>/", order, name="keep_order"),
]
