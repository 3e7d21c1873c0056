"""A later deadline by consent, disputes, evidence, decisions within what was signed."""

from __future__ import annotations

import datetime as dt

import pytest

from chambre.core import clock
from chambre.core.errors import Invalid
from chambre.rooms.exchange.models import Evidence
from chambre.rooms.exchange.queries import balances
from chambre.rooms.exchange.queries.errors import NotForParty, NotNow
from chambre.rooms.exchange.services import depositing, disputing, settling
from chambre.rooms.exchange.tests.conftest import SYSTEM
from chambre.treasury.models import Payment

pytestmark = pytest.mark.django_db
UNTIL = dt.date(2026, 8, 31)


def mediated(world, may='["return", "release"]'):
    return world.opened(more=f'\n[mediator]\nagent = "{world.ines.slug}"\nmay = {may}\ndays = 20\n')


def disputed(world, may='["return", "release"]'):
    exchange = mediated(world, may)
    world.deposit_all(exchange)
    disputing.dispute(
        exchange=exchange, agent=world.vergers, reason="Le site ne marche pas",
        by=world.by(world.bruno),
    )  # fmt: skip
    exchange.refresh_from_db()
    return exchange


def test_a_later_deadline_wants_everybodys_yes(world):
    exchange = world.opened()
    row = disputing.propose_extension(
        exchange=exchange, agent=world.lou, until=UNTIL, by=world.by(world.lou)
    )
    disputing.speak(extension=row, agent=world.toile, yes=True, by=world.by(world.dris))
    exchange.refresh_from_db()
    assert exchange.deadline == dt.date(2026, 6, 30)

    disputing.speak(extension=row, agent=world.vergers, yes=True, by=world.by(world.bruno))

    exchange.refresh_from_db()
    assert (exchange.deadline, exchange.state) == (UNTIL, "open")
    with clock.pretend(dt.date(2026, 7, 15)):
        assert settling.follow(exchange) == "open"
        assert world.pay(exchange).state == "paid"
    assert world.states(exchange)["argent"] == "deposited"


def test_one_no_is_enough(world):
    exchange = world.opened()
    row = disputing.propose_extension(
        exchange=exchange, agent=world.lou, until=UNTIL, by=world.by(world.lou)
    )
    disputing.speak(extension=row, agent=world.toile, yes=False, by=world.by(world.dris))

    with pytest.raises(NotNow):
        disputing.speak(extension=row, agent=world.vergers, yes=True, by=world.by(world.bruno))
    exchange.refresh_from_db()
    assert exchange.deadline == dt.date(2026, 6, 30)


def test_nobody_says_yes_for_somebody_else(world):
    exchange = world.opened()
    row = disputing.propose_extension(
        exchange=exchange, agent=world.lou, until=UNTIL, by=world.by(world.lou)
    )
    for who in (world.lou, world.ada):
        with pytest.raises(NotForParty):
            disputing.speak(extension=row, agent=world.toile, yes=True, by=world.by(who))
    assert row.voices.count() == 1


def test_nothing_moves_in_a_dispute(world):
    exchange = disputed(world)

    assert exchange.decide_by == dt.date(2026, 6, 21)
    with pytest.raises(NotNow):
        settling.settle(exchange=exchange, by=world.by(world.dris))
    with pytest.raises(NotNow):
        settling.withdraw(exchange=exchange, agent=world.lou, by=world.by(world.lou))
    assert settling.follow(exchange) == "disputed"
    assert set(world.states(exchange).values()) == {"deposited"}


def test_the_mediator_decides_and_nobody_else(world):
    exchange = disputed(world)

    for who in (world.ada, world.bruno, world.dris):
        with pytest.raises(NotForParty):
            disputing.decide(
                exchange=exchange, decision="release", reason="Parce que", by=world.by(who)
            )
    with pytest.raises(NotForParty):
        disputing.decide(exchange=exchange, decision="release", reason="Moi", by=SYSTEM)
    with pytest.raises(Invalid):
        disputing.decide(exchange=exchange, decision="release", reason=" ", by=world.by(world.ines))
    disputing.decide(
        exchange=exchange, decision="release", reason="Le site marche", by=world.by(world.ines)
    )
    exchange.refresh_from_db()
    assert exchange.state == "settled"
    assert set(world.states(exchange).values()) == {"released"}
    assert not list(balances.differences())


def test_what_was_not_agreed_is_not_decided(world):
    exchange = disputed(world, may='["return"]')

    for decision in ("release", "parts", "extend", "give-it-to-me"):
        with pytest.raises(NotNow):
            disputing.decide(
                exchange=exchange, decision=decision, reason="Ainsi", by=world.by(world.ines)
            )
    assert set(world.states(exchange).values()) == {"deposited"}
    disputing.decide(exchange=exchange, decision="return", reason="Non", by=world.by(world.ines))
    assert set(world.states(exchange).values()) == {"returned"}


def test_a_mediator_who_opens_it_again_gives_back_the_time_it_took(world):
    exchange = disputed(world, may='["return", "extend"]')

    with clock.pretend(dt.date(2026, 6, 11)):
        disputing.decide(
            exchange=exchange, decision="extend", reason="À finir", by=world.by(world.ines)
        )
    exchange.refresh_from_db()
    assert (exchange.state, exchange.deadline) == ("open", dt.date(2026, 7, 10))


def test_everything_goes_back_when_the_mediator_is_silent(world):
    exchange = disputed(world)

    with clock.pretend(dt.date(2026, 6, 22)):
        assert settling.follow(exchange) == "returned"
    assert set(world.states(exchange).values()) == {"returned"}


def test_evidence_is_a_partys_and_stays(world):
    exchange = disputed(world)
    disputing.add_evidence(
        exchange=exchange, agent=world.vergers, text="Page blanche", by=world.by(world.bruno)
    )

    with pytest.raises(NotForParty):
        disputing.add_evidence(
            exchange=exchange, agent=world.vergers, text="Faux", by=world.by(world.dris)
        )
    assert list(Evidence.objects.values_list("text", flat=True)) == ["Page blanche"]


def test_what_was_told_stays_as_it_was_when_a_deadline_leads_to_the_mediator(world):
    exchange = world.opened(
        more=f'otherwise = "mediate"\n\n[mediator]\nagent = "{world.ines.slug}"\n'
    )
    depositing.attest(leg=world.leg(exchange, "site"), by=world.by(world.bruno))

    with clock.pretend(dt.date(2026, 7, 1)):
        assert settling.follow(exchange) == "disputed"
    exchange.refresh_from_db()
    assert exchange.decide_by == dt.date(2026, 7, 31)
    assert world.states(exchange)["site"] == "deposited"


def test_money_that_a_bank_took_back_keeps_nobody_elses_part(world):
    exchange = world.opened()
    world.deposit_all(exchange)
    Payment.objects.filter(origin="exchange").update(state="disputed")

    with clock.pretend(dt.date(2026, 7, 1)), pytest.raises(NotNow):
        settling.follow(exchange)  # all was there: it would be settled, and the money is not
    disputing.dispute(
        exchange=exchange, agent=world.vergers, reason="Plus d’argent", by=world.by(world.bruno)
    )
    with clock.pretend(dt.date(2026, 7, 2)):
        assert settling.follow(exchange) == "returned"

    assert set(world.states(exchange).values()) == {"returned"}
    assert world.balance(balances.OWED) == 0  # nothing is owed twice
    assert settling.pay_owed() == 0
