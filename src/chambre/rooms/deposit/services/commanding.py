"""What people ask of devices: handed over once, forgotten in time. So are nonces of requests."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from chambre.lib.devices import VERSION
from chambre.rooms.deposit.models import Device, DeviceCommand, DeviceNonce

MOST = 100
NONCES_KEPT = dt.timedelta(days=30)
"""How long a request over HTTP is known again; one that comes later says nothing new either."""


def waiting(now: dt.datetime) -> list[DeviceCommand]:
    """Commands that were not sent and are not too old, in the order in which they were asked."""
    rows = DeviceCommand.objects.filter(
        sent_at=None, expires_at__gt=now, device__revoked_at=None
    ).select_related("device__scheme", "device__place")
    return list(rows.order_by("id")[:MOST])


def told(row: DeviceCommand) -> dict[str, Any]:
    """A command as a device reads it."""
    return {"v": VERSION, "cmd": row.verb, "text": row.text, "number": row.pk}


def mark_sent(row: DeviceCommand) -> None:
    """The command is on its way."""
    DeviceCommand.objects.filter(pk=row.pk, sent_at=None).update(sent_at=timezone.now())


def hand_over(device: Device) -> list[dict[str, Any]]:
    """Commands for a device that asks by itself (over HTTP); each is handed over once."""
    handed = []
    for row in waiting(timezone.now()):
        if row.device_id == device.pk:
            mark_sent(row)
            handed.append(told(row))
    return handed


def forget_nonces() -> int:
    """Remove nonces of requests that are long past; how many."""
    past = timezone.now() - NONCES_KEPT
    return DeviceNonce.objects.filter(at__lt=past).delete()[0]
