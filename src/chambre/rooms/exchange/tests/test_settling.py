"""All or nothing: deposits, settlement, and every way in which things go back."""

from __future__ import annotations

import datetime as dt

import pytest

from chambre.core import clock
from chambre.core.errors import Forbidden
from chambre.core.hooks import deliver_pending
from chambre.ledger import api as ledger
from chambre.ledger.models import Event, JournalEntry, Line, Position
from chambre.registry import api as registry
from chambre.rooms.exchange.models import ConditionTold, LegMove
from chambre.rooms.exchange.queries import balances
from chambre.rooms.exchange.queries.errors import NoExchange, NotForParty, NotNow
from chambre.rooms.exchange.services import depositing, holding, settling
from chambre.rooms.exchange.services.drafting import LegIn, propose
from chambre.rooms.exchange.tests.conftest import DAY, SYSTEM
from chambre.treasury import api as treasury
from chambre.treasury.models import Payment, Payout

pytestmark = pytest.mark.django_db
INSPECTED = '\n[[condition]]\nname = "controle"\nkind = "inspector"\nwho = "{ines}"\n'
LATE = dt.date(2026, 7, 1)


@pytest.fixture(autouse=True)
def books_balance(world):
    yield
    assert list(balances.differences()) == []


def inspected(world):
    return world.opened(conditions=INSPECTED.format(ines=world.ines.slug))


def test_everything_goes_at_once_when_everything_is_there(world):
    exchange = world.opened()
    world.deposit_all(exchange)
    assert world.states(exchange) == dict.fromkeys(("pommes", "site", "argent"), "deposited")
    assert world.balance(balances.HELD) == -25_000

    settling.settle(exchange=exchange, by=world.by(world.dris))

    exchange.refresh_from_db()
    assert exchange.state == "settled"
    assert world.states(exchange) == dict.fromkeys(("pommes", "site", "argent"), "released")
    assert (world.balance(balances.HELD), world.balance(balances.OWED)) == (0, -25_000)
    assert ledger.status_of(exchange.agreement, on=DAY) == "fulfilled"
    item = world.leg(exchange, "pommes").item
    where = Position.objects.get(item=item)
    assert (where.accountable, where.custodian, where.quantity) == (world.lou, world.lou, 1)
    done = Event.objects.get(action="deliverService")
    assert (done.provider, done.receiver) == (world.toile, world.vergers)


def test_settling_twice_moves_nothing_twice(world):
    exchange = world.opened()
    world.deposit_all(exchange)
    settling.settle(exchange=exchange, by=world.by(world.dris))
    before = (JournalEntry.objects.count(), LegMove.objects.count(), Event.objects.count())

    settling.settle(exchange=exchange, by=world.by(world.lou))

    assert (JournalEntry.objects.count(), LegMove.objects.count(), Event.objects.count()) == before


def test_nothing_moves_while_one_leg_is_missing(world):
    exchange = world.opened()
    depositing.attest(leg=world.leg(exchange, "pommes"), by=world.by(world.ada))
    world.pay(exchange)
    before = (JournalEntry.objects.count(), LegMove.objects.count(), Event.objects.count())

    for somebody in (world.lou, world.dris, world.ada):
        with pytest.raises(NotNow) as refusal:
            settling.settle(exchange=exchange, by=world.by(somebody))
        assert "site" in str(refusal.value.message)
    with pytest.raises(NotNow):
        settling.settle(exchange=exchange, by=SYSTEM)

    assert (JournalEntry.objects.count(), LegMove.objects.count(), Event.objects.count()) == before
    assert world.states(exchange)["argent"] == "deposited"


def test_every_condition_still_holds_at_that_moment(world):
    exchange = inspected(world)
    world.deposit_all(exchange)
    by = world.by(world.ines)
    depositing.tell(exchange=exchange, condition="controle", by=by)
    depositing.tell(exchange=exchange, condition="controle", by=by, holds=False)

    with pytest.raises(NotNow, match="controle"):
        settling.settle(exchange=exchange, by=world.by(world.lou))
    assert world.balance(balances.HELD) == -25_000

    depositing.tell(exchange=exchange, condition="controle", by=by)
    settling.settle(exchange=exchange, by=world.by(world.lou))
    exchange.refresh_from_db()
    assert exchange.state == "settled"


