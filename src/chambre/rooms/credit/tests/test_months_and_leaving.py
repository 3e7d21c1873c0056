"""Demurrage each month once, and every way of leaving down to zero."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from chambre.core import clock
from chambre.core.errors import Conflict, Forbidden, Invalid
from chambre.rooms.credit.models import Charge, DemurrageMonth, Leaving
from chambre.rooms.credit.queries.errors import NotMember, NotSettled
from chambre.rooms.credit.services import demurrage, leaving, monthly
from chambre.rooms.credit.services.communities import RulesIn
from chambre.rooms.credit.tests.conftest import SYSTEM, Village
from chambre.treasury import api as treasury

pytestmark = pytest.mark.django_db
MARCH = dt.date(2026, 3, 31)
APRIL = dt.date(2026, 4, 2)


@pytest.fixture
def melting(db):
    """One percent a month of what lies above 10 units."""
    return Village(RulesIn(floor=10_000, rate=100, exempt=1_000, ways=["fund", "spend"]))


def test_a_month_is_charged_once_on_what_was_held_at_its_end(melting, monkeypatch):
    monkeypatch.setattr(monthly, "day_of", lambda _at: dt.date(2026, 1, 1))
    with clock.pretend(MARCH):
        melting.pays("ada", "basile", 5_099)
        with pytest.raises(Invalid):
            demurrage.charge_month(community=melting.community, month=MARCH, by=SYSTEM)
    with clock.pretend(APRIL):
        melting.pays("ada", "basile", 3_000)  # counts for April
        row = demurrage.charge_month(community=melting.community, month=MARCH, by=SYSTEM)
        again = demurrage.charge_month(community=melting.community, month=MARCH, by=SYSTEM)
    assert row == again
    assert row.total == 40  # 1 % of 40.99, rounded down
    charge = Charge.objects.get()
    assert (charge.held, charge.due, charge.taken, charge.move.amount) == (5_099, 40, 40, 40)
    assert melting.held() == [-8_099, 8_059, 0, 0, 40]
    with pytest.raises(IntegrityError), transaction.atomic():
        DemurrageMonth.objects.create(
            community=melting.community, month=row.month, rules=row.rules, total=0, by="x"
        )
    with pytest.raises(Forbidden):
        demurrage.charge_month(community=melting.community, month=MARCH, by=melting.by("ada"))


def test_who_has_spent_it_meanwhile_gives_what_is_left(melting, monkeypatch):
    monkeypatch.setattr(monthly, "day_of", lambda _at: dt.date(2026, 1, 1))
    with clock.pretend(MARCH):
        for _n in range(2):
            melting.pays("ada", "basile", 5_000)
    with clock.pretend(APRIL):
        melting.pays("basile", "cora", 19_990)
        demurrage.charge_month(community=melting.community, month=MARCH, by=SYSTEM)
    assert [(each.due, each.taken) for each in Charge.objects.all()] == [(90, 10)]
    assert melting.held() == [-10_000, -10_000, 19_990, 0, 10]


def test_without_demurrage_nothing_is_taken(village):
    with clock.pretend(APRIL):
        assert demurrage.charge_month(community=village.community, month=MARCH, by=SYSTEM) is None
    assert not DemurrageMonth.objects.exists()


def begin(village, who, way):
    return leaving.begin(
        account=village.account(who), way=way, until=APRIL + dt.timedelta(days=90),
        by=village.by(who),
    )  # fmt: skip


def test_who_leaves_only_comes_nearer_to_zero(village):
    with clock.pretend(APRIL):
        village.pays("ada", "basile", 3_000)
        going = begin(village, "basile", "spend")
        assert begin(village, "basile", "spend") == going
        with pytest.raises(treasury.TooManyUnits):
            village.pays("cora", "basile", 1)
        with pytest.raises(NotSettled):
            leaving.settle(leaving=going, by=village.by("basile"))
        village.pays("basile", "ada", 3_000)
        with pytest.raises(treasury.NotEnoughUnits):
            village.pays("basile", "ada", 1)
        done = leaving.settle(leaving=going, by=village.by("basile"))
        assert leaving.settle(leaving=going, by=village.by("basile")) == done
        with pytest.raises((NotMember, Conflict)):
            village.pays("ada", "basile", 1)
    assert (done.state, done.done_on, done.held) == ("done", APRIL, 3_000)
    assert village.held() == [0, 0, 0, 0, 0]


def test_who_stays_after_all_has_the_bounds_of_the_rules(village):
    with clock.pretend(APRIL):
        going = begin(village, "ada", "spend")
        leaving.stay(leaving=going, by=village.by("ada"))
        village.pays("ada", "basile", 10_000)
        with pytest.raises(Forbidden):
            leaving.begin(
                account=village.account("cora"), way="spend", until=APRIL, by=village.by("ada")
            )
        with pytest.raises(Invalid):
            begin(village, "cora", "nowhere")
    assert village.held() == [-10_000, 10_000, 0, 0, 0]


def test_the_common_account_takes_what_is_left_over_and_gives_what_it_can(village):
    with clock.pretend(APRIL):
        village.pays("ada", "basile", 3_000)
        leaving.settle(leaving=begin(village, "basile", "fund"), by=village.by("basile"))
        assert village.held() == [-3_000, 0, 0, 0, 3_000]
        going = begin(village, "ada", "fund")
        leaving.settle(leaving=going, by=village.by("ada"))
    assert village.held() == [0, 0, 0, 0, 0]
    assert Leaving.objects.filter(state="done").count() == 2


def test_the_common_account_does_not_give_what_waits_for_tickets(village):
    from chambre.rooms.credit.services.tickets import make_ticket

    with clock.pretend(APRIL):
        village.pays("ada", "basile", 3_000)
        make_ticket(
            account=village.account("cora"), amount=2_000, until=APRIL, key="t",
            by=village.by("cora"),
        )  # fmt: skip
        with pytest.raises(NotSettled):
            leaving.settle(leaving=begin(village, "ada", "fund"), by=village.by("ada"))
    assert village.held() == [-3_000, 3_000, -2_000, 0, 2_000]
