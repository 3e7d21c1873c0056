"""Plans and subscriptions as the rules of :mod:`chambre.lib.shopping` see them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.utils import timezone

from chambre.lib.shopping.dues import season_cost
from chambre.lib.shopping.subscriptions import (
    Absence,
    Basket,
    BasketSeason,
    Frequency,
    Move,
    SubscriptionRefusal,
    Turns,
    calendar,
    missed_days,
    planned_days,
)
from chambre.lib.shopping.subscriptions import Complement as AgreedComplement
from chambre.lib.shopping.subscriptions import Subscription as Agreed
from chambre.rooms.shop.models import (
    BasketPlan,
    BiddingRound,
    Complement,
    Distribution,
    Shop,
    SubscribedComplement,
    Subscription,
    SubscriptionPerson,
)
from chambre.rooms.shop.queries.errors import NoShop


def plan_named(shop: Shop, slug: str, *, bare: bool = False) -> BasketPlan:
    """A plan of a shop by its short name; ``bare``: with its days and nothing else.

    Raises:
        NoShop: There is none.
    """
    rows = plans_of(shop)
    if bare:
        rows = rows.prefetch_related(None).prefetch_related("days")
    found: BasketPlan | None = rows.filter(slug=slug).first()
    if found is None:
        raise NoShop
    return found


def plans_of(shop: Shop) -> QuerySet[BasketPlan]:
    """The plans of a shop with all that their pages need, newest first."""
    rows: QuerySet[BasketPlan] = BasketPlan.objects.filter(shop=shop)
    besides = Complement.objects.select_related("variant__product")
    return rows.select_related("shop__book__structure", "product").prefetch_related(
        "days", "places", "product__variants", Prefetch("complements", queryset=besides)
    )


def subscription_named(shop: Shop, public_id: str) -> Subscription:
    """A subscription by its public number, which only those know who may see it.

    ``open_round`` is the id of the bidding round of its season, if one is open.

    Raises:
        NoShop: There is none.
    """
    rounds = BiddingRound.objects.filter(plan=OuterRef("plan"), closed_at__isnull=True)
    rows = whole(Subscription.objects.filter(plan__shop=shop, public_id=public_id)).annotate(
        open_round=Subquery(rounds.values("pk")[:1])
    )
    found: Subscription | None = rows.first()
    if found is None:
        raise NoShop
    return found


def subscriptions_of(plan: BasketPlan) -> list[Subscription]:
    """All subscriptions to a plan that was read with its days, by name."""
    rows = whole(Subscription.objects.filter(plan=plan), days=False)
    found = list(rows.order_by("customer__name", "pk"))
    for row in found:
        row.plan = plan
    return found


def whole(rows: QuerySet[Subscription], *, days: bool = True) -> QuerySet[Subscription]:
    """Subscriptions with all that the rules ask of them, in a fixed number of queries."""
    people = SubscriptionPerson.objects.select_related("customer").order_by("position")
    besides = SubscribedComplement.objects.select_related("complement__variant__product")
    return rows.select_related(
        "plan__shop__book__structure", "plan__product", "customer", "place", "size__product",
        "mandate",
    ).prefetch_related(
        *(["plan__days"] if days else []), "absences", "moves",
        Prefetch("people", queryset=people),
        Prefetch("complements", queryset=besides),
    )  # fmt: skip


def season_of(plan: BasketPlan) -> BasketSeason:
    """The days and the allowances of a plan.

    Raises:
        ValueError: It has no days.
    """
    return BasketSeason(
        days=tuple(sorted(row.day for row in plan.days.all())),
        absences=plan.absences,
        absence_first=plan.absence_first,
        absence_last=plan.absence_last,
        notice=plan.notice,
    )


def agreed(subscription: Subscription) -> Agreed:
    """What was agreed, with what was announced since."""
    return Agreed(
        key=str(subscription.pk),
        people=tuple(str(row.pk) for row in subscription.people.all()),
        size=str(subscription.size_id),
        first=subscription.first,
        last=subscription.last,
        frequency=Frequency(subscription.rhythm),
        complements=tuple(
            AgreedComplement(
                key_of(row.complement_id), Frequency(row.complement.rhythm), row.quantity
            )
            for row in subscription.complements.all()
        ),
        turns=Turns(subscription.plan.turns),
        absences=tuple(Absence(row.first, row.last) for row in subscription.absences.all()),
        moves=tuple(Move(row.planned, row.instead) for row in subscription.moves.all()),
    )


def key_of(complement: int) -> str:
    """The key of a complement among the prices, where the sizes stand by their id."""
    return f"besides-{complement}"


def prices_of(subscription: Subscription) -> dict[str, int]:
    """Cents of a basket by size and of each complement, as they were signed."""
    found = {key_of(row.complement_id): row.price for row in subscription.complements.all()}
    return {str(subscription.size_id): subscription.price, **found}


def baskets_of(subscription: Subscription) -> tuple[Basket, ...]:
    """Every basket of a subscription, by day; none of one that was cancelled."""
    if subscription.state == Subscription.State.CANCELLED:
        return ()
    return calendar(season_of(subscription.plan), agreed(subscription))


def missed_of(subscription: Subscription) -> tuple[dt.date, ...]:
    """The planned days on which no basket is taken."""
    if subscription.state == Subscription.State.CANCELLED:
        return ()
    return missed_days(season_of(subscription.plan), agreed(subscription))


def planned_of(subscription: Subscription) -> tuple[dt.date, ...]:
    """The days that a subscription pays for, before absences and moves."""
    return planned_days(season_of(subscription.plan), agreed(subscription))


def price_of_day(subscription: Subscription, day: dt.date) -> int:
    """Cents of the basket that is planned for a day, with what comes besides."""
    season, prices = season_of(subscription.plan), prices_of(subscription)
    return subscription.price + sum(
        row.quantity * prices[row.key]
        for row in agreed(subscription).complements
        if day in season.of(row.frequency)
    )


def cost_of(subscription: Subscription) -> int:
    """Cents of all planned baskets."""
    season = season_of(subscription.plan)
    return season_cost(season, agreed(subscription), prices_of(subscription)).amount


def running(shop: Shop) -> QuerySet[Subscription]:
    """The subscriptions of a shop that baskets are made for."""
    rows = Subscription.objects.filter(plan__shop=shop)
    return whole(rows.exclude(state=Subscription.State.CANCELLED)).order_by("pk")


def baskets_at(
    distribution: Distribution, rows: Iterable[Subscription]
) -> list[tuple[Subscription, list[Basket]]]:
    """Who gets how many baskets at a distribution, of the subscriptions of its place."""
    day = day_of(distribution)
    found = []
    for row in rows:
        if row.place_id != distribution.place_id:
            continue
        try:
            mine = [basket for basket in baskets_of(row) if basket.day == day]
        except (SubscriptionRefusal, ValueError):  # the plan lost a day that a move went to
            continue
        if mine:
            found.append((row, mine))
    return found


def day_of(distribution: Distribution) -> dt.date:
    """The day of a distribution where the Chamber is."""
    return timezone.localdate(distribution.starts_at)


def people_of(subscription: Subscription) -> dict[str, Any]:
    """The people of a subscription, by the key under which the rules know them."""
    return {str(row.pk): row for row in subscription.people.all()}
