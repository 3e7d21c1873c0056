"""Money that a bank took back: two people say so, nothing is changed in silence, and it can be paid again."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from chambre.core.errors import Conflict, Forbidden, Invalid
from chambre.core.hooks import deliver_pending
from chambre.core.models import AuditEntry
from chambre.registry import api as registry
from chambre.rooms.exchange.models import ChargeBack, Evidence, ExchangeTurn, LegMove
from chambre.rooms.exchange.queries import balances
from chambre.rooms.exchange.queries.errors import NotForParty, NotNow
from chambre.rooms.exchange.services import bouncing, depositing, disputing, letters, settling
from chambre.rooms.exchange.tests.conftest import DAY, SINCE, SYSTEM, clock
from chambre.treasury import api as treasury
from chambre.treasury.models import Payment

pytestmark = pytest.mark.django_db
HELD, CLAIMED, OWED, DISPUTE = "467800", "467820", "467810", "467000"


@pytest.fixture
def eve(world):
    """A second person who answers for the Chamber's money."""
    person = world.person("eve")
    with clock.pretend(SINCE):
        registry.grant_role(agent=person, kind="administrator", scope=world.chamber, by=SYSTEM)
    return person


def told(world, exchange, **said):
    words = {"day": DAY, "text": "La banque a rejeté le chèque.", "by": world.by(world.ada), **said}
    return bouncing.tell(leg=world.leg(exchange, "argent"), **words)


def pay_again(world, exchange):
    payment = Payment.objects.get(origin="exchange")
    treasury.receive(payment=payment, amount=25000, means="cheque", day=DAY, key="again", by=SYSTEM)
    deliver_pending(force=True)


def in_books(world):
    return [world.balance(code) for code in (HELD, OWED, CLAIMED, DISPUTE)]


def test_what_one_person_tells_moves_nothing(world, eve):
    exchange = world.opened()
    world.deposit_all(exchange)
    row = told(world, exchange)

    assert row.state == "asked"
    assert world.states(exchange)["argent"] == "deposited"
    assert in_books(world) == [-25000, 0, 0, 0]
    with pytest.raises(Forbidden):
        bouncing.confirm(told=row, by=world.by(world.ada))
    with pytest.raises(NotNow):
        told(world, exchange, by=world.by(eve))
    assert ChargeBack.objects.get().state == "asked"
    assert in_books(world) == [-25000, 0, 0, 0]


def test_confirmed_by_a_second_person_it_is_promised_again_and_can_be_paid_again(world, eve):
    exchange = world.opened()
    world.deposit_all(exchange)
    row = told(world, exchange)
    letters.LETTERS.send_waiting()
    mail.outbox.clear()

    for _again in range(2):
        row = bouncing.confirm(told=row, by=world.by(eve))
    assert (row.state, row.decided_by) == ("back", eve.user)
    assert world.states(exchange)["argent"] == "promised"
    assert in_books(world) == [0, 0, 0, -25000]  # owed to the bank, until its row is booked
    assert list(balances.differences()) == []
    with pytest.raises(NotNow):
        settling.settle(exchange=exchange, by=world.by(world.lou))
    letters.LETTERS.send_waiting()
    assert {one.to[0].partition("@")[0] for one in mail.outbox} >= {"lou", "bruno", "dris"}
    assert "Lou" in mail.outbox[0].body

    pay_again(world, exchange)
    assert world.states(exchange)["argent"] == "deposited"
    assert in_books(world) == [-25000, 0, 0, -25000]
    settling.settle(exchange=exchange, by=world.by(world.lou))
    kinds = LegMove.objects.filter(leg__name="argent").values_list("kind", "round")
    assert list(kinds.order_by("id")) == [
        ("deposited", 0), ("bounced", 0), ("deposited", 1), ("released", 1),
    ]  # fmt: skip
    assert in_books(world) == [0, -25000, 0, -25000]
    assert list(balances.differences()) == []


