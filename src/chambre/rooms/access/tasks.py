"""What the room does by the clock."""

from __future__ import annotations

from chambre.core.schedule import every
from chambre.rooms.access.services import feeds, fetching, letters, watching


@every("access.letters", minutes=1)
def send_letters() -> None:
    """Send the e-mails that wait."""
    letters.LETTERS.send_waiting()


@every("access.watch", minutes=5)
def watch() -> None:
    """Remind, tell who is late, give on what was not taken, end what is withdrawn."""
    watching.watch()


@every("access.calendars", minutes=10)
def read_calendars() -> None:
    """Read the calendars kept elsewhere that were not read for an hour."""
    feeds.read_due(fetching.fetch)
