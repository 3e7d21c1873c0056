"""The parameters of the simple event query (EPCIS 2.0, section 8.2.7.1), read and checked.

A parameter is a name and a value. Names are fixed (``EQ_bizStep``) or put together from an operator,
an area and a field (``GE_INNER_ILMD_ex:weight``, ``LT_value_CEL``). What comes out says nothing of
tables; :mod:`chambre.epcis.queries.finding` turns it into a question to the database.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from chambre.core.errors import ChambreError
from chambre.epcis.names import prefixes, qualified, word
from chambre.epcis.times import moment
from chambre.lib import epcis as lib

OPERATORS = ("EQ", "GT", "GE", "LT", "LE")
LISTS = frozenset((
    "EQ_action", "EQ_bizStep", "EQ_disposition", "EQ_readPoint", "WD_readPoint", "EQ_bizLocation",
    "WD_bizLocation", "EQ_persistentDisposition_set", "EQ_persistentDisposition_unset",
    "EQ_transformationID", "EQ_eventID", "EQ_errorReason", "EQ_correctiveEventID", "MATCH_epc",
    "MATCH_parentID", "MATCH_inputEPC", "MATCH_outputEPC", "MATCH_anyEPC", "MATCH_epcClass",
    "MATCH_inputEPCClass", "MATCH_outputEPCClass", "MATCH_anyEPCClass",
))  # fmt: skip
"""Parameters whose value is a list of texts, each matching by itself."""
URIS = re.compile(r"(?:MATCH|WD)_\w+|EQ_(?:readPoint|bizLocation|transformationID|eventID)")
TIMES = re.compile(r"(GE|LT)_(eventTime|recordTime)")
_DECLARED = re.compile(r"(GE|LT)_errorDeclaration_?Time")
_QUANTITY = re.compile(r"(EQ|GT|GE|LT|LE)_quantity(?:_([A-Z0-9]{2,4}))?")
_SENSOR_TIME = re.compile(r"(GE|LT)_(time|startTime|endTime)")
_SENSOR_TEXT = re.compile(
    r"EQ_(type|deviceID|dataProcessingMethod|microorganism|chemicalSubstance|bizRules|stringValue"
    r"|booleanValue|hexBinaryValue|uriValue)"
)
_SENSOR_NUMBER = re.compile(
    r"(EQ|GT|GE|LT|LE)_(value|minValue|maxValue|meanValue|sDev|percValue)_([A-Z0-9]{2,4})"
)
_RANK = re.compile(r"(EQ|GT|GE|LT|LE)_percRank")
_PARTY = re.compile(r"EQ_(bizTransaction|source|destination)_(.+)")
_MASTER = re.compile(r"HASATTR_(\w+)|EQ_?ATTR_([A-Za-z]+)_(.+)")
_EXTENSION = re.compile(
    r"(EQ|GT|GE|LT|LE|EXISTS)_(INNER_)?(?:(ILMD|ERROR_DECLARATION|SENSORELEMENT|SENSORMETADATA"
    r"|SENSORREPORT|readPoint|bizLocation)_)?(.*:.+)"
)
_AREAS = {
    None: "ext", "ILMD": "ilmd", "ERROR_DECLARATION": "error", "SENSORELEMENT": "sensorElement",
    "SENSORMETADATA": "sensorMetadata", "SENSORREPORT": "sensorReport", "readPoint": "readPoint",
    "bizLocation": "bizLocation",
}  # fmt: skip
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_LOST_PLUS = re.compile(r" (?=\d\d:\d\d$)")
ACTIONS = ("ADD", "OBSERVE", "DELETE")
EVENT_TYPES = (
    "ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent",
    "AssociationEvent",
)  # fmt: skip
MOST_VALUES = 5000
MOST_PARAMETERS = 60


class QueryRefused(ChambreError):
    """A question that cannot be answered as it stands."""

    code = "epcis.query-parameter"
    status = 400


class QueryTooComplex(ChambreError):
    """More than this repository looks for at once."""

    code = "epcis.query-too-complex"
    status = 413


class QueryTooLarge(ChambreError):
    """More events than ``maxEventCount`` allows."""

    code = "epcis.query-too-large"
    status = 413


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that an event must fulfil.

    Attributes:
        what: ``match``, ``column``, ``time``, ``fact``, ``quantity``, ``eventID``, ``declared`` or
            ``master``.
        name: Which: a column, a field (``area|name``), the parameter's own name.
        operator: ``EQ``, ``GT``, ``GE``, ``LT``, ``LE``, ``EXISTS``, ``WD``.
        values: Texts, numbers and moments; one is enough.
        prefixed: The field stands as it was asked, with a prefix that nobody explained.
    """

    what: str
    name: str
    operator: str = "EQ"
    values: tuple[Any, ...] = ()
    prefixed: bool = False


@dataclass(slots=True)
class Question:
    """A whole query.

    Attributes:
        conditions: All of them must hold.
        order_by: ``recordTime``, ``eventTime`` or a field; empty: as they were recorded.
        descending: The last first, which is the standard's default; only with ``order_by``.
        limit: Only so many.
        maximum: Refuse when there are more.
    """

    conditions: list[Condition] = field(default_factory=list)
    order_by: str = ""
    descending: bool = True
    limit: int | None = None
    maximum: int | None = None
    order_prefixed: bool = False


