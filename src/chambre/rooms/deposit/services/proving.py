"""Whether a message or a request is really a device's: its good keys, opened for a short while."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property

from chambre.core import sealing
from chambre.lib import devices as lib
from chambre.lib.devices.signing import from_text
from chambre.rooms.deposit.models import Device, DeviceKey
from chambre.rooms.deposit.services.enrolling import PURPOSE


@dataclass(slots=True, eq=False)
class _Opened:
    """A key as it is used."""

    secret: str = ""
    public_key: bytes = b""


_opened: dict[tuple[int, str], _Opened] = {}
"""Opened once in each process: unsealing costs more than checking."""


def _open(key: DeviceKey) -> _Opened:
    """A key as it is used.

    It is empty, and so never right, when it cannot be opened or when only the broker checks it.
    """
    known = (key.pk, key.sealed or key.public)
    if known not in _opened:
        if len(_opened) > 10_000:
            _opened.clear()
        if key.kind == DeviceKey.Kind.SECRET:
            _opened[known] = _Opened(secret=sealing.unseal(key.sealed, PURPOSE) or "")
        elif key.kind == DeviceKey.Kind.ED25519:
            _opened[known] = _Opened(public_key=from_text(key.public))
        else:
            _opened[known] = _Opened()
    return _opened[known]


class Known:
    """A device that is heard, with the keys that are good now."""

    def __init__(self, device: Device, keys: Iterable[DeviceKey]) -> None:
        self.device = device
        self._keys = tuple(keys)

    @cached_property
    def _good(self) -> list[_Opened]:
        return [_open(key) for key in self._keys]

    def has_signed(self, message: Any, signature: str) -> bool:
        """Whether one of its keys signed the message."""
        return any(
            lib.is_signed(message, signature, secret=key.secret, public_key=key.public_key)
            for key in self._good
        )

    def has_signed_request(
        self, method: str, path: str, nonce: str, body: bytes, signature: str
    ) -> bool:
        """Whether one of its keys signed the request."""
        return any(
            lib.is_signed_request(
                method,
                path,
                nonce,
                body,
                signature,
                secret=key.secret,
                public_key=key.public_key,
            )
            for key in self._good
        )

    def password(self) -> str:
        """What it says to the broker: made from its newest secret; empty without one."""
        secret = next((key.secret for key in self._good if key.secret), "")
        return lib.broker_password(secret) if secret else ""

    def has_certificate(self) -> bool:
        """Whether the broker knows it by a certificate."""
        return any(key.kind == DeviceKey.Kind.CERTIFICATE for key in self._keys)


def known(names: Iterable[str] | None = None) -> dict[str, Known]:
    """Devices that are heard now, by name: two questions to the database.

    Args:
        names: Only these; absent: all of them.
    """
    rows = Device.objects.select_related("scheme", "place").filter(revoked_at=None)
    if names is not None:
        rows = rows.filter(name__in=list(names))
    found = {row.pk: row for row in rows}
    keys: dict[int, list[DeviceKey]] = {pk: [] for pk in found}
    good = Q(ends_at=None) | Q(ends_at__gt=timezone.now())
    wanted = DeviceKey.objects.filter(good, device__revoked_at=None)
    if names is not None:
        wanted = wanted.filter(device_id__in=found)
    for key in wanted:
        keys.get(key.device_id, []).append(key)
    return {row.name: Known(row, keys[row.pk]) for row in found.values()}