def test_nobody_tells_a_condition_for_another(world):
    exchange = inspected(world)

    for somebody in (world.lou, world.bruno, world.ada):
        with pytest.raises(NotForParty):
            depositing.tell(exchange=exchange, condition="controle", by=world.by(somebody))
    with pytest.raises(NotForParty):
        depositing.tell(exchange=exchange, condition="controle", by=SYSTEM)
    assert not ConditionTold.objects.exists()


def test_m_of_n_confirm_each_once(world):
    exchange = world.opened(
        conditions='\n[[condition]]\nname = "accord"\nkind = "confirm"\n'
        'of = ["vergers", "toile", "lou"]\nneeded = 2\n'
    )
    world.deposit_all(exchange)
    for _twice in range(2):
        depositing.tell(exchange=exchange, condition="accord", by=world.by(world.lou))
    with pytest.raises(NotNow, match="accord"):
        settling.settle(exchange=exchange, by=world.by(world.lou))
    depositing.tell(exchange=exchange, condition="accord", by=world.by(world.dris))

    settling.settle(exchange=exchange, by=world.by(world.lou))
    assert set(world.states(exchange).values()) == {"released"}


def test_no_party_and_no_office_says_what_is_not_theirs_to_say(world):
    exchange = world.opened()

    for leg, somebody in (
        ("pommes", world.bruno), ("pommes", world.lou), ("site", world.dris), ("site", world.ada),
    ):  # fmt: skip
        with pytest.raises(NotForParty):
            depositing.attest(leg=world.leg(exchange, leg), by=world.by(somebody))
    with pytest.raises(NotForParty):
        depositing.attest(leg=world.leg(exchange, "site"), by=SYSTEM)
    with pytest.raises(NotForParty):
        depositing.ask_for_money(leg=world.leg(exchange, "argent"), by=world.by(world.ada))
    assert set(world.states(exchange).values()) == {"promised"}


def test_the_chambers_own_people_cannot_take_what_is_held(world):
    exchange = world.opened()
    payment = world.pay(exchange)
    with clock.pretend(dt.date(2024, 1, 1)):
        registry.grant_role(agent=world.ines, kind="treasurer", scope=world.chamber, by=SYSTEM)

    for staff in (world.ada, world.ines):
        by = world.by(staff)
        with pytest.raises(treasury.HeldForOthers):
            treasury.refund(payment=payment, amount=25_000, key="mine", by=by, means="cash")
        with pytest.raises(NotForParty):
            settling.withdraw(exchange=exchange, agent=world.lou, by=by)
        with pytest.raises(NotForParty):
            settling.withdraw(exchange=exchange, agent=world.chamber, by=by)
    assert world.balance(balances.HELD) == -25_000


def test_units_held_are_given_by_nobody(world):
    exchange, units = in_units(world)
    depositing.deposit_units(leg=world.leg(exchange, "unites"), by=world.by(world.lou))
    escrow = holding.escrow(world.chamber)
    assert (escrow.held, treasury.credit_account(world.lou).held) == (4_000, -4_000)

    for somebody in (world.ada, world.lou, world.bruno):
        with pytest.raises(Forbidden):
            treasury.move_units(
                source=escrow, target=units["lou"], amount=1, reason="à moi", day=DAY, key="x",
                by=world.by(somebody),
            )  # fmt: skip
    assert holding.escrow(world.chamber).held == 4_000


def in_units(world):
    units = {
        "lou": treasury.open_credit(agent=world.lou, limit=10_000, by=SYSTEM),
        "vergers": treasury.open_credit(agent=world.vergers, limit=0, by=SYSTEM),
    }
    exchange = propose(
        actor=world.by(world.lou), title="Unités", key="u", deadline=dt.date(2026, 6, 30),
        legs=[
            LegIn(world.lou, world.vergers, "credit", 4_000, name="unites"),
            LegIn(world.vergers, world.lou, "hours", 90, what="Taille", name="taille"),
        ],
    )  # fmt: skip
    world.sign(exchange, world.lou, world.lou)
    world.sign(exchange, world.vergers, world.bruno)
    exchange.refresh_from_db()
    return exchange, units