def refuse(name: str, why: str) -> QueryRefused:
    """A refusal of one parameter."""
    text = _("%(name)s: %(why)s") % {"name": name, "why": why}
    return QueryRefused(text, parameter=name)


def read_question(
    parameters: Mapping[str, Any], known: Mapping[str, str] | None = None
) -> Question:
    """Read a query.

    Args:
        parameters: Names and values, as JSON (a named query) or texts (an address, where ``|``
            stands between the elements of a list).
        known: What prefixes stand for.

    Raises:
        QueryRefused: A name that there is not, or a value that it does not take.
        QueryTooComplex: Too many parameters or values.
    """
    if len(parameters) > MOST_PARAMETERS:
        raise QueryTooComplex(_("At most %(n)d parameters at once.") % {"n": MOST_PARAMETERS})
    known = {**(known or {}), **prefixes(parameters.get("@context"))}
    question = Question()
    for name, value in parameters.items():
        if name != "@context" and not _control(question, name, value, known):
            condition = _condition(name, value, known)
            if condition is not None:
                question.conditions.append(condition)
    if sum(len(one.values) for one in question.conditions) > MOST_VALUES:
        raise QueryTooComplex(_("At most %(n)d values at once.") % {"n": MOST_VALUES})
    _agree(question)
    return question


def _agree(question: Question) -> None:
    if question.limit is not None and question.maximum is not None:
        raise refuse("maxEventCount", _("does not go with eventCountLimit."))
    if question.limit is not None and not question.order_by:
        raise refuse("eventCountLimit", _("needs orderBy."))


def _control(question: Question, name: str, value: Any, known: Mapping[str, str]) -> bool:
    """What is about the answer rather than about events; whether it was that."""
    if name == "orderBy":
        question.order_by = _text(name, value)
        if question.order_by not in ("eventTime", "recordTime"):
            if ":" not in question.order_by:
                raise refuse(name, _("eventTime, recordTime or an extension field."))
            full = qualified(question.order_by, known)
            question.order_prefixed, question.order_by = full == question.order_by, full
    elif name == "orderDirection":
        if value not in ("ASC", "DESC"):
            raise refuse(name, _("ASC or DESC."))
        question.descending = value == "DESC"
    elif name == "eventCountLimit":
        question.limit = _count(name, value)
    elif name == "maxEventCount":
        question.maximum = _count(name, value)
    else:
        return False
    return True


def _count(name: str, value: Any) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,9}", str(value)) or int(value) < 1:
        raise refuse(name, _("a whole number from 1."))
    return int(value)


def _condition(name: str, value: Any, known: Mapping[str, str]) -> Condition | None:
    for read in (_fixed, _sensor, _composed):
        condition = read(name, value, known)
        if condition is not None:
            return condition if condition.what != "none" else None
    raise refuse(name, _("there is no such parameter."))


def _fixed(name: str, value: Any, known: Mapping[str, str]) -> Condition | None:
    if name == "eventType":
        return Condition("column", "type", values=_types(name, value, known))
    if name in LISTS:
        return _listed(name, value, known)
    if found := TIMES.fullmatch(name):
        return Condition("time", found[2], found[1], (_time(name, value),))
    if found := _DECLARED.fullmatch(name):
        return Condition("fact", "event|errorDeclarationTime", found[1], (_time(name, value),))
    if found := _QUANTITY.fullmatch(name):
        return Condition("quantity", found[2] or "", found[1], _numbers(name, value, found[1]))
    if name == "EXISTS_errorDeclaration":
        return Condition("declared" if _flag(name, value) else "none", "errorDeclaration")
    if name == "EXISTS_sensorElementList":
        what = "fact" if _flag(name, value) else "none"
        return Condition(what, "event|sensorElementList", "EXISTS")
    return None


def _types(name: str, value: Any, known: Mapping[str, str]) -> tuple[str, ...]:
    types = _texts(name, value)
    for one in types:
        if one not in EVENT_TYPES and ":" not in one:
            raise refuse(name, _("an event type of the standard or an address."))
    return tuple(qualified(one, known) for one in types)


def _listed(name: str, value: Any, known: Mapping[str, str]) -> Condition:
    operator, _mark, rest = name.partition("_")
    values = _texts(name, value)
    if URIS.fullmatch(name):
        for one in values:
            if not lib.is_uri(one):
                raise refuse(name, _("“%(value)s” is not a URI.") % {"value": one[:80]})
    if operator == "MATCH":
        return Condition("match", rest, values=values)
    if name == "EQ_action":
        if any(one not in ACTIONS for one in values):
            raise refuse(name, _("ADD, OBSERVE or DELETE."))
        return Condition("column", "action", values=values)
    if rest in ("bizStep", "disposition", "readPoint", "bizLocation"):
        plain = tuple(_named(one, known) for one in values)
        return Condition("column", rest, operator, plain if operator == "EQ" else values)
    if rest == "eventID":
        return Condition("eventID", rest, values=values)
    which = rest.removeprefix("persistentDisposition_")
    return Condition("fact", f"event|{which}", values=tuple(_named(one, known) for one in values))


