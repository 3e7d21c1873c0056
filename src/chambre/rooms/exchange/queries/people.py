"""Who may bind a party, and whom an exchange concerns."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.registry.api import OFFICES, agents_bound_by, held_on, roles_held, today
from chambre.registry.models import Agent, Role


def bindable(by: Actor) -> dict[int, str]:
    """Whom somebody may bind, and in which capacity, in words: themselves, and where they hold an office.

    A machine with a key and the command line bind nobody: agents by their id.
    """
    if by.kind != "person" or by.user is None:
        return {}
    return bound_by(by)


def bound_by(by: Actor) -> dict[int, str]:
    """As :func:`bindable`, also for a machine that acts with somebody's key."""
    if by.user is None:
        return {}
    rows = agents_of(by).only("kind", "user_id")
    return {agent.pk: _bound(by, agent) for agent in rows}


def agents_of(by: Actor) -> QuerySet[Agent]:
    """For whom somebody acts, as a question for others: themselves, and where they hold an office.

    The same as :func:`bound_by`, whose offices are known without asking the database.
    """
    return agents_bound_by(by.user)


def capacity(by: Actor, agent: Agent) -> str:
    """In which capacity somebody may sign for an agent; empty: they may not."""
    return _bound(by, agent) if by.kind == "person" else ""


def _bound(by: Actor, agent: Agent) -> str:
    """What :func:`bound_by` says of one agent, whose row is at hand."""
    if by.user is None:
        return ""
    if agent.kind == Agent.Kind.PERSON:
        return _("for oneself") if agent.user_id == by.user.pk else ""
    held = {role.kind for role in roles_held(by.user) if role.in_agent == agent.pk}
    office = next((kind for kind in OFFICES[Agent.Kind(agent.kind)] if kind in held), None)
    return str(dict(Role.Kind.choices)[office]) if office is not None else ""


def speaks_for(by: Actor, agent: Agent) -> bool:
    """Whether somebody, or a machine with their key, may act for an agent; signing asks for more."""
    return by.is_system or (by.may("exchange.act") and bool(_bound(by, agent)))


def binders(agents: Iterable[Agent]) -> dict[int, list[Agent]]:
    """The people who may bind each of these agents, by the agent's id; one query."""
    asked = {agent.pk: agent for agent in agents}
    found: dict[int, list[Agent]] = {
        pk: [agent] if agent.kind == Agent.Kind.PERSON else [] for pk, agent in asked.items()
    }
    places = [agent.pk for agent in asked.values() if agent.kind != Agent.Kind.PERSON]
    if not places:
        return found
    roles = Role.objects.filter(
        held_on(today()), in_agent__in=places, agent__user__is_active=True
    ).select_related("agent__user")
    for role in roles:
        place = asked[role.in_agent_id or 0]
        if role.kind in OFFICES.get(Agent.Kind(place.kind), ()):
            found[place.pk].append(role.agent)
    return found
