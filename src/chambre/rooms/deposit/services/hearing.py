"""What devices say, read and judged: nothing is written here, and nothing is decided about money."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.lib import devices as lib
from chambre.rooms.deposit.models import DeviceMessage
from chambre.rooms.deposit.services.proving import Known, known

Number = tuple[int, str, int]
"""Device, start and sequence: what a message is known by in the database."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as it arrived.

    Attributes:
        topic: The topic that it came on; over HTTP, the one that it would have come on.
        payload: Its bytes.
        received: When, by our clock.
    """

    topic: str
    payload: bytes
    received: dt.datetime


@dataclass(slots=True)
class Heard:
    """A message that was read, or why it cannot be taken.

    Attributes:
        message: The message; None: it cannot be taken.
        known: Whose it is; None: nobody knows the device.
        judged: What is believed of its clock.
        answer: What is answered; filled in when it is known.
        again: The answer was given before.
    """

    arrival: Arrival
    message: lib.Message | None = None
    known: Known | None = None
    judged: lib.Judged | None = None
    answer: dict[str, Any] | None = None
    again: bool = False

    @property
    def number(self) -> Number:
        """What it is known by."""
        assert self.message is not None
        assert self.known is not None
        return self.known.device.pk, self.message.boot, self.message.seq

    @property
    def waits(self) -> bool:
        """Whether it can be taken and is not answered yet."""
        return self.message is not None and self.answer is None

    def refuse(self, code: str, words: str, *, final: bool) -> None:
        """Say why it cannot be taken, and take it for nothing.

        Args:
            code: Stable code.
            words: For a person beside the device.
            final: Sending it again will not help.
        """
        self.answer = {"ok": False, "code": code, "words": words, "final": final}
        self.message = None


def _language() -> str:
    return (get_language() or "fr")[:2]


def hear(arrivals: Sequence[Arrival]) -> list[Heard]:
    """Read messages, and say of each whose it is and whether it can be taken."""
    heard = [Heard(arrival) for arrival in arrivals]
    parsed: list[tuple[Heard, lib.Topic, dict[str, Any]]] = []
    for one in heard:
        try:
            topic = lib.Topic.read(one.arrival.topic)
            parsed.append((one, topic, lib.parse(one.arrival.payload)))
        except lib.DeviceRefused as refused:
            one.refuse(refused.code, refused.message(_language()), final=True)
    devices = known({topic.device for _one, topic, _found in parsed})
    for one, topic, found in parsed:
        one.known = devices.get(topic.device)
        _read(one, topic, found)
    return heard


def _read(one: Heard, topic: lib.Topic, found: dict[str, Any]) -> None:
    """Read one message of a device, and check what proves it."""
    if one.known is None:
        one.refuse("unknown-device", _("This device is not enrolled, or was revoked."), final=False)
        return
    device = one.known.device
    if (topic.scheme, topic.site) != (device.scheme.slug, device.place.slug):
        one.refuse("elsewhere", _("This device is enrolled at another place."), final=False)
        return
    try:
        message = lib.read(found, topic)
        if device.signs and not message.signature:
            raise lib.DeviceRefused("unsigned")
        if message.signature and not one.known.has_signed(found, message.signature):
            raise lib.DeviceRefused("signature")
        one.judged = lib.judge(message.at_ms, message.now_ms, one.arrival.received)
    except lib.DeviceRefused as refused:
        final = refused.code not in ("unsigned", "signature", "future")
        one.refuse(refused.code, refused.message(_language()), final=final)
        return
    one.message = message


def find_again(heard: Iterable[Heard]) -> None:
    """Give what was answered before the answer that it got; one question to the database."""
    waiting = [one for one in heard if one.waits]
    before = _answers({one.number for one in waiting})
    for one in waiting:
        if (stored := before.get(one.number)) is None:
            continue
        assert one.message is not None
        digest, answer = stored
        if digest != one.message.digest:
            text = _("Another message of this device has this number already.")
            one.refuse("number-used", text, final=True)
        else:
            one.answer, one.again = dict(answer), True


def _answers(numbers: set[Number]) -> dict[Number, tuple[bytes, Any]]:
    """What messages with these numbers said (its digest) and were answered."""
    if not numbers:
        return {}
    table = connection.ops.quote_name(DeviceMessage._meta.db_table)
    values: list[Any]
    if connection.vendor == "postgresql":
        # Three arrays: a thousand and a half parameters cost more to send than rows to find.
        wanted = "(SELECT * FROM unnest(%s::bigint[], %s::text[], %s::bigint[]))"
        values = [list(column) for column in zip(*numbers, strict=True)]
    else:
        wanted = f"(VALUES {', '.join(['(%s, %s, %s)'] * len(numbers))})"
        values = [part for number in numbers for part in number]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT device_id, boot, seq, digest, answer FROM {table}"  # noqa: S608 - ours
            f" WHERE (device_id, boot, seq) IN {wanted}",
            values,
        )
        return {
            (device, boot, seq): (bytes(digest), json.loads(answer))
            for device, boot, seq, digest, answer in cursor.fetchall()
        }
