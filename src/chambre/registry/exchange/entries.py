"""Entries: records on their way out or in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F

from chambre.core.actors import Actor
from chambre.registry import queries
from chambre.registry import record as schema
from chambre.registry.agent_record import agent_record
from chambre.registry.models import Agent, Resource, ResourceRevision
from chambre.registry.versions import record_of

MAX_BYTES = 10 * 1024 * 1024
"""Largest file that is brought in."""
MAX_ENTRIES = 5_000
"""Most records that are brought in at once."""


@dataclass(slots=True)
class Entry:
    """A record on its way.

    Attributes:
        about: ``resource`` or ``agent``.
        line: Where it stands in the file: the line of a CSV, the place in a JSON-LD list.
        values: What is said, by field name; also ``slug``, ``uid``, ``uri``, ``standing``,
            ``chamber`` and ``assessments``.
        problems: Why it cannot be read, in words.
        notes: What was left out, in words.
    """

    about: str
    line: int
    values: dict[str, Any]
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def resource_entries(by: Actor, slug: str | None = None) -> Iterator[Entry]:
    """The newest versions of the resources that somebody may see, by short name."""
    found = queries.resources_visible_to(by).order_by("slug")
    if slug is not None:
        found = found.filter(pk=queries.resource(slug).pk)
    newest = ResourceRevision.objects.filter(
        resource__in=found.values("pk"), number=F("resource__version")
    )
    rows = newest.select_related("resource").order_by("resource__slug")
    hidden = hidden_people(by)
    for line, row in enumerate(rows.iterator(chunk_size=200), 1):
        values = masked(record_of(row), hidden)
        values["version"] = row.number
        values["created_at"] = row.resource.created_at
        values["changed_at"] = row.at
        yield Entry("resource", line, values)


def agent_entries(by: Actor) -> Iterator[Entry]:
    """The structures, public bodies and chambers that somebody may see, by short name."""
    rows = queries.organisations_visible_to(by).select_related("chamber").order_by("slug")
    for line, row in enumerate(rows, 1):
        yield Entry("agent", line, agent_record(row))


def hidden_people(by: Actor) -> set[str]:
    """Short names of the owners and custodians whom somebody may not know."""
    people = Agent.objects.filter(kind=Agent.Kind.PERSON)
    kept = people.filter(owned__isnull=False) | people.filter(kept__isnull=False)
    hidden = set(kept.values_list("slug", flat=True))
    if hidden:
        hidden -= set(queries.people_visible_to(by).values_list("slug", flat=True))
    return hidden


def masked(record: dict[str, Any], hidden: Iterable[str]) -> dict[str, Any]:
    """A record in which people who are hidden are only marked."""
    names = set(hidden)
    return {
        name: schema.HIDDEN if name in ("owner", "custodian") and value in names else value
        for name, value in record.items()
    }


def public_names(records: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Names of the agents and resources that some records mention, by ``agent:slug``."""
    agents = {record[name] for record in records for name in ("owner", "custodian")} - {""}
    resources = {record["part_of"] for record in records} - {""}
    names = {
        f"agent:{slug}": name
        for slug, name in Agent.objects.filter(slug__in=agents).values_list("slug", "name")
    }
    names |= {
        f"resource:{slug}": name
        for slug, name in Resource.objects.filter(slug__in=resources).values_list("slug", "name")
    }
    return names
