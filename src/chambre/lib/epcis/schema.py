"""The JSON schema of EPCIS 2.0.1, as checks.

Equal to ``https://ref.gs1.org/standards/epcis/2.0.1/epcis-json-schema.json`` with formats enforced,
in what is valid and what is not (the tests compare them on many thousands of documents); both
contexts, 2.0.0 and 2.0.1, are met. What looks odd there is kept: AggregationEvent, TransactionEvent
and AssociationEvent may have any ``persistentDisposition``, and an empty ``epcList`` is enough.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from . import fields
from .checks import Check, Fault, Faults, anything, array, inside, pattern, record, text, time, uri
from .formats import is_uri
from .problems import shown

_COMMON: dict[str, Check] = {
    "@context": fields.context,
    "type": anything,
    "eventTime": time,
    "recordTime": time,
    "eventTimeZoneOffset": pattern("offset", r"[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00)"),
    "eventID": uri,
    "certificationInfo": fields.certification,
    "errorDeclaration": fields.error_declaration,
}
_SHARED: dict[str, Check] = {
    **_COMMON,
    "bizStep": fields.biz_step,
    "disposition": fields.disposition,
    "readPoint": fields.place,
    "bizLocation": fields.place,
    "bizTransactionList": fields.transactions,
    "sourceList": fields.sources,
    "destinationList": fields.destinations,
    "sensorElementList": fields.sensors,
}
_PARENT: dict[str, Check] = {
    **_SHARED,
    "persistentDisposition": anything,
    "parentID": uri,
    "childEPCs": fields.uris,
    "childQuantityList": fields.quantities,
    "action": fields.action,
}
_FIELDS: dict[str, dict[str, Check]] = {
    "ObjectEvent": {
        **_SHARED,
        "persistentDisposition": fields.persistent_disposition,
        "epcList": fields.distinct_uris,
        "quantityList": fields.quantities,
        "action": fields.action,
        "ilmd": fields.ilmd,
    },
    "AggregationEvent": _PARENT,
    "AssociationEvent": _PARENT,
    "TransactionEvent": {
        **_SHARED,
        "persistentDisposition": anything,
        "bizTransactionList": fields.some_transactions,
        "parentID": uri,
        "epcList": fields.uris,
        "quantityList": fields.quantities,
        "action": fields.action,
    },
    "TransformationEvent": {
        **_SHARED,
        "persistentDisposition": fields.persistent_disposition,
        "inputEPCList": fields.distinct_uris,
        "inputQuantityList": fields.quantities,
        "outputEPCList": fields.distinct_uris,
        "outputQuantityList": fields.quantities,
        "transformationID": uri,
        "ilmd": fields.ilmd,
    },
}
_TIMES = ("eventTime", "eventTimeZoneOffset")


def _object(event: dict[str, Any]) -> Faults:
    named = "epcList" in event or event.get("quantityList")
    if not named and not (event.get("sensorElementList") and "readPoint" in event):
        return [Fault("what-object")]
    if "ilmd" in event and event.get("action") != "ADD":
        return [Fault("ilmd")]
    return None


def _children(event: dict[str, Any]) -> Faults:
    if event.get("childEPCs") or event.get("childQuantityList"):
        return None
    return None if event.get("action") == "DELETE" else [Fault("what-children")]


def _transacted(event: dict[str, Any]) -> Faults:
    if "epcList" in event or event.get("quantityList"):
        return None
    return None if event.get("action") == "DELETE" else [Fault("what-transaction")]


def _transformed(event: dict[str, Any]) -> Faults:
    inputs = event.get("inputEPCList") or event.get("inputQuantityList")
    outputs = event.get("outputEPCList") or event.get("outputQuantityList")
    if (inputs and outputs) or ("transformationID" in event and (inputs or outputs)):
        return None
    return [Fault("what-transformation")]


def _event(
    name: str, required: tuple[str, ...], whole: Callable[[dict[str, Any]], Faults]
) -> Check:
    """The check of one type of event: its fields, then what they say together."""
    alone = record(name, _FIELDS[name], required=(*_TIMES, *required))

    def check(value: Any) -> Faults:
        found = alone(value)
        if found is None:
            return whole(value)
        together = whole(value)
        return found if together is None else [*found, *together]

    return check


EVENTS: Mapping[str, Check] = MappingProxyType(
    {
        "ObjectEvent": _event("ObjectEvent", ("action",), _object),
        "AggregationEvent": _event("AggregationEvent", ("action",), _children),
        "TransactionEvent": _event(
            "TransactionEvent", ("bizTransactionList", "action"), _transacted
        ),
        "TransformationEvent": _event("TransformationEvent", (), _transformed),
        "AssociationEvent": _event("AssociationEvent", ("action", "parentID"), _children),
    }
)
"""The check of each type of event of the standard."""

FIELDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {name: frozenset(fields) for name, fields in _FIELDS.items()}
)
"""The fields that the standard gives each type of event."""

_ALL: dict[str, Check] = {
    name: check
    for kind in ("AggregationEvent", "TransformationEvent", "ObjectEvent")
    for name, check in _FIELDS[kind].items()
}
ALL: frozenset[str] = frozenset(_ALL)
"""Every field that the standard gives an event of any type."""


def sound(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of a valid event what may be read as the standard means it.

    The schema asks little of events of one's own type: a field there that has a name of the
    standard's, but not its form, is left out. Events of the standard come back as they are.
    """
    if event["type"] in EVENTS:
        return event
    return {
        name: value
        for name, value in event.items()
        if name not in _ALL or _ALL[name](value) is None
    }


