"""What those who keep a shop see: distributions and their orders, what comes next, what runs out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from chambre.core.actors import Actor
from chambre.rooms.shop.models import (
    AccountMove,
    Cycle,
    Distribution,
    Order,
    OrderLine,
    Shop,
    Stock,
)
from chambre.rooms.shop.queries.accounts import LIVE
from chambre.rooms.shop.queries.errors import NoShop

FEW = 3
"""So many pieces or fewer run out."""


def shops_of(by: Actor) -> list[Shop]:
    """The shops in which somebody manages or prepares."""
    rows = Shop.objects.select_related("book__structure", "resource")
    return [shop for shop in rows if by.may("shop.read", shop)]


def distribution_of(shop: Shop, number: int) -> Distribution:
    """A distribution of a shop.

    Raises:
        NoShop: There is none.
    """
    rows = Distribution.objects.filter(cycle__shop=shop, pk=number)
    found: Distribution | None = rows.select_related("cycle", "place__drawer").first()
    if found is None:
        raise NoShop
    found.cycle.shop = shop
    return found


def distributions(shop: Shop) -> QuerySet[Distribution]:
    """Distributions of a shop, each with the number of its orders by what is to be done with them."""
    state = Order.State
    return (
        Distribution.objects.filter(cycle__shop=shop)
        .select_related("place", "cycle", "round")
        .annotate(
            waiting=Count("orders", filter=Q(orders__state=state.PLACED)),
            to_prepare=Count("orders", filter=Q(orders__state=state.CONFIRMED)),
            ready=Count("orders", filter=Q(orders__state=state.PREPARED)),
            handed=Count("orders", filter=Q(orders__state=state.HANDED)),
            missed=Count("orders", filter=Q(orders__state=state.MISSED)),
        )
    )


@dataclass(frozen=True, slots=True)
class Outlook:
    """What comes next in a shop. Amounts in cents."""

    cycles: list[Cycle]
    distributions: list[Any]
    unpaid: int
    unpaid_amount: int
    low: list[Stock]
    orders: list[Order]


def outlook(shop: Shop) -> Outlook:
    """What is open, what is distributed next, what is not paid, what runs out."""
    now = timezone.now()
    unpaid = Order.objects.filter(shop=shop, state=Order.State.PLACED)
    sums = unpaid.aggregate(many=Count("pk"), cents=Sum("total"))
    cycles = Cycle.objects.filter(shop=shop, closes_at__gt=now, closed_at__isnull=True)
    coming = distributions(shop).exclude(state=Distribution.State.DONE)
    low = Stock.objects.filter(
        Q(distribution__isnull=True)
        | Q(distribution__ends_at__gt=now, distribution__cycle__closes_at__gt=now),
        variant__product__shop=shop, variant__product__state="sold", variant__available=True,
        beyond=False, there__lte=F("promised") + FEW,
    )  # fmt: skip
    return Outlook(
        cycles=list(cycles.order_by("opens_at")[:5]),
        distributions=list(coming.order_by("starts_at")[:8]),
        unpaid=sums["many"],
        unpaid_amount=sums["cents"] or 0,
        low=list(low.select_related("variant__product", "distribution__place")[:12]),
        orders=list(
            Order.objects.filter(shop=shop).select_related("customer", "distribution__place")[:8]
        ),
    )


def lines_of(distribution: Distribution, *, unpaid: bool = False) -> list[OrderLine]:
    """The lines of the orders of a distribution that wait, with all that preparing needs.

    Args:
        distribution: Whose.
        unpaid: Also those of orders that wait for their payment.
    """
    states = LIVE if unpaid else (Order.State.CONFIRMED, Order.State.PREPARED)
    rows = OrderLine.objects.filter(order__distribution=distribution, order__state__in=states)
    return list(
        rows.select_related(
            "order__customer", "order__slot", "variant__product", "producer"
        ).order_by("order_id", "number")
    )


def lines_of_cycle(cycle: Cycle, *, unpaid: bool = False) -> list[OrderLine]:
    """The lines of the orders of all distributions of a cycle that wait; see :func:`lines_of`."""
    states = LIVE if unpaid else (Order.State.CONFIRMED, Order.State.PREPARED)
    rows = OrderLine.objects.filter(order__distribution__cycle=cycle, order__state__in=states)
    return list(
        rows.select_related(
            "order__customer", "order__slot", "order__distribution__place", "variant__product",
            "producer",
        ).order_by("order_id", "number")
    )  # fmt: skip


def orders_of(distribution: Distribution) -> list[Any]:
    """The orders of a distribution that are not gone, each with what is due for it in cents."""
    gone = (Order.State.CANCELLED, Order.State.EXPIRED)
    rows: list[Any] = list(
        Order.objects.filter(distribution=distribution)
        .exclude(state__in=gone)
        .select_related("customer", "slot")
        .order_by("slot__starts_at", "customer__name", "pk")
    )
    paid = dict(
        AccountMove.objects.filter(order__in=rows)
        .exclude(kind=AccountMove.Kind.BOUGHT)
        .order_by()
        .values_list("order")
        .annotate(sum=Sum("amount"))
    )
    for row in rows:
        row.due = max(row.total - row.credit - paid.get(row.pk, 0), 0)
        if row.state == Order.State.HANDED:
            row.due = 0
    return rows


def days_until(moment: dt.datetime) -> int:
    """Whole days from today to a moment, on the clock of the house."""
    return (timezone.localtime(moment).date() - timezone.localdate()).days
