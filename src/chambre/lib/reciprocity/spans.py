"""Months and periods of the calendar."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange

_PERIODS = {"month": 1, "quarter": 3, "year": 12}


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months later (earlier when negative); the last one of a shorter month.

    Before year 1 it is its first day, after year 9999 its last one.
    """
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    if year < 1:
        return dt.date.min
    if year > 9999:
        return dt.date.max
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def next_day(day: dt.date) -> dt.date:
    """The day after; the last day that there is has none and stays."""
    return day if day == dt.date.max else day + dt.timedelta(days=1)


def window_start(until: dt.date, months: int) -> dt.date:
    """First day of the months that end with ``until``: of 12 until 31 December, 1 January."""
    return add_months(next_day(until), -months)


def turn_of(period: str, day: dt.date, first: dt.date | None) -> int:
    """The number of the period in which a day lies.

    Args:
        period: ``month``, ``quarter`` or ``year``.
        day: Any day.
        first: First day of the term: its period is number 1; None: they count from year 0.
    """
    size = _PERIODS[period]
    number = (day.year * 12 + day.month - 1) // size
    if first is None:
        return number
    return number - (first.year * 12 + first.month - 1) // size + 1
