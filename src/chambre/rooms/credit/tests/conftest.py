"""A community of mutual credit in which Ada, Basile, Cora and Dune take part."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.credit.models import Community, Membership
from chambre.rooms.credit.queries.checking import differences
from chambre.rooms.credit.services.communities import RulesIn, join, open_community
from chambre.rooms.credit.services.paying import Paid, pay
from chambre.treasury.models import CreditAccount

SINCE = dt.date(2026, 1, 1)
SYSTEM = Actor.system("command line")
RULES = RulesIn(
    floor=10_000, ceiling=20_000, hands=2, days=10, ways=["spend", "euros", "fund", "shared"]
)
NAMES = ("ada", "basile", "cora", "dune")


class Village:
    """The chamber, the community, four members and what they do."""

    def __init__(self, rules: RulesIn = RULES, unit: str = "CRD") -> None:
        self.chamber = registry.home_chamber()
        self.people: dict[str, Agent] = {}
        self.members: dict[str, Membership] = {}
        self.asked = 0
        with clock.pretend(SINCE):
            self.community: Community = open_community(
                chamber=self.chamber, unit=unit, rules=rules, by=SYSTEM
            )
            for name in NAMES:
                self.person(name)
                self.members[name] = join(
                    community=self.community, agent=self.people[name], by=SYSTEM
                )

    def person(self, name: str) -> Agent:
        agent = registry.create_person(
            email=f"{name}@exemple.test", name=name.title(), by=SYSTEM, language="fr"
        )
        registry.grant_role(agent=agent, kind="member", scope=self.chamber, by=SYSTEM)
        self.people[name] = Agent.objects.select_related("user", "chamber").get(pk=agent.pk)
        return self.people[name]

    def by(self, name: str) -> Actor:
        return Actor.of(self.people[name].user)

    def account(self, name: str) -> CreditAccount:
        rows = CreditAccount.objects.select_related("agent", "chamber")
        return rows.get(pk=self.members[name].account_id)

    def pays(self, giver: str, taker: str, amount: int, key: str = "", **more: Any) -> Paid:
        self.asked += 1
        return pay(
            source=self.account(giver), target=self.account(taker), amount=amount, reason="Aide",
            key=key or f"k{self.asked}", by=self.by(giver), **more,
        )  # fmt: skip

    def held(self) -> list[int]:
        """What the four and the common account hold; all is as the ledger says, and zero together."""
        assert list(differences()) == []
        rows = dict(CreditAccount.objects.values_list("pk", "held"))
        members = [rows[self.members[name].account_id] for name in NAMES]
        return [*members, rows[self.community.common_id]]


@pytest.fixture
def village(db: Any) -> Village:
    """A community with bounds of 100 and 200 units; two voices decide."""
    return Village()
