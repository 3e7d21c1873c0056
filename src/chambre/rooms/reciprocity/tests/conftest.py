"""What the tests of contracts share: three structures, their people, a resource and a few words."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.reciprocity.models import Contract, Party, Signature
from chambre.rooms.reciprocity.services import contracts, offering, signing
from chambre.rooms.reciprocity.services.offering import Bound

SINCE = dt.date(2024, 1, 1)
SYSTEM = Actor.system("command line")
WORDS = """\
format = 1
slug = "{slug}"
title = {{ fr = "Cours partagé", en = "Shared course" }}
resources = ["cours"]

[[use]]
kinds = ["study", "internal"]
answer = "free"
conditions = ["attribution"]

[[use]]
kinds = ["commercial"]
answer = "owes"
owes = ["redevance"]

[[counterpart]]
name = "redevance"
trigger = "use"
of = "diffusion"
kind = "money"
rate = 5000

[[step]]
name = "frais"
how = "costs"

[[step]]
name = "entretien"
how = "keep"
{more}
"""


def words(slug: str = "cours", more: str = "") -> str:
    return WORDS.format(slug=slug, more=more)


class Commons:
    """A course, two structures with a treasurer each, and a person, who may agree on it."""

    def __init__(self) -> None:
        self.chamber = registry.home_chamber()
        self.school = self.structure("ecole", "École des communs")
        self.press = self.structure("presse", "La Presse libre")
        self.ines = self.person("ines", treasurer=self.school)
        self.omar = self.person("omar", treasurer=self.press)
        self.lou = self.person("lou")
        self.course = registry.create_resource(slug="cours", name="Le cours", by=SYSTEM)

    def structure(self, slug: str, name: str) -> Agent:
        return registry.create_structure(slug=slug, name=name, by=SYSTEM, legal_form="association")

    def person(self, name: str, *, treasurer: Agent | None = None, member: bool = True) -> Agent:
        agent = registry.create_person(
            email=f"{name}@exemple.test", name=name.title(), by=SYSTEM, language="fr"
        )
        with clock.pretend(SINCE):
            if treasurer is not None:
                registry.grant_role(agent=agent, kind="treasurer", scope=treasurer, by=SYSTEM)
            if member:
                registry.grant_role(agent=agent, kind="member", scope=self.chamber, by=SYSTEM)
        return agent

    def by(self, agent: Agent) -> Actor:
        return Actor.of(Agent.objects.select_related("user").get(pk=agent.pk).user)

    def draft(self, slug: str = "cours", more: str = "", **given: Any) -> Contract:
        return contracts.draft(
            name=slug.title(), text=words(slug, more), by=self.by(self.ines),
            resource=self.course, holder=self.school, **given,
        )  # fmt: skip

    def offered(self, *bound: Bound, more: str = "", slug: str = "cours") -> Contract:
        contract = self.draft(slug, more)
        parties = bound or (Bound(self.school), Bound(self.press))
        offering.offer(contract=contract, parties=parties, by=self.by(self.ines))
        return contract

    def sign(self, contract: Contract, agent: Agent, signer: Agent) -> Signature:
        party = self.party(contract, agent)
        by = self.by(signer)
        code = signing.new_code(party=party, by=by)
        return signing.sign_with_code(party=party, digest=party.version.digest, code=code, by=by)

    def party(self, contract: Contract, agent: Agent) -> Party:
        rows = Party.objects.select_related("version__contract", "agent__user")
        return rows.filter(version__contract=contract, agent=agent).order_by("-version__number")[0]

    def signed(self, more: str = "", slug: str = "cours") -> Contract:
        contract = self.offered(more=more, slug=slug)
        self.sign(contract, self.school, self.ines)
        self.sign(contract, self.press, self.omar)
        contract.refresh_from_db()
        return contract


@pytest.fixture
def commons(db: Any) -> Commons:
    """A course and those who may agree on it."""
    return Commons()
