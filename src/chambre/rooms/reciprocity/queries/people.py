"""Names of those who are bound, for those who may know them: people are not public."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.registry.api import agents_visible_to, organisations_visible_to
from chambre.registry.models import Agent, Resource
from chambre.rooms.reciprocity.models import Contract


def knows_names(by: Actor, contract: Contract, parties: Iterable[Agent] = ()) -> bool:
    """Whether somebody may read the names of people in a contract: members, and those who are bound."""
    if by.is_system or by.may("registry.see_roles", contract):
        return True
    return by.user is not None and any(agent.user_id == by.user.pk for agent in parties)


def name_for(agent: Agent, known: bool) -> str:
    """The name of somebody as the reader may see it."""
    return agent.name if agent.kind != Agent.Kind.PERSON or known else _("a person")


def choosable_agents(by: Actor, contract: Contract | None = None) -> list[Agent]:
    """Whom somebody may ask to be bound: structures, and the people whom they may see."""
    return list(agents_visible_to(by).select_related("user").order_by("kind", "name")[:2000])


def choosable_structures(by: Actor) -> list[Agent]:
    """Structures that may hold the money."""
    return list(organisations_visible_to(by).order_by("name")[:2000])


def choosable_resources(by: Actor) -> list[Resource]:
    """Resources that a contract may be about."""
    return list(Resource.objects.order_by("name").only("id", "slug", "name")[:2000])
