"""An event written out as the one text that is hashed; see :mod:`.hashing` for the rules."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from chambre.lib import gs1

from .formats import is_time, read_time
from .problems import EpcisError, Problem, shown
from .schema import sound
from .vocabulary import (
    ALERT,
    BIZ_STEP,
    COMPONENT,
    DISPOSITION,
    MEASUREMENT,
    PARTY_TYPE,
    TRANSACTION_TYPE,
    WRITTEN_OUT,
    WordList,
)

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_FRACTION = re.compile(r"\.([0-9]+)")
WRITTEN_TIME = re.compile(
    r"(?!0000)[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3])"
    r"(?::[0-5][0-9]){2}(?:\.[0-9]{3})?Z"
).fullmatch
"""Times that stand in UTC and to the millisecond (or second) already, on a day that each month has."""
MILLISECONDS = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"
).fullmatch
"""Times that are hashed as they stand, if there are such a day and such a second."""
COMMENTS = frozenset({"@context", "rdfs:comment", "comment", "#text"})
_LEFT_OUT = frozenset({"@context", "eventID", "recordTime", "errorDeclaration", "type"})

Prefixes = Mapping[str, str]


def prefixes_of(*contexts: Any) -> dict[str, str]:
    """What JSON-LD contexts abbreviate: prefix → namespace. Later ones go before earlier ones."""
    found: dict[str, str] = {}
    for context in contexts:
        for part in context if isinstance(context, list) else (context,):
            if not isinstance(part, Mapping):
                continue
            for name, value in part.items():
                target = value.get("@id") if isinstance(value, Mapping) else value
                if isinstance(target, str) and not name.startswith("@"):
                    found[name] = target
    return found


@lru_cache(maxsize=20_000)
def _plain(text: str) -> str:
    """A value of any field: standard words, numbers and GS1 identifiers in their one form."""
    text = text.strip()
    found = WRITTEN_OUT.get(text) if text.startswith("urn:epcglobal:cbv:") else None
    if found:
        return found[0].web + found[1]
    if _NUMBER.fullmatch(text):
        return _number(text)
    return gs1.canonical(text) or text


def _number(text: str) -> str:
    """A number without sign of plus, leading and trailing zeros.

    Written as a float is where that says it exactly; longer ones keep all their digits, so that
    two long serial numbers never become one.
    """
    exact = Decimal(text)
    if exact == exact.to_integral_value():
        return format(exact.to_integral_value(), "f") if exact else "0"
    nearest = repr(float(text))
    if Decimal(nearest) == exact:
        return nearest
    return format(exact.normalize(), "f")


def _text(value: Any) -> str:
    """A scalar of JSON as text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def instant(text: str) -> str:
    """A time in UTC with three decimals; the fourth rounds."""
    if WRITTEN_TIME(text):
        return text if len(text) == 24 else f"{text[:19]}.000Z"
    return _converted(text)


@lru_cache(maxsize=20_000)
def _converted(text: str) -> str:
    """The same of a time that is written in another way."""
    try:
        at = read_time(text.strip())
        fraction = _FRACTION.search(text)
        digits = (fraction[1] if fraction else "")[:4].ljust(4, "0")
        milliseconds = int(digits[:3]) + (digits[3] >= "5")
        if at.second == 59 and at.microsecond == 999_999 and ":60" in text:
            milliseconds = 999  # a leap second is the end of the one before
        at = at.replace(microsecond=0).astimezone(dt.UTC) + dt.timedelta(milliseconds=milliseconds)
    except (ValueError, OverflowError):
        rule = "year" if is_time(text) else "time"
        raise EpcisError([Problem("$", rule, {"value": shown(text)})]) from None
    return f"{at.isoformat(timespec='milliseconds')[:-6]}Z"


Form = Callable[["Writer", Any], str]
_KEPT = 20_000
"""Values that a writer remembers."""
_SHORT = 200
"""Characters of the longest of them."""


