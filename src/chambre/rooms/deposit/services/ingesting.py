"""What devices say becomes acts, once: one transaction for a batch, and an answer for each message.

A message that was answered before gets the same answer. What a device says first is decided first;
between devices the order of arrival decides, and never what their clocks say.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.db.busy import patiently
from chambre.core.db.rows import insert_stream
from chambre.lib import devices as lib
from chambre.rooms.deposit.models import Device, DeviceMessage
from chambre.rooms.deposit.services.doing import ACTS, Told, key_of
from chambre.rooms.deposit.services.hearing import Arrival, Heard, Number, find_again, hear
from chambre.rooms.deposit.services.ways import in_fours, secret_code

log = structlog.get_logger("chambre.deposit.devices")
TRIES = 4
"""Two listeners may hear the same message at the same moment; the second try finds its answer."""
NOTED_EVERY = dt.timedelta(seconds=5)
"""How exactly it is known when a device was last heard."""


def ingest(arrivals: Sequence[Arrival]) -> list[Told | None]:
    """Take messages of devices: all of them are in the database when this returns, or none is.

    The broker or the request has proved already who may write on a topic.

    Args:
        arrivals: Messages in the order of their arrival; of any devices.

    Returns:
        An answer for each; None where nobody waits for one.

    Raises:
        OperationalError: The database is away or busy; nothing was taken, and trying again is safe.
    """
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                heard = _take(arrivals)
            break
        except IntegrityError:
            if attempt == TRIES - 1:
                raise
    _note(heard)
    return [_told(one) for one in heard]


def _take(arrivals: Sequence[Arrival]) -> list[Heard]:
    """One try: read, find again, decide, write."""
    heard = hear(arrivals)
    find_again(heard)
    first: dict[Number, Heard] = {}
    repeated: list[tuple[Heard, Heard]] = []
    for one in heard:
        if one.waits and (earlier := first.setdefault(one.number, one)) is not one:
            repeated.append((one, earlier))
    for phase in _phases(first.values()):
        for kind, some in phase.items():
            ACTS[kind](some)
    _write(first.values())
    for one, earlier in repeated:
        assert one.message is not None
        assert earlier.message is not None
        if one.message.digest != earlier.message.digest:
            text = _("Another message of this device has this number already.")
            one.refuse("number-used", text, final=True)
        else:
            one.answer, one.again = earlier.answer, True
    return heard


def _phases(heard: Iterable[Heard]) -> list[dict[str, list[Heard]]]:
    """Messages in bundles that are decided together, in the order in which each device said them.

    A device that issues an object and takes it back needs two phases; a thousand machines that take
    objects back need one.
    """
    ordered = sorted(heard, key=lambda one: (one.number[0], one.arrival.received, one.number[2]))
    phases: list[dict[str, list[Heard]]] = []
    last: tuple[int, str, int] = (0, "", 0)
    for one in ordered:
        assert one.message is not None
        kind = one.message.op.value if one.message.op else ""
        device, before, place = last
        if device != one.number[0]:
            place = 0
        elif before != kind:
            place += 1
        last = (one.number[0], kind, place)
        if place == len(phases):
            phases.append({})
        phases[place].setdefault(kind, []).append(one)
    return phases


_COLUMNS = (
    "device_id",
    "boot",
    "seq",
    "kind",
    "digest",
    "body",
    "answer",
    "device_ms",
    "skew_ms",
    "clock",
    "received_at",
    "recorded_at",
)


def _write(heard: Iterable[Heard]) -> None:
    """Keep each message with its answer. A last will has no number, and is not kept."""
    moment = connection.ops.adapt_datetimefield_value
    now = moment(timezone.now())

    def rows() -> Iterable[tuple[Any, ...]]:
        for one in heard:
            message, judged = one.message, one.judged
            assert message is not None
            assert judged is not None
            if message.seq == 0:
                continue
            body = {key: value for key, value in message.raw.items() if key != "sig"}
            clock = DeviceMessage.Clock.RIGHT if judged.believed else DeviceMessage.Clock.WRONG
            yield (
                *one.number,
                message.topic.kind.value,
                message.digest,
                json.dumps(body, ensure_ascii=False),
                json.dumps(one.answer, ensure_ascii=False),
                message.at_ms,
                judged.skew_ms,
                clock.value,
                moment(one.arrival.received),
                now,
            )

    insert_stream(DeviceMessage, _COLUMNS, rows())


def _told(one: Heard) -> Told | None:
    """What is sent back: the answer, and which message it is about."""
    if one.answer is None:
        return None
    told: Told = {"v": lib.VERSION, **_about(one), **one.answer, "now": lib.to_ms(timezone.now())}
    if one.judged is not None:
        told["skew_ms"] = one.judged.skew_ms
    if told.get("slip") and one.message is not None and not one.message.held:
        code = in_fours(secret_code(str(told["slip"]["kind"]), key_of(one)))
        told["slip"] = {**told["slip"], "code": code}
    return told


def _about(one: Heard) -> Told:
    """Device, start, number and own name of a message, as far as they can be read."""
    if one.message is not None:
        device, boot, seq = one.message.number
        about: Told = {"dev": device, "boot": boot, "seq": seq}
        return {**about, "id": one.message.name} if one.message.name else about
    try:
        found = lib.parse(one.arrival.payload)
    except lib.DeviceRefused:
        return {}
    kinds: dict[str, type] = {"dev": str, "boot": str, "seq": int, "id": str}
    return {key: found[key] for key, kind in kinds.items() if type(found.get(key)) is kind}


def _note(heard: Sequence[Heard]) -> None:
    """Note on each device how it is. Nothing hangs on it, so that it waits for nobody's commit."""
    latest: dict[int, dict[str, Any]] = {}
    refused: Counter[int] = Counter()
    for one in heard:
        if one.known is None:
            log.warning("device.unknown", topic=one.arrival.topic[:200])
            continue
        device = one.known.device
        if one.message is None or one.judged is None:
            refused[device.pk] += 1
            words = str((one.answer or {}).get("words", ""))[:254]
            latest.setdefault(device.pk, {})["refused_words"] = words
        elif _is_news(device, one):
            latest.setdefault(device.pk, {}).update(_how_it_is(one))
    for pk, many in refused.items():
        latest[pk]["refused"] = F("refused") + many
    if latest:
        patiently(_update, latest)


def _is_news(device: Device, one: Heard) -> bool:
    """Whether it is noted that a device was heard: not at each of a thousand messages."""
    assert one.message is not None
    if device.seen_at is None or device.boot != one.message.boot:
        return True
    is_state = one.message.topic.kind is lib.Kind.STATE
    return is_state or one.arrival.received - device.seen_at > NOTED_EVERY


@transaction.atomic
def _update(latest: dict[int, dict[str, Any]]) -> None:
    """One short transaction, always in the same order, so that two listeners do not meet."""
    for pk in sorted(latest):
        Device.objects.filter(pk=pk).update(**latest[pk])


def _how_it_is(one: Heard) -> dict[str, Any]:
    message = one.message
    assert message is not None
    assert one.judged is not None
    is_will = message.status == "lost"  # said by the broker, with a time of long ago
    changes: dict[str, Any] = {}
    if not is_will:
        changes = {"seen_at": one.arrival.received, "skew_ms": one.judged.skew_ms}
    if message.seq:
        changes |= {"boot": message.boot, "seq": message.seq}
    if message.topic.kind is lib.Kind.STATE and not one.again:
        changes |= {
            "status": message.status,
            "alerts": list(message.alerts),
            "status_at": one.arrival.received,
        }
    return changes
