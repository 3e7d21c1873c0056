"""Reading versions of records, and telling two of them apart."""

from __future__ import annotations

import json
from typing import Any

from chambre.registry import record as schema
from chambre.registry.models import Agent, Resource
from chambre.registry.models.history import Revision


def changed_fields(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Names of the fields that differ, in the order of the record."""
    names = dict.fromkeys([*schema.fields(), *after, *before])
    return [name for name in names if before.get(name) != after.get(name)]


def record_of(row: Revision) -> dict[str, Any]:
    """The record as a version has it."""
    return dict(json.loads(row.record))


def latest_record(thing: Resource | Agent) -> dict[str, Any]:
    """The record as its newest version has it."""
    newest: Revision | None = thing.revisions.order_by("-number").first()
    if newest is None:
        raise LookupError(f"{thing} has no version")
    return record_of(newest)
