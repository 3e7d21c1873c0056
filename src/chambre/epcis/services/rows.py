"""The rows of events as the database takes them fastest: COPY in PostgreSQL's binary format.

What a column holds is packed here once; nothing is written out as text and read again. SQLite gets
the same values with INSERT.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from struct import Struct
from typing import Any

from django.db import connection

from chambre.core.db.rows import copy_packed, insert_stream
from chambre.epcis.models import Event, EventFact, EventObject
from chambre.epcis.taking import Taken

EVENT = (
    "id", "event_key", "declared", "batch_id", "context_id", "type", "event_time", "record_time",
    "action", "biz_step", "disposition", "read_point", "biz_location", "body",
)  # fmt: skip
OBJECT = ("event_id", "epc", "role", "event_time", "quantity", "uom")
FACT = ("event_id", "field", "digest", "number", "at", "text")
Numbered = Sequence[tuple[int, Taken, int]]
"""Number of the event, the event taken apart, number of its context."""

# Each value stands behind its length in octets, each row behind its number of values.
_EVENT = Struct(">h" + "iq" + "i16s" + "iq" * 6)
_OBJECT = Struct(">h" + "iq" + "iq" + "ih" + "iq")
_FACT = Struct(">h" + "iq" + "iq")
_SMALL, _BIG, _FLOAT, _LENGTH = Struct(">ih"), Struct(">iq"), Struct(">id"), Struct(">i")
_NULL = _LENGTH.pack(-1)
_SERIAL = _NULL + _LENGTH.pack(0)
"""No quantity, and no unit of it."""
_FIRST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def microseconds(at: dt.datetime) -> int:
    """A moment as PostgreSQL counts it: microseconds since the year 2000."""
    since = at - _FIRST
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


class _Packed(dict[int | None, bytes]):
    """Terms packed, each once."""

    def __missing__(self, key: int | None) -> bytes:
        found = self[key] = _NULL if key is None else _BIG.pack(8, key)
        return found


def _events(numbered: Numbered, batch: int, now: dt.datetime) -> Iterator[bytes]:
    recorded, packed = microseconds(now), _Packed()
    actions: dict[int | None, bytes] = {number: _SMALL.pack(2, number) for number in (1, 2, 3)}
    actions[None] = _NULL
    for number, one, context in numbered:
        body = one.body.encode()
        yield b"".join((
            _EVENT.pack(
                14, 8, number, 16, one.key, 8, one.declared, 8, batch, 8, context, 8, one.type,
                8, microseconds(one.event_time), 8, recorded,
            ),
            actions[one.action], packed[one.biz_step], packed[one.disposition],
            packed[one.read_point], packed[one.biz_location], _LENGTH.pack(len(body)), body,
        ))  # fmt: skip


def _objects(numbered: Numbered) -> Iterator[bytes]:
    pack = _OBJECT.pack
    for number, one, _context in numbered:
        at = microseconds(one.event_time)
        for epc, role, quantity, uom in one.objects:
            row = pack(6, 8, number, 8, epc, 2, role, 8, at)
            if quantity is None and not uom:
                yield row + _SERIAL
            else:
                unit = uom.encode()
                many = _NULL if quantity is None else _FLOAT.pack(8, quantity)
                yield b"".join((row, many, _LENGTH.pack(len(unit)), unit))


def _facts(numbered: Numbered) -> Iterator[bytes]:
    for number, one, _context in numbered:
        for field, digest, text, value, at in one.facts:
            said = text.encode()
            yield b"".join((
                _FACT.pack(6, 8, number, 8, field),
                _NULL if digest is None else _BIG.pack(8, digest),
                _NULL if value is None else _FLOAT.pack(8, value),
                _NULL if at is None else _BIG.pack(8, microseconds(at)),
                _LENGTH.pack(len(said)), said,
            ))  # fmt: skip


def write(numbered: Numbered, batch: int, now: dt.datetime) -> None:
    """Write events and the two tables that find them again.

    Args:
        numbered: The events; none of them is there yet.
        batch: Number of the recording.
        now: When they are recorded.

    Raises:
        IntegrityError: One of them is there.
    """
    if not numbered:
        return
    if connection.vendor == "postgresql":
        copy_packed(Event, EVENT, _events(numbered, batch, now))
        copy_packed(EventObject, OBJECT, _objects(numbered))
        if any(one.facts for _number, one, _context in numbered):
            copy_packed(EventFact, FACT, _facts(numbered))
        return
    adapt = connection.ops.adapt_datetimefield_value
    insert_stream(Event, EVENT, _plain_events(numbered, batch, adapt(now)))
    insert_stream(
        EventObject,
        OBJECT,
        (
            (number, epc, role, adapt(one.event_time), quantity, uom)
            for number, one, _context in numbered
            for epc, role, quantity, uom in one.objects
        ),
    )
    insert_stream(
        EventFact,
        FACT,
        (
            (number, field, digest, value, adapt(at), text)
            for number, one, _context in numbered
            for field, digest, text, value, at in one.facts
        ),
    )


def _plain_events(numbered: Numbered, batch: int, recorded: Any) -> Iterator[tuple[Any, ...]]:
    adapt = connection.ops.adapt_datetimefield_value
    for number, one, context in numbered:
        yield (
            number, uuid.UUID(bytes=one.key).hex, one.declared, batch, context, one.type,
            adapt(one.event_time), recorded, one.action, one.biz_step, one.disposition,
            one.read_point, one.biz_location, one.body,
        )  # fmt: skip
