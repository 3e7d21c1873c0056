"""Somebody who speaks to the repository with a key."""

from __future__ import annotations

import pytest

from chambre.core import tokens
from chambre.epcis.tests.calling import Caller
from chambre.registry import api as registry


@pytest.fixture
def call(client, make_user, system):
    """The steward of a resource, with a key for the repository."""
    user = make_user("sol@exemple.test")
    person = registry.create_person(email=user.email, name="Sol", by=system)
    bars = registry.create_resource(slug="bocaux", name="Bocaux", by=system)
    registry.grant_role(agent=person, kind="steward", scope=bars, by=system)
    _row, key = tokens.create_token(user=user, scopes=["epcis"], by=system)
    return Caller(client, key)
