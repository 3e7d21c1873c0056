"""What the repository says: events were recorded."""

from __future__ import annotations

from dataclasses import dataclass

from chambre.core.hooks import event


@event("epcis.events.captured")
@dataclass(frozen=True, slots=True)
class EventsCaptured:
    """Events were recorded together; :func:`chambre.epcis.api.recorded` gives them.

    A room that has rules about objects (one came back that was never lent) looks at them here. Its
    finding is its own: the events stay.

    Attributes:
        batch: Number of the recording.
        key: Idempotency key of the recording; a room knows its own by what it begins with.
        count: How many events.
        house: Whether a room of the house recorded them; else they came in from outside.
    """

    batch: int
    key: str
    count: int
    house: bool
