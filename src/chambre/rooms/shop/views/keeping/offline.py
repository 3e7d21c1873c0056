"""Handing over without a network: the list is kept on the device, what is done is sent later, once.

Each act has a key that the device made before it kept it: sent again, it gives the same answer. One act
that is refused says so in its own answer, and the others of the same request are done.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST, require_safe

from chambre import __version__
from chambre.core.actors import Actor
from chambre.core.errors import ChambreError, Invalid
from chambre.rooms.shop.models import Distribution, Order, OrderLine
from chambre.rooms.shop.queries.accounts import LIVE
from chambre.rooms.shop.queries.errors import NoShop
from chambre.rooms.shop.queries.keeping import lines_of, orders_of
from chambre.rooms.shop.services.stall import pay_and_hand_over
from chambre.rooms.shop.views.keeping.frame import actor_of, distribution_for, kilos, steps
from chambre.rooms.shop.views.keeping.handing import CAMERA
from chambre.rooms.shop.views.keeping.preparing import slot_words
from chambre.treasury import containers

MOST_ACTS = 50
"""Acts of one request; a longer queue is sent in several."""
SHELL = (
    "django_htmx/htmx-4.min.js", "ui/chambre.css", "ui/charts.css", "ui/chambre.js",
    "ui/favicon.svg", "ui/icons.svg",
    "vendor/radio-canada-5.3.0/radio-canada-latin-wght-normal.woff2", "ui/fine.woff",
    "shop/keeping.css", "shop/steps.js", "shop/handing.js", "shop/queue.js", "shop/ordercode.js",
)  # fmt: skip
"""What the page needs without a network."""
SCRIPT = {
    "due": lazy("To pay: {amount}"),
    "paid": lazy("Nothing to pay"),
    "cash": lazy("Cash taken, hand over"),
    "card": lazy("Card taken, hand over"),
    "hand": lazy("Hand over"),
    "codes": lazy("Containers to scan: {n}"),
    "not_ready": lazy("not weighed yet"),
    "waits": lazy("Kept on this device, and sent as soon as there is a network"),
    "sign_in": lazy("Sign in again to send it"),
    "done": lazy("Handed over"),
    "left": lazy("Still to hand over: {n}"),
    "as_of": lazy("As of {time}"),
    "nobody": lazy("Nobody of this name still has to come."),
    "waiting": lazy("Waiting to be sent: {n}"),
    "sent": lazy("Everything is sent."),
    "refused": lazy("Refused: {why}"),
}
"""What the script of the page says."""


@require_safe
def offline(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The page; who is on the list comes as data."""
    row = distribution_for(request, slug, number)
    words = {name: str(text) for name, text in SCRIPT.items()}
    handing = reverse("shop:handing", args=[slug, number])
    context = steps(request, row, words=words, step_here=handing, crumb=_("Without a network"))
    response = render(request, "shop/keeping/offline.html", context)
    response["Cache-Control"] = "no-cache"
    response["Permissions-Policy"] = CAMERA
    return response


