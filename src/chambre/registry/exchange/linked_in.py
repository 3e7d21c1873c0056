"""Reading a register from JSON-LD; see :mod:`chambre.registry.exchange.linked`."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from django.utils.translation import gettext as _

from chambre.registry import record as schema
from chambre.registry.agent_record import FIELDS as AGENT_FIELDS
from chambre.registry.errors import UnreadableFile
from chambre.registry.exchange import terms
from chambre.registry.exchange.entries import MAX_ENTRIES, Entry
from chambre.registry.exchange.tabular import ASSESSMENT

_FULL = {name: terms.expand(terms.term(name)) for name in schema.fields()}
_SLUG = terms.expand("chambre:slug")
_IDENTIFIER = terms.expand("dct:identifier")
_RESOURCES = {terms.expand(term) for term in ("dcat:resource", "dcat:dataset", "dcat:record")}
_AGENTS = terms.expand("chambre:agents")
_AGENT_TYPES = {
    terms.expand(kind)
    for kind in (
        "schema:Organization",
        "schema:GovernmentOrganization",
        "vf:Organization",
        "pair:Organization",
        "pair:Group",
    )
}
_CATALOGUE = terms.expand("dcat:Catalog")
_WITHOUT_MEANING = {
    terms.expand(term)
    for term in (
        "dct:publisher",
        "dct:issued",
        "dct:modified",
        "dcat:landingPage",
        "chambre:version",
        "chambre:chamber",
        "schema:image",
        *terms.ALIASES,
    )
}
MAX_DEPTH = 40


def read(content: bytes) -> list[Entry]:
    """The records of a JSON-LD document: agents first, then resources, each in order.

    Raises:
        UnreadableFile: It is not JSON, or there is no record in it, or too many.
    """
    try:
        document = json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(_("This is not JSON in UTF-8.")) from error
    prefixes = _prefixes(document)
    nodes = [_expand(node, prefixes, 0) for node in _as_list(document)]
    found: list[dict[str, Any]] = []
    for node in nodes:
        if isinstance(node, dict):
            found += _records(node)
    if not found:
        raise UnreadableFile(_("There is no record in it."))
    if len(found) > MAX_ENTRIES:
        raise UnreadableFile(_("At most %(limit)s records at once.") % {"limit": MAX_ENTRIES})
    slugs = {node["@id"]: _text(node.get(_SLUG)) for node in found if _is_text(node.get("@id"))}
    entries = [
        _agent(node, line) if _is_agent(node) else _resource(node, line, slugs)
        for line, node in enumerate(found, 1)
    ]
    return sorted(entries, key=lambda entry: entry.about != "agent")


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _prefixes(document: Any) -> dict[str, str]:
    """The prefixes that the document declares, over ours."""
    declared = dict(terms.PREFIXES)
    context = document.get("@context") if isinstance(document, dict) else None
    for part in _as_list(context):
        if isinstance(part, dict):
            for name, value in part.items():
                address = value.get("@id") if isinstance(value, dict) else value
                if isinstance(address, str):
                    declared[name] = address
    return declared


def _expand(value: Any, prefixes: dict[str, str], depth: int) -> Any:
    """The value with the keys of every node as full addresses."""
    if depth > MAX_DEPTH:
        raise UnreadableFile(_("It is nested too deeply."))
    if isinstance(value, list):
        return [_expand(each, prefixes, depth + 1) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        _key(key, prefixes): _expand(each, prefixes, depth + 1)
        for key, each in value.items()
        if key != "@context"
    }


def _key(key: str, prefixes: dict[str, str]) -> str:
    if key.startswith("@"):
        return key
    if ":" not in key:
        key = prefixes.get(key) or prefixes.get("@vocab", "") + key
    return terms.expand(key, prefixes)


def _records(node: dict[str, Any]) -> list[dict[str, Any]]:
    """The records that a node is or holds."""
    inner: list[Any] = []
    for key in ("@graph", _AGENTS, *sorted(_RESOURCES)):
        inner += _as_list(node.get(key))
    if inner:
        return [record for each in inner if isinstance(each, dict) for record in _records(each)]
    types = {terms.expand(kind) for kind in _as_list(node.get("@type")) if _is_text(kind)}
    return [] if _CATALOGUE in types else [node]


def _is_agent(node: dict[str, Any]) -> bool:
    types = {terms.expand(kind) for kind in _as_list(node.get("@type")) if _is_text(kind)}
    return bool(types & _AGENT_TYPES)


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _text(value: Any) -> Any:
    """What a value says: of a value object its value, of several languages French or the first."""
    if isinstance(value, list):
        by_language = {one.get("@language", ""): one for one in value if isinstance(one, dict)}
        value = by_language.get("fr") or by_language.get("en") or (value[0] if value else "")
    if isinstance(value, dict):
        for key in ("@value", "@id", "fr", "en"):
            if key in value:
                return value[key]
        return ""
    return "" if value is None else value


def _resource(node: dict[str, Any], line: int, slugs: dict[str, str]) -> Entry:
    entry = Entry("resource", line, {})
    values = entry.values
    known = {"@id", "@type", _SLUG, _IDENTIFIER, *_WITHOUT_MEANING}
    values["slug"] = _text(node.get(_SLUG))
    values["uri"] = _text(node.get("@id"))
    if identifier := _uuid(_text(node.get(_IDENTIFIER))):
        values["uid"] = identifier
    for name in ("standing", "assessments"):
        full = terms.expand(terms.own(name))
        known.add(full)
        if full in node:
            values[name] = node[full]
    if "assessments" in values:
        rows = [row for row in _as_list(values["assessments"]) if isinstance(row, dict)]
        values["assessments"] = [
            {part: _text(row.get(terms.expand(terms.own(part)))) for part in ASSESSMENT}
            for row in rows
        ]
    for name, field in schema.fields().items():
        full = _FULL[name]
        known.add(full)
        if full in node and name != "image":
            values[name] = _value(field, node[full], slugs, entry)
    for alias, name in terms.ALIASES.items():
        full = terms.expand(alias)
        if full in node and not values.get(name):
            values[name] = _text(node[full])
    if left := sorted(node.keys() - known):
        entry.notes.append(_("Not known, left out: %(terms)s.") % {"terms": ", ".join(left[:10])})
    return entry


def _value(field: schema.Field, value: Any, slugs: dict[str, str], entry: Entry) -> Any:
    if isinstance(field, schema.Words):
        return [_text(each) for each in _as_list(value)]
    if isinstance(field, schema.Rows):
        return [_row(field, each) for each in _as_list(value)]
    if field.kind in ("agent", "resource"):
        return _reference(value, slugs, field, entry)
    return _text(value)


def _row(field: schema.Rows, value: Any) -> Any:
    """A row; a bare address or name stands for what it can."""
    if not isinstance(value, dict) or (set(value) <= {"@id", "@value", "@language"}):
        text = _text(value)
        names = {column.name for column in field.columns}
        row: dict[str, Any] = {}
        if "name" in names:
            row["name"] = text
        if "url" in names and _is_text(text) and text.startswith(("http://", "https://")):
            row["url"] = text
            if field.name == "licences":
                row["name"] = _licence_name(text)
        if field.name == "links":
            row["relation"] = "other"
        return row
    columns = [column.name for column in field.columns]
    if field.name == "wishes":
        columns.append("number")
    found = {name: terms.expand(terms.row_term(field.name, name)) for name in columns}
    return {name: _text(value[full]) for name, full in found.items() if full in value}


def _licence_name(address: str) -> str:
    """A short name for the address of a licence: its last parts."""
    parts = [part for part in re.split(r"[/#?]", address.rsplit("://", maxsplit=1)[-1]) if part][1:]
    return "-".join(parts[-3:])[:60] or address[:60]


def _reference(value: Any, slugs: dict[str, str], field: schema.Field, entry: Entry) -> Any:
    """The short name of an agent or resource that a node refers to."""
    node = value[0] if isinstance(value, list) and value else value
    if not isinstance(node, dict):
        return "" if node in (None, "", []) else slugs.get(str(node), str(node))
    slug = _text(node.get(_SLUG)) or slugs.get(str(node.get("@id", "")), "")
    if slug:
        return slug
    entry.notes.append(_("%(field)s: not in this file, left out.") % {"field": field.name})
    return schema.HIDDEN


def _agent(node: dict[str, Any], line: int) -> Entry:
    entry = Entry("agent", line, {"slug": _text(node.get(_SLUG))})
    known = {"@id", "@type", _SLUG, *_WITHOUT_MEANING}
    for name in (*AGENT_FIELDS, "kind"):
        full = terms.expand(terms.agent_term(name))
        known.add(full)
        if full in node:
            entry.values[name] = _text(node[full])
    if left := sorted(node.keys() - known):
        entry.notes.append(_("Not known, left out: %(terms)s.") % {"terms": ", ".join(left[:10])})
    return entry


def _uuid(text: Any) -> str:
    if not _is_text(text):
        return ""
    try:
        return str(uuid.UUID(text.removeprefix("urn:uuid:")))
    except ValueError:
        return ""
