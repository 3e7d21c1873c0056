"""The rows of events as the database takes them fastest: COPY in binary, on SQLite INSERT."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from chambre.core.db.rows import copy_packed, insert_stream
from chambre.epcis.models import Event, EventFact, EventObject
from chambre.epcis.services.packing import pack_events, pack_facts, pack_objects
from chambre.epcis.taking import Taken
from chambre.epcis.times import counted

EVENT = (
    "id", "event_key", "declared", "event_time", "batch_id", "context_id", "record_time", "type",
    "action", "biz_step", "disposition", "read_point", "biz_location", "body",
)  # fmt: skip
OBJECT = ("event_id", "epc", "role", "event_time", "quantity", "uom")
FACT = ("event_id", "field", "digest", "number", "at", "text")


def write(
    ids: Sequence[int],
    events: Sequence[Taken],
    contexts: Sequence[int],
    batch: int,
    now: dt.datetime,
) -> None:
    """Write events and the two tables that find them again.

    Args:
        ids: Their numbers.
        events: The events; none of them is there yet.
        contexts: Numbers of their contexts.
        batch: Number of the recording.
        now: When they are recorded.

    Raises:
        IntegrityError: One of them is there.
    """
    if not events:
        return
    if connection.vendor == "postgresql":
        copy_packed(Event, EVENT, pack_events(ids, events, contexts, batch, now))
        copy_packed(EventObject, OBJECT, pack_objects(ids, events))
        if any(one.facts for one in events):
            copy_packed(EventFact, FACT, pack_facts(ids, events))
    else:
        _insert(ids, events, contexts, batch, now)


def _insert(
    ids: Sequence[int],
    events: Sequence[Taken],
    contexts: Sequence[int],
    batch: int,
    now: dt.datetime,
) -> None:
    """The same on SQLite."""
    adapt = connection.ops.adapt_datetimefield_value
    insert_stream(Event, EVENT, _plain_events(ids, events, contexts, batch, adapt(now)))
    insert_stream(
        EventObject,
        OBJECT,
        (
            (number, epc, role, adapt(counted(one.at)), quantity, uom)
            for number, one in zip(ids, events, strict=True)
            for epc, role, quantity, uom in one.objects
        ),
    )
    insert_stream(
        EventFact,
        FACT,
        (
            (number, field, digest, value, adapt(at), text)
            for number, one in zip(ids, events, strict=True)
            for field, digest, text, value, at in one.facts
        ),
    )


def _plain_events(
    ids: Sequence[int],
    events: Sequence[Taken],
    contexts: Sequence[int],
    batch: int,
    recorded: Any,
) -> Iterator[tuple[Any, ...]]:
    adapt = connection.ops.adapt_datetimefield_value
    for number, one, context in zip(ids, events, contexts, strict=True):
        yield (
            number, uuid.UUID(bytes=one.key).hex, one.declared, adapt(counted(one.at)), batch,
            context, recorded, one.type, one.action, one.biz_step, one.disposition,
            one.read_point, one.biz_location, one.body,
        )  # fmt: skip
