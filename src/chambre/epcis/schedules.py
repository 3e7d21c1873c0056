"""When a scheduled query runs (EPCIS 2.0, section 8.2.5.3): like cron, in UTC, to the second.

Each part is a list of numbers and of ranges in brackets: ``0,30`` or ``[9-17]``. What is left out
means any; seconds that are left out mean 0 once a larger part is given.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

RANGES = {
    "second": (0, 59),
    "minute": (0, 59),
    "hour": (0, 23),
    "dayOfMonth": (1, 31),
    "month": (1, 12),
    "dayOfWeek": (1, 7),
}
_ELEMENT = re.compile(r"(\d{1,2})|\[(\d{1,2})-(\d{1,2})\]")
_YEARS = 9
"""How far is looked for the next time: 29 February on a given day of the week."""


def checked(schedule: Any) -> dict[str, str]:
    """A schedule that makes sense.

    Raises:
        ValueError: It is none, or comes never; the message is for a person.
    """
    if not isinstance(schedule, Mapping) or not schedule:
        raise ValueError(
            _("A schedule names at least one of: %(parts)s.") % {"parts": ", ".join(RANGES)}
        )
    for name, text in schedule.items():
        if name not in RANGES:
            raise ValueError(_("A schedule has no “%(name)s”.") % {"name": str(name)[:40]})
        _numbers(name, text)
    kept = {name: schedule[name] for name in RANGES if name in schedule}
    if next_time(kept, dt.datetime.now(dt.UTC)) is None:
        raise ValueError(_("This time never comes."))
    return kept


def _numbers(name: str, text: Any) -> frozenset[int]:
    """The numbers of a part.

    Raises:
        ValueError: It cannot be read.
    """
    least, most = RANGES[name]
    found: set[int] = set()
    for element in text.split(",") if isinstance(text, str) and len(text) < 400 else [""]:
        match = _ELEMENT.fullmatch(element)
        if match is None:
            raise ValueError(_("%(name)s is written as in 0,30 or [9-17].") % {"name": name})
        first, last = (match[1], match[1]) if match[1] else (match[2], match[3])
        if not least <= int(first) <= int(last) <= most:
            values = {"name": name, "least": least, "most": most}
            raise ValueError(_("%(name)s lies between %(least)d and %(most)d.") % values)
        found |= set(range(int(first), int(last) + 1))
    return frozenset(found)


def _of(schedule: Mapping[str, str], name: str) -> list[int]:
    """The numbers of a part in order; every number for one that is left out."""
    if name in schedule:
        return sorted(_numbers(name, schedule[name]))
    least, most = RANGES[name]
    return list(range(least, most + 1))


def next_time(schedule: Mapping[str, str], after: dt.datetime) -> dt.datetime | None:
    """The first time after a moment, in UTC; None when there is none within nine years."""
    start = after.astimezone(dt.UTC).replace(microsecond=0) + dt.timedelta(seconds=1)
    seconds = _of(schedule, "second") if "second" in schedule else [0]
    minutes = _of(schedule, "minute") if {"minute", "second"} & set(schedule) else [0]
    hours = _of(schedule, "hour") if {"hour", "minute", "second"} & set(schedule) else [0]
    months, weekdays = set(_of(schedule, "month")), set(_of(schedule, "dayOfWeek"))
    days = set(_of(schedule, "dayOfMonth"))
    day = start.date()
    for _each in range(366 * _YEARS):
        if day.month in months and day.day in days and day.isoweekday() in weekdays:
            found = _within(day, start, hours, minutes, seconds)
            if found is not None:
                return found
        if day == dt.date.max:
            return None
        day += dt.timedelta(days=1)
    return None


def _within(
    day: dt.date, start: dt.datetime, hours: list[int], minutes: list[int], seconds: list[int]
) -> dt.datetime | None:
    """The first time of a day from a moment on."""
    for hour in hours:
        for minute in minutes:
            if dt.datetime.combine(day, dt.time(hour, minute, 59), dt.UTC) < start:
                continue
            for second in seconds:
                found = dt.datetime.combine(day, dt.time(hour, minute, second), dt.UTC)
                if found >= start:
                    return found
    return None
