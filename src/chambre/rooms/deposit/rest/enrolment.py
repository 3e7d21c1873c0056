"""Who looks after connected objects, for machines: enrol, list, another key, revoke.

What devices themselves say is in :mod:`.devices`.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from chambre.core.rest import SIGNED_IN, problems
from chambre.rooms.deposit.models import Device
from chambre.rooms.deposit.queries import devices as looking
from chambre.rooms.deposit.queries.managing import scheme_for
from chambre.rooms.deposit.rest.books import PLAIN
from chambre.rooms.deposit.rest.schemes import by_of
from chambre.rooms.deposit.services import enrolling

router = Router()


class DeviceProofIn(Schema):
    """How a device proves that it is itself."""

    kind: str = Field(
        "secret", pattern="^(secret|ed25519|certificate)$",
        description="`secret`: one is drawn here and shown once.",
    )  # fmt: skip
    public: str = Field(
        "", max_length=10_000, pattern=PLAIN,
        description="Ed25519 public key (base64url), or certificate (PEM).",
    )  # fmt: skip


class EnrolIn(DeviceProofIn):
    """A device that is enrolled at a place."""

    name: str = Field(min_length=1, max_length=60, pattern=PLAIN)
    place: str = Field(max_length=50, description="Short name of the place where it stands.")
    presence: str = Field("machine", pattern="^(machine|counter)$")
    issues: bool = Field(False, description="It also issues objects, and takes deposits.")
    signs: bool = Field(False, description="Every message must be signed.")
    slips_a_day: int = Field(100, ge=0, le=100_000, description="Receipts while out of touch.")


class RekeyIn(DeviceProofIn):
    """Another key; the old one stays good for ``keep_days``."""

    keep_days: int = Field(0, ge=0, le=30)


class ConnectedDeviceOut(Schema):
    """A device as it stands."""

    name: str
    scheme: str
    place: str
    presence: str
    issues: bool
    signs: bool
    slips_a_day: int
    enrolled_at: dt.datetime
    revoked_at: dt.datetime | None
    seen_at: dt.datetime | None
    status: str = Field(description="How it says that it is; empty: it never said.")
    alerts: list[Any]
    skew_ms: int | None = Field(description="By how much its clock is ahead.")
    refused: int = Field(description="Messages that were refused.")


class DeviceKeyOut(Schema):
    """What is shown once; empty when the device keeps its key to itself."""

    device: str
    scheme: str
    site: str
    key: str
    password: str = Field(description="Password at the broker.")


def _device(row: Device) -> dict[str, Any]:
    names = (
        "name", "presence", "issues", "signs", "slips_a_day", "revoked_at", "seen_at", "status",
        "alerts", "skew_ms", "refused",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in names},
        "scheme": row.scheme.slug, "place": row.place.slug, "enrolled_at": row.created_at,
    }  # fmt: skip


def _keys(made: enrolling.Enrolled) -> dict[str, str]:
    row = made.device
    return {
        "device": row.name, "scheme": row.scheme.slug, "site": row.place.slug,
        "key": made.secret, "password": made.password,
    }  # fmt: skip


@router.get(
    "/schemes/{slug}/devices",
    response={200: list[ConnectedDeviceOut], **problems(404)},
    auth=SIGNED_IN,
)
def list_devices(request: HttpRequest, slug: str) -> list[dict[str, Any]]:
    """The devices of a scheme, those that are heard first."""
    scheme = scheme_for(slug, by_of(request), "deposit.manage")
    rows = Device.objects.filter(scheme=scheme).select_related("scheme", "place")
    return [_device(row) for row in rows.order_by("revoked_at", "name")]


@router.post("/devices", response={201: DeviceKeyOut, **problems(404, 409)}, auth=SIGNED_IN)
def post_device(request: HttpRequest, payload: EnrolIn) -> Status[dict[str, str]]:
    """Enrol a device at a place; its key is told once, in this answer."""
    made = enrolling.enrol(
        name=payload.name, place=payload.place, presence=payload.presence, issues=payload.issues,
        signs=payload.signs, slips_a_day=payload.slips_a_day, by=by_of(request),
        proof=enrolling.Proof(payload.kind, payload.public),
    )  # fmt: skip
    return Status(201, _keys(made))


@router.post(
    "/devices/{device}/key", response={200: DeviceKeyOut, **problems(404, 409)}, auth=SIGNED_IN
)
def post_device_key(request: HttpRequest, device: str, payload: RekeyIn) -> dict[str, str]:
    """Give a device another key, told once, in this answer."""
    by = by_of(request)
    made = enrolling.rotate(
        looking.device_named(by, device), by=by, keep=dt.timedelta(days=payload.keep_days),
        proof=enrolling.Proof(payload.kind, payload.public),
    )  # fmt: skip
    return _keys(made)


@router.post(
    "/devices/{device}/revoke", response={200: ConnectedDeviceOut, **problems(404)}, auth=SIGNED_IN
)
def post_device_revoke(request: HttpRequest, device: str) -> dict[str, Any]:
    """Hear nothing more from a device, from now on; asked again, nothing changes."""
    by = by_of(request)
    row = looking.device_named(by, device)
    enrolling.revoke(row, by=by)
    return _device(looking.device_named(by, device))
