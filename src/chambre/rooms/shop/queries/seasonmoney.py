"""What was paid for subscriptions, and what of it the baskets to come need; all in cents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum

from chambre.registry import api as registry
from chambre.rooms.shop.models import (
    Customer,
    Instalment,
    MissedBasket,
    Order,
    Subscription,
)

GONE = (Order.State.CANCELLED, Order.State.EXPIRED)


@dataclass(frozen=True, slots=True)
class SeasonMoney:
    """How a subscription stands.

    Attributes:
        amount: What the season costs.
        paid: What came for its instalments and did not go back.
        ordered: Of the orders that were made for it.
        credited: Given back for baskets that were left out.
        booked: Kept or given to others for baskets that were left out.
    """

    amount: int
    paid: int
    ordered: int
    credited: int
    booked: int

    @property
    def open(self) -> int:
        """Still to be paid; below zero too much was."""
        return self.amount - self.paid

    @property
    def bound(self) -> int:
        """What of the payments is for baskets to come."""
        ready = min(self.paid, self.amount - self.credited)
        return max(0, ready - self.ordered - self.booked)


def money_of(subscription: Subscription) -> SeasonMoney:
    """How a subscription stands."""
    return money_of_all([subscription])[subscription.pk]


def money_of_all(subscriptions: Sequence[Subscription]) -> dict[int, SeasonMoney]:
    """How subscriptions stand, by id, in one query for any number of them."""
    return _money(Subscription.objects.filter(pk__in=[row.pk for row in subscriptions]))


def _money(rows: QuerySet[Subscription]) -> dict[int, SeasonMoney]:
    missed = MissedBasket.objects.filter(subscription=OuterRef("pk"))
    orders = Order.objects.filter(basket_order__subscription=OuterRef("pk")).exclude(state__in=GONE)
    came = Instalment.objects.filter(subscription=OuterRef("pk"))
    found = rows.order_by().values_list(
        "pk", "amount", _sum(came, "came"), _sum(orders, "total", "basket_order__subscription"),
        _sum(missed, "credit"), _sum(missed, F("gift") + F("kept")),
    )  # fmt: skip
    return {pk: SeasonMoney(*(int(each or 0) for each in sums)) for pk, *sums in found}


def _sum(rows: QuerySet[Any], what: Any, by: str = "subscription") -> Subquery:
    """The sum of a column of the rows of each subscription."""
    return Subquery(rows.order_by().values(by).annotate(all_of_it=Sum(what)).values("all_of_it"))


def bound_by_seasons(customer: Customer) -> int:
    """What of a customer's money is for the baskets to come of subscriptions."""
    rows = Subscription.objects.filter(customer=customer, last__gte=registry.today()).exclude(
        state=Subscription.State.CANCELLED
    )
    return sum(money.bound for money in _money(rows).values())
