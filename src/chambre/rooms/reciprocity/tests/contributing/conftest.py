"""An orchard, its people, an association that keeps books."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

import pytest

from chambre.core.actors import Actor
from chambre.ledger import api as ledger
from chambre.registry import api as registry
from chambre.registry.models import Role
from chambre.rooms.reciprocity.models import Contribution
from chambre.rooms.reciprocity.services.contributing import budgets, recording

SYSTEM = Actor.system("command line")
NAMES = ("ada", "bruno", "chloe", "dris", "eve")


class Orchard:
    """A resource with its circle, in few words."""

    def __init__(self) -> None:
        self.chamber = registry.home_chamber("Chambre de Valmère")
        self.structure = registry.create_structure(
            slug="verger", name="Les Amis du verger", by=SYSTEM, legal_form="association"
        )
        self.resource = registry.create_resource(slug="verger", name="Le verger", by=SYSTEM)
        self.people = {}
        for name in NAMES:
            agent = registry.create_person(
                email=f"{name}@exemple.test", name=name.title(), by=SYSTEM
            )
            registry.grant_role(agent=agent, kind=Role.Kind.MEMBER, scope=self.chamber, by=SYSTEM)
            self.people[name] = agent
        self.grant("ada", Role.Kind.STEWARD, self.resource)
        self.grant("bruno", Role.Kind.TREASURER, self.structure)
        self.number = 0

    def grant(self, name: str, kind: str, scope: Any) -> None:
        registry.grant_role(agent=self.people[name], kind=kind, scope=scope, by=SYSTEM)

    def by(self, name: str) -> Actor:
        """A person as an actor; of nobody: somebody who is not signed in."""
        return Actor.of(self.people[name].user) if name else Actor.of(None)

    def key(self) -> str:
        self.number += 1
        return f"k{self.number}"

    def gives(self, name: str, minutes: int = 120, **more: Any) -> Contribution:
        """Somebody gave time."""
        more.setdefault("kind", "time")
        more.setdefault("what", "Taille des pommiers")
        key = more.pop("key", None) or self.key()
        if not {"cents", "quantity"} & set(more):
            more["minutes"] = minutes
        return recording.record(
            resource=self.resource, given=recording.Given(**more), key=key, by=self.by(name)
        )

    def book(self) -> Any:
        return ledger.open_book(structure=self.structure, chart="associatif", by=SYSTEM)

    def budget(self, total: int = 1_000_000, **more: Any) -> Any:
        year = registry.today().year
        row = budgets.open_budget(
            slug=more.pop("slug", "budget"), name=more.pop("name", "Budget contributif"),
            structure=self.structure, starts=dt.date(year, 1, 1), ends=dt.date(year, 12, 31),
            resource=self.resource, by=self.by("bruno"), **more,
        )  # fmt: skip
        budgets.allot(budget=row, minor=total, key=f"{row.slug}-all", by=self.by("bruno"))
        return row

    def asks(self, budget: Any, name: str, minor: int, **more: Any) -> Any:
        key = more.pop("key", None) or self.key()
        return budgets.ask(
            budget=budget,
            minor=minor,
            what="Taille des pommiers",
            key=key,
            by=self.by(name),
            **more,
        )


@pytest.fixture(scope="module")
def planted(once: Any) -> Orchard:
    """The orchard of a file of tests."""
    made: Orchard = once(Orchard)
    return made


@pytest.fixture
def orchard(planted: Orchard, db: Any) -> Orchard:
    """An orchard with five members of its chamber; Ada stewards it, Bruno keeps the money."""
    return copy.deepcopy(planted)
