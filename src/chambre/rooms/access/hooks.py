"""What the room hears: payments of deposits."""

from __future__ import annotations

from chambre.core.hooks import hears
from chambre.rooms.access.models import Booking
from chambre.rooms.access.queries.returns import ORIGIN
from chambre.rooms.access.services import deposits
from chambre.treasury.events import PaymentChanged


@hears(PaymentChanged)
def follow_payment(event: PaymentChanged) -> None:
    """Money that comes for a booking that is cancelled goes back."""
    if event.origin != ORIGIN:
        return
    booking = Booking.objects.select_related("offer").filter(pk=int(event.origin_key)).first()
    if booking is not None:
        deposits.hear_payment(booking=booking)
