"""What the register knows of those whom a contract may concern."""

from __future__ import annotations

import datetime as dt

from django.db.models import Min, Q

from chambre.lib.reciprocity.model import Contract as Words
from chambre.lib.reciprocity.model import Party as KnownParty
from chambre.registry.models import Agent, Role
from chambre.rooms.reciprocity.models import Version

ESS = {
    "association", "association-local", "scic", "scop", "cae", "cooperative", "foundation", "mutual",
}  # fmt: skip
"""Legal forms that are of the social and solidarity economy by themselves (loi 2014-856, art. 1, II, 1°)."""
WORKERS = {"scop", "cae"}
"""Legal forms of cooperatives whose workers are employees and hold the capital."""
COOPERATIVES = {"scic", "scop", "cae", "cooperative"}


def status_of(agent: Agent) -> tuple[str, ...]:
    """What the register says of somebody, in the words of contracts."""
    found = {agent.kind}
    if agent.kind == Agent.Kind.PERSON:
        found.add("individual")
    if agent.kind == Agent.Kind.PUBLIC:
        found.add("public")
    if agent.legal_form:
        found.add(agent.legal_form)
    if agent.legal_form in ESS:
        found.add("ess")
    if agent.legal_form in WORKERS:
        found.add("worker-coop")
    if agent.legal_form in COOPERATIVES:
        found.add("cooperative")
    return tuple(sorted(found))


def parties_of(version: Version, said: Words) -> list[KnownParty]:
    """Those who signed, and agents of the chamber that hold a role in it, beside the contract's own.

    What the contract says of a party goes before what the register says.
    """
    contract = version.contract
    named = {party.name for party in said.parties}
    here = contract.chamber_id
    roles = Role.objects.filter(
        Q(in_agent=here) | Q(in_agent__chamber=here) | Q(resource__chamber=here)
    )
    since: dict[int, dt.date] = dict(roles.values_list("agent").annotate(first=Min("since")))
    signed = set(version.parties.values_list("agent", flat=True))
    agents = Agent.objects.filter(pk__in=signed | set(since)).order_by("slug")
    return [
        KnownParty(
            name=agent.slug,
            label=agent.name,
            status=status_of(agent),
            territory=_territory(agent),
            since=since.get(agent.pk),
        )
        for agent in agents
        if agent.slug not in named
    ]


def _territory(agent: Agent) -> str:
    """Postal code of somebody's place, where it is known."""
    return next((word for word in agent.place.split() if len(word) == 5 and word.isdigit()), "")
