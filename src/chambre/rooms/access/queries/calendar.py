"""What is taken and what is free."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Q, QuerySet

from chambre.lib.booking import Rules, Span, free_spans, merged, openings, without
from chambre.registry.models import Agent
from chambre.rooms.access.models import HOLDING, Booking, BusyTime, Closure, Offer
from chambre.rooms.access.queries.moments import local

FOR_EVER = dt.datetime(9000, 1, 1, tzinfo=dt.UTC)


class Day(NamedTuple):
    """A day of a thing's calendar.

    Attributes:
        day: Which.
        open: When it may be used, repairs and calendars of others taken out.
        free: When at least one place is free.
        bookings: What holds on that day.
    """

    day: dt.date
    open: list[Span]
    free: list[Span]
    bookings: list[Booking]


def holding(offer: Offer, within: Span) -> QuerySet[Booking]:
    """The bookings of a thing that hold and meet a time, buffers included."""
    return Booking.objects.filter(
        resource_id=offer.resource_id, state__in=HOLDING, starts_at__lt=within.end,
        busy_until__gt=within.start,
    )  # fmt: skip


def taken(rows: Iterable[Booking]) -> list[Span]:
    """The times that bookings keep others out of, in their order."""
    return [Span(row.starts_at, row.busy_until) for row in rows]


def away(offer: Offer, within: Span) -> list[Span]:
    """When a thing cannot be used at all: in repair, or taken in a calendar kept elsewhere."""
    closed = Closure.objects.filter(offer=offer, starts_at__lt=within.end).filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=within.start)
    )
    spans = [Span(row.starts_at, row.ends_at or FOR_EVER) for row in closed]
    elsewhere = BusyTime.objects.filter(
        calendar__offer=offer, starts_at__lt=within.end, ends_at__gt=within.start
    )
    spans += [Span(*times) for times in elsewhere.values_list("starts_at", "ends_at")]
    return merged(spans)


def own_spans(offer: Offer, person: Agent, around: Span) -> list[Span]:
    """What a person has of a thing in the months around a time, for quotas."""
    month = dt.timedelta(days=40)
    rows = Booking.objects.filter(
        resource_id=offer.resource_id, person=person, state__in=HOLDING,
        starts_at__gt=around.start - month, starts_at__lt=around.start + month,
    )  # fmt: skip
    return [Span(*times) for times in rows.values_list("starts_at", "ends_at")]


def days_of(
    offer: Offer, rules: Rules, first: dt.date, last: dt.date, now: dt.datetime
) -> list[Day]:
    """The calendar of a thing from one day to another, both included: four questions at most.

    Args:
        offer: Of the thing.
        rules: In force.
        first: First day.
        last: Last day.
        now: Nothing is free before.
    """
    opened = openings(rules.opening, first, last, rules.zone)
    midnights = [
        dt.datetime.combine(first + dt.timedelta(days=n), dt.time(), rules.zone).astimezone(dt.UTC)
        for n in range((last - first).days + 2)
    ]
    whole = Span(midnights[0], midnights[-1])
    rows = list(holding(offer, whole).select_related("person").order_by("starts_at", "seat"))
    opened = without(opened, away(offer, whole))
    past = [Span(whole.start, min(max(now, whole.start), whole.end))]
    if offer.ends_on is not None:
        leaves = dt.datetime.combine(offer.ends_on, dt.time(), rules.zone).astimezone(dt.UTC)
        past.append(Span(min(max(leaves, whole.start), whole.end), whole.end))
    free = without(free_spans(opened, taken(rows), rules.capacity), past)
    out = []
    for start, end in itertools.pairwise(midnights):
        span = Span(start, end)
        out.append(
            Day(
                local(start).date(), _cut(opened, span), _cut(free, span),
                [row for row in rows if Span(row.starts_at, row.ends_at).meets(span)],
            )
        )  # fmt: skip
    return out


def _cut(spans: list[Span], within: Span) -> list[Span]:
    return [
        Span(max(span.start, within.start), min(span.end, within.end))
        for span in spans
        if span.meets(within)
    ]