def test_what_had_gone_stays_where_it_went_and_its_giver_owes_it_until_they_pay(world, eve, client):
    exchange = world.opened()
    world.deposit_all(exchange)
    settling.settle(exchange=exchange, by=world.by(world.lou))
    row = bouncing.confirm(told=told(world, exchange), by=world.by(eve))

    assert row.state == "claimed"
    assert set(world.states(exchange).values()) == {"released"}
    exchange.refresh_from_db()
    assert exchange.state == "settled"
    assert in_books(world) == [0, -25000, 25000, -25000]
    (line,) = row.claim.lines.filter(account__code=CLAIMED)
    assert line.auxiliary.label == world.lou.name
    assert list(balances.differences()) == []
    turn = ExchangeTurn.objects.get(kind="money-gone")
    assert (turn.about, turn.reason) == (world.lou, "La banque a rejeté le chèque.")

    link = f"/{Payment.objects.get(origin='exchange').public_id}/"
    for who, offered in ((world.lou, True), (world.ada, False)):
        client.force_login(who.user)
        html = client.get(f"/echanges/{exchange.slug}/").content.decode()
        assert (link in html) is offered
    pay_again(world, exchange)
    row.refresh_from_db()
    assert row.state == "paid"
    assert in_books(world) == [0, -25000, 0, -25000]
    assert list(balances.differences()) == []


def test_parties_and_mediator_have_their_say_while_something_is_owed(world, eve, client):
    exchange = world.opened(more=f'\n[mediator]\nagent = "{world.ines.slug}"\n')
    world.deposit_all(exchange)
    settling.settle(exchange=exchange, by=world.by(world.lou))

    def say(agent, who, text):
        return disputing.add_evidence(exchange=exchange, agent=agent, text=text, by=world.by(who))

    with pytest.raises(NotNow):
        say(world.lou, world.lou, "trop tôt")
    bouncing.confirm(told=told(world, exchange), by=world.by(eve))
    say(world.lou, world.lou, "Je paie lundi.")
    with pytest.raises(NotForParty):
        say(world.ines, world.lou, "au nom d’une autre")
    client.force_login(world.ines.user)
    said = {"agent": world.ines.pk, "text": "Lou doit la somme."}
    client.post(f"/echanges/{exchange.slug}/faire/evidence/", said)
    html = client.get(f"/echanges/{exchange.slug}/").content.decode()
    assert f'name="agent" value="{world.ines.pk}"' in html
    assert "Je paie lundi." in html

    pay_again(world, exchange)
    with pytest.raises(NotForParty):
        say(world.ines, world.ines, "trop tard")
    assert list(Evidence.objects.order_by("id").values_list("agent", "text")) == [
        (world.lou.pk, "Je paie lundi."), (world.ines.pk, "Lou doit la somme."),
    ]  # fmt: skip


def test_verify_finds_a_claim_that_is_not_in_the_books(world, eve):
    exchange = world.opened()
    world.deposit_all(exchange)
    settling.settle(exchange=exchange, by=world.by(world.lou))
    row = bouncing.confirm(told=told(world, exchange), by=world.by(eve))
    ChargeBack.objects.filter(pk=row.pk).update(state="paid")

    assert list(balances.differences()) == [
        f"25000 cents are claimed for X{exchange.pk}-3, 0 should be"
    ]


def test_what_is_refused_moves_nothing_and_can_be_told_anew(world, eve):
    exchange = world.opened()
    world.deposit_all(exchange)
    row = bouncing.refuse(told=told(world, exchange), by=world.by(world.ada))

    assert row.state == "refused"
    with pytest.raises(NotNow):
        bouncing.confirm(told=row, by=world.by(eve))
    assert world.states(exchange)["argent"] == "deposited"
    assert told(world, exchange, by=world.by(eve)).state == "asked"
    assert not AuditEntry.objects.filter(action="exchange.chargeback.confirmed").exists()


