"""Reads about connected objects, for the people who look after them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chambre.core.actors import Actor
from chambre.core.errors import NotFound
from chambre.rooms.deposit.models import Device, DeviceMessage, Place, Scheme

SILENT = dt.timedelta(hours=24)
"""After so long somebody should look at a device that says nothing."""
WRONG_MS = 300_000
"""A clock that is wrong by as much is not believed (five minutes)."""
STATUSES: dict[str, str | Promise] = {
    "online": _("in touch"),
    "offline": _("switched off"),
    "lost": _("lost from sight"),
    "full": _("full"),
    "empty": _("empty"),
    "open": _("opened"),
    "closed": _("shut"),
    "fault": _("out of order"),
}
OPS: dict[str, str | Promise] = {
    "return": _("brought back"),
    "issue": _("issued"),
    "wash": _("washed"),
    "inspect": _("inspected"),
    "seen": _("scanned"),
}
SHOWN = 3
"""Codes of a message that are shown."""
GOOD = {"online", "open", "empty"}


def managed_schemes(by: Actor) -> list[Scheme]:
    """The schemes whose devices somebody looks after."""
    rows = Scheme.objects.select_related("resource", "book__structure")
    return [row for row in rows if by.may("deposit.manage", row)]


def devices_for(by: Actor) -> QuerySet[Device]:
    """The devices that somebody looks after, those that are heard first."""
    rows = Device.objects.filter(scheme__in=managed_schemes(by))
    return rows.select_related("scheme", "place").order_by("revoked_at", "name")


def places_for(by: Actor) -> list[int]:
    """The places at which somebody may enrol a device."""
    rows = Place.objects.filter(scheme__in=managed_schemes(by), closed_on=None)
    return list(rows.values_list("pk", flat=True))


def device_for(by: Actor, name: str) -> Device | None:
    """A device by its name, for who looks after it."""
    return devices_for(by).filter(name=name).first()


def device_named(by: Actor, name: str) -> Device:
    """The same, when it has to be there.

    Raises:
        NotFound: There is none of this name, or somebody else looks after it.
    """
    row = device_for(by, name)
    if row is None:
        raise NotFound(gettext("There is no such device."))
    return row


def availability(scheme: Scheme) -> tuple[int, int]:
    """How many devices of a scheme are enrolled, and how many are in touch and in order now."""
    rows = Device.objects.filter(scheme=scheme, revoked_at=None)
    heard = rows.filter(seen_at__gte=timezone.now() - SILENT, status__in=["", *GOOD])
    return rows.count(), heard.count()


def condition(device: Device) -> tuple[str, Any]:
    """How a device is: a kind of badge, and words."""
    if device.revoked_at is not None:
        return "ordinary", _("revoked for good")
    if device.seen_at is None:
        return "provisional", _("never heard")
    if device.status and device.status not in GOOD:
        return "warning", STATUSES.get(device.status, device.status)
    if timezone.now() - device.seen_at > SILENT:
        return "warning", _("silent for more than a day")
    return "good", STATUSES.get(device.status, _("heard"))


def skew_words(device: Device) -> Any:
    """How wrong its clock is, as people say it."""
    if device.skew_ms is None:
        return "–"
    seconds = abs(device.skew_ms) // 1000
    if seconds < 2:
        return _("on time")
    shown = f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"
    if seconds >= 7200:
        shown = f"{seconds // 3600} h"
    return (_("%(time)s ahead") if device.skew_ms > 0 else _("%(time)s behind")) % {"time": shown}


def last_messages(device: Device, many: int = 20) -> list[DeviceMessage]:
    """What a device said last."""
    return list(device.messages.order_by("-id")[:many])


def counts(device: Device) -> dict[str, int]:
    """How much it said in all, and how much of it by a clock that is not believed."""
    wrong = Q(clock=DeviceMessage.Clock.WRONG)
    return device.messages.aggregate(all=Count("pk"), wrong=Count("pk", filter=wrong))


def about(message: DeviceMessage) -> str:
    """What a message says, in a few words: an object by the end of its code."""
    body = message.body or {}
    if "op" in body:
        codes = [str(code).rstrip("/").rpartition("/")[2] for code in body["codes"]]
        more = ["…"] if len(codes) > SHOWN else []
        return f"{OPS.get(body['op'], body['op'])} {', '.join([*codes[:SHOWN], *more])}"
    if "reports" in body:
        parts = (
            f"{one['type']} {one['value']} {one.get('uom', '')}".strip() for one in body["reports"]
        )
        return ", ".join(parts)
    return str(STATUSES.get(body.get("status", ""), body.get("status", "")))
