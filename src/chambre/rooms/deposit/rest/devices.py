"""Connected objects over HTTP: the same messages as by MQTT, the same answers."""

from __future__ import annotations

import json
import re
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema
from ninja.errors import AuthenticationError
from ninja.security.http import HttpAuthBase

from chambre.core.errors import Invalid
from chambre.core.rest.problem import problems
from chambre.lib import devices as lib
from chambre.rooms.deposit.models import DeviceNonce
from chambre.rooms.deposit.services.commanding import hand_over
from chambre.rooms.deposit.services.hearing import Arrival
from chambre.rooms.deposit.services.ingesting import ingest
from chambre.rooms.deposit.services.proving import Known, known

router = Router(tags=["deposit"])
MOST = 500
"""Messages of one request."""
LARGEST = 1_048_576
"""Bytes of one request."""


class DeviceSignature(HttpAuthBase):
    """``Authorization: Device name=…,nonce=…,signature=…``: the request, signed with the device's key.

    What is signed is said in :func:`chambre.lib.devices.sign_request`. A nonce is used once.
    """

    openapi_scheme = "device"
    SHAPE = re.compile(
        r"Device name=([A-Za-z0-9_-]{1,60}),\s?nonce=([A-Za-z0-9_-]{8,64}),\s?signature=(\S{20,200})"
    )

    def __call__(self, request: HttpRequest) -> Known | None:
        """The device, or nothing.

        Raises:
            AuthenticationError: The device is not heard (any more), the signature is not its own,
                or the request was heard before.
        """
        header = request.headers.get("Authorization", "")
        if not header.startswith("Device "):
            return None
        parts = self.SHAPE.fullmatch(header)
        if parts is None or len(request.body) > LARGEST:
            raise AuthenticationError
        name, nonce, signature = parts.groups()
        device = known([name]).get(name)
        method, path = str(request.method), request.path
        if device is None or not device.has_signed_request(
            method, path, nonce, request.body, signature
        ):
            raise AuthenticationError
        try:
            with transaction.atomic():
                DeviceNonce.objects.create(device=device.device, nonce=nonce, at=timezone.now())
        except IntegrityError:
            raise AuthenticationError from None
        return device


class MessagesIn(Schema):
    """What a device says."""

    messages: list[dict[str, Any]] = Field(
        min_length=1,
        max_length=MOST,
        description="Messages of at most 4 KiB each, as by MQTT; see the guide of return points.",
    )


class AnswersOut(Schema):
    """What a device is answered."""

    answers: list[dict[str, Any]] = Field(
        description="One for each message that has a number, in their order; a message that is sent "
        "again gets the same answer. `final` says that sending it again will not help."
    )
    commands: list[dict[str, Any]] = Field(description="What people ask of the device.")
    now: int = Field(description="Our clock, in milliseconds since 1970.")


@router.post(
    "/devices/{device}/messages",
    response={200: AnswersOut, **problems(409)},
    auth=DeviceSignature(),
)
def device_messages(request: HttpRequest, device: str, payload: MessagesIn) -> dict[str, Any]:
    """Take messages of a device: all of them, in one transaction."""
    caller: Known = request.auth  # type: ignore[attr-defined]
    row = caller.device
    if device != row.name:
        raise AuthenticationError
    topic = lib.Topic(row.scheme.slug, row.place.slug, row.name, lib.Kind.SCAN)
    now = timezone.now()
    arrivals = [
        Arrival(str(topic.to(lib.kind_of(said))), _payload(said), now) for said in payload.messages
    ]
    answers = ingest(arrivals)
    return {
        "answers": [answer for answer in answers if answer is not None],
        "commands": hand_over(row),
        "now": lib.to_ms(timezone.now()),
    }


def _payload(said: dict[str, Any]) -> bytes:
    """A message as it would have come by MQTT."""
    try:
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        raise Invalid from None
