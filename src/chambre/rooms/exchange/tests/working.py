"""People who exchange, and what one process does with one exchange (:mod:`.chaos`)."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

from chambre.rooms.exchange.tests.counting import DAY

PEOPLE = 12
KINDS = ("euros", "euros", "credit", "credit", "hours", "goods", "service", "right")
ACTS = 4
"""Random acts of one process on one exchange, before every second one finishes it."""


def found_people() -> list[Any]:
    """Those who exchange, as they are."""
    from chambre.registry.models import Agent

    rows = Agent.objects.select_related("user").filter(user__email__startswith="chaos")
    return list(rows.order_by("pk"))


def people() -> list[Any]:
    """Make those who exchange, with accounts in units and what holds them; every second has an IBAN."""
    from chambre.core.actors import Actor
    from chambre.registry import api as registry
    from chambre.registry.models import Agent
    from chambre.rooms.exchange.services import holding
    from chambre.treasury import api as treasury

    by = Actor.system("command line")
    chamber = registry.home_chamber()
    holding.escrow(chamber)
    book = holding.book_of(chamber)
    found = []
    for number in range(PEOPLE):
        email = f"chaos{number}@valmere.test"
        agent = Agent.objects.select_related("user").filter(user__email=email).first()
        if agent is None:
            agent = registry.create_person(email=email, name=f"Chaos {number}", by=by)
            registry.grant_role(agent=agent, kind="member", scope=chamber, by=by)
            kind = "administrator" if number == 0 else "facilitator"
            registry.grant_role(agent=agent, kind=kind, scope=chamber, by=by)
            treasury.open_credit(agent=agent, limit=10**10, by=by)
            if number % 2:
                party = treasury.note_party(book=book, name=agent.name, agent=agent, by=by)
                treasury.note_iban(party=party, iban=_iban(number), by=by, confirmed=True)
        found.append(Agent.objects.select_related("user").get(pk=agent.pk))
    return found


def _iban(number: int) -> str:
    """An account that there is not, with check digits that are right (ISO 13616)."""
    account = f"{number:018d}"
    return f"DE{98 - int(account + '131400') % 97:02d}{account}"


class Worker:
    """One process that works on exchanges."""

    def __init__(self, agents: list[Any], seed: int) -> None:
        from chambre.core.actors import Actor

        self.agents = agents
        self.random = random.Random(seed)
        self.actors = {agent.pk: Actor.of(agent.user) for agent in agents}

    def work(self, number: int) -> None:
        """A few acts on one exchange; what is refused is left."""
        exchange = self.tried(lambda: self.propose(number))
        if exchange is None:
            return
        if exchange.state == "signing":
            self.tried(lambda: self.sign(exchange))
        for _act in range(ACTS):
            act = self.random.choices(
                (self.deposit, self.confirm, self.settle, self.extend, self.withdraw, self.dispute),
                (12, 2, 2, 0.4, 0.2, 0.2),
            )[0]
            self.tried(lambda act=act: act(exchange))
        if self.random.random() < 0.5:
            self.finish(exchange)

    def finish(self, exchange: Any) -> None:
        """Deposit what is missing, confirm, settle."""
        while self.tried(lambda: self.deposit(exchange)):
            pass
        parties = {leg.giver_id for leg in self.legs(exchange)}
        for party in sorted(parties)[:2]:
            self.tried(lambda party=party: self.confirm(exchange, party))
        self.tried(lambda: self.settle(exchange))

    def tried(self, act: Callable[[], Any]) -> Any:
        from django.db import OperationalError

        from chambre.core.errors import ChambreError

        try:
            return act()
        except (
            ChambreError,
            OperationalError,
        ):  # refused, or two waited for each other: begun again
            return None

    def legs(self, exchange: Any) -> list[Any]:
        from chambre.core.db.questions import Question
        from chambre.rooms.exchange.models import Leg

        global LEGS  # noqa: PLW0603 - made once, when the models are there
        LEGS = LEGS or Question(
            lambda pk: (
                Leg.objects.filter(exchange_id=pk)
                .select_related("exchange__chamber", "giver", "taker", "keeper")
                .order_by("pk")
            )
        )
        return list(LEGS(exchange.pk))

    def propose(self, number: int) -> Any:
        """The same exchange for everybody: drawn from its number."""
        from chambre.lib import exchange as lib
        from chambre.rooms.exchange.services.drafting import LegIn, propose

        drawn = random.Random(number)
        parties = drawn.sample(self.agents[1:], drawn.randint(2, 4))
        legs = []
        for at, giver in enumerate(parties):
            for again in range(drawn.choice((1, 1, 2))):
                taker = parties[(at + 1) % len(parties)]
                kind = drawn.choice(KINDS)
                amount = drawn.randint(1, 50_000) if kind in ("euros", "credit", "hours") else 1
                legs.append(LegIn(giver, taker, kind, amount, what="x", name=f"l{at}{again}"))
        conditions = []
        if drawn.random() < 0.3:
            names = tuple(party.slug for party in parties)
            conditions.append(lib.Condition("accord", "confirm", of=names, needed=2))
        mediator = lib.Mediator(self.agents[0].slug, ("return", "release"), 5)
        return propose(
            actor=self.actors[parties[0].pk], title=f"Chaos {number}", legs=legs,
            key=f"chaos:{number}", conditions=conditions, deadline=DAY + dt.timedelta(days=30),
            mediator=mediator,
        )  # fmt: skip

    def sign(self, exchange: Any) -> None:
        from chambre.rooms.exchange.queries.exchanges import current_of, parties_of
        from chambre.rooms.exchange.services import signing

        version = current_of(exchange)
        version.exchange = exchange
        for party in parties_of(version):
            party.version = version
            signing.sign(
                party=party, digest=version.digest, means="code", by=self.actors[party.agent_id]
            )

    def deposit(self, exchange: Any) -> Any:
        """Deposit one of the legs that are promised; nothing: there is none."""
        legs = [leg for leg in self.legs(exchange) if leg.state == "promised"]
        if not legs:
            return None
        leg = self.random.choice(legs)
        self.deposit_leg(leg)
        return leg

    def deposit_leg(self, leg: Any) -> None:
        from chambre.rooms.exchange.services import depositing
        from chambre.rooms.exchange.services.offering import SYSTEM
        from chambre.treasury import api as treasury

        if leg.kind == "euros":
            payment = depositing.ask_for_money(leg=leg, by=self.actors[leg.giver_id])
            treasury.receive(
                payment=payment, amount=leg.amount, means="cheque", day=DAY, key=f"c{leg.pk}",
                by=SYSTEM,
            )  # fmt: skip
            depositing.hear_payment(leg=leg, by=SYSTEM)
        elif leg.kind == "credit":
            depositing.deposit_units(leg=leg, by=self.actors[leg.giver_id])
        else:
            who = depositing.attester(leg)
            depositing.attest(leg=leg, by=self.actors.get(who.pk, self.actors[self.agents[0].pk]))

    def confirm(self, exchange: Any, party: int | None = None) -> None:
        from chambre.rooms.exchange.services import depositing

        by = self.actors[party or self.random.choice(self.agents).pk]
        depositing.tell(exchange=exchange, condition="accord", by=by)

    def settle(self, exchange: Any) -> None:
        from chambre.rooms.exchange.services import settling
        from chambre.rooms.exchange.services.offering import SYSTEM

        settling.settle(exchange=exchange, by=SYSTEM)

    def extend(self, exchange: Any) -> None:
        """One proposes a later deadline; the others agree, or one of them does not."""
        from chambre.rooms.exchange.queries.exchanges import current_of, parties_of
        from chambre.rooms.exchange.services import disputing

        parties = [party.agent for party in parties_of(current_of(exchange))]
        until = exchange.deadline + dt.timedelta(days=self.random.randint(1, 5))
        extension = exchange.extensions.filter(state="open").first()
        if extension is None:
            extension = disputing.propose_extension(
                exchange=exchange, agent=parties[0], until=until, by=self.actors[parties[0].pk]
            )
        for agent in parties[1:]:
            disputing.speak(
                extension=extension, agent=agent, yes=self.random.random() < 0.9,
                by=self.actors[agent.pk],
            )  # fmt: skip

    def withdraw(self, exchange: Any) -> None:
        from chambre.rooms.exchange.services import settling

        for leg in self.legs(exchange)[:1]:
            settling.withdraw(exchange=exchange, agent=leg.giver, by=self.actors[leg.giver_id])

    def dispute(self, exchange: Any) -> None:
        from chambre.rooms.exchange.services import disputing

        for leg in self.legs(exchange)[:1]:
            disputing.dispute(
                exchange=exchange, agent=leg.giver, reason="x", by=self.actors[leg.giver_id]
            )
            decision = self.random.choice(("return", "release"))
            by = self.actors[self.agents[0].pk]
            disputing.decide(exchange=exchange, decision=decision, reason="x", by=by)


LEGS: Any = None
"""Legs of an exchange, with who gives and takes them."""
