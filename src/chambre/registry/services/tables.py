"""Between the record of a resource and its tables. Only the services of this package call it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from chambre.registry import record as schema
from chambre.registry.folding import fold, haystack
from chambre.registry.models import Agent, Resource, Term
from chambre.registry.models.details import Detail

KIND_WORDS = {
    "land": "terre terrain sol eau rivière champ land soil water field",
    "living": "vivant plantes animaux semences graines forêt living plants animals seeds forest",
    "building": "bâtiment maison building house",
    "place": "lieu partagé tiers-lieu place",
    "tool": "outil machine matériel équipement tool equipment",
    "plan": "plans dessins conception plan design blueprint",
    "software": "logiciel programme application software",
    "data": "données base de données data database",
    "knowledge": "connaissance savoir savoir-faire knowledge",
    "training": "formation cours apprentissage training course",
    "care": "soin attention entraide care",
    "scheme": "dispositif service consigne scheme",
    "money": "argent monnaie crédit fonds money credit fund",
    "other": "",
}
"""Words in French and English by which a kind is found, whatever the reader's language."""


def read_record(resource: Resource) -> dict[str, Any]:
    """The record as the tables have it (but for standing and assessments)."""
    record: dict[str, Any] = {}
    words: dict[str, list[str]] = {}
    for term in resource.term_rows.order_by("position"):
        words.setdefault(term.scheme, []).append(term.value)
    for name, field in schema.fields().items():
        if isinstance(field, schema.Words):
            record[name] = words.get(field.scheme, [])
        elif isinstance(field, schema.Rows):
            record[name] = read_list(resource, name)
        else:
            record[name] = _as_data(field, getattr(resource, name))
    return record


def read_list(resource: Resource, name: str) -> list[dict[str, Any]]:
    """A list of rows of the record as its table has it."""
    field = schema.fields()[name]
    if not isinstance(field, schema.Rows):
        raise TypeError(name)
    found = field.model._default_manager.filter(resource=resource).order_by("position")
    return [_row_as_data(field, row) for row in found]


def as_data(resource: Resource, name: str) -> Any:
    """A field of the record that is a column of the resource, as the record keeps it.

    A list is empty: a resource that is only being made has none.
    """
    field = schema.fields()[name]
    if not isinstance(field, schema.Column):
        return field.empty
    return _as_data(field, getattr(resource, name))


def _as_data(column: schema.Column, value: Any) -> Any:
    if column.kind in ("agent", "resource"):
        return value.slug if value is not None else ""
    if column.kind == "file":
        return str(value.pk) if value is not None else ""
    if column.kind == "day":
        return value.isoformat() if value is not None else ""
    if column.kind == "degrees":
        return _degrees(value)
    return value


def _degrees(millionths: int | None) -> str:
    if millionths is None:
        return ""
    whole, rest = divmod(abs(millionths), 10**6)
    text = f"{whole}.{rest:06d}".rstrip("0").rstrip(".")
    return f"-{text}" if millionths < 0 else text


def _millionths(text: str) -> int | None:
    if not text:
        return None
    whole, _point, rest = text.lstrip("-").partition(".")
    number = int(whole) * 10**6 + int(rest.ljust(6, "0") or 0)
    return -number if text.startswith("-") else number


def _row_as_data(field: schema.Rows, row: Detail) -> dict[str, Any]:
    data = {column.name: _as_data(column, getattr(row, column.name)) for column in field.columns}
    if field.name == "wishes":
        data["number"] = row.position
    return data


def set_columns(resource: Resource, values: dict[str, Any]) -> None:
    """Put clean values of the record into the resource's columns (not saved).

    ``owner``, ``custodian`` and ``part_of`` are objects or None here.
    """
    for name, value in values.items():
        field = schema.fields()[name]
        if isinstance(field, schema.Column) and field.kind != "file":
            setattr(resource, name, value)


