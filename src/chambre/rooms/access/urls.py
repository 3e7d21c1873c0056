"""Addresses of the room."""

from __future__ import annotations

from chambre.rooms.access.views.bookings import BOOKINGS
from chambre.rooms.access.views.calendar import CALENDAR
from chambre.rooms.access.views.keeping import KEEPING
from chambre.rooms.access.views.offers import OFFERS

app_name = "access"
prefix = ""

# What is said of no single thing comes first: a thing may have any short name.
urlpatterns = sorted(
    [*CALENDAR, *BOOKINGS, *OFFERS, *KEEPING], key=lambda each: "<slug:slug>" in str(each.pattern)
)
