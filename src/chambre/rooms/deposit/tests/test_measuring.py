"""How a scheme does, counted by the database: cohorts, stays, rotations, losses, reuse of a year."""

import datetime as dt

import pytest

from chambre.core import clock
from chambre.lib.deposits import Cohort
from chambre.rooms.deposit.models import Contract, Item
from chambre.rooms.deposit.queries import measuring
from chambre.rooms.deposit.services import schemes
from chambre.rooms.deposit.services.asking import Condition

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db
MARCH, APRIL = (
    (dt.date(2026, 3, 1), dt.date(2026, 3, 31)),
    (dt.date(2026, 4, 1), dt.date(2026, 4, 30)),
)


def noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(11), dt.UTC)


def on(day: dt.date, do, *codes: str, **more):
    with clock.pretend(day):
        return do(*codes, happened_at=noon(day), **more)


def known(house):
    return measuring.history(house.scheme, MARCH[0], APRIL[1])


@pytest.fixture
def jars(house):
    """Four jars out on 2 March, one of them again in April; three came back, one of them broken."""
    with clock.pretend(dt.date(2026, 1, 1)):
        schemes.set_terms(scheme=house.scheme, by=SYSTEM, reason="Assemblée", damaged_kept=50)
        schemes.set_tariff(scheme=house.scheme, amount=200, by=SYSTEM, reason="Assemblée")
        codes = house.jars(5)
    on(dt.date(2026, 3, 2), house.out, *codes[:4])
    on(dt.date(2026, 3, 5), house.back, codes[0])
    on(dt.date(2026, 3, 12), house.back, codes[1], condition=Condition.DAMAGED)
    on(dt.date(2026, 4, 1), house.back, codes[2])
    on(dt.date(2026, 4, 10), house.out, codes[0])
    return codes


def test_cohorts_know_what_came_back_and_what_is_out(house, jars):
    months = measuring.cohorts(known(house), dt.date(2026, 4, 20))

    assert [each.month for each in months] == [MARCH[0], APRIL[0]]
    assert months[0].cohort == Cohort(back={3: 1, 10: 1, 30: 1}, out={49: 1}, gone=0)
    assert months[0].rate == 0.75
    assert months[1].cohort == Cohort(back={}, out={10: 1}, gone=0)
    whole = measuring.whole_cohort(months)
    assert whole is not None
    assert (whole.cohort.issued, whole.rate) == (5, 0.6)
    assert whole.corrected is not None
    assert whole.corrected.rate > 0.6
    assert measuring.whole_cohort([]) is None


def test_a_sold_object_is_gone_and_a_void_contract_never_was(house, jars):
    contract = Contract.objects.get(item__uri=jars[3])
    Contract.objects.filter(pk=contract.pk).update(
        state=Contract.State.SOLD, closed_at=noon(dt.date(2026, 4, 15)), kept=200
    )
    Contract.objects.filter(item__uri=jars[0], state=Contract.State.OPEN).update(
        state=Contract.State.VOID, closed_at=noon(dt.date(2026, 4, 15)), refunded=200
    )
    (march,) = measuring.cohorts(known(house), dt.date(2026, 4, 20))
    assert (march.cohort.gone, march.cohort.out) == (1, {})


def test_a_period_says_what_went_came_and_was_kept(house, jars):
    found = measuring.measures(house.scheme, measuring.history(house.scheme, *MARCH))
    assert (found.flows.went, found.flows.came) == (4, 2)
    assert found.flows.stays == {3: 1, 10: 1}
    assert (found.flows.damaged, found.flows.kept) == (1, 100)
    assert (found.rate, found.mean, found.median, found.tail) == (0.5, 6.5, 3, 10)
    assert (found.breakage, found.loss) == (0.5, 0)
    april = measuring.measures(house.scheme, measuring.history(house.scheme, *APRIL))
    assert (april.rate, april.mean) == (1, 30)
    # What April brought back was issued about 30 days before: in March.
    assert april.shifted == 0.25


def test_the_fleet_is_in_four_groups(house, jars):
    Item.objects.filter(uri=jars[1]).update(state=Item.State.RETIRED)
    Item.objects.filter(uri=jars[3]).update(state=Item.State.LOST)
    stock = measuring.stock(house.scheme)
    groups = stock.groups
    assert (groups.active, groups.unused, groups.retired, groups.lost) == (2, 1, 1, 1)
    assert stock.counts == {0: 2, 1: 3}
    turns = stock.rotations
    assert (turns.objects, turns.used, turns.loops, turns.reuse_rate) == (5, 4, 3, 0.75)
    assert sum(stock.places.values()) == 5


def test_refunds_and_cases_of_a_period(house, jars):
    assert measuring.refunds_by_way(house.scheme, *MARCH) == {"cash": 300}
    today = clock.today()
    house.back("https://lysse.test/consigne/o/INCONNU")
    assert measuring.cases_by_kind(house.scheme, today, today)["unknown"] == (1, 1)


def test_the_first_use_of_the_year_is_no_reuse(house, jars):
    ((type_, reuse),) = measuring.reuse(house.scheme, 2026)
    assert (type_, reuse.uses, reuse.first, reuse.again) == (house.type, 5, 4, 1)
    assert reuse.proportion == 0.2
