"""What one bundle of messages asks for, done: returns, issues, care, and what is only kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.errors import ChambreError
from chambre.lib import devices as lib
from chambre.lib.deposits import Condition, Presence
from chambre.lib.ntag424 import MAC_NAME, PICC_NAME
from chambre.rooms.deposit.models import Receipt
from chambre.rooms.deposit.queries.errors import NoObject
from chambre.rooms.deposit.queries.finding import item_of
from chambre.rooms.deposit.services import issuing, returning
from chambre.rooms.deposit.services.asking import Answer, Asked
from chambre.rooms.deposit.services.caring import care
from chambre.rooms.deposit.services.hearing import Heard
from chambre.rooms.deposit.services.sensing import tell_measures
from chambre.rooms.deposit.services.tags import NoTap, TapTooOld, claim_tap

ACTOR = "connected objects"
CARE = {
    ("wash", "good"): "wash",
    ("wash", "damaged"): "wash",
    ("inspect", "good"): "pass",
    ("inspect", "damaged"): "fail",
}
"""What a device saw and in which condition, as the steps of care."""
Told = dict[str, Any]


def _actor() -> Actor:
    return Actor.system(ACTOR)


def _asked(one: Heard) -> Asked:
    """What a message asks for, in the words of the counter."""
    message, device = one.message, one.known.device  # type: ignore[union-attr]
    assert message is not None
    assert one.judged is not None
    counted = ((message.codes[0], message.count),) if message.count > 1 else ()
    return Asked(
        key=key_of(one),
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


def key_of(one: Heard) -> str:
    """Idempotency key of what a message asks for."""
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
    tell_measures(measured, key=key_of(some[0]))


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


ACTS: dict[str, Callable[[list[Heard]], None]] = {
    "": _keep,
    lib.Op.SEEN.value: _keep,
    lib.Op.WASH.value: _care,
    lib.Op.INSPECT.value: _care,
    lib.Op.RETURN.value: _give_back,
    lib.Op.ISSUE.value: _hand_out,
}
"""What is done with a bundle of messages, by what they say."""
