"""Repetitions: every day, week or month, until a day or so many times, but not on some days.

A subset of RFC 5545: ``FREQ`` DAILY, WEEKLY or MONTHLY with ``INTERVAL``, ``COUNT`` or ``UNTIL``, and
``BYDAY`` (weekdays) for weeks. A month without the day of the first time is left out, as the RFC says.
The clock on the wall stays the same when daylight saving begins or ends.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from chambre.lib.booking.hours import PARIS
from chambre.lib.booking.spans import Span
from chambre.lib.booking.wording import BookingRefusal

MOST = 400
"""Times that a repetition has at most."""
_FARTHEST = dt.timedelta(days=366 * 5)
_EARLIEST, _LATEST = dt.date(1900, 1, 1), dt.date(2500, 1, 1)

Frequency = Literal["daily", "weekly", "monthly"]


@dataclass(frozen=True, slots=True)
class Repeat:
    """How something comes again.

    Attributes:
        frequency: ``daily``, ``weekly`` or ``monthly``.
        interval: Every so many days, weeks, months.
        count: How many times, the first included.
        until: Last day on which one may begin; either this or ``count``.
        weekdays: For weeks, on which days (0: Monday); none: that of the first time.
        but: Days on which it does not take place; they count among ``count``.
    """

    frequency: Frequency = "weekly"
    interval: int = 1
    count: int | None = None
    until: dt.date | None = None
    weekdays: Collection[int] = ()
    but: Collection[dt.date] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.interval <= 1000 or (self.count is not None and self.count < 1):
            raise BookingRefusal("repeat", why="0")
        if (self.count is None) == (self.until is None) or (self.count or 0) > MOST:
            raise BookingRefusal("repeat-endless", most=MOST)


def days(repeat: Repeat, first: dt.date) -> list[dt.date]:
    """The days on which something begins, the first one included, without those that are left out.

    Raises:
        BookingRefusal: ``repeat-endless``, more than :data:`MOST` times; ``repeat``, in another age.
    """
    out: list[dt.date] = []
    if not _EARLIEST <= first <= _LATEST:
        raise BookingRefusal("repeat", why=first.isoformat())
    for number, day in enumerate(_candidates(repeat, first), 1):
        if repeat.until is not None and day > repeat.until:
            break
        if number > MOST:
            raise BookingRefusal("repeat-endless", most=MOST)
        if day not in repeat.but:
            out.append(day)
        if repeat.count is not None and number >= repeat.count:
            break
    return out


def _candidates(repeat: Repeat, first: dt.date) -> Iterator[dt.date]:
    last = min(repeat.until or dt.date.max, first + _FARTHEST * repeat.interval)
    if repeat.frequency == "monthly":
        yield from _months(first, repeat.interval, last)
    elif repeat.frequency == "weekly" and repeat.weekdays:
        monday = first - dt.timedelta(days=first.weekday())
        while monday <= last:
            for weekday in sorted(set(repeat.weekdays)):
                day = monday + dt.timedelta(days=weekday)
                if first <= day:
                    yield day
            monday += dt.timedelta(weeks=repeat.interval)
    else:
        step = dt.timedelta(days=repeat.interval * (7 if repeat.frequency == "weekly" else 1))
        day = first
        while day <= last:
            yield day
            day += step


def _months(first: dt.date, interval: int, last: dt.date) -> Iterator[dt.date]:
    months = 0
    while True:
        year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
        if dt.date(year, month + 1, 1) > last:
            return
        with contextlib.suppress(ValueError):  # this month has no such day
            yield dt.date(year, month + 1, first.day)
        months += interval


def spans(repeat: Repeat, first: Span, zone: ZoneInfo = PARIS) -> list[Span]:
    """A span and its repetitions, at the same time of the clock; each ends as long after it began.

    Raises:
        BookingRefusal: ``repeat-endless``.
    """
    local = first.start.astimezone(zone)
    end = first.end.astimezone(zone)
    more = (end.date() - local.date()).days
    out = []
    for day in days(repeat, local.date()):
        begin = dt.datetime.combine(day, local.time(), zone)
        stop = dt.datetime.combine(day + dt.timedelta(days=more), end.time(), zone)
        out.append(Span(begin.astimezone(dt.UTC), stop.astimezone(dt.UTC)))
    return out
