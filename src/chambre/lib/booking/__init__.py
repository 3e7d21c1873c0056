"""Booking things: opening hours, rules, what is free, repetitions, waiting lists, calendars as files.

Moments are aware datetimes, in UTC where they come out; lengths are minutes; an end is not part of what
it ends. Hours are those of a place's clock (:data:`PARIS`), daylight saving included.
"""

from chambre.lib.booking.hours import (
    PARIS,
    Opening,
    is_open,
    moment,
    openings,
    read_opening,
    write_opening,
)
from chambre.lib.booking.icalreading import read_calendar
from chambre.lib.booking.icalwriting import CalendarEvent, write_calendar
from chambre.lib.booking.recurring import Repeat, days, spans
from chambre.lib.booking.rules import Quota, Rules, check, check_free, check_reach, period_of
from chambre.lib.booking.spans import (
    Span,
    free_spans,
    full_spans,
    merged,
    most_at_once,
    places,
    without,
)
from chambre.lib.booking.waiting import Waiting, in_order, who_fits
from chambre.lib.booking.wording import BookingRefusal

__all__ = [
    "PARIS",
    "BookingRefusal",
    "CalendarEvent",
    "Opening",
    "Quota",
    "Repeat",
    "Rules",
    "Span",
    "Waiting",
    "check",
    "check_free",
    "check_reach",
    "days",
    "free_spans",
    "full_spans",
    "in_order",
    "is_open",
    "merged",
    "moment",
    "most_at_once",
    "openings",
    "period_of",
    "places",
    "read_calendar",
    "read_opening",
    "spans",
    "who_fits",
    "without",
    "write_calendar",
    "write_opening",
]
