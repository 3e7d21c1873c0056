"""The rules of booking a thing, and whether a wish keeps them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal
from zoneinfo import ZoneInfo

from chambre.lib.booking.hours import PARIS, Opening, is_open
from chambre.lib.booking.spans import Span, most_at_once
from chambre.lib.booking.wording import BookingRefusal

Period = Literal["week", "month"]
FARTHEST_DAYS = 3660
LONGEST_MINUTES = 366 * 24 * 60
_FRENCH = {"week": "semaine", "month": "mois"}


@dataclass(frozen=True, slots=True)
class Quota:
    """How much one person may book in a week or a month, by the day on which a booking begins.

    Attributes:
        period: ``week`` (from Monday) or ``month``.
        count: Bookings; None: as many as one likes.
        minutes: Together; None: as long as one likes.
    """

    period: Period
    count: int | None = None
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """How a thing is booked. Times are minutes.

    Attributes:
        opening: When it may be used.
        capacity: How many may use it at the same time.
        shortest: Least length; 0: any.
        longest: Greatest length; 0: any.
        notice: How long before the beginning a booking is made at the latest.
        ahead_days: How many days ahead at most; 0: any.
        buffer: Kept free after each booking.
        through: May last over closed hours.
        quotas: For one person.
        zone: Whose clock counts.
    """

    opening: Opening = field(default_factory=Opening)
    capacity: int = 1
    shortest: int = 0
    longest: int = 0
    notice: int = 0
    ahead_days: int = 0
    buffer: int = 0
    through: bool = False
    quotas: tuple[Quota, ...] = ()
    zone: ZoneInfo = PARIS

    def busy(self, span: Span) -> Span:
        """What a booking keeps others out of: its time and the buffer after it."""
        return Span(span.start, span.end + dt.timedelta(minutes=self.buffer))


def period_of(
    moment: dt.datetime, period: Period, zone: ZoneInfo = PARIS
) -> tuple[dt.date, dt.date]:
    """First day of the week or month of a moment, and the first day of the next one."""
    day = moment.astimezone(zone).date()
    if period == "week":
        first = day - dt.timedelta(days=day.weekday())
        return first, first + dt.timedelta(days=7)
    first = day.replace(day=1)
    return first, (first + dt.timedelta(days=32)).replace(day=1)


def check_reach(span: Span, *, now: dt.datetime) -> None:
    """Refuse what no rules would ever allow: backwards, past, ten years ahead, longer than a year.

    It is looked at first, so that everything after may count days and months around it.

    Args:
        span: What is asked for.
        now: The moment of asking.

    Raises:
        BookingRefusal: ``backwards``, ``past``, ``too-early`` or ``too-long``.
    """
    if span.start >= span.end:
        raise BookingRefusal("backwards")
    if span.start < now:
        raise BookingRefusal("past")
    if span.start > now + dt.timedelta(days=FARTHEST_DAYS):
        raise BookingRefusal("too-early", days=FARTHEST_DAYS)
    if span.minutes > LONGEST_MINUTES:
        raise BookingRefusal("too-long", most=LONGEST_MINUTES, asked=span.minutes)


def check(rules: Rules, span: Span, *, now: dt.datetime, own: Iterable[Span] = ()) -> None:
    """Refuse a wish that does not keep the rules. What others have booked is not looked at here.

    Args:
        rules: Of the thing.
        span: What is asked for.
        now: The moment of asking.
        own: What the same person has of this thing, in the weeks and months of the wish at least.

    Raises:
        BookingRefusal: The first rule that says no.
    """
    check_reach(span, now=now)
    if span.minutes < rules.shortest:
        raise BookingRefusal("too-short", least=rules.shortest, asked=span.minutes)
    if rules.longest and span.minutes > rules.longest:
        raise BookingRefusal("too-long", most=rules.longest, asked=span.minutes)
    if span.start < now + dt.timedelta(minutes=rules.notice):
        raise BookingRefusal("too-late", notice=rules.notice)
    if rules.ahead_days and span.start > now + dt.timedelta(days=rules.ahead_days):
        raise BookingRefusal("too-early", days=rules.ahead_days)
    if not is_open(rules.opening, span, through=rules.through, zone=rules.zone):
        raise BookingRefusal("closed")
    held = list(own)
    for quota in rules.quotas:
        _check_quota(quota, span, held, rules.zone)


def _check_quota(quota: Quota, span: Span, own: list[Span], zone: ZoneInfo) -> None:
    period = period_of(span.start, quota.period, zone)
    same = [each for each in own if period_of(each.start, quota.period, zone) == period]
    words = {"period": quota.period, "period_fr": _FRENCH[quota.period]}
    if quota.count is not None and len(same) >= quota.count:
        raise BookingRefusal("quota-count", most=quota.count, **words)
    used = sum(each.minutes for each in same)
    if quota.minutes is not None and used + span.minutes > quota.minutes:
        raise BookingRefusal(
            "quota-minutes", most=quota.minutes, used=used, asked=span.minutes, **words
        )


def check_free(rules: Rules, span: Span, busy: Iterable[Span]) -> None:
    """Refuse a wish for which there is no place.

    Args:
        rules: Of the thing.
        span: What is asked for.
        busy: What is taken, each with its buffer.

    Raises:
        BookingRefusal: ``full``.
    """
    if most_at_once(busy, rules.busy(span)) >= rules.capacity:
        raise BookingRefusal("full")