def write_rows(resource: Resource, values: dict[str, Any], *, new: bool = False) -> None:
    """Write the lists of a saved resource; those that are not among the values stay.

    Args:
        resource: Whose.
        values: The record's fields, :func:`numbered`.
        new: There are no rows yet.
    """
    if any(field.name in values for field in schema.words()):
        _write_words(resource, values, new)
    for field in schema.rows():
        if field.name in values:
            _write_rows(resource, field, values[field.name], new)


def numbered(values: dict[str, Any]) -> dict[str, Any]:
    """Fields of the record in which each need or offer has its number, those without one last."""
    if "wishes" not in values:
        return values
    wishes = values["wishes"]
    following = max((row.get("number") or 0 for row in wishes), default=0)
    listed = []
    for row in wishes:
        number = row.get("number")
        if not number:
            following += 1
            number = following
        listed.append({**row, "number": number})
    return {**values, "wishes": sorted(listed, key=lambda row: int(row["number"]))}


def _write_words(resource: Resource, values: dict[str, Any], new: bool) -> None:
    kept: list[tuple[str, str]] = []
    now = [] if new else list(resource.term_rows.order_by("position"))
    for field in schema.words():
        listed = values.get(field.name)
        if listed is None:
            listed = [term.value for term in now if term.scheme == field.scheme]
        kept += [(field.scheme, word) for word in listed]
    if now:
        resource.term_rows.all().delete()
    Term.objects.bulk_create(
        Term(resource=resource, position=number, scheme=scheme, value=word, folded=fold(word)[:160])
        for number, (scheme, word) in enumerate(kept, 1)
    )


def _write_rows(
    resource: Resource, field: schema.Rows, listed: list[dict[str, Any]], new: bool
) -> None:
    rows = field.model._default_manager
    if not new:
        rows.filter(resource=resource).delete()
    rows.bulk_create(
        field.model(
            resource=resource,
            position=row["number"] if field.name == "wishes" else position,
            **_row_columns(field, row),
        )
        for position, row in enumerate(listed, 1)
    )


def _row_columns(field: schema.Rows, row: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for column in field.columns:
        value = row[column.name]
        if column.kind == "day":
            value = dt.date.fromisoformat(value) if value else None
        elif column.kind == "degrees":
            value = _millionths(value)
        data[column.name] = value
    if field.name == "places":
        data["folded"] = fold(f"{row['name']} {row['postcode']}")[:260]
    elif field.name == "licences":
        data["folded"] = fold(f"{row['name']} {row['version']}")[:120]
    return data


def index(resource: Resource, record: dict[str, Any]) -> None:
    """Write what is searched and sorted by into the resource's columns (not saved).

    Three texts, of falling weight: the name; what it is in few words; everything else that is
    public. Words of choices are there in both languages.
    """
    few = [record["summary"]]
    many: list[str] = []
    lists: list[schema.Words | schema.Rows] = [*schema.words(), *schema.rows()]
    for field in lists:
        for each in record[field.name]:
            if isinstance(field, schema.Words):
                few.append(each)
            elif field.name in ("places", "licences"):
                few += [str(each["name"]), str(each.get("postcode", ""))]
            else:
                many += [
                    each[column.name] for column in field.columns if column.kind in ("line", "text")
                ]
    for column in schema.columns():
        if column.kind in ("text", "line") and column.name not in ("name", "nickname", "summary"):
            many.append(record[column.name])
        elif column.kind in ("agent", "resource"):
            many.append(_public_name(getattr(resource, column.name)))
    few.append(KIND_WORDS[record["kind"]])
    resource.sort_name = fold(record["name"])[:260]
    resource.search_name = haystack(record["name"], record["nickname"], resource.slug)
    resource.search_terms = haystack(*few)
    resource.search_text = haystack(*many)


def _public_name(thing: Agent | Resource | None) -> str:
    if thing is None or (isinstance(thing, Agent) and not thing.is_public):
        return ""
    return thing.name
