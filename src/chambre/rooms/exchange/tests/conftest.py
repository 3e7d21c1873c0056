"""What the tests of exchanges share: a chamber, three who exchange, an inspector, a few words."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.core.hooks import deliver_pending
from chambre.ledger.models import Line
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.exchange.models import Exchange, ExchangeParty, ExchangeSignature, Leg
from chambre.rooms.exchange.services import depositing, drafting, offering, signing
from chambre.treasury import api as treasury
from chambre.treasury.models import Payment

SINCE = dt.date(2024, 1, 1)
SYSTEM = Actor.system("command line")
DAY = dt.date(2026, 6, 1)
WORDS = """\
title = "{title}"
deadline = 2026-06-30
{more}
[[party]]
name = "vergers"
label = "Les Vergers"

[[party]]
name = "toile"

[[party]]
name = "lou"
agent = "{lou}"

[[leg]]
name = "pommes"
from = "vergers"
to = "lou"
kind = "goods"
amount = 40
unit = "kg"
what = "pommes"
place = "La Halle"

[[leg]]
name = "site"
from = "toile"
to = "vergers"
kind = "service"
what = "un site web"

[[leg]]
name = "argent"
from = "lou"
to = "toile"
kind = "euros"
amount = 25000
{conditions}
"""


class World:
    """Two structures with a treasurer each, a person, an inspector, and the chamber's administrator."""

    def __init__(self) -> None:
        self.chamber = registry.home_chamber()
        self.vergers = self.structure("vergers", "Les Vergers")
        self.toile = self.structure("toile", "La Toile")
        self.bruno = self.person("bruno", treasurer=self.vergers)
        self.dris = self.person("dris", treasurer=self.toile)
        self.lou = self.person("lou")
        self.ines = self.person("ines")
        self.ada = self.person("ada")
        with clock.pretend(SINCE):
            registry.grant_role(agent=self.ada, kind="administrator", scope=self.chamber, by=SYSTEM)

    def structure(self, slug: str, name: str) -> Agent:
        return registry.create_structure(slug=slug, name=name, by=SYSTEM, legal_form="association")

    def person(self, name: str, *, treasurer: Agent | None = None) -> Agent:
        agent = registry.create_person(
            email=f"{name}@exemple.test", name=name.title(), by=SYSTEM, language="fr"
        )
        with clock.pretend(SINCE):
            if treasurer is not None:
                registry.grant_role(agent=agent, kind="treasurer", scope=treasurer, by=SYSTEM)
            registry.grant_role(agent=agent, kind="member", scope=self.chamber, by=SYSTEM)
        return agent

    def by(self, agent: Agent) -> Actor:
        return Actor.of(Agent.objects.select_related("user").get(pk=agent.pk).user)

    def words(
        self, title: str = "Pommes, site et argent", more: str = "", conditions: str = ""
    ) -> str:
        return WORDS.format(title=title, more=more, conditions=conditions, lou=self.lou.slug)

    def draft(self, **said: str) -> Exchange:
        return drafting.draft(text=self.words(**said), by=self.by(self.lou))

    def offered(self, **said: str) -> Exchange:
        exchange = self.draft(**said)
        offering.offer(exchange=exchange, by=self.by(self.lou))
        exchange.refresh_from_db()
        return exchange

    def party(self, exchange: Exchange, agent: Agent) -> ExchangeParty:
        rows = ExchangeParty.objects.select_related("version__exchange", "agent__user")
        return rows.get(
            version__exchange=exchange, version__number=exchange.number, agent=agent, role="party"
        )

    def sign(self, exchange: Exchange, agent: Agent, signer: Agent) -> ExchangeSignature:
        party, by = self.party(exchange, agent), self.by(signer)
        return signing.sign(party=party, digest=party.version.digest, means="code", by=by)

    def opened(self, **said: str) -> Exchange:
        exchange = self.offered(**said)
        self.sign(exchange, self.vergers, self.bruno)
        self.sign(exchange, self.toile, self.dris)
        self.sign(exchange, self.lou, self.lou)
        exchange.refresh_from_db()
        return exchange

    def leg(self, exchange: Exchange, name: str) -> Leg:
        return Leg.objects.select_related("exchange").get(exchange=exchange, name=name)

    def pay(self, exchange: Exchange, name: str = "argent", amount: int = 0) -> Payment:
        """Somebody pays their leg over the desk, and the room hears of it."""
        leg = self.leg(exchange, name)
        payment = depositing.ask_for_money(leg=leg, by=self.by(self.lou))
        treasury.receive(
            payment=payment, amount=amount or leg.amount, means="cheque", day=DAY,
            key=f"{leg.pk}:{amount}", by=SYSTEM,
        )  # fmt: skip
        deliver_pending(force=True)
        return Payment.objects.get(pk=payment.pk)

    def deposit_all(self, exchange: Exchange) -> None:
        depositing.attest(leg=self.leg(exchange, "pommes"), by=self.by(self.ada))
        depositing.attest(leg=self.leg(exchange, "site"), by=self.by(self.bruno))
        self.pay(exchange)

    def states(self, exchange: Exchange) -> dict[str, str]:
        return dict(Leg.objects.filter(exchange=exchange).values_list("name", "state"))

    def balance(self, account: str) -> int:
        rows = Line.objects.filter(book__structure=self.chamber, account__code=account)
        return sum(rows.values_list("amount", flat=True))


@pytest.fixture
def world(db: Any) -> World:
    """A chamber and those who exchange in it."""
    return World()


@pytest.fixture(autouse=True)
def june() -> Any:
    """It is the first of June 2026."""
    with clock.pretend(DAY):
        yield
