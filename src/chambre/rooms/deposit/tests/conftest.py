"""What the tests of deposits share: a scheme of jars with a place, and objects in service."""

from __future__ import annotations

from typing import Any

import pytest

from chambre.core.actors import Actor
from chambre.registry import api as registry
from chambre.rooms.deposit.models import Scheme
from chambre.rooms.deposit.services import issuing, returning, schemes, stock
from chambre.rooms.deposit.services.asking import Answer, Asked

SYSTEM = Actor.system("command line")


class House:
    """A scheme to try things in: jars at two euros, issued and taken back in few words."""

    def __init__(self) -> None:
        structure = registry.create_structure(
            slug="vergers", name="Les Vergers de la Lysse", by=SYSTEM, legal_form="association"
        )
        self.structure = structure
        self.scheme: Scheme = schemes.create_scheme(
            slug="bocaux", name="Bocaux", structure=structure, amount=200, by=SYSTEM,
            base_uri="https://lysse.test",
        )  # fmt: skip
        self.type = schemes.create_type(slug="bocal", scheme=self.scheme, by=SYSTEM)
        self.place = schemes.create_place(
            slug="halle", scheme=self.scheme, name="La halle", by=SYSTEM
        )
        self.number = 0

    def jars(self, count: int = 1) -> list[str]:
        return stock.commission(type_=self.type, count=count, by=SYSTEM)

    def key(self) -> str:
        self.number += 1
        return f"k{self.number}"

    def out(self, *codes: str, place: str = "halle", **more: Any) -> Answer:
        more.setdefault("key", self.key())
        return issuing.hand_out(Asked(codes=codes, place=place, **more), by=SYSTEM)

    def back(self, *codes: str, place: str = "halle", by: Actor = SYSTEM, **more: Any) -> Answer:
        more.setdefault("key", self.key())
        return returning.take_back(Asked(codes=codes, place=place, **more), by=by)


@pytest.fixture
def house(db: Any) -> House:
    """A scheme of jars at two euros, with one place."""
    return House()


@pytest.fixture
def jar(house: House) -> str:
    """A jar in circulation."""
    (code,) = house.jars()
    assert house.out(code).outcome == "issued"
    return code


@pytest.fixture
def two_people(house: House, make_user: Any) -> list[Actor]:
    """Two people who keep the scheme's money."""
    return keepers(house, make_user)


def keepers(house: House, make_user: Any) -> list[Actor]:
    """Two people who keep the money of a scheme, signed in."""
    actors = []
    for name in ("bruno", "chloe"):
        user = make_user(f"{name}@exemple.test")
        person = registry.create_person(email=user.email, name=name, by=SYSTEM)
        registry.grant_role(agent=person, kind="treasurer", scope=house.structure, by=SYSTEM)
        actors.append(Actor.of(user))
    return actors
