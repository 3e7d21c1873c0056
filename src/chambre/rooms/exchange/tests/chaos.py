"""Random exchanges worked on by processes that are killed at random moments; then everything is counted.

Several processes work on the same exchanges at once: they propose and sign them, deposit legs of every kind,
confirm, settle, withdraw, disagree. Whoever is killed is replaced and goes on a little before the place
where it was killed, so that every act is begun again. In the end, the clock brings to its end whatever is
open, and every leg, every account and every cent is counted.

``python -m chambre.rooms.exchange.tests.chaos FIRST COUNT SEED FILE`` is one such process; it works in the
database that ``EXCHANGE_DB`` names. The test and ``benchmarks/bench_escrow.py`` use :func:`storm`.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DAY = dt.date(2026, 3, 2)
PEOPLE = 12
KINDS = ("euros", "euros", "credit", "credit", "hours", "goods", "service", "right")
ACTS = 7
"""Acts of one process on one exchange."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What was there in the end.

    Attributes:
        exchanges: How many, by state.
        legs: How many, by state.
        kills: How often a process was killed.
        wrong: What should not be; empty.
        seconds: How long the storm took.
    """

    exchanges: dict[str, int]
    legs: dict[str, int]
    kills: int
    wrong: tuple[str, ...]
    seconds: float


def found_people() -> list[Any]:
    """Those who exchange, as they are."""
    from chambre.registry.models import Agent

    rows = Agent.objects.select_related("user").filter(user__email__startswith="chaos")
    return list(rows.order_by("pk"))


def people() -> list[Any]:
    """Make those who exchange, with accounts in units and what holds them."""
    from chambre.core.actors import Actor
    from chambre.registry import api as registry
    from chambre.registry.models import Agent
    from chambre.rooms.exchange.services import holding
    from chambre.treasury import api as treasury

    by = Actor.system("command line")
    chamber = registry.home_chamber()
    found = []
    for number in range(PEOPLE):
        email = f"chaos{number}@valmere.test"
        agent = Agent.objects.select_related("user").filter(user__email=email).first()
        if agent is None:
            agent = registry.create_person(email=email, name=f"Chaos {number}", by=by)
            registry.grant_role(agent=agent, kind="member", scope=chamber, by=by)
            kind = "administrator" if number == 0 else "facilitator"
            registry.grant_role(agent=agent, kind=kind, scope=chamber, by=by)
            treasury.open_credit(agent=agent, limit=10**9, by=by)
        found.append(Agent.objects.select_related("user").get(pk=agent.pk))
    holding.escrow(chamber)
    holding.book_of(chamber)
    return found


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
        self.tried(lambda: self.sign(exchange))
        for _act in range(ACTS):
            act = self.random.choices(
                (self.deposit, self.confirm, self.settle, self.withdraw, self.dispute),
                (12, 2, 3, 0.15, 0.15),
            )[0]
            self.tried(lambda act=act: act(exchange))

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
        from chambre.rooms.exchange.models import ExchangeParty
        from chambre.rooms.exchange.services import signing

        parties = ExchangeParty.objects.select_related("version__exchange", "agent__user")
        for party in parties.filter(version__exchange=exchange, role="party"):
            signing.sign(
                party=party, digest=party.version.digest, means="code",
                by=self.actors[party.agent_id],
            )  # fmt: skip

    def deposit(self, exchange: Any) -> None:
        from chambre.rooms.exchange.models import Leg
        from chambre.rooms.exchange.services import depositing
        from chambre.rooms.exchange.services.offering import SYSTEM
        from chambre.treasury import api as treasury

        rows = Leg.objects.select_related("exchange__chamber", "giver", "taker", "keeper")
        legs = list(rows.filter(exchange=exchange, state="promised"))
        if not legs:
            return
        leg = self.random.choice(legs)
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

    def confirm(self, exchange: Any) -> None:
        from chambre.rooms.exchange.services import depositing

        by = self.actors[self.random.choice(self.agents).pk]
        depositing.tell(exchange=exchange, condition="accord", by=by)

    def settle(self, exchange: Any) -> None:
        from chambre.rooms.exchange.services import settling
        from chambre.rooms.exchange.services.offering import SYSTEM

        settling.settle(exchange=exchange, by=SYSTEM)

    def withdraw(self, exchange: Any) -> None:
        from chambre.rooms.exchange.models import Leg
        from chambre.rooms.exchange.services import settling

        leg = Leg.objects.filter(exchange=exchange).select_related("giver").first()
        if leg is not None:
            settling.withdraw(exchange=exchange, agent=leg.giver, by=self.actors[leg.giver_id])

    def dispute(self, exchange: Any) -> None:
        from chambre.rooms.exchange.models import Leg
        from chambre.rooms.exchange.services import disputing

        leg = Leg.objects.filter(exchange=exchange).select_related("giver").first()
        if leg is None:
            return
        disputing.dispute(
            exchange=exchange, agent=leg.giver, reason="x", by=self.actors[leg.giver_id]
        )
        decision = self.random.choice(("return", "release"))
        by = self.actors[self.agents[0].pk]
        disputing.decide(exchange=exchange, decision=decision, reason="x", by=by)


def storm(
    count: int, *, workers: int, seed: int, every: float, folder: Path, seconds: float = 10**9
) -> Counted:
    """Let processes work on ``count`` exchanges, kill one of them about ``every`` seconds, then count.

    Args:
        count: How many exchanges.
        workers: Processes at once.
        seed: Of what they do and of when they are killed.
        every: Seconds between two kills, on average.
        folder: Where each writes how far it is.
        seconds: When to kill all that still work, and count what there is.
    """
    drawn, started, kills = random.Random(seed), time.monotonic(), 0
    places = [folder / f"worker{at}" for at in range(workers)]
    for place in places:
        place.write_text("", encoding="utf-8")
    running = [_start(place, count, seed + at) for at, place in enumerate(places)]
    began = [""] * workers
    while any(process is not None for process in running):
        if time.monotonic() - started > seconds:
            kills += _kill_all(running)
            break
        time.sleep(drawn.expovariate(1 / every))
        at = drawn.randrange(workers)
        process = running[at]
        here = places[at].read_text(encoding="utf-8")
        # One that is still loading is let be: only killing who is at work tells anything.
        if process is not None and process.poll() is None and here != began[at]:
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
        for at, process in enumerate(running):
            if process is not None and process.poll() is not None:
                done = process.returncode == 0
                seed += workers
                began[at] = places[at].read_text(encoding="utf-8")
                running[at] = None if done else _start(places[at], count, seed + at)
    _bring_to_an_end()
    return _counted(kills, time.monotonic() - started)


def _kill_all(running: list[Any]) -> int:
    """Kill every process that still works; how many."""
    left = [each for each in running if each is not None and each.poll() is None]
    for process in left:
        process.send_signal(signal.SIGKILL)
        process.wait()
    return len(left)


def _start(place: Path, count: int, seed: int) -> subprocess.Popen[bytes]:
    from django.db import connection

    environment = {
        **os.environ,
        "EXCHANGE_DB": str(connection.settings_dict["NAME"]),
        "DJANGO_SETTINGS_MODULE": "chambre.project.settings.testing",
        "PYTHONPATH": str(Path(__file__).parents[4]),
    }
    first = max(0, int(place.read_text(encoding="utf-8") or 0) - 2)
    command = [sys.executable, "-m", __name__, str(first), str(count), str(seed), str(place)]
    return subprocess.Popen(command, env=environment)


def _bring_to_an_end() -> None:
    """What the clock does when the deadline has passed, with nobody killed."""
    from chambre.core import clock
    from chambre.rooms.exchange.models import Exchange, Leg
    from chambre.rooms.exchange.services import depositing, settling
    from chambre.rooms.exchange.services.offering import SYSTEM

    with clock.pretend(DAY + dt.timedelta(days=60)):
        for exchange in Exchange.objects.filter(state__in=("open", "disputed")):
            settling.follow(exchange)
        for leg in Leg.objects.filter(kind="euros", state="promised").select_related("exchange"):
            depositing.hear_payment(leg=leg, by=SYSTEM)


def _counted(kills: int, seconds: float) -> Counted:
    from chambre.ledger import api as ledger
    from chambre.rooms.exchange.models import Exchange, Leg

    exchanges = Counter(Exchange.objects.values_list("state", flat=True).order_by())
    legs = Counter(Leg.objects.values_list("state", flat=True).order_by())
    report = ledger.verify()
    problems = [f"{each.kind}: {each.message}" for each in report.problems]
    wrong = (*_half_settled(), *_paid_wrongly(), *_books(), *problems)
    return Counted(dict(exchanges), dict(legs), kills, wrong, seconds)


def _half_settled() -> list[str]:
    """Exchanges of which some legs went and others did not."""
    from chambre.rooms.exchange.models import Exchange

    found = []
    for exchange in Exchange.objects.prefetch_related("legs"):
        states = {leg.state for leg in exchange.legs.all()}
        if exchange.state == "settled" and states != {"released"}:
            found.append(f"{exchange.slug} is settled, and its legs are {sorted(states)}")
        if exchange.state == "returned" and states - {"returned", "promised"}:
            found.append(f"{exchange.slug} is returned, and its legs are {sorted(states)}")
        if exchange.state in ("open", "disputed"):
            found.append(f"{exchange.slug} is {exchange.state} after its deadline")
    return found


def _paid_wrongly() -> list[str]:
    """Legs that moved twice, or whose moves are not what they say, or whose money is not where it went."""
    from django.db.models import Sum

    from chambre.ledger.models import Line
    from chambre.rooms.exchange.models import Leg
    from chambre.rooms.exchange.queries.balances import HELD, piece_of
    from chambre.treasury.models import CreditMove, Payment

    found = []
    out: dict[str, int] = dict(
        Line.objects.filter(account__code=HELD, amount__gt=0)
        .values_list("piece")
        .annotate(total=Sum("amount"))
        .order_by()
    )
    received = dict(Payment.objects.filter(origin="exchange").values_list("origin_key", "received"))
    units = Counter(
        key.rsplit(":", 1)[0]
        for key in CreditMove.objects.filter(origin="exchange").values_list("key", flat=True)
        if not key.endswith(":in")
    )
    for leg in Leg.objects.prefetch_related("moves"):
        kinds = sorted(move.kind for move in leg.moves.all())
        wanted = {
            "promised": [], "deposited": ["deposited"], "released": ["deposited", "released"],
            "returned": ["deposited", "returned"],
        }[leg.state]  # fmt: skip
        if kinds != wanted:
            found.append(f"leg {leg.pk} is {leg.state} and moved {kinds}")
        if leg.kind == "euros" and out.get(piece_of(leg), 0) != received.get(str(leg.pk), 0):
            found.append(f"leg {leg.pk}: what came is not what went")
        if leg.kind == "credit" and units[f"exchange:{leg.pk}"] != (leg.state != "promised"):
            found.append(f"leg {leg.pk}: units went {units[f'exchange:{leg.pk}']} times")
    return found


def _books() -> list[str]:
    """The held accounts are empty, all accounts in units are zero together."""
    from django.db.models import Sum

    from chambre.ledger.models import Line
    from chambre.rooms.exchange.queries.balances import HELD, differences
    from chambre.treasury.models import CreditAccount

    found = list(differences())
    held = Line.objects.filter(account__code=HELD).aggregate(total=Sum("amount"))["total"] or 0
    if held:
        found.append(f"{held} cents are still held")
    units = CreditAccount.objects.aggregate(total=Sum("held"))["total"] or 0
    if units:
        found.append(f"all accounts in units come to {units}")
    return found


def main() -> None:
    """One process: from its place to the last exchange."""
    import django
    from django.conf import settings

    django.setup()
    from django.db import connection

    name = os.environ["EXCHANGE_DB"]
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
    from chambre.core import clock

    first, count, seed = (int(each) for each in sys.argv[1:4])
    place = Path(sys.argv[4])
    with clock.pretend(DAY):
        worker = Worker(found_people(), seed)
        for number in range(first, count):
            # How far it is: a file that is replaced whole, so that a kill leaves no half of it.
            beside = place.with_suffix(".new")
            beside.write_text(str(number), encoding="utf-8")
            beside.replace(place)
            worker.work(number)


if __name__ == "__main__":
    main()