@require_safe
def offline_list(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Who still has to come, with what each order holds and what is due for it."""
    row = distribution_for(request, slug, number)
    lines: dict[int, list[OrderLine]] = {}
    for line in lines_of(row, unpaid=True):
        lines.setdefault(line.order_id, []).append(line)
    kinds = containers.kinds(row.cycle.shop.book, row.starts_at.date())
    told = [
        _told(order, lines.get(order.pk, []), kinds)
        for order in orders_of(row)
        if order.state in LIVE
    ]
    answer = {
        "orders": told,
        "csrf": get_token(request),
        "done": row.state == Distribution.State.DONE,
        "cash": row.place.drawer is not None,
    }
    response = JsonResponse(answer)
    response["Cache-Control"] = "no-store"
    return response


def _told(order: Any, lines: list[OrderLine], kinds: dict[str, Any]) -> dict[str, Any]:
    coded = sum(
        line.containers
        for line in lines
        if line.containers and line.deposit and (kind := kinds.get(line.container)) and kind.coded
    )
    return {
        "id": order.public_id,
        "code": order.code,
        "name": order.customer.name,
        "slot": slot_words(order),
        "due": order.due,
        "note": order.note,
        "weighed": all(not line.weighed or line.grams is not None for line in lines),
        "coded": coded,
        "lines": [
            f"{line.quantity if line.given is None else line.given} × {line.name}"
            + (f" ({kilos(line.grams)})" if line.grams else "")
            for line in lines
        ],
    }


@require_POST
def offline_acts(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Do the hand-overs that a device sends; one answer for each, in order."""
    row = distribution_for(request, slug, number)
    try:
        listed = json.loads(request.body)["acts"]
    except (ValueError, KeyError, TypeError):
        listed = None
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_ACTS:
        error = Invalid(_("Between 1 and 50 acts at once."), fields={"acts": []})
        return JsonResponse({"error": {"title": str(error.message)}}, status=error.status)
    by = actor_of(request)
    response = JsonResponse({"answers": [_answered(each, row, by) for each in listed]})
    response["Cache-Control"] = "no-store"
    return response


def _answered(data: Any, row: Distribution, by: Actor) -> dict[str, Any]:
    key = data.get("key") if isinstance(data, dict) else None
    try:
        order = _do(data, row, by)
    except ChambreError as error:
        told = {"title": str(error.message), "code": error.code}
        return {"key": key, "status": error.status, "error": told}
    return {"key": key, "status": 200, "answer": {"order": order.public_id, "state": order.state}}


def _do(data: Any, row: Distribution, by: Actor) -> Order:
    """One hand-over.

    Raises:
        Invalid: It cannot be read, or another amount is due.
        NoShop: There is no such order in this distribution.
    """
    if not isinstance(data, dict):
        raise Invalid(_("This cannot be read."), fields={})
    key, public_id = _text(data, "key", 80), _text(data, "order", 32)
    means, amount, codes = _text(data, "means", 8), data.get("amount"), data.get("codes", [])
    strange = isinstance(amount, bool) or not isinstance(amount, int | None)
    if not key or strange or not isinstance(codes, list):
        raise Invalid(_("This cannot be read."), fields={})
    order = row.orders.filter(public_id=public_id).first()
    if order is None:
        raise NoShop
    return pay_and_hand_over(
        order=order, key=f"device:{key}", by=by, means=means, amount=amount,
        drawer=row.place.drawer,
        codes=[str(code).strip()[:400] for code in codes[:500] if str(code).strip()],
    )  # fmt: skip


def _text(data: dict[str, Any], name: str, longest: int) -> str:
    value = data.get(name, "")
    if not isinstance(value, str) or len(value) > longest or "\0" in value:
        message = _("This cannot be read.")
        raise Invalid(message, fields={name: [message]})
    return value.strip()


@require_safe
def offline_worker(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Keeps the page and what it needs, so that it opens without a network."""
    row = distribution_for(request, slug, number)
    files = [static(name) for name in SHELL]
    told = hashlib.sha256("\n".join((__version__, *files)).encode()).hexdigest()[:12]
    context = {
        "files": files, "kept": f"remise-{row.pk}-", "version": told,
        "page": reverse("shop:offline", args=[slug, number]),
    }  # fmt: skip
    response = render(
        request, "core/worker.js", context, content_type="text/javascript; charset=utf-8"
    )
    response["Cache-Control"] = "no-cache"
    return response


_H = "boutiques/<slug:slug>/distributions/<int:number>/hors-ligne/"
OFFLINE = [
    path(_H, offline, name="offline"),
    path(f"{_H}liste/", offline_list, name="offline_list"),
    path(f"{_H}actes/", offline_acts, name="offline_acts"),
    path(f"{_H}sw.js", offline_worker, name="offline_worker"),
]
