"""Tables of the registry: agents and roles, resources and what belongs to their record."""

from chambre.registry.models.agents import Agent, Role
from chambre.registry.models.details import (
    Body,
    Contact,
    Licence,
    Link,
    Partner,
    Place,
    Right,
    Safeguard,
    Term,
    Wish,
)
from chambre.registry.models.history import (
    AgentRevision,
    Assessment,
    RegisterImport,
    ResourceRevision,
)
from chambre.registry.models.resources import Resource

__all__ = [
    "Agent",
    "AgentRevision",
    "Assessment",
    "Body",
    "Contact",
    "Licence",
    "Link",
    "Partner",
    "Place",
    "RegisterImport",
    "Resource",
    "ResourceRevision",
    "Right",
    "Role",
    "Safeguard",
    "Term",
    "Wish",
]
