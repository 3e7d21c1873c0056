"""What was paid for subscriptions, and what of it the baskets to come need; all in cents."""

from __future__ import annotations

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
    missed = MissedBasket.objects.filter(subscription=subscription).aggregate(
        credit=Sum("credit"), booked=Sum(F("gift") + F("kept"))
    )
    orders = Order.objects.filter(basket_order__subscription=subscription).exclude(state__in=GONE)
    return SeasonMoney(
        amount=subscription.amount,
        paid=paid_for_season(subscription),
        ordered=int(orders.aggregate(sum=Sum("total"))["sum"] or 0),
        credited=int(missed["credit"] or 0),
        booked=int(missed["booked"] or 0),
    )


def paid_for_season(subscription: Subscription) -> int:
    """What came for the instalments of a subscription and did not go back."""
    rows = Instalment.objects.filter(subscription=subscription)
    named = rows.filter(Q(payment__isnull=False) | Q(collection__isnull=False)).values_list(
        "payment__public_id", "collection__code"
    )
    names = [f"payment:{one}:" if one else f"collection:{other}:" for one, other in named]
    if not names:
        return 0
    wanted = Q()
    for name in names:
        wanted |= Q(key__startswith=name)
    moves = AccountMove.objects.filter(wanted, customer=subscription.customer_id)
    return int(moves.aggregate(sum=Sum("amount"))["sum"] or 0)


def bound_by_seasons(customer: Customer) -> int:
    """What of a customer's money is for the baskets to come of subscriptions."""
    rows = Subscription.objects.filter(customer=customer, last__gte=registry.today()).exclude(
        state=Subscription.State.CANCELLED
    )
    return sum(money_of(row).bound for row in rows)
