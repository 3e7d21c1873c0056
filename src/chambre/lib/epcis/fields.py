"""The fields of EPCIS events, as checks: what may stand in each.

Part of the schema of EPCIS 2.0.1, see :mod:`.schema`.
"""

from __future__ import annotations

from typing import Any

from .checks import (
    Fault,
    Faults,
    array,
    boolean,
    frozen,
    known_uri,
    number,
    one_of,
    pattern,
    record,
    text,
    time,
    uri,
    word,
)
from .formats import is_known_uri
from .vocabulary import (
    ACTIONS,
    ALERTS,
    BIZ_STEPS,
    COMPONENTS,
    DISPOSITIONS,
    ERROR_REASONS,
    MEASUREMENTS,
    PARTY_TYPES,
    TRANSACTION_TYPES,
)

_OWN = r"urn:epcglobal:cbv|https?://ns\.gs1\.org/cbv/"
_WEB_VOCABULARY = r"https?://(?:www\.)?gs1\.org/voc/"

action = one_of("action", ACTIONS)
biz_step = word("bizStep", BIZ_STEPS, _OWN)
disposition = word("disposition", DISPOSITIONS, _OWN)
uris = array(uri)
distinct_uris = array(uri, unique=True)


def context(value: Any) -> Faults:
    """A JSON-LD context: a URI, an object, or a list of them, each once."""
    if isinstance(value, str):
        return known_uri(value)
    if isinstance(value, dict):
        return None
    if not isinstance(value, list):
        return [Fault("context")]
    for one in value:
        if not isinstance(one, dict) and not (isinstance(one, str) and is_known_uri(one)):
            return [Fault("context")]
    if len(value) > 1 and len({frozen(one) for one in value}) < len(value):
        return [Fault("context")]
    return None


_persistent = record(
    "persistentDisposition",
    {
        "set": array(disposition, least=1, unique=True),
        "unset": array(disposition, least=1, unique=True),
    },
    closed=True,
)


def persistent_disposition(value: Any) -> Faults:
    """What holds from now on, and what no longer does."""
    faults = _persistent(value)
    if faults is None and not value:
        return [Fault("set-or-unset")]
    return faults


def certification(value: Any) -> Faults:
    """One URI or several."""
    return uris(value) if isinstance(value, list) else uri(value)


def attribute_value(value: Any) -> Faults:
    """A value of master data."""
    if isinstance(value, str | dict) or number(value) is None:
        return None
    return [Fault("attribute")]


quantities = array(
    record(
        "quantityElement",
        {"epcClass": uri, "quantity": number, "uom": pattern("uom", "[A-Z0-9]{2,3}")},
        required=("epcClass",),
        closed=True,
    )
)
place = record("readPoint", {"id": known_uri}, required=("id",), extended=False)
_transaction = record(
    "bizTransaction",
    {"type": word("bizTransaction", TRANSACTION_TYPES, _OWN), "bizTransaction": uri},
    required=("bizTransaction",),
    closed=True,
)
transactions = array(_transaction)
some_transactions = array(_transaction, least=1)
_party_type = word("source", PARTY_TYPES, _OWN)
sources = array(
    record(
        "source",
        {"type": _party_type, "source": known_uri},
        required=("type", "source"),
        closed=True,
    )
)
destinations = array(
    record(
        "destination",
        {"type": _party_type, "destination": known_uri},
        required=("type", "destination"),
        closed=True,
    )
)
_metadata = {
    "time": time,
    "deviceID": known_uri,
    "deviceMetadata": known_uri,
    "rawData": uri,
    "startTime": time,
    "endTime": time,
    "dataProcessingMethod": known_uri,
    "bizRules": known_uri,
}
_report = {
    "type": word("sensorReport", MEASUREMENTS, _WEB_VOCABULARY),
    "exception": word("exception", ALERTS, _WEB_VOCABULARY),
    **{name: check for name, check in _metadata.items() if not name.endswith("Time")},
    "microorganism": known_uri,
    "chemicalSubstance": known_uri,
    "coordinateReferenceSystem": known_uri,
    "component": word("component", COMPONENTS, _OWN),
    "stringValue": text,
    "booleanValue": boolean,
    "hexBinaryValue": pattern("hex", "[A-Fa-f0-9]+"),
    "uriValue": uri,
    "uom": text,
    **dict.fromkeys(
        ("value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"), number
    ),
}
sensors = array(
    record(
        "sensorElement",
        {
            "sensorMetadata": record("sensorMetadata", _metadata),
            "sensorReport": array(record("sensorReport", _report, required=("type",)), least=1),
        },
        required=("sensorReport",),
    )
)


def ilmd(value: Any) -> Faults:
    """Data about instance or lot: every field has a namespace."""
    return _ilmd(value)


_ilmd = record("ilmd", {})
error_declaration = record(
    "errorDeclaration",
    {
        "declarationTime": time,
        "reason": word("reason", ERROR_REASONS, _OWN),
        "correctiveEventIDs": uris,
    },
    required=("declarationTime",),
)