def test_units_and_hours_go_together(world):
    exchange, _units = in_units(world)
    depositing.deposit_units(leg=world.leg(exchange, "unites"), by=world.by(world.lou))
    depositing.attest(leg=world.leg(exchange, "taille"), by=world.by(world.lou))

    settling.settle(exchange=exchange, by=world.by(world.bruno))

    assert treasury.credit_account(world.vergers).held == 4_000
    assert holding.escrow(world.chamber).held == 0
    done = Event.objects.get(action="deliverService")
    assert (done.quantity, done.unit, done.provider) == (90, "MIN", world.vergers)


def test_units_go_back_when_the_deadline_passes(world):
    exchange, _units = in_units(world)
    depositing.deposit_units(leg=world.leg(exchange, "unites"), by=world.by(world.lou))

    with clock.pretend(LATE):
        assert settling.follow_all() == 1

    assert (treasury.credit_account(world.lou).held, holding.escrow(world.chamber).held) == (0, 0)


def test_who_withdraws_in_time_takes_everybodys_part_back(world):
    exchange = world.opened()
    world.pay(exchange)
    depositing.attest(leg=world.leg(exchange, "pommes"), by=world.by(world.ada))

    settling.withdraw(
        exchange=exchange, agent=world.toile, by=world.by(world.dris), reason="Trop de travail"
    )

    exchange.refresh_from_db()
    assert exchange.state == "returned"
    assert world.states(exchange) == {
        "pommes": "returned", "site": "promised", "argent": "returned",
    }  # fmt: skip
    assert (world.balance(balances.HELD), world.balance(balances.OWED)) == (0, -25_000)
    where = Position.objects.get(item=world.leg(exchange, "pommes").item)
    assert (where.accountable, where.custodian) == (world.vergers, world.vergers)
    turn = exchange.turns.last()
    assert (turn.kind, turn.about, turn.reason) == ("withdrawn", world.toile, "Trop de travail")


def test_nobody_withdraws_once_everything_is_there(world):
    exchange = world.opened(conditions=INSPECTED.format(ines=world.ines.slug))
    world.deposit_all(exchange)

    with pytest.raises(NotNow):
        settling.withdraw(exchange=exchange, agent=world.lou, by=world.by(world.lou))
    assert set(world.states(exchange).values()) == {"deposited"}


def test_at_the_deadline_each_gets_back_what_they_gave(world):
    exchange = world.opened()
    world.pay(exchange)

    with clock.pretend(exchange.deadline):
        assert settling.follow(exchange) == "open"
    with clock.pretend(LATE):
        assert settling.follow(exchange) == "returned"
        assert settling.follow(exchange) == "returned"

    assert world.states(exchange)["argent"] == "returned"
    assert LegMove.objects.filter(kind="returned").count() == 1


def test_what_was_all_there_on_the_last_day_goes_even_if_nobody_pushed(world):
    exchange = world.opened()
    world.deposit_all(exchange)

    with clock.pretend(LATE):
        assert settling.follow(exchange) == "settled"
    assert set(world.states(exchange).values()) == {"released"}


def test_parts_that_were_agreed_go_alone_and_the_rest_goes_back(world):
    exchange = world.opened(
        more='otherwise = "parts"\n',
        conditions='\n[[part]]\nname = "nature"\nlegs = ["pommes", "site"]\n',
    )
    depositing.attest(leg=world.leg(exchange, "pommes"), by=world.by(world.ada))
    depositing.attest(leg=world.leg(exchange, "site"), by=world.by(world.bruno))
    world.pay(exchange, amount=10_000)  # not the whole of it

    with clock.pretend(LATE):
        assert settling.follow(exchange) == "part-settled"

    assert world.states(exchange) == {
        "pommes": "released", "site": "released", "argent": "promised",
    }  # fmt: skip
    assert (world.balance(balances.HELD), world.balance(balances.OWED)) == (0, -10_000)