class Writer:
    """Writes events out, given what their prefixes stand for."""

    def __init__(self, prefixes: Prefixes) -> None:
        self.prefixes = prefixes
        self._values: dict[str, str] = {}

    def value(self, value: Any) -> str:
        """A scalar in its one form."""
        if type(value) is str:
            found = self._values.get(value)
            return self._value(value) if found is None else found
        if type(value) is int:
            return str(value)
        return _plain(_text(value))

    def _value(self, value: str) -> str:
        """A text in its one form, remembered: places and words come again with each event."""
        found = _plain(self.expanded(value) if ":" in value else value)
        if len(value) <= _SHORT:
            if len(self._values) >= _KEPT:
                self._values.clear()
            self._values[value] = found
        return found

    def expanded(self, text: str) -> str:
        """A compact URI written out; anything else as it is."""
        prefix, _, rest = text.partition(":")
        namespace = self.prefixes.get(prefix)
        return text if namespace is None else namespace + rest

    def word(self, value: Any, words: WordList) -> str:
        """A standard word as URI of the web vocabulary."""
        if isinstance(value, str) and value in words.words:
            return words.web + value
        return self.value(value)

    def name(self, name: str) -> str:
        """The name of an extension: ``{namespace}name``."""
        prefix, colon, rest = name.partition(":")
        namespace = self.prefixes.get(prefix) if colon else None
        if namespace is not None:
            return f"{{{namespace}}}{rest}"
        if "://" in name:
            cut = max(name.rfind("/"), name.rfind("#")) + 1
            return f"{{{name[:cut]}}}{name[cut:]}"
        return name

    def event(self, event: Mapping[str, Any]) -> str:
        """The whole event."""
        event = sound(event)
        ordered, listed, own = _shape(event)
        text = f"eventType={event['type']}" + "".join(
            [form(self, event[name]) for name, form in ordered]
        )
        tail = [form(self, event[name]) for name, form in listed if event[name]]
        tail += [self.extension(name, event[name]) for name in own]
        if sensors := event.get("sensorElementList"):
            element, rest = self.sensors(sensors)
            text += element
            tail.append(rest)
        return text + "".join(sorted(tail))

    def extension(self, name: str, value: Any) -> str:
        """A field of one's own, with all that is in it."""
        return "" if name in COMMENTS else "".join(self.entries(self.name(name), value))

    def entries(self, name: str, value: Any) -> Iterable[str]:
        """Each value of a field of one's own; a list repeats the field, a named list nests it."""
        if isinstance(value, list):
            if name.endswith("List") and value:
                inner = [text for one in value for text in self.entries(name[:-4], one)]
                return [name + "".join(sorted(inner))]
            return sorted(text for one in value for text in self.entries(name, one))
        if isinstance(value, Mapping):
            return [name + self.nested(value)]
        text = self.value(value)
        return [f"{name}={text}" if text else name]

    def nested(self, value: Mapping[str, Any]) -> str:
        """The fields within a field of one's own."""
        if "@context" in value:
            self = Writer({**self.prefixes, **prefixes_of(value["@context"])})  # noqa: PLW0642
        inner = [
            text
            for name, item in value.items()
            if name not in COMMENTS
            for text in self.entries(self.name(name), item)
        ]
        return "".join(sorted(inner))

    def extensions(self, value: Mapping[str, Any], known: Iterable[str]) -> str:
        """The fields of one's own within an object of the standard."""
        found = [self.extension(name, item) for name, item in value.items() if name not in known]
        return "".join(sorted(found))

    def sensors(self, elements: Iterable[Mapping[str, Any]]) -> tuple[str, str]:
        """The sensor elements, and the business rules of reports, which the vectors put apart."""
        whole, apart = [], []
        for element in elements:
            metadata = element.get("sensorMetadata")
            reports = [self.fields("sensorReport", one, _REPORT) for one in element["sensorReport"]]
            whole.append(
                "sensorElement"
                + (self.fields("sensorMetadata", metadata, _METADATA) if metadata else "")
                + "".join(sorted(reports))
                + self.extensions(element, _ELEMENT)
            )
            rules = sorted(
                f"sensorReportbizRules={self.value(one['bizRules'])}"
                for one in element["sensorReport"]
                if "bizRules" in one
            )
            if rules:
                apart.append("sensorElement" + "".join(rules))
        rest = "sensorElementList" + "".join(sorted(apart)) if apart else ""
        return "sensorElementList" + "".join(sorted(whole)), rest

    def fields(self, name: str, value: Mapping[str, Any], order: Mapping[str, Any]) -> str:
        """An object of the standard: its fields in order, then those of one's own."""
        parts = [name]
        for key, form in order.items():
            if form is not None and key in value:
                text = form(self, value[key])
                if text:
                    parts.append(f"{key}={text}")
        if any(key not in order for key in value):
            parts.append(self.extensions(value, order))
        return "".join(parts)


def _scalar(writer: Writer, value: Any) -> str:
    return writer.value(value)


def _time(_writer: Writer, value: Any) -> str:
    return instant(value)


def _worded(words: WordList) -> Form:
    return lambda writer, value: writer.word(value, words)


def _one(name: str, form: Form = _scalar) -> tuple[str, Form]:
    """A field with one value, or the same value several times."""

    def write(writer: Writer, value: Any) -> str:
        if isinstance(value, list):
            return "".join(sorted(f"{name}={form(writer, one)}" for one in value))
        return f"{name}={form(writer, value)}"

    return name, write


def _epcs(name: str) -> tuple[str, Form]:
    def write(writer: Writer, value: Any) -> str:
        if not value:
            return ""
        return name + "".join(sorted([f"epc={writer.value(epc)}" for epc in value]))

    return name, write


