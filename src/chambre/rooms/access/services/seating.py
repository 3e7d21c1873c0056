"""Places of a thing that several may use at once."""

from __future__ import annotations

from chambre.lib.booking import Span, places
from chambre.rooms.access.models import Booking, Offer
from chambre.rooms.access.queries.calendar import holding


def seat_for(offer: Offer, busy: Span, capacity: int) -> int:
    """A place that is free for a time; others are moved to other places when that makes one.

    The offer is locked, and at no moment are as many places taken as there are. Places are all alike, so
    moving a booking to another changes nothing for its person.
    """
    there = list(holding(offer, busy))
    used = {row.seat for row in there}
    for seat in range(1, capacity + 1):
        if seat not in used:
            return seat
    return _move(offer, busy, capacity)


def _move(offer: Offer, busy: Span, capacity: int) -> int:
    """Seat all anew that hang together with a time; where the new one comes to sit."""
    rows: dict[int, Booking] = {}
    around = busy
    while True:
        found = {row.pk: row for row in holding(offer, around)}
        if len(found) == len(rows):
            break
        rows = found
        around = Span(
            min(around.start, *(row.starts_at for row in rows.values())),
            max(around.end, *(row.busy_until for row in rows.values())),
        )
    order = list(rows.values())
    seats = places([*(Span(row.starts_at, row.busy_until) for row in order), busy], capacity)
    if seats is None:  # more hold already than there are places now: the terms were narrowed
        return capacity + 1 + max(row.seat for row in order)
    moved = [(row, seat) for row, seat in zip(order, seats, strict=False) if row.seat != seat]
    for row, _seat in moved:
        # Out of the way first: no two may meet on one place, not even for a moment.
        Booking.objects.filter(pk=row.pk).update(seat=-(row.pk % 2_000_000_000) - 1)
    for row, seat in moved:
        Booking.objects.filter(pk=row.pk).update(seat=seat)
    return seats[-1]
