"""Further fields of an event, by the names under which the query language asks for them.

A field is named ``area|name``. Areas: ``bizTransaction``, ``source``, ``destination`` (name: the
type); ``event`` (fields of the standard); ``sensor`` (``value|CEL``: with the unit); and for
extensions ``ext``, ``ilmd``, ``error``, ``readPoint``, ``bizLocation``, ``sensorElement``,
``sensorMetadata``, ``sensorReport``, each also with ``.inner`` for what is nested in them (EPCIS
2.0, section 8.2.7.1).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

from chambre.epcis import names
from chambre.epcis.terms import number_of
from chambre.epcis.times import moment

CANONICAL = (
    "bizTransaction|",
    "source|",
    "destination|",
    "event|transformationID",
    "sensor|deviceID",
)
"""Fields that hold identifiers, found in each of their forms: what their names begin with."""
Fact = tuple[int | None, str, float | None, dt.datetime | None]
"""Digest of the text, the text, number, time."""
EXISTS: Fact = (None, "", None, None)
STANDARD = frozenset((
    "@context", "type", "eventTime", "eventTimeZoneOffset", "eventID", "recordTime", "action", "ilmd",
    "certificationInfo", "errorDeclaration", "bizStep", "disposition", "persistentDisposition",
    "readPoint", "bizLocation", "bizTransactionList", "sourceList", "destinationList",
    "sensorElementList", "epcList", "quantityList", "parentID", "childEPCs", "childQuantityList",
    "inputEPCList", "inputQuantityList", "outputEPCList", "outputQuantityList", "transformationID", "id",
))  # fmt: skip
_PARTIES = frozenset(("bizTransactionList", "sourceList", "destinationList"))
FURTHER = _PARTIES | {
    "transformationID", "persistentDisposition", "errorDeclaration", "ilmd", "sensorElementList",
}  # fmt: skip
"""Fields of the standard that are asked for in one of these ways."""
_PLACE = frozenset(("id",))
_DECLARATION = frozenset(("declarationTime", "reason", "correctiveEventIDs"))
_METADATA_TEXT = ("deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules")
_METADATA_TIMES = ("time", "startTime", "endTime")
_REPORT_TEXT = (
    "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules", "microorganism",
    "chemicalSubstance", "stringValue", "hexBinaryValue", "uriValue",
)  # fmt: skip
_REPORT_NUMBERS = ("value", "minValue", "maxValue", "meanValue", "sDev", "percValue")
_REPORT = frozenset(
    (*_REPORT_TEXT, *_REPORT_NUMBERS, "type", "exception", "time", "component", "percRank", "uom",
     "booleanValue", "coordinateReferenceSystem")
)  # fmt: skip
_METADATA = frozenset((*_METADATA_TEXT, *_METADATA_TIMES))
_NUMBERS = (int, float)
_NUMBER = re.compile(r"-?\d{1,18}(\.\d{1,18})?")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d")
LONGEST = 2000
"""Characters of a text that are kept for putting in order; the digest is of the whole."""


def of_text(text: str) -> Fact:
    """A text, and the number or moment that it may also be."""
    number = float(text) if _NUMBER.fullmatch(text) else None
    at = None
    if _TIME.match(text):
        try:
            at = moment(text)
        except ValueError:
            at = None
    return number_of(text), text[:LONGEST].replace("\0", "\ufffd"), number, at


def of_value(value: Any) -> Fact:
    """A value of JSON; of an object or a list only that it is there."""
    if isinstance(value, bool):
        return of_text("true" if value else "false")
    if isinstance(value, _NUMBERS):
        text = str(value)
        try:
            return number_of(text), text[:LONGEST], float(value), None
        except OverflowError:
            return number_of(text), text[:LONGEST], None, None
    return of_text(value) if isinstance(value, str) else EXISTS


def facts_of(event: Mapping[str, Any], known: Mapping[str, str]) -> Iterator[tuple[str, Fact]]:
    """Every further field of a valid event.

    Args:
        event: The event.
        known: What its contexts abbreviate.
    """
    if not event.keys().isdisjoint(_PARTIES):
        yield from _parties(event)
    if "transformationID" in event:
        yield "event|transformationID", of_text(names.canonical(event["transformationID"]))
    for which, terms in (event.get("persistentDisposition") or {}).items():
        if which in ("set", "unset"):
            for term in terms:
                yield f"event|{which}", of_text(names.word(term))
    if (declaration := event.get("errorDeclaration")) is not None:
        yield from _declaration(declaration, known)
    if event.keys() - STANDARD:
        yield from _extensions("ext", event, STANDARD, known)
    if isinstance(event.get("ilmd"), Mapping):
        yield from _extensions("ilmd", event["ilmd"], frozenset(), known)
    for place in ("readPoint", "bizLocation"):
        if len(event.get(place, ())) > 1:
            yield from _extensions(place, event[place], _PLACE, known)
    for element in event.get("sensorElementList") or ():
        yield "event|sensorElementList", EXISTS
        yield from _sensor(element, known)


def _parties(event: Mapping[str, Any]) -> Iterator[tuple[str, Fact]]:
    for item in event.get("bizTransactionList") or ():
        yield (
            f"bizTransaction|{names.word(item.get('type', ''))}",
            of_text(names.canonical(item["bizTransaction"])),
        )
    for name in ("source", "destination"):
        for item in event.get(f"{name}List") or ():
            yield f"{name}|{names.word(item['type'])}", of_text(names.canonical(item[name]))


def _declaration(value: Mapping[str, Any], known: Mapping[str, str]) -> Iterator[tuple[str, Fact]]:
    yield "event|errorDeclarationTime", of_text(value["declarationTime"])
    if "reason" in value:
        yield "event|errorReason", of_text(names.word(value["reason"]))
    for event_id in value.get("correctiveEventIDs") or ():
        yield "event|correctiveEventID", of_text(event_id)
    yield from _extensions("error", value, _DECLARATION, known)


def _sensor(element: Mapping[str, Any], known: Mapping[str, str]) -> Iterator[tuple[str, Fact]]:
    yield from _extensions(
        "sensorElement", element, frozenset(("sensorMetadata", "sensorReport", "type")), known
    )
    metadata = element.get("sensorMetadata") or {}
    for name in (*_METADATA_TIMES, *_METADATA_TEXT):
        if name in metadata:
            yield f"sensor|{name}", _found(name, metadata[name])
    yield from _extensions("sensorMetadata", metadata, _METADATA, known)
    for report in element.get("sensorReport") or ():
        yield from _report(report, known)


def _report(report: Mapping[str, Any], known: Mapping[str, str]) -> Iterator[tuple[str, Fact]]:
    if "type" in report:
        yield "sensor|type", of_text(names.word(report["type"]))
    for name in ("time", *_REPORT_TEXT, "exception", "component", "coordinateReferenceSystem"):
        if name in report:
            yield f"sensor|{name}", _found(name, report[name])
    if "booleanValue" in report:
        yield "sensor|booleanValue", of_value(report["booleanValue"])
    if "percRank" in report:
        yield "sensor|percRank", of_value(report["percRank"])
    for name in _REPORT_NUMBERS:
        if name in report:
            yield f"sensor|{name}|{report.get('uom', '')}", of_value(report[name])
    yield from _extensions("sensorReport", report, _REPORT, known)


def _found(name: str, value: Any) -> Fact:
    """A device is found by each form of its identifier."""
    return of_text(names.canonical(str(value)) if name == "deviceID" else str(value))


def _extensions(
    area: str, owner: Mapping[str, Any], standard: frozenset[str], known: Mapping[str, str]
) -> Iterator[tuple[str, Fact]]:
    """Fields that are not the standard's, and what is nested in them."""
    for name, value in owner.items():
        if name in standard or name.startswith("@"):
            continue
        for fact in _values(value):
            yield f"{area}|{names.qualified(name, known)}", fact
        yield from _inner(area, value, known)


def _values(value: Any) -> Iterator[Fact]:
    if isinstance(value, list):
        yield from map(of_value, value)
        if not value:
            yield EXISTS
    else:
        yield of_value(value)


def _inner(area: str, value: Any, known: Mapping[str, str]) -> Iterator[tuple[str, Fact]]:
    """What is nested at any depth."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, Mapping):
            for name, inner in value.items():
                for fact in _values(inner):
                    yield f"{area}.inner|{names.qualified(name, known)}", fact
                waiting.append(inner)
