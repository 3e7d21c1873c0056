"""What the people of a subscription announce: absences, moved baskets, what they do not want, leaving.

Who has the address of a subscription may do it; the rules of :mod:`chambre.lib.shopping.announcing` decide.
Each act is once per key. Orders that were made already follow.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid
from chambre.core.ui import figures
from chambre.lib.shopping import announcing as rules
from chambre.lib.shopping import dues
from chambre.lib.shopping.subscriptions import Absence as AbsenceRule
from chambre.lib.shopping.subscriptions import BasketSeason, SubscriptionRefusal, planned_days
from chambre.lib.shopping.subscriptions import Move as MoveRule
from chambre.lib.shopping.subscriptions import Subscription as Agreed
from chambre.registry import api as registry
from chambre.rooms.shop.models import Absence, Move, Subscription
from chambre.rooms.shop.queries.errors import Ruled
from chambre.rooms.shop.queries.seasonmoney import money_of
from chambre.rooms.shop.queries.seasons import agreed, prices_of, season_of
from chambre.rooms.shop.services import seasonmoney
from chambre.rooms.shop.services.basketorders import follow_changes
from chambre.rooms.shop.services.recording import lock_subscription, noted
from chambre.rooms.shop.services.subscribing import refusable


@transaction.atomic
def announce_absence(
    *, subscription: Subscription, first: dt.date, last: dt.date, key: str, by: Actor
) -> Subscription:
    """Leave out the baskets of some days, both ends in.

    Raises:
        Ruled: Too late, too many, outside of what the season allows, or there is none.
        Invalid: It ends before it begins.
    """
    if last < first:
        message = _("It ends after it begins.")
        raise Invalid(message, fields={"last": [message]})
    subscription, done = _begin(subscription, key)
    if done:
        return subscription
    absence = AbsenceRule(first, last)
    _rule(
        lambda season, said, today: rules.announce_absence(season, said, absence, today=today),
        subscription,
    )
    Absence.objects.create(subscription=subscription, first=first, last=last)
    return _end(subscription, "absent", key, by, first=str(first), last=str(last))


@transaction.atomic
def withdraw_absence(
    *, subscription: Subscription, absence: Absence, key: str, by: Actor
) -> Subscription:
    """Take an absence back; its baskets are there again.

    Raises:
        Ruled: It is too late, or the turns of two who share would not fit any more.
    """
    subscription, done = _begin(subscription, key)
    row = subscription.absences.filter(pk=absence.pk).first()
    if done or row is None:
        return subscription
    days = AbsenceRule(row.first, row.last)
    _rule(
        lambda season, said, today: rules.withdraw_absence(season, said, days, today=today),
        subscription,
    )
    row.delete()
    return _end(subscription, "present", key, by, first=str(days.first), last=str(days.last))


@transaction.atomic
def move_basket(
    *, subscription: Subscription, planned: dt.date, instead: dt.date, key: str, by: Actor
) -> Subscription:
    """Take a basket on another day of the season.

    Raises:
        Ruled: It is too late, there is no basket, or no distribution on the other day.
    """
    subscription, done = _begin(subscription, key)
    if done:
        return subscription
    move = MoveRule(planned, instead)
    _rule(
        lambda season, said, today: rules.move_basket(season, said, move, today=today),
        subscription,
    )
    Move.objects.create(subscription=subscription, planned=planned, instead=instead)
    return _end(subscription, "moved", key, by, planned=str(planned), instead=str(instead))


@transaction.atomic
def withdraw_move(*, subscription: Subscription, move: Move, key: str, by: Actor) -> Subscription:
    """Leave a basket on the day for which it was planned.

    Raises:
        Ruled: It is too late, or too many would be left out.
    """
    subscription, done = _begin(subscription, key)
    row = subscription.moves.filter(pk=move.pk).first()
    if done or row is None:
        return subscription
    days = MoveRule(row.planned, row.instead)
    _rule(
        lambda season, said, today: rules.withdraw_move(season, said, days, today=today),
        subscription,
    )
    row.delete()
    return _end(subscription, "unmoved", key, by, planned=str(days.planned))


@transaction.atomic
def refuse(
    *, subscription: Subscription, products: tuple[int, ...], key: str, by: Actor
) -> Subscription:
    """Say which products one does not want; something of the same value stands in their place.

    Raises:
        Invalid: More than the plan allows.
    """
    subscription, done = _begin(subscription, key)
    if done:
        return subscription
    subscription.refused.set(refusable(subscription.plan, products))
    return _end(subscription, "refused", key, by, products=list(products))


@dataclass(frozen=True, slots=True)
class Leaving:
    """What leaving early changes, in cents.

    Attributes:
        last: The last day with a basket.
        baskets: Baskets that are left until then, in all.
        less: Not owed any more.
        amount: What the shorter season costs.
        back: Paid already, and more than that.
    """

    last: dt.date
    baskets: int
    less: int
    amount: int
    back: int


def leaving(subscription: Subscription, last: dt.date, for_them: bool = False) -> Leaving:
    """What leaving after a day would change. Writes nothing.

    Raises:
        Ruled: The first basket that would fall away is too near.
        Conflict: Less than the minimum of the season would be left.
    """
    season, said = season_of(subscription.plan), agreed(subscription)
    today, notice = registry.today(), subscription.plan.notice
    until = today + dt.timedelta(notice)
    before = [day for day in planned_days(season, said) if day <= max(last, subscription.first)]
    gone = [day for day in planned_days(season, said) if day > last]
    if subscription.state != Subscription.State.RUNNING or not gone:
        raise Conflict(_("There is nothing to leave."))
    if gone[0] < until and not for_them:
        raise Ruled(
            SubscriptionRefusal("absence-late", notice=notice, until=gone[0] - dt.timedelta(notice))
        )
    if last < subscription.first:
        before, amount = [], 0
    else:
        amount = subscription.amount - dues.cost_of_leaving(
            season, said, prices_of(subscription), last
        )
    _keep_minimum(subscription, season, len(before), amount, for_them)
    back = max(0, money_of(subscription).paid - amount)
    return Leaving(last, len(before), subscription.amount - amount, amount, back)


def _keep_minimum(
    subscription: Subscription, season: BasketSeason, baskets: int, amount: int, for_them: bool
) -> None:
    plan = subscription.plan
    part = sum(day >= subscription.first for day in season.days)
    least = dues.Minimum(plan.minimum_baskets, plan.minimum_amount).for_part(part, len(season.days))
    missing = least.missing(baskets, amount)
    if (missing.baskets or missing.amount) and not for_them:
        message = _("This season has at least %(baskets)d baskets and %(amount)s.")
        words = {"baskets": least.baskets, "amount": figures.money(least.amount)}
        raise Conflict(message % words)


@transaction.atomic
def leave(
    *, subscription: Subscription, last: dt.date, key: str, by: Actor, for_them: bool = False
) -> Subscription:
    """Leave early: what is not owed any more is not asked for, what was paid beyond is free again.

    Args:
        subscription: Which one.
        last: The last day on which there may be a basket; before the first: there is none at all.
        key: Idempotency key, at most 120 characters.
        by: Who says so.
        for_them: The shop agrees to it, also too late or below the minimum.

    Raises:
        Ruled, Conflict: See :func:`leaving`.
        Forbidden: ``for_them`` without the right to manage the shop.
    """
    if for_them:
        authorize(by, "shop.manage", subscription.plan)
    subscription, done = _begin(subscription, key)
    if done:
        return subscription
    told = leaving(subscription, last, for_them)
    subscription.amount = told.amount
    if told.baskets:
        subscription.last, subscription.state = last, Subscription.State.LEFT
    else:
        subscription.state = Subscription.State.CANCELLED
    subscription.save(update_fields=["amount", "last", "state"])
    subscription.moves.filter(planned__gt=last).delete()
    subscription = _end(subscription, "left", key, by, last=str(last), amount=told.amount)
    seasonmoney.settle_instalments(subscription)
    audit(by, "shop.subscription.left", subscription, amount=told.amount, back=told.back)
    return subscription


def _begin(subscription: Subscription, key: str) -> tuple[Subscription, bool]:
    """The locked subscription, and whether this was done before."""
    subscription = lock_subscription(subscription)
    return subscription, subscription.events.filter(key=key).exists()


def _end(
    subscription: Subscription, kind: str, key: str, by: Actor, **data: object
) -> Subscription:
    noted(subscription, kind, by, key=key, **data)
    subscription = lock_subscription(subscription)
    follow_changes(subscription, by)
    return subscription


def _rule(
    act: Callable[[BasketSeason, Agreed, dt.date], Agreed], subscription: Subscription
) -> None:
    if subscription.state == Subscription.State.CANCELLED:
        raise Conflict(_("This subscription was cancelled."))
    try:
        act(season_of(subscription.plan), agreed(subscription), registry.today())
    except SubscriptionRefusal as refusal:
        raise Ruled(refusal) from None