def test_who_gave_or_gets_the_money_decides_nothing_about_it_whatever_their_office(world):
    for who in (world.lou, world.dris):  # the giver, and who acts for the taker
        with clock.pretend(SINCE):
            registry.grant_role(agent=who, kind="administrator", scope=world.chamber, by=SYSTEM)
    exchange = world.opened()
    world.deposit_all(exchange)
    row = told(world, exchange)

    for who in (world.lou, world.dris):
        for act in (bouncing.confirm, bouncing.refuse):
            with pytest.raises(Forbidden):
                act(told=row, by=world.by(who))
    assert ChargeBack.objects.get().state == "asked"
    assert in_books(world) == [-25000, 0, 0, 0]


def test_only_who_answers_for_the_money_tells_it_and_says_how_it_is_known(world):
    exchange = world.opened()
    with pytest.raises(NotNow):
        told(world, exchange)  # nothing is paid in
    world.deposit_all(exchange)

    for who in (world.lou, world.dris):
        with pytest.raises(Forbidden):
            told(world, exchange, by=world.by(who))
    with pytest.raises(Forbidden):
        told(world, exchange, by=SYSTEM)
    with pytest.raises(Invalid):
        told(world, exchange, text="  ")
    with pytest.raises(Invalid):
        told(world, exchange, day=DAY + dt.timedelta(days=1))
    with pytest.raises(NotNow):
        bouncing.tell(leg=world.leg(exchange, "pommes"), day=DAY, text="?", by=world.by(world.ada))
    assert not ChargeBack.objects.exists()


def test_money_that_came_in_parts_is_no_matter_of_this(world):
    exchange = world.opened()
    leg = world.leg(exchange, "argent")
    payment = depositing.ask_for_money(leg=leg, by=world.by(world.lou))
    for amount in (10000, 15000):
        treasury.receive(
            payment=payment, amount=amount, means="cheque", day=DAY, key=str(amount), by=SYSTEM
        )
    deliver_pending(force=True)
    assert world.states(exchange)["argent"] == "deposited"

    with pytest.raises(Conflict):
        told(world, exchange)
    assert not ChargeBack.objects.exists()


def test_the_database_itself_lets_nobody_confirm_what_they_told(world):
    exchange = world.opened()
    world.deposit_all(exchange)
    row = told(world, exchange)

    with pytest.raises(IntegrityError), transaction.atomic():
        ChargeBack.objects.filter(pk=row.pk).update(state="back", decided_by=row.asked_by)
    assert ChargeBack.objects.get().state == "asked"


def test_the_page_asks_the_one_to_tell_and_another_to_confirm(world, eve, client):
    exchange = world.opened()
    world.deposit_all(exchange)
    page, acts = f"/echanges/{exchange.slug}/", f"/echanges/{exchange.slug}/faire/"
    client.force_login(world.lou.user)
    assert "bounced-text" not in client.get(page).content.decode()

    client.force_login(world.ada.user)
    assert "bounced-text" in client.get(page).content.decode()
    said = {"leg": "argent", "day": "2026-06-01", "text": "Appel de la banque"}
    client.post(f"{acts}bounced/", said)
    row = ChargeBack.objects.get()
    html = client.get(page).content.decode()
    assert "Appel de la banque" in html
    assert "bounced-yes" not in html
    client.force_login(world.lou.user)
    assert "Appel de la banque" not in client.get(page).content.decode()  # not confirmed yet

    client.force_login(eve.user)
    assert "bounced-yes" in client.get(page).content.decode()
    asked = client.post(f"{acts}bounced-yes/", {"told": row.pk}).content.decode()
    assert "Lou" in asked
    row.refresh_from_db()
    assert row.state == "asked"
    client.post(f"{acts}bounced-yes/", {"told": row.pk, "sure": "yes"})
    row.refresh_from_db()
    assert row.state == "back"
    assert world.states(exchange)["argent"] == "promised"
    client.force_login(world.lou.user)
    assert "Appel de la banque" in client.get(page).content.decode()
