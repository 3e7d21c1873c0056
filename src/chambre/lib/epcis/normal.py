"""Events with their identifiers in the form that somebody asks for (``GS1-EPC-Format``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Literal

from chambre.lib import gs1

from .model import EPC_FIELDS, QUANTITY_FIELDS

Form = Literal["digital_link", "urn", "none"]
_SENSOR = (
    "deviceID",
    "deviceMetadata",
    "rawData",
    "dataProcessingMethod",
    "bizRules",
    "microorganism",
    "chemicalSubstance",
    "uriValue",
)
Change = Callable[[str], str]


def identifier(text: str, form: Form, prefixes: gs1.PrefixLengths = gs1.UNKNOWN) -> str:
    """One identifier in a form; as it is where it has no such form, or is no GS1 key.

    A Digital Link on one's own domain already is one and stays; a URN from a Digital Link needs
    the length of the company prefix.
    """
    if form == "digital_link" and text.startswith("urn:epc:"):
        return _converted(text, gs1.UNKNOWN).digital_link or text
    if form == "urn" and text.startswith(("http://", "https://")):
        return _converted(text, prefixes).urn or text
    return text


def _converted(text: str, prefixes: gs1.PrefixLengths) -> gs1.Conversion:
    try:
        return gs1.convert(text, prefixes=prefixes)
    except gs1.Gs1Refused:
        return gs1.Conversion(None, None)


def normalise(
    event: Mapping[str, Any], form: Form, *, prefixes: gs1.PrefixLengths = gs1.UNKNOWN
) -> dict[str, Any]:
    """A valid event with its identifiers in one form; the event given is left as it is.

    What is changed: things, classes, parents, places, transactions, sources, destinations and what
    sensors refer to. Extensions, ids of events and standard words are not.

    Args:
        event: The JSON object of an event.
        form: ``digital_link``, ``urn`` or ``none``, which changes nothing.
        prefixes: Lengths of company prefixes, for ``urn``.
    """
    if form == "none":
        return dict(event)
    change: Change = partial(identifier, form=form, prefixes=prefixes)
    return {name: _field(name, value, change) for name, value in event.items()}


def _field(name: str, value: Any, change: Change) -> Any:
    write = _FIELDS.get(name)
    return value if write is None or not value else write(value, change)


def _one(value: Any, change: Change) -> Any:
    return change(value) if isinstance(value, str) else value


def _several(value: Any, change: Change) -> Any:
    return [_one(item, change) for item in value]


def _members(*names: str) -> Callable[[Any, Change], Any]:
    """Those members of an object that are identifiers."""

    def write(value: Any, change: Change) -> Any:
        return {
            name: change(item) if name in names and isinstance(item, str) else item
            for name, item in value.items()
        }

    return write


def _each(write: Callable[[Any, Change], Any]) -> Callable[[Any, Change], Any]:
    return lambda value, change: [write(item, change) for item in value]


def _sensor(value: Any, change: Change) -> Any:
    members = _members(*_SENSOR)
    found = dict(value)
    if "sensorMetadata" in found:
        found["sensorMetadata"] = members(found["sensorMetadata"], change)
    found["sensorReport"] = [members(one, change) for one in found["sensorReport"]]
    return found


_FIELDS: Mapping[str, Callable[[Any, Change], Any]] = {
    "parentID": _one,
    "transformationID": _one,
    **dict.fromkeys(EPC_FIELDS, _several),
    **dict.fromkeys(QUANTITY_FIELDS, _each(_members("epcClass"))),
    "readPoint": _members("id"),
    "bizLocation": _members("id"),
    "bizTransactionList": _each(_members("bizTransaction")),
    "sourceList": _each(_members("source")),
    "destinationList": _each(_members("destination")),
    "sensorElementList": _each(_sensor),
}
