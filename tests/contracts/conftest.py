"""The demonstration's house, and five people who walk through it."""

from __future__ import annotations

from typing import Any

import pytest

from chambre.core.actors import Actor

BY = Actor.system("test")
PEOPLE = ("anonymous", "member", "treasurer", "administrator", "machine administrator")


@pytest.fixture
def house(db: Any, settings: Any) -> dict[str, Any]:
    """The demonstration, loaded; who there is, by what they may do.

    ``member`` belongs to the chamber and nothing more; ``treasurer`` keeps a structure's books;
    ``administrator`` administers the chamber; ``machine administrator`` the machine.
    """
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
