"""Calendars as they go out."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.addresses import own_address
from chambre.lib.booking import CalendarEvent, write_calendar
from chambre.rooms.access.models import HOLDING, Booking, CalendarKey

BACK = dt.timedelta(days=60)
MOST = 2_000


def calendar_of(key: CalendarKey) -> bytes:
    """The calendar of a thing (without names) or of a person, from two months ago on."""
    rows = Booking.objects.filter(state__in=HOLDING, ends_at__gt=timezone.now() - BACK)
    rows = rows.select_related("resource", "terms").order_by("starts_at", "id")
    if key.offer is not None:
        rows = rows.filter(resource_id=key.offer.resource_id)
        return _written(key.offer.resource.name, rows, of_thing=True)
    rows = rows.filter(person_id=key.person_id)
    return _written(_("My bookings"), rows, of_thing=False)


def _written(name: str, rows: QuerySet[Booking], *, of_thing: bool) -> bytes:
    here = own_address()
    host = here.partition("://")[2].partition("/")[0]
    events = [
        CalendarEvent(
            uid=f"booking-{row.pk}@{host}", start=row.starts_at, end=row.ends_at,
            summary=_("Taken") if of_thing else row.resource.name, location=row.terms.place,
            url="" if of_thing else here + reverse("access:booking", args=[row.pk]),
            status="TENTATIVE" if row.state in ("asked", "held") else "CONFIRMED",
            stamp=row.changed_at,
        )
        for row in rows[:MOST]
    ]  # fmt: skip
    return write_calendar(name, events, now=timezone.now())
