"""The orders of subscriptions: made when their cycle opens or some days before, each once.

Each order is one transaction of its own: whoever is stopped in the middle goes on where it was. A row of
:class:`BasketOrder` says that a subscription has its order for a day; the database has only one.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from chambre.core.actors import Actor, authorize
from chambre.core.errors import ChambreError
from chambre.lib.shopping.subscriptions import Basket
from chambre.registry import api as registry
from chambre.rooms.shop.models import (
    BasketOrder,
    BasketPlan,
    Distribution,
    Order,
    Subscription,
    SubscriptionPerson,
)
from chambre.rooms.shop.queries.accounts import due
from chambre.rooms.shop.queries.seasons import (
    baskets_at,
    baskets_of,
    day_of,
    key_of,
    people_of,
    running,
)
from chambre.rooms.shop.services import others
from chambre.rooms.shop.services.asking import Wanted, Who
from chambre.rooms.shop.services.changing import CHANGEABLE, cancel_order
from chambre.rooms.shop.services.happening import lock
from chambre.rooms.shop.services.names import SYSTEM
from chambre.rooms.shop.services.ordering import place_order
from chambre.rooms.shop.services.recording import lock_subscription, noted


@dataclass(frozen=True, slots=True)
class NotMade:
    """A basket for which no order could be made, and why."""

    subscription: Subscription
    reason: str


def make_due_orders() -> tuple[int, list[NotMade]]:
    """Make every order that is due by now; how many were made, and what could not be."""
    made, failed = 0, []
    for distribution in due_distributions():
        done, wrong = make_orders_at(distribution)
        made += done
        failed += wrong
    return made, failed


def due_distributions() -> Iterator[Distribution]:
    """Distributions of days of a plan, whose orders are to be made by now; the nearest first."""
    now, today = timezone.now(), registry.today()
    rows = Distribution.objects.filter(
        starts_at__gt=now, place__plans__isnull=False, cycle__shop__plans__isnull=False
    ).exclude(state=Distribution.State.DONE)
    plans = _plans()
    for row in rows.select_related("cycle__shop", "place").distinct().order_by("starts_at", "pk"):
        day = day_of(row)
        if any(
            _is_due(plan, row, day, now, today)
            for plan, days, places in plans
            if day in days and row.place_id in places
        ):
            yield row


def _plans() -> list[tuple[BasketPlan, set[dt.date], set[int]]]:
    rows = BasketPlan.objects.filter(last__gte=registry.today())
    return [
        (row, {one.day for one in row.days.all()}, {place.pk for place in row.places.all()})
        for row in rows.prefetch_related("days", "places")
    ]


def _is_due(
    plan: BasketPlan, row: Distribution, day: dt.date, now: dt.datetime, today: dt.date
) -> bool:
    if plan.order_days is None:
        return bool(row.cycle.opens_at <= now)
    return today >= day - dt.timedelta(plan.order_days)


def make_orders_at(distribution: Distribution) -> tuple[int, list[NotMade]]:
    """Make the orders of all subscriptions for a distribution that have none yet."""
    made, failed = 0, []
    day = day_of(distribution)
    rows = running(distribution.cycle.shop).filter(plan__days__day=day)
    done = set(
        BasketOrder.objects.filter(day=day, subscription__in=rows).values_list(
            "subscription", flat=True
        )
    )
    for subscription, _baskets in baskets_at(distribution, rows):
        if subscription.pk in done:
            continue
        try:
            made += make_order(subscription, distribution) is not None
        except ChambreError as refusal:
            failed.append(NotMade(subscription, str(refusal.message)))
    return made, failed


@transaction.atomic
def make_order(subscription: Subscription, distribution: Distribution) -> Order | None:
    """Make the order of a subscription for a distribution; None: it has one, or no basket.

    Who fetches it is its customer; who pays the subscription pays it with what they paid for the season.

    Raises:
        SoldOut: The shop counted fewer baskets than were subscribed.
        NotOpen: The distribution is over.
    """
    subscription = lock_subscription(subscription)
    day = day_of(distribution)
    if subscription.basket_orders.filter(day=day).exists():
        return None
    mine = [basket for basket in baskets_of(subscription) if basket.day == day]
    if not mine:
        return None
    person = people_of(subscription)[mine[0].person]
    whose, payer = person.customer, subscription.customer
    key = f"basket:{subscription.public_id}:{day}"
    again = Order.objects.filter(key__startswith=f"{subscription.plan.shop_id}:{key}:").count()
    order = place_order(
        distribution=distribution,
        who=Who(
            email=whose.email, name=whose.name, language=whose.language,
            credit=whose.pk == payer.pk,
        ),
        wanted=wanted_of(subscription, mine),
        key=f"{key}:{again + 1}",
        by=SYSTEM,
        pay=Order.Pay.SEASON,
        note=subscription.note,
        for_them=True,
        inside=True,
    )  # fmt: skip
    if whose.pk != payer.pk and (needed := due(order)) > 0:
        others.pay(order, payer, needed, SYSTEM)
    BasketOrder.objects.create(subscription=subscription, day=day, person=person, order=order)
    return order


def wanted_of(subscription: Subscription, baskets: Sequence[Basket]) -> list[Wanted]:
    """What baskets of one day are as lines of an order, at the prices that were signed."""
    besides = {key_of(row.complement_id): row for row in subscription.complements.all()}
    found = [Wanted(subscription.size_id, len(baskets), subscription.price, agreed=True)]
    sums: Counter[str] = Counter()
    for basket in baskets:
        sums.update(dict(basket.complements))
    for key, many in sums.items():
        row = besides[key]
        found.append(Wanted(row.complement.variant_id, many, row.price, agreed=True))
    return found


def follow_changes(subscription: Subscription, by: Actor) -> None:
    """Orders that were made already follow what was announced for a subscription that is locked."""
    today = registry.today()
    baskets: dict[dt.date, list[Basket]] = {}
    for basket in baskets_of(subscription):
        baskets.setdefault(basket.day, []).append(basket)
    people = people_of(subscription)
    rows = subscription.basket_orders.filter(day__gte=today).select_related("order__distribution")
    for row in rows:
        order = lock(row.order)
        if order.state in CHANGEABLE and not _fits(row, order, subscription, baskets, people):
            cancel_order(order=order, by=SYSTEM, reason=str(subscription.plan), for_them=True)
            row.delete()
    reached = set(baskets) - set(subscription.basket_orders.values_list("day", flat=True))
    for distribution in due_distributions():
        if day_of(distribution) in reached and distribution.place_id == subscription.place_id:
            try:
                make_order(subscription, distribution)
            except ChambreError as refusal:  # the shop sees it among the baskets without an order
                noted(subscription, "no-order", by, reason=str(refusal.message)[:200])


def _fits(
    row: BasketOrder,
    order: Order,
    subscription: Subscription,
    baskets: dict[dt.date, list[Basket]],
    people: dict[str, SubscriptionPerson],
) -> bool:
    mine = baskets.get(row.day, [])
    if not mine or people[mine[0].person].pk != row.person_id:
        return False
    now = {each.variant: each.quantity for each in wanted_of(subscription, mine)}
    return now == {line.variant_id: line.quantity for line in order.lines.all()}


def make_now(*, distribution: Distribution, by: Actor) -> tuple[int, list[NotMade]]:
    """Make the orders of a distribution now, before their time.

    Raises:
        Forbidden: ``by`` does not prepare in this shop.
    """
    authorize(by, "shop.prepare", distribution)
    return make_orders_at(distribution)
