"""Rows in PostgreSQL's binary format of COPY: nothing is written out as text and read again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from struct import Struct
from typing import Any

from chambre.epcis.taking import Taken
from chambre.epcis.times import microseconds

# Each value stands behind its length in octets, each row behind its number of values.
_EVENT = Struct(">h" + "iq" + "i16s" + "iq" * 2)
_BATCH = Struct(">" + "iq" * 3)
_OBJECT = Struct(">h" + "iq" + "iq" + "ih" + "iq")
_FACT = Struct(">h" + "iq" + "iq")
_SMALL, _BIG, _FLOAT, _LENGTH = Struct(">ih"), Struct(">iq"), Struct(">id"), Struct(">i")
_NULL = _LENGTH.pack(-1)
_SAID = slice(Taken._fields.index("type"), Taken._fields.index("disposition") + 1)
"""Type, action, step and disposition: the same for many events."""
_SERIAL = _NULL + _LENGTH.pack(0)
"""No quantity, and no unit of it."""


class _Packed(dict[int | None, bytes]):
    """Terms packed, each once."""

    def __missing__(self, key: int | None) -> bytes:
        found = self[key] = _NULL if key is None else _BIG.pack(8, key)
        return found


def _said(type: int, action: int | None, step: int | None, disposition: int | None) -> bytes:
    """What many events say alike, packed."""
    packed = [_NULL if one is None else _BIG.pack(8, one) for one in (step, disposition)]
    return b"".join((
        _BIG.pack(8, type), _NULL if action is None else _SMALL.pack(2, action), *packed,
    ))  # fmt: skip


def pack_events(
    ids: Sequence[int],
    events: Sequence[Taken],
    contexts: Sequence[int],
    batch: int,
    now: dt.datetime,
) -> Iterator[bytes]:
    """The rows of events; the arguments as in :func:`chambre.epcis.services.rows.write`."""
    recorded, places = microseconds(now), _Packed()
    around = {one: _BATCH.pack(8, batch, 8, one, 8, recorded) for one in set(contexts)}
    said: dict[Any, bytes] = {}
    pack, length, join = _EVENT.pack, _LENGTH.pack, b"".join
    for number, one, context in zip(ids, events, contexts, strict=True):
        body = one.body.encode()
        says: Any = one[_SAID]
        if (common := said.get(says)) is None:
            common = said[says] = _said(*says)
        yield join((
            pack(14, 8, number, 16, one.key, 8, one.declared, 8, one.at), around[context], common,
            places[one.read_point], places[one.biz_location], length(len(body)), body,
        ))  # fmt: skip


def pack_objects(ids: Sequence[int], events: Sequence[Taken]) -> Iterator[bytes]:
    """The rows of what events are about."""
    pack = _OBJECT.pack
    for number, one in zip(ids, events, strict=True):
        at = one.at
        for epc, role, quantity, uom in one.objects:
            row = pack(6, 8, number, 8, epc, 2, role, 8, at)
            if quantity is None and not uom:
                yield row + _SERIAL
            else:
                unit = uom.encode()
                many = _NULL if quantity is None else _FLOAT.pack(8, quantity)
                yield b"".join((row, many, _LENGTH.pack(len(unit)), unit))


def pack_facts(ids: Sequence[int], events: Sequence[Taken]) -> Iterator[bytes]:
    """The rows of further fields of events."""
    for number, one in zip(ids, events, strict=True):
        for field, digest, text, value, at in one.facts:
            said = text.encode()
            yield b"".join((
                _FACT.pack(6, 8, number, 8, field),
                _NULL if digest is None else _BIG.pack(8, digest),
                _NULL if value is None else _FLOAT.pack(8, value),
                _NULL if at is None else _BIG.pack(8, microseconds(at)),
                _LENGTH.pack(len(said)), said,
            ))  # fmt: skip


_TRUE, _FALSE = _LENGTH.pack(1) + b"\1", _LENGTH.pack(1) + b"\0"
_STATE = Struct(">h" + "iq" * 4)


def pack_state(values: Sequence[Any]) -> bytes:
    """The row of a state; values in the order of its columns, times counted."""
    epc, event, at, kind, action, *terms, ended, persistent, events = values
    text = persistent.encode()
    return b"".join((
        _STATE.pack(14, 8, epc, 8, event, 8, at, 8, kind),
        _NULL if action is None else _SMALL.pack(2, action),
        *[_NULL if one is None else _BIG.pack(8, one) for one in terms],
        _TRUE if ended else _FALSE, _LENGTH.pack(len(text)), text, _BIG.pack(8, events),
    ))  # fmt: skip
