"""The register as JSON-LD: a DCAT catalogue of resources, and the agents that they name.

Every document carries its own context, so nothing is fetched to read it. Values keep the form of
the record; what repeats are nodes in order. Reading understands our own terms by their full
addresses, whatever prefixes a document gives them, and other people's catalogues as far as they say
a name; what is not known is left out and noted.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from chambre.registry import record as schema
from chambre.registry.agent_record import FIELDS as AGENT_FIELDS
from chambre.registry.exchange import terms
from chambre.registry.exchange.entries import Entry, public_names
from chambre.registry.exchange.tabular import ASSESSMENT
from chambre.registry.models import Agent


class Writer:
    """Writes documents whose addresses begin with ``base``."""

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")

    def resource_id(self, values: dict[str, Any]) -> str:
        """The permanent address of a resource: where its record was first written."""
        return values.get("uri") or f"{self.base}/ressources/{values['slug']}/"

    def agent_id(self, slug: str) -> str:
        """The permanent address of an agent."""
        return f"{self.base}/structures/{slug}/"

    def catalogue(
        self, chamber: Agent, agents: Iterable[Entry], resources: Iterable[Entry]
    ) -> bytes:
        """The whole register as one document."""
        listed = list(resources)
        names = public_names(entry.values for entry in listed)
        document = {
            "@context": terms.PREFIXES,
            "@id": f"{self.base}/catalogue.jsonld",
            "@type": "dcat:Catalog",
            "dct:title": chamber.name,
            "dct:publisher": {"@id": self.agent_id(chamber.slug), "schema:name": chamber.name},
            "chambre:agents": [self.agent(entry.values) for entry in agents],
            "dcat:resource": [self.resource(entry.values, names) for entry in listed],
        }
        return _bytes(document)

    def document(self, entry: Entry) -> bytes:
        """One resource as a document."""
        node = self.resource(entry.values, public_names([entry.values]))
        return _bytes({"@context": terms.PREFIXES, **node})

    def resource(self, values: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
        """One resource as a node."""
        node: dict[str, Any] = {
            "@id": self.resource_id(values),
            "@type": terms.RESOURCE_TYPES,
            "dct:identifier": f"urn:uuid:{values['uid']}",
            "dcat:landingPage": {"@id": f"{self.base}/ressources/{values['slug']}/"},
            "chambre:slug": values["slug"],
            "chambre:standing": values["standing"],
            "dct:publisher": {
                "@id": self.agent_id(values["chamber"]),
                "chambre:slug": values["chamber"],
            },
        }
        for name, when in (("created_at", "dct:issued"), ("changed_at", "dct:modified")):
            if isinstance(values.get(name), dt.datetime):
                node[when] = values[name].isoformat()
        if "version" in values:
            node["chambre:version"] = values["version"]
        for name, field in schema.fields().items():
            value = values[name]
            if name == "image":
                if value:
                    node["schema:image"] = {"@id": f"{self.base}/fichiers/{value}/"}
                continue
            node[terms.term(name)] = self._value(field, value, names)
        for alias, name in terms.ALIASES.items():
            node[alias] = values[name]
        node["chambre:assessments"] = [
            {terms.own(part): row[part] for part in ASSESSMENT} for row in values["assessments"]
        ]
        return node

    def _value(self, field: schema.Field, value: Any, names: dict[str, str]) -> Any:
        if isinstance(field, schema.Rows):
            return [self._row(field, row) for row in value]
        if isinstance(field, schema.Words):
            return list(value)
        if value and field.kind == "agent":
            if value == schema.HIDDEN:
                return {"@type": "schema:Person", "chambre:slug": schema.HIDDEN}
            name = names.get(f"agent:{value}", "")
            return {"@id": self.agent_id(value), "chambre:slug": value, "schema:name": name}
        if value and field.kind == "resource":
            address = f"{self.base}/ressources/{value}/"
            name = names.get(f"resource:{value}", "")
            return {"@id": address, "chambre:slug": value, "schema:name": name}
        return value

    def _row(self, field: schema.Rows, row: dict[str, Any]) -> dict[str, Any]:
        node = {"@type": terms.ROW_TYPES[field.name]} if field.name in terms.ROW_TYPES else {}
        for name, value in row.items():
            node[terms.row_term(field.name, name)] = value
        return node

    def agent(self, values: dict[str, Any]) -> dict[str, Any]:
        """One structure, public body or chamber as a node."""
        node: dict[str, Any] = {
            "@id": self.agent_id(values["slug"]),
            "@type": terms.AGENT_TYPES[values["kind"]],
            "chambre:slug": values["slug"],
            "chambre:kind": values["kind"],
            "chambre:chamber": values["chamber"],
        }
        for name in AGENT_FIELDS:
            node[terms.agent_term(name)] = values[name]
        return node


def _bytes(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
