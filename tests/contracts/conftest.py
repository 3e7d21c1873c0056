"""The demonstration's house, and five people who walk through it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from tests.contracts.demonstration import moved_in

from chambre.core.actors import Actor

BY = Actor.system("test")
PEOPLE = ("anonymous", "member", "treasurer", "administrator", "machine administrator")
ON_SQLITE = os.environ.get("CHAMBRE_TEST_DB", "sqlite") == "sqlite"
SEE_LEAST_AND_MOST = ("anonymous", "administrator")
VISITORS = PEOPLE if ON_SQLITE else SEE_LEAST_AND_MOST
GUIDES = ("ada@valmere.test", "bruno@valmere.test") if ON_SQLITE else ("bruno@valmere.test",)
"""Who walks. Rights are decided in Python and are the same on every database, so everybody walks on
one of them; on the other one, where only the questions to the database differ, those whose pages
ask the fewest and the most of them. Guides are people of the demonstration who together see nearly
everything, Bruno the most."""


@pytest.fixture(scope="module")
def world(worker_id: str, django_db_setup: Any, django_db_blocker: Any) -> Iterator[None]:
    """The demonstration is in the database, for all tests of a module."""
    with django_db_blocker.unblock(), moved_in(worker_id, _load), django_db_blocker.block():
        yield


@pytest.fixture
def house(world: None, db: Any) -> dict[str, Any]:
    """Who there is in the demonstration, by what they may do.

    ``member`` belongs to the chamber and nothing more; ``treasurer`` keeps a structure's books;
    ``administrator`` administers the chamber; ``machine administrator`` the machine.
    """
    from chambre.core.models import User

    emails = {name: _email(name) for name in PEOPLE[1:]}
    users = {user.email: user for user in User.objects.filter(email__in=emails.values())}
    return {"anonymous": None, **{name: users[email] for name, email in emails.items()}}


def _email(name: str) -> str:
    return f"{name.split(maxsplit=1)[0]}@contrat.test"


def _load() -> None:
    """Load the demonstration, bring people in, and tell everybody who listens."""
    from chambre.core.discovery import discover
    from chambre.core.hooks import deliver_pending
    from chambre.core.models import User
    from chambre.registry import api as registry
    from chambre.registry.models import Agent, Role

    for _label, module in discover("demo", with_project=True):
        module.load(BY)
    chamber = registry.home_chamber()
    structure = Agent.objects.filter(kind=Agent.Kind.STRUCTURE).order_by("slug").first()
    roles = {
        "member": (Role.Kind.MEMBER, chamber),
        "treasurer": (Role.Kind.TREASURER, structure),
        "administrator": (Role.Kind.ADMINISTRATOR, chamber),
    }
    for name, (kind, scope) in roles.items():
        agent = registry.create_person(email=_email(name), name=name.title(), by=BY)
        registry.grant_role(agent=agent, kind=kind, scope=scope, by=BY)
    User.objects.create_superuser(_email("machine administrator"))
    deliver_pending()


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    """So many visits from one address are not an attack here."""
    settings.ACCOUNT_RATE_LIMITS = False


@pytest.fixture(autouse=True)
def _pages_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django's test client copies the context of each template for its tests; these read pages."""
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *_told, **_more: None)
