"""What an object has lost of its cost with time: straight-line depreciation, in whole cents."""

from __future__ import annotations

import datetime as dt

YEAR = 360
"""Days of a year of twelve months of thirty days, as French accounts count them."""


def worn(cost: int, years: int, since: dt.date, until: dt.date) -> int:
    """Cents that an object has lost from its first day of use until a day, both included.

    The time of the first year counts by days (PCG art. 214-12: from the day of being put in service);
    the last cent goes on the last day of its life. What is worn in a year is the difference of two days.

    Args:
        cost: What it cost, in cents.
        years: How long it is used; 0: it is not depreciated.
        since: Day on which it was put in service.
        until: The day that is asked about.
    """
    if not years or until < since:
        return 0
    months = 12 * (until.year - since.year) + until.month - since.month
    # The last day of a month is its thirtieth.
    last = 30 if (until + dt.timedelta(days=1)).day == 1 else min(until.day, 30)
    days = 30 * months + last - min(since.day, 30) + 1
    return min(cost, cost * days // (YEAR * years))
