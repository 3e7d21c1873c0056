"""The house's own events: recorded by rooms, in their transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from chambre.core.actors import Actor, authorize
from chambre.core.errors import Conflict, KeyReused
from chambre.epcis.services.preparing import EventInvalid, prepare
from chambre.epcis.services.storing import store


class EventExists(Conflict):
    """Another event has this eventID already; ``data["event_id"]`` names it."""

    code = "epcis.event-exists"
    default_message = _("There is already another event with this eventID.")


@dataclass(frozen=True, slots=True)
class Stored:
    """An event that was recorded.

    Attributes:
        number: Its number here; grows with time.
        event_id: Its eventID.
        recorded_at: Its recordTime.
        already: It was known before; nothing was written.
    """

    number: int
    event_id: str
    recorded_at: dt.datetime
    already: bool = False


@transaction.atomic
def record_events(
    *,
    events: Sequence[Mapping[str, Any]],
    by: Actor,
    key: str,
    context: Any = None,
    house: bool = True,
) -> list[Stored]:
    """Record events, all of them or none, once for each key.

    Args:
        events: EPCIS 2.0 events as JSON objects; ``eventID`` is the CBV hash where it is missing,
            ``recordTime`` is ours whatever they say.
        by: Who records: a person or key with ``epcis.capture``, or a room as ``Actor.system("its
            name")`` once it has authorized its own act.
        key: Idempotency key, ``room:what:number``. The same key with as many events gives the same
            answer again.
        context: JSON-LD context that the prefixes of the events stand in; the standard's if none.
        house: Leave it; only the entrances for others say False.

    Raises:
        Forbidden: ``by`` may not capture.
        EventInvalid: One of them is not valid; ``data["index"]`` says which.
        EventExists: One has the eventID of another event that says something else.
        KeyReused: The key was used for another number of events.
    """
    authorize(by, "epcis.capture")
    taken = []
    for index, event in enumerate(events):
        try:
            taken.append(prepare(dict(event), context=context))
        except EventInvalid as error:
            error.data["index"] = index
            raise
    written = store(taken, key=key, by=by, house=house, strict=True)
    if written.replay and len(written.numbers) != len(taken):
        raise KeyReused
    for one, number in zip(taken, written.numbers, strict=True):
        if not number:
            raise EventExists(event_id=one.event_id)
    return [
        Stored(number, one.event_id, written.at, known)
        for one, number, known in zip(taken, written.numbers, written.already, strict=True)
    ]
