"""People, structures and resources of an invented chamber, all made through services."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.registry import api
from chambre.registry.agent_record import agent_record
from chambre.registry.models import Agent, Resource
from chambre.registry.services.resources import full_record
from chambre.registry.versions import latest_record

TODAY = api.today()
"""The day on which these tests began; for them it stays that day, also past midnight."""


@pytest.fixture(autouse=True)
def _the_day_stays() -> Iterator[None]:
    with clock.pretend(TODAY):
        yield


@pytest.fixture
def chamber(db: Any) -> Agent:
    """The home chamber."""
    return api.home_chamber("Chambre des Communs de Trébaol")


@pytest.fixture
def person(chamber: Agent, system: Actor) -> Callable[..., Actor]:
    """Make a person: ``person("ada")``, ``person("ada", "steward", verger)``."""

    def make(name: str, role: str = "", place: Agent | Resource | None = None) -> Actor:
        agent = api.create_person(email=f"{name}@exemple.test", name=name.title(), by=system)
        if role:
            api.grant_role(agent=agent, kind=role, scope=place or chamber, by=system)
        return Actor.of(agent.user)

    return make


@pytest.fixture
def administrator(person: Any) -> Actor:
    """The chamber's administrator."""
    return person("anne", "administrator")


@pytest.fixture
def facilitator(person: Any) -> Actor:
    """The chamber's facilitator."""
    return person("fabio", "facilitator")


@pytest.fixture
def member(person: Any) -> Actor:
    """A member of the chamber, with no office."""
    return person("mael", "member")


@pytest.fixture
def stranger(person: Any) -> Actor:
    """Somebody who can sign in and holds no role."""
    return person("zoe")


@pytest.fixture
def anonymous() -> Actor:
    """Nobody in particular."""
    return Actor.of(None)


@pytest.fixture
def nectar(chamber: Agent, system: Actor) -> Agent:
    """An association that presses juice."""
    return api.create_structure(slug="nectar", name="Nectar d’Iroise", siren="732829320", by=system)


@pytest.fixture
def treasurer(person: Any, nectar: Agent) -> Actor:
    """The treasurer of Nectar."""
    return person("tanguy", "treasurer", nectar)


@pytest.fixture
def verger(chamber: Agent, nectar: Agent, system: Actor) -> Resource:
    """A shared orchard."""
    return api.create_resource(
        slug="verger",
        name="Verger partagé",
        kind="land",
        owner="nectar",
        keywords=["pommes", "haies"],
        by=system,
    )


@pytest.fixture
def steward(person: Any, verger: Resource) -> Actor:
    """The steward of the orchard."""
    return person("soizic", "steward", verger)


def agent_of(actor: Actor) -> Agent:
    """The person in the register behind an actor."""
    return Agent.objects.get(user=actor.user)


@pytest.fixture(autouse=True)
def _newest_versions_say_what_the_tables_say(request: Any) -> Iterator[None]:
    """After each test: every record read from the tables is equal to its newest version."""
    yield
    if request.node.get_closest_marker("django_db") is None:
        return
    if request.node.get_closest_marker("django_db").kwargs.get("transaction"):
        return  # emptied already
    for resource in Resource.objects.all():
        assert full_record(resource) == latest_record(resource)
    for agent in Agent.objects.all():
        assert agent_record(agent) == latest_record(agent)
