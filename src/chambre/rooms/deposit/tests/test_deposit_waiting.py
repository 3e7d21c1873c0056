"""Open cases wait for who looks after the scheme: one line for a scheme, however many there are."""

from __future__ import annotations

import pytest

from chambre.core.actors import Actor
from chambre.core.ui.waiting import waiting_for
from chambre.registry import api as registry
from chambre.rooms.deposit.models import Case
from chambre.rooms.deposit.services import deciding

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def bruno(house):
    """Keeps the money of the structure."""
    person = registry.create_person(email="bruno@exemple.test", name="Bruno", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=house.structure, by=SYSTEM)
    return Actor.of(person.user)


def asked(by):
    return [(str(row.label), row.title, row.url) for row in waiting_for(by)]


def test_cases_wait_until_they_are_decided(house, jar, bruno, make_user):
    assert asked(bruno) == []
    house.back(jar)
    house.back(jar)
    house.back("https://lysse.test/inconnu")
    assert Case.objects.count() > 0
    assert asked(bruno) == [("dossiers à trancher", "Bocaux", "/consigne/bocaux/dossiers/")]
    assert asked(Actor.of(make_user("autre@exemple.test"))) == []
    for case in Case.objects.all():
        deciding.close_case(case=case, outcome="closed", words="Vu", by=bruno)
    assert asked(bruno) == []
