"""What was paid for subscriptions, and what of it the baskets to come need; all in cents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Q, Sum

from chambre.registry import api as registry
from chambre.rooms.shop.models import (
    AccountMove,
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
    """How subscriptions stand, by id, in four queries for any number of them."""
    missed: dict[int, tuple[int, int]] = {}
    rows = MissedBasket.objects.filter(subscription__in=subscriptions).order_by()
    for pk, credit, booked in rows.values_list("subscription").annotate(
        credit_sum=Sum("credit"), booked_sum=Sum(F("gift") + F("kept"))
    ):
        missed[pk] = (int(credit), int(booked))
    orders = Order.objects.filter(basket_order__subscription__in=subscriptions)
    ordered = dict(
        orders.exclude(state__in=GONE)
        .order_by()
        .values_list("basket_order__subscription")
        .annotate(sum=Sum("total"))
    )
    paid = _paid(subscriptions)
    return {
        row.pk: SeasonMoney(
            amount=row.amount,
            paid=paid[row.pk],
            ordered=int(ordered.get(row.pk, 0)),
            credited=missed.get(row.pk, (0, 0))[0],
            booked=missed.get(row.pk, (0, 0))[1],
        )
        for row in subscriptions
    }


def _paid(subscriptions: Sequence[Subscription]) -> Counter[int]:
    """What came for the instalments of subscriptions and did not go back."""
    rows = Instalment.objects.filter(subscription__in=subscriptions)
    asked = rows.filter(Q(payment__isnull=False) | Q(collection__isnull=False))
    whose = {
        f"payment:{payment}" if payment else f"collection:{collection}": pk
        for pk, payment, collection in asked.values_list(
            "subscription", "payment__public_id", "collection__code"
        )
    }
    paid: Counter[int] = Counter()
    if not whose:
        return paid
    customers = {row.customer_id for row in subscriptions}
    moves = AccountMove.objects.filter(customer__in=customers, order__isnull=True).filter(
        Q(key__startswith="payment:") | Q(key__startswith="collection:")
    )
    for key, amount in moves.values_list("key", "amount"):
        if (pk := whose.get(key.rpartition(":")[0])) is not None:
            paid[pk] += amount
    return paid


def bound_by_seasons(customer: Customer) -> int:
    """What of a customer's money is for the baskets to come of subscriptions."""
    rows = Subscription.objects.filter(customer=customer, last__gte=registry.today()).exclude(
        state=Subscription.State.CANCELLED
    )
    return sum(money.bound for money in money_of_all(list(rows)).values())
