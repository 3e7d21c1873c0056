"""Writing versions of records. Only the services of this package call it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from chambre.core.actors import Actor
from chambre.lib.canonical import canonical
from chambre.registry.models import Agent, AgentRevision, Resource, ResourceRevision
from chambre.registry.models.history import Revision

Action = Revision.Action


def _columns(record: dict[str, Any], by: Actor) -> dict[str, Any]:
    text = canonical(record)
    return {
        "record": text.decode(),
        "digest": hashlib.sha256(text).hexdigest(),
        "user": by.user,
        "actor_kind": by.kind,
        "actor": by.label[:254],
    }


def write_resource(
    resource: Resource,
    record: dict[str, Any],
    *,
    action: str,
    changed: Iterable[str],
    by: Actor,
    reason: str = "",
) -> ResourceRevision:
    """Write a version of a resource's record: the resource is saved and has its number already."""
    return ResourceRevision.objects.create(
        resource=resource,
        number=resource.version,
        action=action,
        changed=list(changed),
        reason=reason[:300],
        **_columns(record, by),
    )


def write_agent(
    agent: Agent,
    record: dict[str, Any],
    *,
    action: str,
    changed: Iterable[str],
    by: Actor,
    reason: str = "",
) -> AgentRevision:
    """Write the next version of an agent's record; the agent's row is locked and saved."""
    agent.version += 1
    agent.save()
    return AgentRevision.objects.create(
        agent=agent,
        number=agent.version,
        action=action,
        changed=list(changed),
        reason=reason[:300],
        **_columns(record, by),
    )
