"""The one entrance to the repository, for the rooms above it.

A room authorizes its own act and records here as ``Actor.system("its name")`` (or as the person),
**in its own transaction**: the event and the room's row are there together or not at all.

- :func:`record_events` writes EPCIS 2.0 events; ``key`` is the idempotency key. Fill in what CBV 2.0
  says; steps of one's own are full addresses. Never a person's name or account: who holds an object
  is pseudonymous (a contract's address) or left out.
- :func:`state` (one look-up, no history), :func:`states` for many, :func:`contents` of a crate;
  :func:`history` and :func:`last_event`. An identifier may be an EPC URN, a Digital Link on any
  domain or a URI of one's own: the same object is found by each of its forms.
- :class:`chambre.epcis.events.EventsCaptured` is heard in the room's ``hooks.py``, also for events of
  others (``house`` False); :func:`recorded` gives them. What the room concludes is the room's.
- An event is never changed. What was wrong is declared so: the same event again with an
  ``errorDeclaration``; the object's state is then computed without it.
"""

from __future__ import annotations

from chambre.epcis.names import canonical
from chambre.epcis.queries.objects import (
    Happened,
    State,
    contents,
    history,
    last_event,
    recorded,
    state,
    states,
)
from chambre.epcis.services.preparing import STANDARD_CONTEXT, EventInvalid
from chambre.epcis.services.recording import EventExists, Stored, record_events

__all__ = [
    "STANDARD_CONTEXT",
    "EventExists",
    "EventInvalid",
    "Happened",
    "State",
    "Stored",
    "canonical",
    "contents",
    "history",
    "last_event",
    "record_events",
    "recorded",
    "state",
    "states",
]
