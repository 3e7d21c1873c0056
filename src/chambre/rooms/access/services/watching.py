"""What is done by the clock: reminders, who is late, what lapses, what ends."""

from __future__ import annotations

import datetime as dt

from chambre.rooms.access.models import AccessLetter, Booking
from chambre.rooms.access.queries.moments import now
from chambre.rooms.access.queries.people import keepers
from chambre.rooms.access.services import changing, offering
from chambre.rooms.access.services.letters import write_to

BEFORE = dt.timedelta(hours=24)
"""How long before a booking its person is reminded."""
LATE = dt.timedelta(minutes=30)
"""How long after its end somebody is told that the thing was to be brought back."""


def remind() -> int:
    """Write the reminders and the letters to who is late; how many. Each once for each booking."""
    moment = now()
    rows = Booking.objects.select_related("person", "offer__resource", "offer__custodian")
    soon = rows.filter(
        state=Booking.State.CONFIRMED, starts_at__gt=moment, starts_at__lte=moment + BEFORE,
        made_at__lt=moment - dt.timedelta(hours=1),
    )  # fmt: skip
    late = rows.filter(state=Booking.State.OUT, ends_at__lt=moment - LATE)
    kinds = AccessLetter.Kind
    told = 0
    for row in soon.exclude(letters__kind=kinds.REMINDER):
        told += write_to([row.person], kinds.REMINDER, row.offer, about=str(row.pk), booking=row)
    for row in late.exclude(letters__kind=kinds.LATE):
        people = [row.person, *keepers(row.offer)]
        told += write_to(people, kinds.LATE, row.offer, about=str(row.pk), booking=row)
    return told


def watch() -> None:
    """Remind, let lapse what was kept and not taken, end what is withdrawn."""
    remind()
    changing.lapse_due()
    offering.end_due()
