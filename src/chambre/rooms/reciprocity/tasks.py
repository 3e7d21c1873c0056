"""What the room does by the clock."""

from __future__ import annotations

from chambre.core.schedule import every
from chambre.rooms.reciprocity.services.contributing import voicing


@every("reciprocity.recognise", hours=6)
def recognise_by_silence() -> None:
    """Contributions that nobody objected to for long enough count from that day on."""
    voicing.settle_due()
