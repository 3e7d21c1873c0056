"""Several at the same moment, on either database: no limit crossed, nothing twice."""

import datetime as dt
import threading

import pytest
from django.db import connection

from chambre.core import clock
from chambre.core.errors import ChambreError
from chambre.core.hooks import deliver_pending
from chambre.registry import api as registry
from chambre.rooms.credit.models import Crossing, DemurrageMonth, Leaving, Rules
from chambre.rooms.credit.services import crossing, demurrage, leaving, monthly
from chambre.rooms.credit.services.communities import RulesIn, join, open_community
from chambre.rooms.credit.services.deciding import propose_rules, speak
from chambre.rooms.credit.services.paying import ask, pay_request
from chambre.rooms.credit.services.tickets import make_ticket, take_ticket, text_of
from chambre.rooms.credit.tests.conftest import RULES, SYSTEM, Village
from chambre.treasury.models import Payout

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts):
    """Do several things at once; what came of each, refusals as their code."""
    barrier = threading.Barrier(len(acts))
    told = [None] * len(acts)

    def run(at):
        try:
            barrier.wait()
            told[at] = acts[at]()
        except ChambreError as refusal:
            told[at] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def test_at_the_limit_exactly_as_much_as_it_allows(transactional_db):
    village = Village(RulesIn(floor=1_000, ceiling=1_000))
    told = together(
        *(lambda n=n: village.pays("ada", "basile", 300, key=f"p{n}") for n in range(6))
    )
    assert told.count("treasury.credit.not-so-much") == 3
    assert village.held() == [-900, 900, 0, 0, 0]


def test_back_and_forth_between_all_never_deadlocks(transactional_db):
    village = Village()
    pairs = [("ada", "basile"), ("basile", "cora"), ("cora", "dune"), ("dune", "ada")]

    def run(giver, taker, turn):
        return lambda: [village.pays(giver, taker, 10, key=f"{giver}{turn}{n}") for n in range(5)]

    told = together(*(run(*pair, turn) for pair in pairs for turn in range(2)))
    assert all(isinstance(each, list) for each in told), told
    assert village.held() == [0, 0, 0, 0, 0]


def test_a_request_scanned_by_three_is_paid_by_one(transactional_db):
    village = Village()
    request = ask(
        account=village.account("cora"), amount=100, reason="Pain", key="r", by=village.by("cora")
    )
    told = together(
        *(
            lambda who=who: pay_request(
                request=request, source=village.account(who), by=village.by(who)
            )
            for who in ("ada", "basile", "dune", "ada")
        )
    )
    assert sum(village.held()) == 0 and village.held()[2] == 100
    assert told.count("credit.over") in (2, 3)


def test_a_ticket_brought_by_three_is_taken_by_one(transactional_db):
    village = Village()
    ticket = make_ticket(
        account=village.account("ada"), amount=100, until=registry.today(), key="t",
        by=village.by("ada"),
    )  # fmt: skip
    text = text_of(ticket)
    told = together(
        *(
            lambda who=who: take_ticket(text=text, account=village.account(who), by=village.by(who))
            for who in ("basile", "cora", "dune")
        )
    )
    assert told.count("credit.ticket-taken") == 2
    assert sorted(village.held()) == [-100, 0, 0, 0, 100]


def test_last_voices_at_once_carry_it_out_once(transactional_db):
    village = Village()
    decision = propose_rules(
        speaker=village.account("ada"), rules=RULES, words="Encore", key="d", by=village.by("ada")
    )
    together(
        *(
            lambda who=who: speak(
                decision=decision, speaker=village.account(who), yes=True, by=village.by(who)
            )
            for who in ("basile", "cora", "dune")
        )
    )
    assert Rules.objects.count() == 2


def test_a_month_charged_by_three_is_charged_once(transactional_db, monkeypatch):
    monkeypatch.setattr(monthly, "day_of", lambda _at: dt.date(2026, 1, 1))
    village = Village(RulesIn(floor=10_000, rate=1_000))
    with clock.pretend(dt.date(2026, 3, 3)):
        village.pays("ada", "basile", 1_000)
    with clock.pretend(dt.date(2026, 4, 1)):
        together(
            *(
                lambda: demurrage.charge_month(
                    community=village.community, month=dt.date(2026, 3, 1), by=SYSTEM
                )
                for _n in range(3)
            )
        )
    assert DemurrageMonth.objects.count() == 1
    assert village.held() == [-1_000, 900, 0, 0, 100]


def test_euros_are_asked_for_once_and_their_units_spent_by_nobody(transactional_db):
    village = Village()
    village.pays("ada", "basile", 300)
    until = registry.today() + dt.timedelta(days=9)
    going = leaving.begin(
        account=village.account("basile"), way="euros", until=until, by=village.by("basile")
    )

    def ask_euros():
        return leaving.settle(leaving=going, by=village.by("basile"), iban="DE89370400440532013000")

    told = together(
        ask_euros, ask_euros, lambda: village.pays("basile", "cora", 200, key="spent"), ask_euros
    )
    assert sum(isinstance(each, Leaving) for each in told) == 1, told
    payout = Payout.objects.get()
    spent = 300 - payout.amount
    assert spent in (0, 200)
    assert village.held() == [-300, 0, spent, 0, payout.amount]
    together(*(lambda: leaving.hear_payout(going.pk, payout.code, "refused") for _n in range(3)))
    assert village.held() == [-300, payout.amount, spent, 0, 0]


def test_two_begin_at_once_and_one_community_has_the_rules_of_one(transactional_db):
    chamber = registry.home_chamber()

    def begin(floor):
        return open_community(chamber=chamber, unit="CRD", rules=RulesIn(floor=floor), by=SYSTEM)

    told = together(*(lambda floor=floor: begin(floor) for floor in (100, 200, 300)))
    assert len({each.pk for each in told}) == 1
    assert Rules.objects.count() == 1


def test_several_workers_bring_each_crossing_over_once(transactional_db):
    village = Village()
    other = registry.create_structure(slug="aval", name="Aval", kind="chamber", by=SYSTEM)
    there = open_community(
        chamber=other, unit="CRD", rules=RulesIn(floor=0, ceiling=500), by=SYSTEM
    )
    shop = registry.create_structure(slug="echoppe", name="L’Échoppe", chamber=other, by=SYSTEM)
    target = join(community=there, agent=shop, by=SYSTEM).account
    facts = {"owes": 9_000, "owed": 9_000, "by": SYSTEM}
    mine = crossing.agree(community=village.community, partner=other, **facts)
    crossing.agree(community=there, partner=village.chamber, **facts)
    for number in range(8):
        crossing.send(
            source=village.account("ada"), partner=mine, target=target.code, amount=100,
            reason="Farine", key=f"c{number}", by=village.by("ada"),
        )  # fmt: skip

    def work():
        return [deliver_pending(force=True) for _round in range(4)]

    together(work, work, work)
    work()
    states = Crossing.objects.order_by("state").values_list("state", flat=True)
    assert list(states) == ["back"] * 3 + ["done"] * 5  # the shop holds 500 at most
    target.refresh_from_db()
    mine.account.refresh_from_db()
    assert (target.held, mine.account.held) == (500, 500)
    assert village.held() == [-500, 0, 0, 0, 0]
