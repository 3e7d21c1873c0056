"""Events of an invented scheme of jars, for the tests of the repository."""

from __future__ import annotations

from typing import Any

JAR = "https://consigne.exemple/8003/03760123456784JAR-%d"
CRATE = "urn:epc:id:grai:3760123.45679.CAISSE-1"
SHOP = "https://consigne.exemple/lieux/epicerie"
WASH = "https://consigne.exemple/lieux/laverie"
CLEANING = "https://consigne.exemple/voc/bizstep/cleaning"
CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"ch": "https://consigne.exemple/voc/"},
]


def seen(*numbers: int, at: str = "2026-05-01T10:00:00Z", **fields: Any) -> dict[str, Any]:
    """An ObjectEvent about jars, by their numbers."""
    return {
        "type": "ObjectEvent",
        "eventTime": at,
        "eventTimeZoneOffset": "+02:00",
        "action": "OBSERVE",
        "epcList": [JAR % number for number in numbers],
        "bizStep": "inspecting",
    } | fields


def packed(*numbers: int, at: str = "2026-05-02T10:00:00Z", action: str = "ADD") -> dict[str, Any]:
    """Jars put into the crate, or taken out of it."""
    event = {
        "type": "AggregationEvent",
        "eventTime": at,
        "eventTimeZoneOffset": "+02:00",
        "action": action,
        "parentID": CRATE,
        "bizStep": "packing" if action == "ADD" else "unpacking",
    }
    return event | ({"childEPCs": [JAR % number for number in numbers]} if numbers else {})
