"""A valid event, taken into its types."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from . import schema
from .checks import Fault, Faults
from .formats import read_time
from .model import (
    EPC_FIELDS,
    QUANTITY_FIELDS,
    ErrorDeclaration,
    Event,
    Party,
    Quantity,
    SensorElement,
    SensorMetadata,
    SensorReport,
    Transaction,
)
from .problems import EpcisError, Problem, shown
from .vocabulary import bare

_METADATA = {
    "time": "time",
    "startTime": "start_time",
    "endTime": "end_time",
    "deviceID": "device_id",
    "deviceMetadata": "device_metadata",
    "rawData": "raw_data",
    "dataProcessingMethod": "data_processing_method",
    "bizRules": "biz_rules",
}
_REPORT = {
    **{name: own for name, own in _METADATA.items() if name not in ("startTime", "endTime")},
    "type": "type",
    "exception": "exception",
    "value": "value",
    "uom": "uom",
    "component": "component",
    "minValue": "min_value",
    "maxValue": "max_value",
    "meanValue": "mean_value",
    "sDev": "s_dev",
    "percRank": "perc_rank",
    "percValue": "perc_value",
    "stringValue": "string_value",
    "booleanValue": "boolean_value",
    "hexBinaryValue": "hex_binary_value",
    "uriValue": "uri_value",
    "microorganism": "microorganism",
    "chemicalSubstance": "chemical_substance",
    "coordinateReferenceSystem": "coordinate_reference_system",
}
_TIMES = frozenset({"time", "startTime", "endTime"})
_WORDS = frozenset({"type", "exception", "component"})
_ERROR = frozenset({"declarationTime", "reason", "correctiveEventIDs"})


def problems_of(faults: Faults, *top: str | int) -> tuple[Problem, ...]:
    """Faults as they are told, below a place of the document."""
    return tuple(fault.problem(*top) for fault in faults or ())


def check_event(value: Any) -> None:
    """Check one event as it stands in a document, without taking it apart.

    Raises:
        EpcisError: It is not valid.
    """
    faults = schema.event(value)
    if faults is not None:
        raise EpcisError(problems_of(faults))


def event_problems(value: Any, *place: str | int) -> tuple[Problem, ...]:
    """What is wrong with one event as it stands at a place of a document; nothing when it is valid."""
    return problems_of(schema.event(value), *place)


def read_event(value: Mapping[str, Any]) -> Event:
    """Read one event, with or without a context of its own.

    Args:
        value: The JSON object of the event.

    Raises:
        EpcisError: It is not valid, or one of its times is outside the years 1 to 9999.
    """
    check_event(value)
    raw, value = value, schema.sound(value)
    set_, unset = _lasting(value.get("persistentDisposition"))
    fields = schema.FIELDS.get(value["type"], schema.ALL & value.keys())
    return Event(
        type=value["type"],
        event_time=_time(value["eventTime"], "eventTime"),
        offset=value["eventTimeZoneOffset"],
        action=value.get("action"),
        event_id=value.get("eventID"),
        record_time=_optional(value, "recordTime"),
        biz_step=_word(value, "bizStep"),
        disposition=_word(value, "disposition"),
        set_dispositions=set_,
        unset_dispositions=unset,
        epcs=_epcs(value),
        quantities=_quantities(value),
        parent=value.get("parentID"),
        transformation_id=value.get("transformationID"),
        read_point=_place(value.get("readPoint")),
        biz_location=_place(value.get("bizLocation")),
        transactions=_transactions(value.get("bizTransactionList")),
        sources=_parties(value.get("sourceList"), "source"),
        destinations=_parties(value.get("destinationList"), "destination"),
        sensors=_sensors(value.get("sensorElementList")),
        error=_error(value.get("errorDeclaration")),
        certifications=_certifications(value.get("certificationInfo")),
        ilmd=value.get("ilmd") or {},
        extensions={name: item for name, item in raw.items() if name not in fields},
        raw=raw,
    )


def _time(text: str, *place: str | int) -> dt.datetime:
    try:
        return read_time(text)
    except ValueError:
        fault = Fault("year", value=shown(text))
        raise EpcisError([fault.problem(*place)]) from None


def _optional(value: Mapping[str, Any], name: str) -> dt.datetime | None:
    return _time(value[name], name) if name in value else None


def _word(value: Mapping[str, Any], name: str) -> str | None:
    return bare(value[name]) if name in value else None


def _lasting(value: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lasting states; where the schema lets anything pass, what is none is no state."""
    if not isinstance(value, dict):
        return (), ()
    set_, unset = (
        tuple(bare(one) for one in _listed(value.get(name)) if isinstance(one, str))
        for name in ("set", "unset")
    )
    return set_, unset


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _epcs(event: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(event[name]) for name in EPC_FIELDS if name in event}


def _quantities(event: Mapping[str, Any]) -> dict[str, tuple[Quantity, ...]]:
    return {
        name: tuple(
            Quantity(one["epcClass"], one.get("quantity"), one.get("uom")) for one in event[name]
        )
        for name in QUANTITY_FIELDS
        if name in event
    }


def _place(value: Any) -> str | None:
    return value["id"] if value else None


def _transactions(value: Any) -> tuple[Transaction, ...]:
    return tuple(
        Transaction(one["bizTransaction"], bare(one["type"]) if "type" in one else None)
        for one in value or ()
    )


def _parties(value: Any, name: str) -> tuple[Party, ...]:
    return tuple(Party(one[name], bare(one["type"])) for one in value or ())


def _certifications(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _error(value: Any) -> ErrorDeclaration | None:
    if not value:
        return None
    return ErrorDeclaration(
        _time(value["declarationTime"], "errorDeclaration", "declarationTime"),
        bare(value["reason"]) if "reason" in value else None,
        tuple(value.get("correctiveEventIDs") or ()),
        {name: item for name, item in value.items() if name not in _ERROR},
    )


def _sensors(value: Any) -> tuple[SensorElement, ...]:
    return tuple(_sensor(one, at) for at, one in enumerate(value or ()))


def _sensor(value: Mapping[str, Any], at: int) -> SensorElement:
    place: tuple[str | int, ...] = ("sensorElementList", at)
    metadata = value.get("sensorMetadata")
    reports = value["sensorReport"]
    return SensorElement(
        tuple(
            SensorReport(**_named(one, _REPORT, (*place, "sensorReport", number)))
            for number, one in enumerate(reports)
        ),
        None
        if metadata is None
        else SensorMetadata(**_named(metadata, _METADATA, (*place, "sensorMetadata"))),
        {k: item for k, item in value.items() if k not in ("sensorMetadata", "sensorReport")},
    )


def _named(
    value: Mapping[str, Any], names: Mapping[str, str], place: Iterable[str | int]
) -> dict[str, Any]:
    """The fields of a sensor object under their names here; the others are extensions."""
    found: dict[str, Any] = {}
    extensions: dict[str, Any] = {}
    for name, item in value.items():
        own = names.get(name)
        if own is None:
            extensions[name] = item
        elif name in _TIMES:
            found[own] = _time(item, *place, name)
        else:
            found[own] = bare(item) if name in _WORDS else item
    return {**found, "extensions": extensions}
