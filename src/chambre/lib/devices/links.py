"""The way to a broker, as one address: ``mqtt://user:password@host:port`` or ``mqtts://…?ca=FILE``."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

KEPT = 14 * 86_400
"""Seconds for which a broker keeps what waits for a client that is away."""
RECEIVE_MAXIMUM = 500
"""Messages that may be on their way to us and not acknowledged yet."""
KEEPALIVE = 30
"""Seconds of silence after which each side asks whether the other one is there."""


@dataclass(frozen=True, slots=True)
class Broker:
    """Where a broker is, and who we are there.

    Attributes:
        tls: Whether the connection is encrypted (``mqtts``).
        authority: File with the certificates that are trusted; empty: those of the machine.
        certificate: Our own certificate; with ``key`` it says who we are.
    """

    host: str
    port: int
    tls: bool = False
    user: str = ""
    password: str = ""
    authority: str = ""
    certificate: str = ""
    key: str = ""

    @classmethod
    def read(cls, address: str) -> Broker:
        """Read an address.

        Raises:
            ValueError: It is no address of a broker.
        """
        parts = urlsplit(address)
        if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
            raise ValueError(f"{address!r}: mqtt://HOST:PORT or mqtts://HOST:PORT")
        files = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if unknown := files.keys() - {"ca", "cert", "key"}:
            raise ValueError(f"{address!r}: ?{sorted(unknown)[0]}=")
        tls = parts.scheme == "mqtts"
        return cls(
            parts.hostname,
            parts.port or (8883 if tls else 1883),
            tls,
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            files.get("ca", ""),
            files.get("cert", ""),
            files.get("key", ""),
        )

    def known_as(self, user: str, password: str) -> Broker:
        """The same broker for a user, where the address names none."""
        return self if self.user else replace(self, user=user, password=password)

    def __str__(self) -> str:
        return f"mqtt{'s' if self.tls else ''}://{self.host}:{self.port}"


def client(broker: Broker, name: str) -> mqtt.Client:
    """A client of MQTT 5 that acknowledges only when it is told to, and comes back by itself.

    Args:
        broker: Where, and as whom.
        name: Its name at the broker, under which what it has not acknowledged is kept for it.
    """
    made = mqtt.Client(
        CallbackAPIVersion.VERSION2, client_id=name, protocol=mqtt.MQTTv5, manual_ack=True
    )
    if broker.user:
        made.username_pw_set(broker.user, broker.password or None)
    if broker.tls:
        context = ssl.create_default_context(cafile=broker.authority or None)
        if broker.certificate:
            context.load_cert_chain(broker.certificate, broker.key or None)
        made.tls_set_context(context)
    made.reconnect_delay_set(min_delay=1, max_delay=30)
    made.connect_timeout = 10
    return made


def session(*, kept: int = KEPT) -> Properties:
    """How a client connects: its session lasts, and not too much is on its way at once."""
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = kept
    properties.ReceiveMaximum = RECEIVE_MAXIMUM
    return properties


def will_after(seconds: int) -> Properties:
    """A last will that the broker says only after so many seconds."""
    properties = Properties(PacketTypes.WILLMESSAGE)  # type: ignore[no-untyped-call]
    properties.WillDelayInterval = seconds
    return properties


def farewell() -> Properties:
    """How a client leaves for good: nothing is kept for it any more."""
    properties = Properties(PacketTypes.DISCONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = 0
    return properties


def published(**values: Any) -> Properties:
    """Properties of a message that is sent; those that are None are left out."""
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    for name, value in values.items():
        if value is not None:
            setattr(properties, name, value)
    return properties


def secret_of(path: str | Path) -> str:
    """A secret from the first line of a file."""
    return Path(path).read_text(encoding="utf-8").split("\n", 1)[0].strip()