def test_money_that_comes_too_late_goes_back_at_once(world):
    exchange = world.opened()
    payment = depositing.ask_for_money(leg=world.leg(exchange, "argent"), by=world.by(world.lou))
    world.pay(exchange, amount=5_000)
    with clock.pretend(LATE):
        assert settling.follow(exchange) == "returned"
    assert world.balance(balances.OWED) == -5_000

    treasury.receive(
        payment=Payment.objects.get(pk=payment.pk), amount=20_000, means="cheque", day=DAY,
        key="late", by=SYSTEM,
    )  # fmt: skip
    deliver_pending(force=True)

    assert (world.balance(balances.HELD), world.balance(balances.OWED)) == (0, -25_000)
    assert world.states(exchange)["argent"] == "promised"


def test_a_leg_that_waits_is_not_deposited_before(world):
    text = world.words().replace('kind = "euros"', 'kind = "euros"\nafter = ["site"]')
    exchange = world.opened()
    exchange.versions.first()
    waiting = propose_text(world, text)

    with pytest.raises(NotNow, match="site"):
        depositing.ask_for_money(leg=world.leg(waiting, "argent"), by=world.by(world.lou))
    assert not Payment.objects.filter(origin="exchange").exists()
    depositing.attest(leg=world.leg(waiting, "site"), by=world.by(world.bruno))
    assert world.pay(waiting).state == "paid"
    assert world.states(waiting)["argent"] == "deposited"


def propose_text(world, text):
    from chambre.rooms.exchange.services import drafting, offering

    exchange = drafting.draft(text=text, by=world.by(world.lou))
    offering.offer(exchange=exchange, by=world.by(world.lou))
    exchange.refresh_from_db()
    world.sign(exchange, world.vergers, world.bruno)
    world.sign(exchange, world.toile, world.dris)
    world.sign(exchange, world.lou, world.lou)
    exchange.refresh_from_db()
    return exchange


def test_who_gave_an_account_is_paid_and_who_did_not_is_paid_once_they_do(world):
    exchange = world.opened()
    world.deposit_all(exchange)
    settling.settle(exchange=exchange, by=world.by(world.lou))
    assert not Payout.objects.exists()
    assert settling.pay_owed() == 0

    book = holding.book_of(world.chamber)
    party = treasury.note_party(book=book, name="La Toile", agent=world.toile, by=SYSTEM)
    treasury.note_iban(
        party=party, iban="FR7630006000011234567890189", confirmed=True, by=SYSTEM
    )  # fmt: skip
    assert settling.pay_owed() == 1
    assert settling.pay_owed() == 0

    payout = Payout.objects.get()
    assert (payout.amount, payout.party, payout.origin) == (25_000, party, "exchange")
    assert world.leg(exchange, "argent").payout == payout.code


def test_held_money_is_a_debt_and_never_income(world):
    exchange = world.opened()
    world.deposit_all(exchange)
    settling.settle(exchange=exchange, by=world.by(world.lou))

    codes = set(
        Line.objects.filter(book__structure=world.chamber).values_list("account__code", flat=True)
    )
    assert {code[0] for code in codes} <= {"4", "5"}


def test_money_that_the_bank_took_back_settles_nothing(world):
    exchange = world.opened()
    world.deposit_all(exchange)
    Payment.objects.filter(origin="exchange").update(state="disputed")

    with pytest.raises(settling.MoneyNotThere):
        settling.settle(exchange=exchange, by=world.by(world.lou))
    assert set(world.states(exchange).values()) == {"deposited"}


def test_a_stranger_settles_nothing(world):
    exchange = world.opened()
    world.deposit_all(exchange)

    with pytest.raises(NoExchange):
        settling.settle(exchange=exchange, by=world.by(world.person("omar")))
    assert set(world.states(exchange).values()) == {"deposited"}


def test_verify_finds_what_is_not_as_it_should_be(world):
    exchange = world.opened()
    world.pay(exchange)
    assert not list(balances.differences())
    leg = world.leg(exchange, "argent")
    type(leg).objects.filter(pk=leg.pk).update(state="released")

    assert list(balances.differences()) == [
        f"exchange {exchange.slug}, leg argent: 25000 cents are held in the books, 0 should be"
    ]
    type(leg).objects.filter(pk=leg.pk).update(state="deposited")
