"""A question turned into a query of the tables, answered page by page.

Pages follow each other by key (time and number of the last event), so that a page is as quick far
from the beginning as near it and nothing is counted. Events put in order by an extension field are
the exception: their pages are counted off.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Min, OuterRef, Q, QuerySet, Subquery

from chambre.epcis import names
from chambre.epcis.fields import CANONICAL, of_text
from chambre.epcis.language import Condition, QueryTooLarge, Question
from chambre.epcis.models import (
    Context,
    Event,
    EventFact,
    EventObject,
    Kind,
    MasterChild,
    MasterElement,
    Term,
)
from chambre.epcis.taking import ACTIONS, QUANTITIES
from chambre.epcis.terms import event_key, field_id, number_of, term_id

Role = EventObject.Role
MATCHED: dict[str, tuple[Kind, tuple[int, ...]]] = {
    "epc": (Kind.EPC, (Role.EPC, Role.CHILD)),
    "parentID": (Kind.EPC, (Role.PARENT,)),
    "inputEPC": (Kind.EPC, (Role.INPUT,)),
    "outputEPC": (Kind.EPC, (Role.OUTPUT,)),
    "anyEPC": (Kind.EPC, (Role.EPC, Role.CHILD, Role.PARENT, Role.INPUT, Role.OUTPUT)),
    "epcClass": (Kind.CLASS, (Role.QUANTITY, Role.CHILD_QUANTITY)),
    "inputEPCClass": (Kind.CLASS, (Role.INPUT_QUANTITY,)),
    "outputEPCClass": (Kind.CLASS, (Role.OUTPUT_QUANTITY,)),
    "anyEPCClass": (Kind.CLASS, tuple(role for _name, role in QUANTITIES)),
}
COLUMNS: dict[str, tuple[str, Kind]] = {
    "type": ("type", Kind.EVENT_TYPE),
    "bizStep": ("biz_step", Kind.BIZ_STEP),
    "disposition": ("disposition", Kind.DISPOSITION),
    "readPoint": ("read_point", Kind.READ_POINT),
    "bizLocation": ("biz_location", Kind.BIZ_LOCATION),
}
LOOKUPS = {"EQ": "", "GT": "__gt", "GE": "__gte", "LT": "__lt", "LE": "__lte"}
DEPTH = 20
"""Levels of places within places that are followed."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of events.

    Attributes:
        rows: The events.
        after: Where the next page begins: a key, or nothing when this is the last.
        left: How many more ``eventCountLimit`` leaves; None without it.
    """

    rows: list[Event]
    after: list[Any] | None
    left: int | None


def matching(question: Question) -> QuerySet[Event]:
    """The events that fulfil every condition."""
    rows: QuerySet[Event] = Event.objects.all()
    for condition in question.conditions:
        rows = rows.filter(_clause(condition))
    return rows


def find(
    question: Question, *, size: int, after: Sequence[Any] | None = None, left: int | None = None
) -> Page:
    """A page of the answer.

    Args:
        question: What is asked.
        size: At most so many events.
        after: Where the page before ended.
        left: How many events ``eventCountLimit`` still leaves.

    Raises:
        QueryTooLarge: There are more than ``maxEventCount``.
    """
    rows = matching(question)
    if question.maximum is not None and after is None:
        found = len(rows.order_by().values_list("pk")[: question.maximum + 1])
        if found > question.maximum:
            raise QueryTooLarge(maximum=question.maximum)
    left = question.limit if after is None else left
    wanted = size if left is None else min(size, left)
    if question.order_by in ("", "recordTime", "eventTime"):
        some, keys = _by_key(rows, question, wanted, after)
    else:
        some, keys = _by_field(rows, question, wanted, int(after[0]) if after else 0)
    more = len(some) > wanted
    some = some[:wanted]
    left = None if left is None else left - len(some)
    last = keys(some[-1], len(some)) if more and some and left != 0 else None
    return Page(some, last, left)


def _by_key(
    rows: QuerySet[Event], question: Question, wanted: int, after: Sequence[Any] | None
) -> tuple[list[Event], Any]:
    """By number, or by a time and the number."""
    column = {"eventTime": "event_time", "recordTime": "record_time"}.get(question.order_by, "")
    down = question.descending and bool(column)
    ahead = "lt" if down else "gt"
    if after is not None:
        number = int(after[-1])
        if column:
            at = dt.datetime.fromisoformat(after[0])
            rows = rows.filter(**{f"{column}__{ahead}e": at}).filter(
                Q(**{f"{column}__{ahead}": at}) | Q(**{f"id__{ahead}": number})
            )
        else:
            rows = rows.filter(id__gt=number)
    fields = [column, "id"] if column else ["id"]
    rows = rows.order_by(*(f"-{name}" if down else name for name in fields))

    def key(row: Event, _count: int) -> list[Any]:
        return [getattr(row, column).isoformat(), row.pk] if column else [row.pk]

    return list(rows.select_related("context")[: wanted + 1]), key


def _by_field(
    rows: QuerySet[Event], question: Question, wanted: int, start: int
) -> tuple[list[Event], Any]:
    """By an extension field: numbers, moments, then texts by their code points."""
    fields = _fields(f"ext|{question.order_by}", prefixed=question.order_prefixed)
    facts = EventFact.objects.filter(event=OuterRef("pk"), field__in=fields).order_by()
    order = []
    for name in ("number", "at", "text"):
        least = facts.values("event").annotate(least=Min(name)).values("least")
        rows = rows.annotate(**{f"by_{name}": Subquery(least)})
        by = F(f"by_{name}")
        order.append(by.desc(nulls_last=True) if question.descending else by.asc(nulls_last=True))
    rows = rows.order_by(*order, "id").select_related("context")
    return list(rows[start : start + wanted + 1]), lambda _row, count: [start + count]


def _clause(condition: Condition) -> Q:
    return {
        "match": _match,
        "column": _column,
        "time": _time,
        "fact": _fact,
        "quantity": _quantity,
        "eventID": _event_id,
        "declared": lambda _condition: ~Q(declared=0),
        "master": _master,
    }[condition.what](condition)


def _match(condition: Condition) -> Q:
    kind, roles = MATCHED[condition.name]
    plain, patterns = _split(condition.values)
    epcs = Q(epc__in=[term_id(kind, names.canonical(one)) for one in plain])
    for pattern in patterns:
        terms = Term.objects.filter(kind=kind).filter(_like(pattern))
        epcs |= Q(epc__in=terms.values("id"))
    objects = EventObject.objects.filter(epcs, role__in=roles)
    return Q(pk__in=objects.values("event_id"))


def _split(values: Iterable[str]) -> tuple[list[str], list[str]]:
    """Identifiers, and patterns (EPCIS 2.0, section 8.2.7.1.1)."""
    patterns = [one for one in values if one.startswith("urn:epc:idpat:")]
    return [one for one in values if one not in patterns], patterns


def _like(pattern: str) -> Q:
    """Which terms an EPC pattern stands for: itself as a class, and each object of that class."""
    link = names.canonical(pattern)
    if link != pattern:
        return Q(text=link) | Q(text__startswith=link)
    fixed = pattern.partition("*")[0].removeprefix("urn:epc:idpat:")
    scheme, _mark, rest = fixed.partition(":")
    digits = rest.replace(".", "")
    start, lead = LEADING.get(scheme, ("", ""))
    raw = Q(text__startswith=f"urn:epc:id:{fixed}")
    if not start:
        return raw
    beginning = f"https://id.gs1.org/{start}/{lead}{digits}".replace(".", r"\.")
    return raw | Q(text__regex=f"^{beginning}")


LEADING = {
    "sgtin": ("01", "[0-9]"), "sscc": ("00", "[0-9]"), "sgln": ("414", ""), "grai": ("8003", "0"),
    "giai": ("8004", ""), "gsrn": ("8018", ""), "gsrnp": ("8017", ""), "gdti": ("253", ""),
    "cpi": ("8010", ""), "sgcn": ("255", ""), "pgln": ("417", ""), "itip": ("8006", "[0-9]"),
    "upui": ("01", "[0-9]"), "ginc": ("401", ""), "gsin": ("402", ""),
}  # fmt: skip
"""Where the company prefix stands in the Digital Link of a scheme (EPC Tag Data Standard 2.0)."""


def _column(condition: Condition) -> Q:
    if condition.name == "action":
        return Q(action__in=[ACTIONS[one] for one in condition.values])
    column, kind = COLUMNS[condition.name]
    values: Iterable[str] = condition.values
    if kind in (Kind.READ_POINT, Kind.BIZ_LOCATION):
        values = {names.canonical(one) for one in values}
        if condition.operator == "WD":
            values = with_parts(values)
    return Q(**{f"{column}__in": [term_id(kind, one) for one in values]})


def with_parts(places: Iterable[str]) -> set[str]:
    """Places, and all that master data says is in them."""
    found = set(places)
    ahead = set(found)
    for _level in range(DEPTH):
        keys = [number_of(place) for place in ahead]
        children = MasterChild.objects.filter(parent__uri_key__in=keys)
        ahead = set(children.values_list("uri", flat=True)) - found
        if not ahead:
            break
        found |= ahead
    return found


def _time(condition: Condition) -> Q:
    column = {"eventTime": "event_time", "recordTime": "record_time"}[condition.name]
    return Q(**{f"{column}{LOOKUPS[condition.operator]}": condition.values[0]})


def _fields(name: str, *, prefixed: bool) -> list[int]:
    """Keys of a field; of every full name that its prefix may stand for, when nobody said."""
    if not prefixed:
        return [field_id(name)]
    area, _mark, local = name.partition("|")
    prefix = local.partition(":")[0]
    rows = Context.objects.filter(body__contains=f'"{prefix}"').values_list("body", flat=True)[:500]
    known = [names.prefixes(Context(body=body).value) for body in rows]
    return [field_id(f"{area}|{one}") for one in names.candidates(local, known)]


def _fact(condition: Condition) -> Q:
    facts = EventFact.objects.filter(field__in=_fields(condition.name, prefixed=condition.prefixed))
    if condition.operator != "EXISTS":
        equal = condition.operator == "EQ"
        facts = facts.filter(_equal(condition) if equal else _beyond(condition))
    return Q(pk__in=facts.values("event_id"))


def _equal(condition: Condition) -> Q:
    clause = Q(pk__in=[])
    identifiers = condition.name.startswith(CANONICAL)
    for value in condition.values:
        if isinstance(value, str):
            text = names.canonical(value) if identifiers else value
            _digest, _text, number, at = of_text(text)
            clause |= Q(digest=number_of(text))
            if number is not None:
                clause |= Q(number=number)
            if at is not None:
                clause |= Q(at=at)
        else:
            clause |= Q(number=value)
    return clause


def _beyond(condition: Condition) -> Q:
    value = condition.values[0]
    column = "at" if isinstance(value, dt.datetime) else "number"
    return Q(**{f"{column}{LOOKUPS[condition.operator]}": value})


def _quantity(condition: Condition) -> Q:
    objects = EventObject.objects.filter(quantity__isnull=False)
    if condition.operator == "EQ":
        objects = objects.filter(quantity__in=condition.values)
    else:
        objects = objects.filter(**{f"quantity{LOOKUPS[condition.operator]}": condition.values[0]})
    if condition.name:
        objects = objects.filter(uom=condition.name)
    return Q(pk__in=objects.values("event_id"))


def _event_id(condition: Condition) -> Q:
    return Q(event_key__in=[event_key(one) for one in condition.values])


def _master(condition: Condition) -> Q:
    """Events whose place, class or object has (such) a master data attribute."""
    where, _mark, attribute = condition.name.partition("\0")
    wanted = set(condition.values)
    uris = [
        element.uri
        for element in MasterElement.objects.iterator()
        if _has(element.attributes, attribute, wanted)
    ]
    if where in ("readPoint", "bizLocation", "bizStep", "disposition"):
        column, kind = COLUMNS[where]
        return Q(**{f"{column}__in": [term_id(kind, uri) for uri in uris]})
    if where in MATCHED:
        kind, roles = MATCHED[where]
        keys = [term_id(kind, uri) for uri in uris]
        objects = EventObject.objects.filter(epc__in=keys, role__in=roles)
        return Q(pk__in=objects.values("event_id"))
    return Q(pk__in=[])


def _has(attributes: dict[str, Any], attribute: str, wanted: set[str]) -> bool:
    if not attribute:
        return bool(wanted & set(attributes))
    value = attributes.get(attribute)
    values = value if isinstance(value, list) else [value]
    return any(str(one) in wanted for one in values if one is not None)
