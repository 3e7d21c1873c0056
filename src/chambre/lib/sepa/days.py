"""Days on which money moves between the banks of SEPA: TARGET's days (ECB/2022/8)."""

from __future__ import annotations

from datetime import date, timedelta


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (anonymous algorithm of 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    left = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * left) // 451
    month, day = divmod(h + left - 7 * m + 114, 31)
    return date(year, month, day + 1)


def is_open(day: date) -> bool:
    """Whether the banks settle with each other on a day."""
    if day.weekday() >= 5 or (day.month, day.day) in {(1, 1), (5, 1), (12, 25), (12, 26)}:
        return False
    sunday = easter(day.year)
    return day not in {sunday - timedelta(2), sunday + timedelta(1)}


def next_open(day: date) -> date:
    """The day itself, or the first one after it on which banks settle."""
    while not is_open(day):
        day += timedelta(1)
    return day


def add_open(day: date, days: int) -> date:
    """The day that many settlement days after a day."""
    for _ in range(days):
        day = next_open(day + timedelta(1))
    return day
