"""What the repository hears: its own events, to tell those who follow along."""

from __future__ import annotations

from chambre.core.hooks import hears
from chambre.epcis.events import EventsCaptured
from chambre.epcis.services import delivering
from chambre.epcis.tasks import tell_subscribers


@hears(EventsCaptured)
def wake_streams(_event: EventsCaptured) -> None:
    """Those who want to know at once are told by a task of its own."""
    if delivering.wake():
        tell_subscribers.enqueue()
