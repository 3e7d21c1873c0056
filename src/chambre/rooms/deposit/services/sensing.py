"""What devices measure, told to the repository: an ObjectEvent of the place, with its sensor elements.

No object stands in it: a washer or a cold room says how warm it was, and who asks for the events of the
place finds it beside what was done there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from django.db import transaction

from chambre.core.errors import ChambreError
from chambre.epcis import api as epcis
from chambre.lib import epcis as lib
from chambre.rooms.deposit.models import Device
from chambre.rooms.deposit.services.accounts import SYSTEM

log = structlog.get_logger("chambre.deposit.devices")


def tell_measures(measured: Iterable[tuple[Device, dt.datetime, Any]], *, key: str) -> int:
    """Record measures in the caller's transaction; how many events were written or known.

    What the standard refuses is logged: the device's message is kept all the same.

    Args:
        measured: Device, when by a believed clock, and the reports of its message.
        key: Key of the first message: a message is taken once.
    """
    events = [_event(*one) for one in measured]
    if not events:
        return 0
    try:
        with transaction.atomic():
            return len(epcis.record_events(events=events, by=SYSTEM, key=f"deposit:sensor:{key}"))
    except ChambreError as error:
        log.warning("device.measure.untold", key=key, error=str(error), **error.data)
        return 0


def _event(device: Device, at: dt.datetime, reports: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    base = device.scheme.base_uri
    moment = at.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    place = {"id": f"{base}/consigne/lieux/{device.place.slug}"}
    metadata = {"time": moment, "deviceID": f"{base}/consigne/appareils/{device.name}"}
    return {
        "type": "ObjectEvent",
        "eventTime": moment,
        "eventTimeZoneOffset": "+00:00",
        "action": "OBSERVE",
        "bizStep": "sensor_reporting",
        "readPoint": place,
        "bizLocation": dict(place),
        "sensorElementList": [
            {
                "sensorMetadata": metadata,
                "sensorReport": [_report(one, base) for one in reports],
            }
        ],
    }


def _report(said: Mapping[str, str], base: str) -> dict[str, Any]:
    """A measure in the words of the standard, or of the scheme's own vocabulary."""
    kind, component = said["type"], said.get("component", "")
    known = kind in lib.MEASUREMENTS
    report: dict[str, Any] = {"type": kind if known else f"{base}/voc/measurement/{kind}"}
    text = said["value"]
    report["value"] = float(text) if "." in text else int(text)
    if said.get("uom"):
        report["uom"] = said["uom"]
    if component:
        known = component in lib.COMPONENTS
        report["component"] = component if known else f"{base}/voc/component/{component}"
    return report
