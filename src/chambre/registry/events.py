"""What happens in the register, for those above who want to hear of it."""

from __future__ import annotations

from dataclasses import dataclass

from chambre.core.hooks import event


@event("registry.agent.created")
@dataclass(frozen=True, slots=True)
class AgentCreated:
    """A person, structure, chamber or public body is in the register."""

    agent: int
    kind: str


@event("registry.agent.changed")
@dataclass(frozen=True, slots=True)
class AgentChanged:
    """The record of an agent changed; ``fields`` are the names of what changed."""

    agent: int
    version: int
    fields: tuple[str, ...]


@event("registry.resource.created")
@dataclass(frozen=True, slots=True)
class ResourceCreated:
    """A resource is in the register."""

    resource: int


@event("registry.resource.changed")
@dataclass(frozen=True, slots=True)
class ResourceChanged:
    """The record of a resource changed; ``fields`` are the names of what changed.

    A change of ``owner``, ``custodian``, ``licences`` or ``rights`` is among the moves by which a
    commons is enclosed.
    """

    resource: int
    version: int
    fields: tuple[str, ...]


@event("registry.resource.standing")
@dataclass(frozen=True, slots=True)
class StandingChanged:
    """A resource became a candidate, a commons or ordinary."""

    resource: int
    before: str
    after: str


@event("registry.role.granted")
@dataclass(frozen=True, slots=True)
class RoleGranted:
    """A role was given; it may begin later."""

    role: int


@event("registry.role.ended")
@dataclass(frozen=True, slots=True)
class RoleEnded:
    """A role was ended; it may run on until a later day."""

    role: int
