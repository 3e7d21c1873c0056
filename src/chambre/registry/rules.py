"""Who may do what in the register, and the predicates about roles that every floor above uses.

A predicate takes the person (a Django user) and a thing. Without a thing it answers for any thing,
which is what menus ask; with a list it answers for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import rules
from django.db.models import QuerySet

from chambre.registry.held import chamber_id, holds, roles_held
from chambre.registry.models import Agent, Resource, Role

Kind = Role.Kind


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that somebody wants to give, or to take: what the rules are asked about.

    Attributes:
        kind: Which role.
        scope: The chamber, structure, public body or resource.
        agent: Who would hold it, or holds it.
    """

    kind: str
    scope: Agent | Resource
    agent: Agent | None = None


ROLES_IN: dict[str, frozenset[str]] = {
    Agent.Kind.CHAMBER: frozenset(
        {Kind.MEMBER, Kind.TREASURER, Kind.FACILITATOR, Kind.ADMINISTRATOR}
    ),
    Agent.Kind.STRUCTURE: frozenset({Kind.MEMBER, Kind.TREASURER, Kind.FACILITATOR}),
    Agent.Kind.PUBLIC: frozenset({Kind.MEMBER, Kind.TREASURER, Kind.FACILITATOR}),
    "resource": frozenset({Kind.MEMBER, Kind.STEWARD, Kind.FACILITATOR}),
}
"""Which roles there are in a chamber, a structure, a public body, and for a resource."""


def roles_possible_in(scope: Agent | Resource) -> frozenset[str]:
    """The roles that somebody may hold there; none in a person."""
    if isinstance(scope, Resource):
        return ROLES_IN["resource"]
    return ROLES_IN.get(scope.kind, frozenset())


def has_role(user: Any, role: str | Iterable[str], place: Agent | Resource | None = None) -> bool:
    """Whether a person holds a role today.

    Args:
        user: A Django user; somebody who is not signed in or not active holds none.
        role: A :class:`Role.Kind` value, or several of which one is enough.
        place: The chamber, structure, public body or resource; None: anywhere.
    """
    return holds(user, role, place)


def _many(obj: Any) -> bool:
    return isinstance(obj, (list, tuple, set, frozenset, QuerySet))


def _in_chamber(user: Any, kinds: set[str], obj: Any) -> bool:
    """Holds a role in the chamber of a thing (in any chamber, for no thing)."""
    chambers = {
        held.chamber
        for held in roles_held(user)
        if held.kind in kinds and held.in_agent is not None and held.in_agent == held.chamber
    }
    if obj is None:
        return bool(chambers)
    if _many(obj):
        return bool(chambers) and all(chamber_id(each) in chambers for each in obj)
    return chamber_id(obj) in chambers


def _structure_of(obj: Any) -> Any:
    """A structure, or the structure of a book or another thing that has one."""
    return obj if isinstance(obj, Agent) else getattr(obj, "structure", None)


def _resource_of(obj: Any) -> Any:
    """A resource, or the resource of a thing that has one."""
    return obj if isinstance(obj, Resource) else getattr(obj, "resource", None)


@rules.predicate
def is_administrator(user: Any, obj: Any = None) -> bool:
    """Administrator of the chamber that a thing belongs to."""
    return _in_chamber(user, {Kind.ADMINISTRATOR}, obj)


@rules.predicate
def is_facilitator(user: Any, obj: Any = None) -> bool:
    """Facilitator of the chamber that a thing belongs to."""
    return _in_chamber(user, {Kind.FACILITATOR}, obj)


@rules.predicate
def is_treasurer_of_chamber(user: Any, obj: Any = None) -> bool:
    """Treasurer of the chamber that a thing belongs to."""
    return _in_chamber(user, {Kind.TREASURER}, obj)


