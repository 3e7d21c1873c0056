"""The end of the day in four steps on one page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core.errors import Invalid
from chambre.rooms.shop.models import Distribution, Order, Stock
from chambre.rooms.shop.queries.accounts import LIVE
from chambre.rooms.shop.queries.errors import NoShop
from chambre.rooms.shop.queries.keeping import orders_of
from chambre.rooms.shop.services import ending as service
from chambre.rooms.shop.views.keeping.frame import (
    actor_of,
    distribution_for,
    done,
    key_of,
    posted,
    steps,
)
from chambre.treasury import api as treasury
from chambre.treasury.forms.desk import CountForm


def _left_over(row: Distribution) -> list[Stock]:
    """Stock that is there and not promised: of this distribution, and what it shares with others."""
    sold = row.orders.values("lines__stock")
    own = Stock.objects.filter(distribution=row, there__gt=0)
    shared = Stock.objects.filter(distribution__isnull=True, there__gt=0, pk__in=sold)
    rows = (own | shared).select_related("variant__product", "distribution")
    return [stock for stock in rows.order_by("variant__product__name", "pk") if stock.left > 0]


@require_http_methods(["GET", "HEAD", "POST"])
def ending(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Who did not come, the cash, what is left, and the distribution is done."""
    row = distribution_for(request, slug, number)
    count_form, status = CountForm(), 200
    if request.method == "POST":
        if request.POST.get("act") == "count":
            count_form = CountForm(request.POST)
        if _do(request, row, count_form):
            return redirect("shop:ending", slug=slug, number=number)
        status = 422
    orders = orders_of(row)
    drawer = _drawer(row)
    context = steps(
        request, row, status=status,
        begun=row.starts_at <= timezone.now(),
        waiting=[order for order in orders if order.state in LIVE],
        missed=[order for order in orders if order.state == Order.State.MISSED],
        handed=sum(order.state == Order.State.HANDED for order in orders),
        sold=sum(order.total for order in orders if order.state == Order.State.HANDED),
        drawer=drawer, count_form=count_form, stocks=_left_over(row),
    )  # fmt: skip
    return render(request, "shop/keeping/ending.html", context, status=status)


def _do(request: HttpRequest, row: Distribution, count_form: CountForm) -> bool:
    """One step; whether it was done."""
    by, key, act = actor_of(request), f"form:{key_of(request)}", request.POST.get("act", "")
    acts: dict[str, Any] = {
        "missed": lambda: _all_missed(row, by, key),
        "decide": lambda: service.decide_missed(
            order=_order(row, posted(request, "order")),
            decision=posted(request, "decision"), by=by, key=key,
        ),
        "count": lambda: _count(row, count_form, by, key),
        "stock": lambda: _clear(request, row, by, key),
        "end": lambda: service.end_distribution(distribution=row, by=by),
    }  # fmt: skip
    chosen = acts.get(act)
    if chosen is None:
        return False
    return done(request, chosen, _("Noted."))


def _drawer(row: Distribution) -> Any:
    """The drawer of the place, as the treasury knows it; None: the place has none."""
    if row.place.drawer is None:
        return None
    return treasury.drawer_of(row.cycle.shop.book, row.place.drawer.slug)


def _all_missed(row: Distribution, by: Any, key: str) -> None:
    for order in row.orders.filter(state__in=LIVE).order_by("pk"):
        service.note_missed(order=order, by=by, key=f"{key}:{order.pk}")


def _order(row: Distribution, public_id: str) -> Order:
    found: Order | None = row.orders.filter(public_id=public_id[:32]).first()
    if found is None:
        raise NoShop
    return found


def _count(row: Distribution, form: CountForm, by: Any, key: str) -> None:
    if not form.is_valid():
        raise Invalid(_("Look at the fields below."), fields={})
    drawer = _drawer(row)
    service.count_cash(
        distribution=row, pieces=form.pieces, by=by, key=key, note=form.cleaned_data["remark"],
        kind="closing" if drawer is None or drawer.is_open else "opening",
    )  # fmt: skip


def _clear(request: HttpRequest, row: Distribution, by: Any, key: str) -> None:
    for stock in _left_over(row):
        lost, home = (
            _number(request.POST.get(f"{name}{stock.pk}", "")) for name in ("lost", "home")
        )
        if lost or home:
            service.clear_stock(
                stock=stock, lost=lost, home=home, by=by, key=f"{key}:{stock.pk}",
                reason=str(row),
            )  # fmt: skip


def _number(text: str) -> int:
    text = text.strip()
    if not text:
        return 0
    if not text.isdecimal() or len(text) > 7:
        message = _("Say how many pieces.")
        raise Invalid(message, fields={"lost": [message]})
    return int(text)


ENDING = [
    path("boutiques/<slug:slug>/distributions/<int:number>/cloture/", ending, name="ending"),
]
