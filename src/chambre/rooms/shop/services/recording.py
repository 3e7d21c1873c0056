"""A subscription under its lock, and the trail of what happened to it."""

from __future__ import annotations

from typing import Any

from django.db.models import Max

from chambre.core.actors import Actor
from chambre.rooms.shop.models import Subscription, SubscriptionEvent
from chambre.rooms.shop.queries.seasons import whole


def lock_subscription(subscription: Subscription) -> Subscription:
    """The subscription as it is now, locked until the end of the transaction."""
    Subscription.objects.select_for_update(of=("self",)).get(pk=subscription.pk)
    return whole(Subscription.objects.all()).get(pk=subscription.pk)


def noted(
    subscription: Subscription, kind: str, by: Actor, key: str = "", **data: Any
) -> SubscriptionEvent:
    """Write down what happened to a subscription that is locked."""
    last = subscription.events.aggregate(last=Max("number"))["last"] or 0
    return SubscriptionEvent.objects.create(
        subscription=subscription, number=last + 1, kind=kind, data=data, key=key or None,
        by=by.label[:254],
    )  # fmt: skip
