"""Absences and moved baskets: what somebody announces, or takes back, is checked.

Nothing here changes anything: what is allowed comes back as a new subscription. Everything must be
announced before the notice of the season, because the harvest goes by it, and because the turns of
people who share may change from there on.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from chambre.lib.shopping.subscriptions import (
    Absence,
    BasketSeason,
    Move,
    Subscription,
    SubscriptionRefusal,
    calendar,
    missed_days,
)


def announce_absence(
    season: BasketSeason, subscription: Subscription, absence: Absence, *, today: dt.date
) -> Subscription:
    """Announce an absence; nothing is announced if it is refused.

    Args:
        season: With its rules.
        subscription: As it is.
        absence: The days, both ends in.
        today: On the calendar of the place.

    Returns:
        The subscription with the absence.

    Raises:
        SubscriptionRefusal: ``absence-nothing``, ``absence-outside``, ``absence-late``,
            ``absence-too-many``; or a move does not fit any more.
    """
    after = replace(subscription, absences=(*subscription.absences, absence))
    before = set(missed_days(season, subscription))
    missed = missed_days(season, after)
    new = [day for day in missed if day not in before]
    if not new:
        raise SubscriptionRefusal("absence-nothing", first=absence.first, last=absence.last)
    first = season.absence_first or season.days[0]
    last = season.absence_last or season.days[-1]
    if new[0] < first or new[-1] > last:
        raise SubscriptionRefusal("absence-outside", first=first, last=last)
    until = new[0] - dt.timedelta(season.notice)
    if today > until:
        raise SubscriptionRefusal("absence-late", notice=season.notice, until=until)
    if len(missed) > season.absences:
        raise SubscriptionRefusal("absence-too-many", asked=len(missed), allowed=season.absences)
    calendar(season, after)
    return after


def move_basket(
    season: BasketSeason, subscription: Subscription, move: Move, *, today: dt.date
) -> Subscription:
    """Put a basket on another day; nothing is moved if it is refused.

    Both days must be far enough away: the new one has to be harvested for, too. Of a basket that an
    absence left out already, only the new day must; but where people share, both, because the turns
    of the days between change.

    Returns:
        The subscription with the move.

    Raises:
        SubscriptionRefusal: ``move-late``, ``move-no-basket``, ``move-no-distribution`` or
            ``basket-twice``.
    """
    left_out = move.planned in missed_days(season, subscription)
    free = left_out and not subscription.shared
    near = move.instead if free else min(move.planned, move.instead)
    until = near - dt.timedelta(season.notice)
    if today > until:
        raise SubscriptionRefusal("move-late", notice=season.notice, until=until)
    after = replace(subscription, moves=(*subscription.moves, move))
    calendar(season, after)
    return after


def other_days(
    season: BasketSeason, subscription: Subscription, planned: dt.date, *, today: dt.date
) -> tuple[dt.date, ...]:
    """The days to which a planned basket could be moved."""
    found = []
    for day in season.days:
        if day == planned:
            continue
        try:
            move_basket(season, subscription, Move(planned, day), today=today)
        except SubscriptionRefusal:
            continue
        found.append(day)
    return tuple(found)


def withdraw_absence(
    season: BasketSeason, subscription: Subscription, absence: Absence, *, today: dt.date
) -> Subscription:
    """Take an announced absence back; the baskets that it left out are there again.

    Returns:
        The subscription without it.

    Raises:
        SubscriptionRefusal: ``absence-none``; ``back-late``: the first of its baskets is too near, or
            over; ``basket-twice``: the turns change so that a moved basket does not fit any more.
    """
    if absence not in subscription.absences:
        raise SubscriptionRefusal("absence-none")
    rest = list(subscription.absences)
    rest.remove(absence)
    after = replace(subscription, absences=tuple(rest))
    still = set(missed_days(season, after))
    back = [day for day in missed_days(season, subscription) if day not in still]
    _in_time(season, back[:1], today)
    calendar(season, after)
    return after


def withdraw_move(
    season: BasketSeason, subscription: Subscription, move: Move, *, today: dt.date
) -> Subscription:
    """Leave a moved basket on the day for which it was planned.

    Returns:
        The subscription without the move.

    Raises:
        SubscriptionRefusal: ``move-none``; ``back-late``: one of the two days is too near, or over;
            ``basket-twice``; ``absence-too-many``: the planned day falls into an absence, and there
            were too many then.
    """
    if move not in subscription.moves:
        raise SubscriptionRefusal("move-none")
    _in_time(season, [min(move.planned, move.instead)], today)
    moves = tuple(other for other in subscription.moves if other != move)
    after = replace(subscription, moves=moves)
    if len(missed := missed_days(season, after)) > season.absences:
        raise SubscriptionRefusal("absence-too-many", asked=len(missed), allowed=season.absences)
    calendar(season, after)
    return after


def _in_time(season: BasketSeason, days: list[dt.date], today: dt.date) -> None:
    for day in days:
        until = day - dt.timedelta(season.notice)
        if today > until:
            raise SubscriptionRefusal("back-late", notice=season.notice, until=until)
