"""Four structures that owe one another around, a person, and somebody who leads rounds."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.ledger import api as ledger
from chambre.ledger.models import Line
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.clearing.models import Computation, Obligation, Round
from chambre.rooms.clearing.queries.rounds import current, effects_of
from chambre.rooms.clearing.services import obligations, rounds

SINCE = dt.date(2024, 1, 1)
SYSTEM = Actor.system("command line")


class Town:
    """A mill, a bakery, a grocer and a school with their treasurers; Lou; Fanny, who leads rounds."""

    def __init__(self) -> None:
        self.chamber = registry.home_chamber()
        self.mill = self.structure("moulin", "Le Moulin")
        self.bakery = self.structure("fournil", "Le Fournil")
        self.grocer = self.structure("epicerie", "L’Épicerie")
        self.school = self.structure("ecole", "L’École")
        self.people = {
            place.slug: self.person(f"tr-{place.slug}", treasurer=place)
            for place in (self.mill, self.bakery, self.grocer, self.school)
        }
        self.lou = self.person("lou")
        self.fanny = self.person("fanny", kind="facilitator")
        self.books = {
            place.pk: ledger.open_book(structure=place, chart="associatif", by=SYSTEM)
            for place in (self.mill, self.bakery, self.grocer)
        }
        self.told = 0

    def structure(self, slug: str, name: str) -> Agent:
        return registry.create_structure(slug=slug, name=name, by=SYSTEM, legal_form="association")

    def person(self, name: str, *, treasurer: Agent | None = None, kind: str = "member") -> Agent:
        agent = registry.create_person(
            email=f"{name}@valmere.test", name=name.title(), by=SYSTEM, language="fr"
        )
        with clock.pretend(SINCE):
            if treasurer is not None:
                registry.grant_role(agent=agent, kind="treasurer", scope=treasurer, by=SYSTEM)
            registry.grant_role(agent=agent, kind=kind, scope=self.chamber, by=SYSTEM)
        return agent

    def by(self, agent: Agent) -> Actor:
        who = self.people.get(agent.slug, agent)
        return Actor.of(Agent.objects.select_related("user").get(pk=who.pk).user)

    def owes(self, debtor: Agent, creditor: Agent, amount: int, **given: Any) -> Obligation:
        self.told += 1
        return obligations.propose(
            debtor=debtor, creditor=creditor, amount=amount, reference=f"F{self.told}",
            key=f"k{self.told}", by=self.by(debtor), **given,
        )  # fmt: skip

    def ring(self) -> list[Obligation]:
        """The mill owes the bakery 100 €, the bakery the grocer 70 €, the grocer the mill 90 €."""
        return [
            self.owes(self.mill, self.bakery, 10_000),
            self.owes(self.bakery, self.grocer, 7_000),
            self.owes(self.grocer, self.mill, 9_000),
        ]

    def opens(self, **given: Any) -> Round:
        self.told += 1
        row = rounds.open_round(
            name="Automne", key=f"r{self.told}", by=self.by(self.fanny), **given
        )
        return self.computed(row)

    def computed(self, row: Round) -> Round:
        row.refresh_from_db()
        rounds.work_out(round_=row, number=row.number)
        row.refresh_from_db()
        return row

    def found(self, row: Round) -> Computation:
        found = current(row)
        assert found is not None
        return found

    def says(self, row: Round, agent: Agent, agrees: bool = True) -> Any:
        effect = effects_of(self.found(row), [agent])[0]
        return rounds.answer(
            round_=row, agent=agent, agrees=agrees, effect=effect.digest, by=self.by(agent)
        )

    def all_agree(self, row: Round, *agents: Agent) -> None:
        for agent in agents or (self.mill, self.bakery, self.grocer):
            self.says(row, agent)

    def balance(self, agent: Agent, account: str) -> int:
        rows = Line.objects.filter(book=self.books[agent.pk], account__code=account)
        return sum(rows.values_list("amount", flat=True))


@pytest.fixture
def town(db: Any) -> Town:
    """Those who owe one another."""
    return Town()
