"""When people can order in a shop: the distributions that take orders now, and what comes next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from chambre.rooms.shop.models import Cycle, Distribution, Order, Shop, Slot

GONE = (Order.State.CANCELLED, Order.State.EXPIRED)
"""States of orders that no longer count."""


def open_distributions(shop: Shop, now: dt.datetime) -> list[Distribution]:
    """The distributions for which orders are taken now, the next one first.

    Those of a cycle that has as many orders as can be prepared are left out.
    """
    if not shop.is_open:
        return []
    rows = Distribution.objects.filter(
        cycle__shop=shop, cycle__opens_at__lte=now, cycle__closes_at__gt=now,
        cycle__closed_at__isnull=True, place__is_open=True,
    ).exclude(state=Distribution.State.DONE)  # fmt: skip
    found = list(rows.select_related("cycle", "place").order_by("starts_at", "id"))
    limited = {row.cycle_id: row.cycle.most_orders for row in found if row.cycle.most_orders}
    full = {pk for pk, most in limited.items() if _orders_in(pk) >= most}
    for row in found:
        row.cycle.shop = shop
    return [row for row in found if row.cycle_id not in full]


def still_coming(shop: Shop) -> QuerySet[Distribution]:
    """The distributions of a shop that are not over, the next one first."""
    rows = Distribution.objects.filter(cycle__shop=shop, ends_at__gt=timezone.now())
    rows = rows.exclude(state=Distribution.State.DONE).select_related("place", "cycle__shop")
    return rows.order_by("starts_at", "pk")


def _orders_in(cycle: int) -> int:
    rows = Order.objects.filter(distribution__cycle=cycle)
    return rows.exclude(state__in=GONE).count()


def next_cycle(shop: Shop, now: dt.datetime) -> Cycle | None:
    """The cycle that opens next."""
    rows = Cycle.objects.filter(shop=shop, opens_at__gt=now, closed_at__isnull=True)
    found: Cycle | None = rows.order_by("opens_at").first()
    return found


def slots_of(distributions: Sequence[Distribution]) -> dict[int, list[Slot]]:
    """The slots of distributions, by id of the distribution."""
    found: dict[int, list[Slot]] = {row.pk: [] for row in distributions}
    for slot in Slot.objects.filter(distribution__in=found).order_by("starts_at"):
        found[slot.distribution_id].append(slot)
    return found


def shops_to_see() -> QuerySet[Shop]:
    """The shops that are open to visitors, by name."""
    return Shop.objects.filter(is_open=True).select_related("book__structure").order_by("name")


def orders_of(user: object, email: str) -> QuerySet[Order]:
    """The orders of somebody who is signed in with an address that is known to be theirs."""
    rows = Order.objects.filter(Q(customer__user=user) | Q(customer__email=email.lower()))
    rows = rows.filter(customer__erased_at__isnull=True)
    return rows.select_related("shop", "distribution__place").order_by(F("placed_at").desc(), "-id")
