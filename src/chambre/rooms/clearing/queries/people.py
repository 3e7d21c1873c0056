"""For whom somebody speaks, and whom they may name."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from chambre.core.actors import Actor
from chambre.registry.api import agents_visible_to, home_chamber, roles_held
from chambre.registry.models import Agent, Role
from chambre.rooms.clearing.models import Group


def spoken_for(by: Actor) -> QuerySet[Agent]:
    """Themselves, and the structures whose money they keep."""
    if by.user is None:
        return Agent.objects.none()
    kept = {held.in_agent for held in roles_held(by.user) if held.kind == Role.Kind.TREASURER}
    mine = Q(user_id=by.user.pk, kind=Agent.Kind.PERSON)
    kinds = (Agent.Kind.STRUCTURE, Agent.Kind.PUBLIC, Agent.Kind.CHAMBER)
    return Agent.objects.filter(mine | Q(pk__in=kept, kind__in=kinds)).order_by("name", "pk")


def others(by: Actor) -> QuerySet[Agent]:
    """Whom somebody may name as the other end of an obligation, or as a member of a round."""
    return agents_visible_to(by).order_by("name", "pk")


def groups_visible_to(by: Actor) -> QuerySet[Group]:
    """The saved groups of the chamber, for who leads rounds."""
    chamber = home_chamber()
    rows = Group.objects.filter(chamber=chamber)
    return rows if by.may("clearing.lead", chamber) else rows.none()
