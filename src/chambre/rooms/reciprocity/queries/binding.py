"""Who may bind a party: a person themselves; a structure's treasurer; whoever was given the power."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.registry.api import OFFICES, held_on, roles_held, today
from chambre.registry.models import Agent, Role
from chambre.rooms.reciprocity.models import Contract, Mandate, Party, SigningRule


def running(day: dt.date) -> Q:
    """The condition that a power to sign is in force on a day."""
    return Q(since__lte=day) & (Q(until__isnull=True) | Q(until__gt=day))


def capacities(by: Actor, agents: Iterable[Agent], contract: Contract | None) -> dict[int, str]:
    """For which of these agents somebody may sign, and in which capacity, in words.

    One query for the powers of any number of agents; roles are asked of the register.

    Args:
        by: A person who is signed in; machines and those who are not bind nobody.
        agents: The parties.
        contract: Powers for this contract alone count for it.
    """
    if by.kind != "person" or by.user is None:
        return {}
    asked = {agent.pk: agent for agent in agents}
    found: dict[int, str] = {}
    for agent in asked.values():
        if agent.kind == Agent.Kind.PERSON and agent.user_id == by.user.pk:
            found[agent.pk] = _("for oneself")
    labels = dict(Role.Kind.choices)
    for held in roles_held(by.user):
        place = asked.get(held.in_agent or 0)
        if place is not None and held.kind in OFFICES.get(Agent.Kind(place.kind), ()):
            found.setdefault(place.pk, str(labels[held.kind]))
    left = [pk for pk in asked if pk not in found]
    if left:
        for mandate in mandates_on(today()).filter(
            Q(contract__isnull=True) | Q(contract=contract),
            structure__in=left, person__user_id=by.user.pk,
        ).order_by("id"):  # fmt: skip
            found.setdefault(
                mandate.structure_id, _("by power: %(what)s") % {"what": mandate.evidence}
            )
    return {pk: words[:140] for pk, words in found.items()}


def capacity(by: Actor, party: Party, contract: Contract) -> str:
    """In which capacity somebody may sign for a party; empty: they may not."""
    return capacities(by, [party.agent], contract).get(party.agent_id, "")


def mandates_on(day: dt.date) -> QuerySet[Mandate]:
    """The powers to sign that are in force on a day."""
    return Mandate.objects.filter(running(day))


def binders(agents: Iterable[Agent], contract: Contract) -> dict[int, list[Agent]]:
    """The people who may sign for each of these agents, by the agent's id; two queries."""
    asked = {agent.pk: agent for agent in agents}
    found: dict[int, list[Agent]] = {pk: [] for pk in asked}
    for agent in asked.values():
        if agent.kind == Agent.Kind.PERSON:
            found[agent.pk].append(agent)
    roles = Role.objects.filter(
        held_on(today()), in_agent__in=asked, agent__user__is_active=True
    ).select_related("agent__user")
    for role in roles:
        place = asked[role.in_agent_id or 0]
        if role.kind in OFFICES.get(Agent.Kind(place.kind), ()):
            found[place.pk].append(role.agent)
    for mandate in mandates_on(today()).filter(
        Q(contract__isnull=True) | Q(contract=contract), structure__in=asked
    ).select_related("person__user"):  # fmt: skip
        found[mandate.structure_id].append(mandate.person)
    return {pk: list({one.pk: one for one in people}.values()) for pk, people in found.items()}


def hands_of(agents: Iterable[Agent]) -> dict[int, int]:
    """How many people must sign for each structure that has a rule about it."""
    ids = [agent.pk for agent in agents if agent.kind != Agent.Kind.PERSON]
    rows = SigningRule.objects.filter(structure__in=ids)
    return dict(rows.values_list("structure_id", "hands"))


def may_speak_for(by: Actor, agent: Agent, contract: Contract | None) -> bool:
    """Whether somebody, or a machine with their key, may say what an agent did; signing asks for more."""
    if by.is_system:
        return True
    person = Actor.of(by.user) if by.kind == "token" else by
    return bool(capacities(person, [agent], contract))


def bindable(by: Actor, contract: Contract | None) -> list[Agent]:
    """Whom somebody may bind: themselves, structures of which they are treasurer, those of their powers."""
    if by.user is None:
        return []
    wanted = {
        held.in_agent
        for held in roles_held(by.user)
        if held.in_agent and held.kind in (Role.Kind.TREASURER, Role.Kind.ADMINISTRATOR)
    }
    powers = mandates_on(today()).filter(
        Q(contract__isnull=True) | Q(contract=contract), person__user_id=by.user.pk
    )
    wanted |= set(powers.values_list("structure_id", flat=True))
    rows = Agent.objects.filter(Q(pk__in=wanted) | Q(user_id=by.user.pk)).select_related("user")
    found = capacities(Actor.of(by.user), rows, contract)
    return [agent for agent in rows if agent.pk in found]
