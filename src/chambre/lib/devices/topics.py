"""Topics of connected objects: ``ch/1/{scheme}/{site}/{device}/{kind}``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from chambre.lib.devices.errors import DeviceRefused

ROOT = "ch/1"
NAME = re.compile(r"[A-Za-z0-9_-]{1,60}")
"""Names of schemes, sites and devices: what a slug is, and nothing that means more in a topic."""


class Kind(StrEnum):
    """The last level of a topic. A device writes the first four and reads the others."""

    SCAN = "scan"
    BATCH = "batch"
    SENSOR = "sensor"
    STATE = "state"
    ACK = "ack"
    CMD = "cmd"


UPWARD = (Kind.SCAN, Kind.BATCH, Kind.SENSOR, Kind.STATE)
"""What devices send."""


@dataclass(frozen=True, slots=True)
class Topic:
    """Where a message came from, or where one goes."""

    scheme: str
    site: str
    device: str
    kind: Kind

    def __str__(self) -> str:
        return f"{ROOT}/{self.scheme}/{self.site}/{self.device}/{self.kind.value}"

    def to(self, kind: Kind) -> Topic:
        """Another topic of the same device."""
        return Topic(self.scheme, self.site, self.device, kind)

    @classmethod
    def read(cls, text: str) -> Topic:
        """Read a topic as a broker gives it.

        Raises:
            DeviceRefused: It is not one of a device (``topic``).
        """
        parts = text.split("/")
        if len(parts) != 6 or parts[:2] != ["ch", "1"]:
            raise DeviceRefused("topic", topic=text[:120])
        if not all(NAME.fullmatch(part) for part in parts[2:5]):
            raise DeviceRefused("topic", topic=text[:120])
        try:
            return cls(parts[2], parts[3], parts[4], Kind(parts[5]))
        except ValueError:
            raise DeviceRefused("topic", topic=text[:120]) from None


def filters(kinds: tuple[Kind, ...] = UPWARD, *, share: str = "") -> list[str]:
    """The subscriptions that hear every device.

    Args:
        kinds: What is heard.
        share: Name of the group in which each message goes to one listener only; empty: to all.
    """
    start = f"$share/{share}/" if share else ""
    return [f"{start}{ROOT}/+/+/+/{kind.value}" for kind in kinds]
