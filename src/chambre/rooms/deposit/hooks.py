"""What the deposit room hears: events of others about its objects."""

from __future__ import annotations

from chambre.core.hooks import hears
from chambre.epcis.events import EventsCaptured
from chambre.rooms.deposit.services import outside


@hears(EventsCaptured)
def look_at_events(event: EventsCaptured) -> None:
    """What others say of our objects moves no money; what does not fit is a case."""
    if not event.house:
        outside.look_at(event.batch)
