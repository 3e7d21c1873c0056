"""Whom somebody binds is the same, asked about one or about all."""

from __future__ import annotations

import pytest

from chambre.core.actors import Actor
from chambre.registry.models import Agent
from chambre.rooms.exchange.queries.people import bindable, capacity

pytestmark = pytest.mark.django_db


def test_whom_somebody_may_bind_is_the_same_asked_about_one_or_about_all(world):
    for person in (world.bruno, world.lou, world.ada):
        by = Actor.of(person.user)
        said = {agent.pk: capacity(by, agent) for agent in Agent.objects.all()}
        assert {pk: words for pk, words in said.items() if words} == bindable(by)
        assert said[person.pk]

    assert capacity(Actor.of(world.bruno.user), world.vergers)
    assert not capacity(Actor.of(world.bruno.user), world.toile)
    assert capacity(Actor.of(world.ada.user), world.chamber)
    assert not capacity(Actor("token", world.lou.user, "key"), world.lou)