def _quantities(name: str) -> tuple[str, Form]:
    order = dict.fromkeys(("epcClass", "quantity", "uom"), _scalar)

    def write(writer: Writer, value: Any) -> str:
        if not value:
            return ""
        return name + "".join(sorted(writer.fields("quantityElement", one, order) for one in value))

    return name, write


def _place(name: str) -> tuple[str, Form]:
    order = {"id": _scalar}

    def write(writer: Writer, value: Any) -> str:
        if len(value) == 1 and (text := writer.value(value["id"])):
            return f"{name}id={text}"
        return writer.fields(name, value, order)

    return name, write


def _states(value: Any) -> list[str]:
    """States in a list; some events may have anything there."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _lasting(writer: Writer, value: Any) -> str:
    if not isinstance(value, Mapping):
        return ""
    texts = [
        f"{name}={writer.word(one, DISPOSITION)}"
        for name in ("set", "unset")
        for one in sorted(_states(value.get(name)), key=lambda word: writer.word(word, DISPOSITION))
    ]
    return "persistentDisposition" + "".join(texts) if texts else ""


def _typed(name: str, key: str, words: WordList) -> tuple[str, Form]:
    """A list of things with their types."""

    def write(writer: Writer, value: Any) -> str:
        texts = []
        for one in value:
            kind = f"type={writer.word(one['type'], words)}" if "type" in one else ""
            texts.append(f"{kind}{key}={writer.value(one[key])}")
        return name + "".join(sorted(texts))

    return name, write


_ORDER: tuple[tuple[str, Form], ...] = (
    _one("eventTime", _time),
    ("eventTimeZoneOffset", lambda _writer, value: f"eventTimeZoneOffset={value}"),
    _one("certificationInfo"),
    _one("parentID"),
    _epcs("epcList"),
    _epcs("inputEPCList"),
    _epcs("childEPCs"),
    _quantities("quantityList"),
    _quantities("childQuantityList"),
    _quantities("inputQuantityList"),
    _epcs("outputEPCList"),
    _quantities("outputQuantityList"),
    _one("action"),
    _one("transformationID"),
    _one("bizStep", _worded(BIZ_STEP)),
    _one("disposition", _worded(DISPOSITION)),
    ("persistentDisposition", _lasting),
    _place("readPoint"),
    _place("bizLocation"),
)
FORMS: Mapping[str, Form] = dict(_ORDER)
"""The fields that are written in a fixed order, in this order."""
_SORTED: tuple[tuple[str, Form], ...] = (
    _typed("bizTransactionList", "bizTransaction", TRANSACTION_TYPE),
    _typed("destinationList", "destination", PARTY_TYPE),
    ("ilmd", lambda writer, value: f"ilmd{writer.nested(value)}"),
    _typed("sourceList", "source", PARTY_TYPE),
)
_FIELDS = frozenset(
    {*_LEFT_OUT, *(name for name, _form in (*_ORDER, *_SORTED)), "sensorElementList"}
)
_Named = tuple[tuple[str, Form], ...]
_Shape = tuple[_Named, _Named, tuple[str, ...]]
_shapes: dict[tuple[str, ...], _Shape] = {}
_SHAPES = 500
"""Shapes that are remembered."""


def _shape(event: Mapping[str, Any]) -> _Shape:
    """What is written of events with these fields: in order, sorted, and those of one's own."""
    names = tuple(event)
    found = _shapes.get(names)
    if found is None:
        found = (
            tuple(one for one in _ORDER if one[0] in event),
            tuple(one for one in _SORTED if one[0] in event),
            tuple(name for name in names if name not in _FIELDS and name not in COMMENTS),
        )
        if sum(map(len, names)) <= 10 * _SHORT:
            if len(_shapes) >= _SHAPES:
                _shapes.clear()
            _shapes[names] = found
    return found


_ELEMENT = frozenset({"sensorMetadata", "sensorReport"})
_METADATA: Mapping[str, Form] = {
    "time": _time,
    "startTime": _time,
    "endTime": _time,
    **dict.fromkeys(
        ("deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules"), _scalar
    ),
}
_REPORT: Mapping[str, Form | None] = {
    "type": _worded(MEASUREMENT),
    "exception": _worded(ALERT),
    **dict.fromkeys(("deviceID", "deviceMetadata", "rawData", "dataProcessingMethod"), _scalar),
    "time": _time,
    "microorganism": _scalar,
    "chemicalSubstance": _scalar,
    "value": _scalar,
    "component": _worded(COMPONENT),
    **dict.fromkeys(
        (
            "stringValue",
            "booleanValue",
            "hexBinaryValue",
            "uriValue",
            "minValue",
            "maxValue",
            "meanValue",
            "sDev",
            "percRank",
            "percValue",
            "uom",
            "coordinateReferenceSystem",
        ),
        _scalar,
    ),
    "bizRules": None,
}