@rules.predicate
def is_treasurer_of_structure(user: Any, obj: Any = None) -> bool:
    """Treasurer of a structure (or of the structure of a book)."""
    if _many(obj):
        return bool(obj) and all(is_treasurer_of_structure(user, each) for each in obj)
    if obj is None:
        return holds(user, Kind.TREASURER)
    structure = _structure_of(obj)
    return structure is not None and holds(user, Kind.TREASURER, structure)


@rules.predicate
def is_steward_of_resource(user: Any, obj: Any = None) -> bool:
    """Steward of a resource (or of the resource of a thing that has one)."""
    if _many(obj):
        return bool(obj) and all(is_steward_of_resource(user, each) for each in obj)
    if obj is None:
        return holds(user, Kind.STEWARD)
    resource = _resource_of(obj)
    return resource is not None and holds(user, Kind.STEWARD, resource)


@rules.predicate
def is_member(user: Any, obj: Any = None) -> bool:
    """Holds any role in the chamber of a thing: in it, in one of its structures, for a resource."""
    chambers = {held.chamber for held in roles_held(user)}
    if obj is None:
        return bool(chambers)
    return chamber_id(obj) in chambers


@rules.predicate
def is_oneself(user: Any, obj: Any = None) -> bool:
    """The thing is the person's own agent, or their role."""
    agent = obj.agent if isinstance(obj, (Role, Grant)) else obj
    return isinstance(agent, Agent) and agent.user_id is not None and agent.user_id == user.pk


@rules.predicate
def is_person(user: Any, obj: Any = None) -> bool:
    """The thing is a person."""
    return isinstance(obj, Agent) and obj.kind == Agent.Kind.PERSON


@rules.predicate
def holds_an_office(user: Any, obj: Any = None) -> bool:
    """The thing is a person who answers for something today: steward, treasurer, and so on."""
    if not isinstance(obj, Agent) or obj.user is None:
        return False
    return any(held.kind != Kind.MEMBER for held in roles_held(obj.user))


@rules.predicate
def may_grant(user: Any, grant: Any = None) -> bool:
    """May give (or end) this role there.

    The chamber's administrator gives every role of the chamber, its structures and resources; its
    facilitator takes members in; a structure's treasurer gives the structure's roles; a resource's
    steward gives the resource's. Nobody else gives anything.
    """
    if grant is None:
        return bool(roles_held(user)) and holds(
            user, {Kind.ADMINISTRATOR, Kind.FACILITATOR, Kind.TREASURER, Kind.STEWARD}
        )
    if is_administrator(user, grant.scope):
        return True
    if isinstance(grant.scope, Resource):
        return is_steward_of_resource(user, grant.scope)
    if grant.scope.kind == Agent.Kind.CHAMBER:
        return grant.kind == Kind.MEMBER and is_facilitator(user, grant.scope)
    return is_treasurer_of_structure(user, grant.scope)


_helps = is_administrator | is_facilitator

rules.add_perm("registry.create_resource", is_member)
rules.add_perm("registry.change_resource", is_steward_of_resource | _helps)
rules.add_perm("registry.assess_resource", is_steward_of_resource | _helps)
rules.add_perm("registry.change_standing", is_administrator)
rules.add_perm("registry.create_agent", _helps)
rules.add_perm("registry.create_chamber", is_administrator)
rules.add_perm(
    "registry.change_agent",
    (~is_person & (_helps | is_treasurer_of_structure))
    | is_oneself
    | (is_person & is_administrator),
)
rules.add_perm("registry.create_person", _helps)
rules.add_perm("registry.see_people", _helps)
rules.add_perm(
    "registry.see_person",
    ~is_person | is_oneself | _helps | (is_member & holds_an_office),
)
rules.add_perm("registry.see_roles", is_member)
rules.add_perm("registry.grant_role", may_grant)
rules.add_perm("registry.end_role", may_grant | is_oneself)
rules.add_perm("registry.import", _helps)
rules.add_perm("registry.read_books", is_administrator | is_treasurer_of_structure)
