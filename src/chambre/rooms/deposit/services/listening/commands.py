"""What people ask of devices goes out on their ``cmd`` topics, and is forgotten in time."""

from __future__ import annotations

import json
import time

import paho.mqtt.client as mqtt
import structlog
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from chambre.lib.devices import Kind, Topic, links
from chambre.rooms.deposit.services.commanding import mark_sent, told, waiting

log = structlog.get_logger("chambre.deposit.listen")
EVERY = 1.0
"""Seconds between two looks at what was asked."""


class Sender:
    """Sends commands, between two batches of the first worker."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, client: mqtt.Client) -> None:
        """Send what waits, at most once a second. Without the database nothing is sent."""
        now = time.monotonic()
        if now < self._next or not client.is_connected():
            return
        self._next = now + EVERY
        try:
            send_all(client)
        except (OperationalError, InterfaceError) as error:
            log.warning("listen.database", error=str(error))
            connection.close()


def send_all(client: mqtt.Client) -> int:
    """Send what waits; how many commands the broker took."""
    now = timezone.now()
    sent = 0
    for row in waiting(now):
        device = row.device
        topic = Topic(device.scheme.slug, device.place.slug, device.name, Kind.CMD)
        left = max(1, int((row.expires_at - now).total_seconds()))
        info = client.publish(
            str(topic),
            json.dumps(told(row)).encode(),
            qos=1,
            properties=links.published(MessageExpiryInterval=left),
        )
        info.wait_for_publish(5)
        if not info.is_published():
            break
        mark_sent(row)
        sent += 1
    return sent
