"""What the room does by the clock."""

from __future__ import annotations

from chambre.core.schedule import every
from chambre.rooms.reciprocity.services import changing, letters, standing
from chambre.rooms.reciprocity.services.contributing import voicing


@every("reciprocity.recognise", hours=6)
def recognise_by_silence() -> None:
    """Contributions that nobody objected to for long enough count from that day on."""
    voicing.settle_due()


@every("reciprocity.letters", minutes=1)
def send_letters() -> None:
    """Send the e-mails that wait."""
    letters.LETTERS.send_waiting()


@every("reciprocity.watch", hours=6)
def watch_contracts() -> None:
    """Suspend or end what is due, settle proposals whose last day has passed, remind of reviews."""
    changing.decide_due()
    standing.watch_all()
