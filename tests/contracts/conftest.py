"""The demonstration's house, and five people who walk through it."""

from __future__ import annotations

import os
from typing import Any

import pytest

from chambre.core.actors import Actor

BY = Actor.system("test")
PEOPLE = ("anonymous", "member", "treasurer", "administrator", "machine administrator")
ON_SQLITE = os.environ.get("CHAMBRE_TEST_DB", "sqlite") == "sqlite"
VISITORS = PEOPLE if ON_SQLITE else ("anonymous", "treasurer")
"""Who walks. Who may do what is the same on every database, so everybody walks on one of them; on the
other one those who see nothing but what is public, and most of what is not."""


@pytest.fixture(scope="module")
def world(once: Any) -> dict[str, Any]:
    """The demonstration, loaded once for a module."""
    people: dict[str, Any] = once(_people)
    return people


@pytest.fixture
def house(world: dict[str, Any], db: Any) -> dict[str, Any]:
    """Who there is in the demonstration, by what they may do.

    ``member`` belongs to the chamber and nothing more; ``treasurer`` keeps a structure's books;
    ``administrator`` administers the chamber; ``machine administrator`` the machine.
    """
    return world


def _people() -> dict[str, Any]:
    """Load the demonstration, and bring five people in."""
    from chambre.core.models import User
    from chambre.project import demo
    from chambre.registry import api as registry
    from chambre.registry.models import Agent, Role

    demo.load(BY)
    people: dict[str, Any] = {"anonymous": None}
    chamber = registry.home_chamber()
    structure = Agent.objects.filter(kind=Agent.Kind.STRUCTURE).order_by("slug").first()
    roles = {
        "member": (Role.Kind.MEMBER, chamber),
        "treasurer": (Role.Kind.TREASURER, structure),
        "administrator": (Role.Kind.ADMINISTRATOR, chamber),
    }
    for name, (kind, scope) in roles.items():
        agent = registry.create_person(email=f"{name}@contrat.test", name=name.title(), by=BY)
        registry.grant_role(agent=agent, kind=kind, scope=scope, by=BY)
        people[name] = agent.user
    people["machine administrator"] = User.objects.create_superuser("machine@contrat.test")
    return people


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    """So many visits from one address are not an attack here."""
    settings.ACCOUNT_RATE_LIMITS = False