def _named(text: str, known: Mapping[str, str]) -> str:
    return word(qualified(text, known) if ":" in text else text)


def _sensor(name: str, value: Any, known: Mapping[str, str]) -> Condition | None:
    if found := _SENSOR_TIME.fullmatch(name):
        return Condition("fact", f"sensor|{found[2]}", found[1], (_time(name, value),))
    if found := _SENSOR_TEXT.fullmatch(name):
        if found[1] == "booleanValue":
            values: tuple[str, ...] = ("true" if _flag(name, value) else "false",)
        else:
            values = tuple(_named(one, known) for one in _texts(name, value))
        return Condition("fact", f"sensor|{found[1]}", values=values)
    if found := _SENSOR_NUMBER.fullmatch(name):
        numbers = _numbers(name, value, found[1])
        return Condition("fact", f"sensor|{found[2]}|{found[3]}", found[1], numbers)
    if found := _RANK.fullmatch(name):
        return Condition("fact", "sensor|percRank", found[1], _numbers(name, value, found[1]))
    return None


def _composed(name: str, value: Any, known: Mapping[str, str]) -> Condition | None:
    if found := _MASTER.fullmatch(name):
        operator = "EXISTS" if found[1] else "EQ"
        which = found[1] or f"{found[2]}\0{found[3]}"
        return Condition("master", which, operator, _texts(name, value))
    if (found := _PARTY.fullmatch(name)) and not _is_place(name):
        kind = _named(found[2], known)
        return Condition("fact", f"{found[1]}|{kind}", values=_texts(name, value))
    if (found := _EXTENSION.fullmatch(name)) is None:
        return None
    operator, inner, area, local = found.groups()
    full = qualified(local, known)
    label = f"{_AREAS[area]}{'.inner' if inner else ''}|{full}"
    prefixed = full == local and "//" not in local
    if operator == "EXISTS":
        what = "fact" if _flag(name, value) else "none"
        return Condition(what, label, operator, prefixed=prefixed)
    if operator == "EQ":
        return Condition("fact", label, operator, _scalars(name, value), prefixed)
    return Condition("fact", label, operator, (_ordered(name, value),), prefixed)


def _is_place(name: str) -> bool:
    return name.startswith(("EQ_readPoint", "EQ_bizLocation"))


def _texts(name: str, value: Any) -> tuple[str, ...]:
    """The elements of a list."""
    items: Sequence[Any] = value.split("|") if isinstance(value, str) else value
    if (
        not isinstance(items, list | tuple)
        or not items
        or not all(isinstance(one, str) and one for one in items)
    ):
        raise refuse(name, _("a list of texts."))
    return tuple(dict.fromkeys(items))


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise refuse(name, _("a text."))
    return value


def _time(name: str, value: Any) -> dt.datetime:
    try:
        return moment(_LOST_PLUS.sub("+", value))
    except (ValueError, AttributeError, TypeError):
        example = "2026-05-01T10:30:00+02:00"
        raise refuse(name, _("a moment such as %(example)s.") % {"example": example}) from None


def _number(name: str, value: Any) -> float:
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        value = float(value)
    try:
        if isinstance(value, bool) or not isinstance(value, int | float) or math.isinf(value):
            raise ValueError
        return float(value)
    except (ValueError, OverflowError):
        raise refuse(name, _("a number.")) from None


def _numbers(name: str, value: Any, operator: str) -> tuple[float, ...]:
    """One number, or with ``EQ`` several."""
    if operator == "EQ":
        items = value.split("|") if isinstance(value, str) else value
        items = items if isinstance(items, list) else [items]
        if items:
            return tuple(_number(name, one) for one in items)
    return (_number(name, value),)


def _flag(name: str, value: Any) -> bool:
    """True, also for ``EXISTS_…=1`` and without a value; False leaves the parameter out."""
    if value in (True, 1, "true", "1", "", None, "null", "True"):
        return True
    if value in (False, 0, "false", "0", "False"):
        return False
    raise refuse(name, _("true or false."))


def _scalars(name: str, value: Any) -> tuple[Any, ...]:
    """What an extension field may be equal to: texts, numbers."""
    if isinstance(value, str):
        return _texts(name, value)
    items = value if isinstance(value, list) else [value]
    if not items or not all(isinstance(one, str | int | float) for one in items):
        raise refuse(name, _("a text, a number, or a list of them."))
    return tuple(("true" if one else "false") if isinstance(one, bool) else one for one in items)


def _ordered(name: str, value: Any) -> float | dt.datetime:
    """A number or a moment."""
    try:
        return _number(name, value)
    except QueryRefused:
        return _time(name, value)


def canonical_form(parameters: Mapping[str, Any]) -> str:
    """A query as text that is the same for the same query."""
    return json.dumps(parameters, sort_keys=True, ensure_ascii=True)


def without(parameters: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The parameters but for these."""
    left = set(names)
    return {name: value for name, value in parameters.items() if name not in left}
