"""What the room hears: what became of payouts that it asked for."""

from __future__ import annotations

from chambre.core.hooks import hears
from chambre.rooms.reciprocity.services.distributing import booking
from chambre.rooms.reciprocity.services.distributing.names import ORIGIN
from chambre.treasury.events import PayoutChanged


@hears(PayoutChanged)
def follow_payout(event: PayoutChanged) -> None:
    """A line of a distribution follows the payout that pays it."""
    if event.origin == ORIGIN:
        booking.hear(int(event.origin_key), event.payout, event.state)
