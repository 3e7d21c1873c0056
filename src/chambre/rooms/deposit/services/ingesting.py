"""What devices say becomes acts, once: one transaction for a batch, and an answer for each message.

A message that was answered before gets the same answer. What a device says first is decided first;
between devices the order of arrival decides, and never what their clocks say.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import parse_qsl

import structlog
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.db.busy import patiently
from chambre.core.db.rows import insert_stream
from chambre.core.errors import ChambreError
from chambre.lib import devices as lib
from chambre.lib.deposits import Condition, Presence
from chambre.lib.ntag424 import MAC_NAME, PICC_NAME
from chambre.rooms.deposit.models import Device, DeviceMessage, Receipt
from chambre.rooms.deposit.queries.errors import NoObject
from chambre.rooms.deposit.queries.finding import item_of
from chambre.rooms.deposit.services import issuing, returning
from chambre.rooms.deposit.services.asking import Answer, Asked
from chambre.rooms.deposit.services.caring import care
from chambre.rooms.deposit.services.hearing import Arrival, Heard, Number, find_again, hear
from chambre.rooms.deposit.services.sensing import tell_measures
from chambre.rooms.deposit.services.tags import NoTap, TapTooOld, claim_tap
from chambre.rooms.deposit.services.ways import in_fours, secret_code

log = structlog.get_logger("chambre.deposit.devices")
TRIES = 4
"""Two listeners may hear the same message at the same moment; the second try finds its answer."""
NOTED_EVERY = dt.timedelta(seconds=5)
"""How exactly it is known when a device was last heard."""
ACTOR = "connected objects"
CARE = {
    ("wash", "good"): "wash",
    ("wash", "damaged"): "wash",
    ("inspect", "good"): "pass",
    ("inspect", "damaged"): "fail",
}
"""What a device saw and in which condition, as the steps of care."""
Told = dict[str, Any]


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
            _ACTS[kind](some)
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


def _actor() -> Actor:
    return Actor.system(ACTOR)


def _asked(one: Heard) -> Asked:
    """What a message asks for, in the words of the counter."""
    message, device = one.message, one.known.device  # type: ignore[union-attr]
    assert message is not None
    assert one.judged is not None
    counted = ((message.codes[0], message.count),) if message.count > 1 else ()
    return Asked(
        key=_key(one),
        codes=() if counted else message.codes,
        counted=counted,
        place=device.place.slug,
        means=message.means or ("receipt" if message.held else "cash"),
        condition=Condition(message.condition),
        presence=Presence(device.presence),
        cloned=_is_copy(message),
        happened_at=one.judged.happened_at,
        device=device.name,
        receipt=message.held[0] if message.held else "",
        evidence=_evidence(one),
    )


def _is_copy(message: lib.Message) -> bool:
    """Whether a tag that signs its taps did not sign this one, or was tapped further elsewhere."""
    tag = message.tag
    if tag is None or tag.kind != "ntag424" or message.op is not lib.Op.RETURN:
        return False
    signed = dict(parse_qsl(tag.sun))
    try:
        item = item_of(message.codes[0])
        return not claim_tap(
            item=item, picc=signed.get(PICC_NAME, ""), mac=signed.get(MAC_NAME, "")
        )
    except (NoObject, NoTap, TapTooOld):
        return True


def _key(one: Heard) -> str:
    assert one.message is not None
    device, boot, seq = one.message.number
    return f"device/{device}/{boot}/{seq}"


def _evidence(one: Heard) -> dict[str, Any]:
    """What is kept beside a case: the tag, and a clock that is not believed."""
    assert one.message is not None
    assert one.judged is not None
    seen: dict[str, Any] = {}
    if one.message.tag is not None:
        seen["tag"] = {"kind": one.message.tag.kind, "uid": one.message.tag.uid}
    if not one.judged.believed:
        seen["clock_ahead_ms"] = one.judged.skew_ms
    return seen


def _decide(some: list[Heard], together: Callable[[list[Asked]], list[Answer]]) -> None:
    """Have a bundle decided at once; when something in it is refused, each by itself."""
    try:
        with transaction.atomic():
            answers = together([_asked(one) for one in some])
    except ChambreError as error:
        if len(some) > 1:
            for one in some:
                _decide([one], together)
        else:
            some[0].answer = _refused(error.code, str(error.message))
        return
    except IntegrityError:
        if len(some) > 1:
            for one in some:
                _decide([one], together)
        elif _has_used_receipt(some[0]):
            text = _("This receipt was handed out for something else already.")
            some[0].answer = _refused("deposit.receipt-used", text)
        else:
            raise
        return
    for one, answer in zip(some, answers, strict=True):
        told = answer.as_json()
        if told.get("slip"):  # its code is worked out again, and stored nowhere
            told["slip"] = answer.slip
        one.answer = {"ok": True, **told}


def _refused(code: str, words: str) -> Told:
    """The answer to what a rule of the house refuses: it is kept, and is the answer for ever."""
    return {"ok": True, "outcome": "refused", "refund": 0, "reason": code, "words": words}


def _has_used_receipt(one: Heard) -> bool:
    """Whether the receipt of a message belongs to another one: a code is handed out once."""
    assert one.message is not None
    return Receipt.objects.filter(digest__in=one.message.held).exists()


def _give_back(some: list[Heard]) -> None:
    _decide(some, lambda asked: returning.take_back_many(asked, by=_actor()))


def _hand_out(some: list[Heard]) -> None:
    allowed = []
    for one in some:
        assert one.known is not None
        if one.known.device.issues:
            allowed.append(one)
        else:
            words = _("This device takes objects back; it does not issue them.")
            one.answer = _refused("deposit.device-does-not-issue", words)
    if allowed:
        _decide(allowed, lambda asked: issuing.hand_out_many(asked, by=_actor()))


def _keep(some: list[Heard]) -> None:
    """Measures, states and sightings are kept as they were said; measures are told as events too."""
    measured = []
    for one in some:
        one.answer = {"ok": True, "outcome": "recorded"}
        message, judged, device = one.message, one.judged, one.known.device  # type: ignore[union-attr]
        if message is not None and judged is not None and message.reports:
            measured.append((device, judged.happened_at, message.reports))
    tell_measures(measured, key=_key(some[0]))


def _care(some: list[Heard]) -> None:
    """Washes and inspections, one message after the other: there are few of them."""
    for one in some:
        message, device = one.message, one.known.device  # type: ignore[union-attr]
        assert message is not None
        step = CARE[message.op.value if message.op else "", message.condition]
        try:
            with transaction.atomic():
                care(
                    codes=message.codes,
                    step=step,
                    by=_actor(),
                    scheme=device.scheme,
                    place=device.place,
                    note=device.name,
                )
        except ChambreError as error:
            one.answer = _refused(error.code, str(error.message))
        else:
            one.answer = {"ok": True, "outcome": "recorded"}


_ACTS: dict[str, Callable[[list[Heard]], None]] = {
    "": _keep,
    lib.Op.SEEN.value: _keep,
    lib.Op.WASH.value: _care,
    lib.Op.INSPECT.value: _care,
    lib.Op.RETURN.value: _give_back,
    lib.Op.ISSUE.value: _hand_out,
}

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
        code = in_fours(secret_code(str(told["slip"]["kind"]), _key(one)))
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