_extended = record("event", _COMMON, required=_TIMES, extended=False)


def event(value: Any) -> Faults:
    """An event as it stands in a document."""
    if not isinstance(value, dict):
        return [Fault("object")]
    kind = value.get("type")
    if isinstance(kind, str):
        check = EVENTS.get(kind)
        if check is not None:
            return check(value)
        if is_uri(kind):
            return _extended(value)
        return inside(None, "type", [Fault("document-type", value=shown(kind))])
    if "type" in value:
        return inside(None, "type", [Fault("text")])
    return [Fault("missing", name="type")]


def bare_event(value: Any) -> Faults:
    """An event that is a document of its own: it brings its context."""
    found = event(value)
    if isinstance(value, dict) and "@context" not in value:
        return [*(found or ()), Fault("missing", name="@context")]
    return found


events = array(event)
_vocabulary = record(
    "vocabulary",
    {
        "type": uri,
        "vocabularyElementList": array(
            record(
                "vocabularyElement",
                {
                    "id": uri,
                    "attributes": array(
                        record(
                            "attribute",
                            {"id": uri, "attribute": fields.attribute_value},
                            required=("id",),
                            extended=False,
                        )
                    ),
                    "children": fields.uris,
                },
                required=("id",),
                extended=False,
            )
        ),
    },
    required=("type",),
    extended=False,
)
vocabularies = array(_vocabulary)
_header = record(
    "epcisHeader",
    {"epcisMasterData": record("", {"vocabularyList": vocabularies}, extended=False)},
)
_version = pattern("version", r"[0-9]+(?:\.[0-9]+)*")
_ENVELOPE: dict[str, Check] = {
    "@context": fields.context,
    "id": uri,
    "type": anything,
    "schemaVersion": _version,
    "creationDate": time,
}
_document = record(
    "EPCISDocument",
    {
        **_ENVELOPE,
        "instanceIdentifier": text,
        "sender": text,
        "receiver": text,
        "epcisHeader": _header,
        "epcisBody": record("", {"eventList": events}, required=("eventList",), extended=False),
    },
    required=("@context", "schemaVersion", "creationDate", "epcisBody"),
)
_results = record(
    "resultsBody",
    {"eventList": events, "vocabularyList": vocabularies},
    required=("eventList",),
)
_query_document = record(
    "EPCISQueryDocument",
    {
        **_ENVELOPE,
        "epcisBody": record(
            "epcisBody",
            {
                "queryResults": record(
                    "queryResults",
                    {"queryName": text, "subscriptionID": text, "resultsBody": _results},
                    required=("queryName", "resultsBody"),
                )
            },
            required=("queryResults",),
        ),
    },
    required=("@context", "epcisBody"),
)


def document(value: Any) -> Faults:
    """A whole document: EPCISDocument, EPCISQueryDocument or one event."""
    if not isinstance(value, dict):
        return [Fault("object")]
    kind = value.get("type")
    if kind == "EPCISDocument":
        return _document(value)
    if kind == "EPCISQueryDocument":
        return _query_document(value)
    return bare_event(value)
