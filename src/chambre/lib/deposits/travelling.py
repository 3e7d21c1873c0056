"""Whether an object can have come from one place to another in the time between two scans."""

from __future__ import annotations

import datetime as dt
from math import asin, cos, radians, sin, sqrt

Point = tuple[int, int]
"""Latitude and longitude in millionths of a degree."""
EARTH = 6371.0088
"""Mean radius of the earth in km (IUGG)."""
NEAR = 2.0
"""Places nearer than so many km are one place: clocks and coordinates are not exact."""


def distance(one: Point, other: Point) -> float:
    """Kilometres between two points, as the crow flies (haversine)."""
    lat1, lon1, lat2, lon2 = (radians(value / 1e6) for value in (*one, *other))
    step = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(step)))


def too_fast(one: Point | None, other: Point | None, between: dt.timedelta, top_speed: int) -> bool:
    """Whether a way cannot have been made.

    Args:
        one: Where it was seen first; None: nobody knows.
        other: Where it was seen next.
        between: Time between the two; a negative one counts as none.
        top_speed: Fastest way in km/h.
    """
    if one is None or other is None:
        return False
    way = distance(one, other)
    hours = max(between.total_seconds(), 0) / 3600
    return way > NEAR and way > top_speed * hours
