"""The record of one resource as somebody may see it."""

from __future__ import annotations

from typing import Any

from chambre.core.actors import Actor
from chambre.registry.exchange.entries import hidden_people, masked
from chambre.registry.models import Resource
from chambre.registry.versions import latest_record


def resource_record(resource: Resource, by: Actor | None = None) -> dict[str, Any]:
    """All of a resource's record, as its newest version has it.

    Args:
        resource: Which.
        by: Who reads it; people whom they may not know are only marked (``~``). Without a reader
            the record is whole.
    """
    record = latest_record(resource)
    return record if by is None else masked(record, hidden_people(by))
