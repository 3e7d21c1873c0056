"""Whom somebody binds without another paper: themselves, and where they hold an office."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from chambre.registry.held import roles_held
from chambre.registry.models import Agent, Role

OFFICES: dict[str, tuple[str, ...]] = {
    Agent.Kind.STRUCTURE: (Role.Kind.TREASURER,),
    Agent.Kind.PUBLIC: (Role.Kind.TREASURER,),
    Agent.Kind.CHAMBER: (Role.Kind.TREASURER, Role.Kind.ADMINISTRATOR),
}
"""Which roles bind a kind of agent; a person binds themselves alone."""


def agents_bound_by(user: Any) -> QuerySet[Agent]:
    """Whom somebody binds today, to be asked within a question; nobody where nobody is signed in."""
    if user is None:
        return Agent.objects.none()
    held = roles_held(user)
    mine = Q(user_id=user.pk, kind=Agent.Kind.PERSON)
    for kind, offices in OFFICES.items():
        places = {role.in_agent for role in held if role.in_agent and role.kind in offices}
        if places:
            mine |= Q(pk__in=places, kind=kind)
    return Agent.objects.filter(mine)
