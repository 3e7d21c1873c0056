"""Objects that are fixed assets lose their cost year by year, once, and it can be undone."""

import datetime as dt
import json

import pytest
from click.testing import CliRunner

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.core.errors import Conflict, Forbidden, Invalid
from chambre.ledger import api as ledger
from chambre.ledger.models import Line
from chambre.rooms.deposit.cli import deposit
from chambre.rooms.deposit.models import Depreciation
from chambre.rooms.deposit.services import caring, depreciating, schemes, stock

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db
YEAR = dt.timedelta(days=370)


@pytest.fixture
def crates(house):
    """Four crates at 12,50 €, used five years."""
    type_ = schemes.create_type(slug="caisse", scheme=house.scheme, by=SYSTEM, unit_cost=1_250)
    depreciating.set_life(type_=type_, years=5, by=SYSTEM)
    return stock.commission(type_=type_, count=4, by=SYSTEM)


@pytest.fixture
def this_year(crates):
    return clock.today().year


def each_until(this_year):
    """Cents of each crate until the end of the year in which it was put in service."""
    today = clock.today()
    days = 30 * (12 - today.month) + 30 - min(today.day, 30) + 1
    return 1_250 * days // 1_800


def balance(house, code):
    rows = Line.objects.filter(book=house.scheme.book, account__code=code)
    return sum(rows.values_list("amount", flat=True))


def test_a_year_is_booked_once_and_the_next_one_goes_on(house, this_year):
    first = each_until(this_year)
    with clock.pretend(clock.today() + 2 * YEAR):
        done = depreciating.depreciate(scheme=house.scheme, year=this_year, by=SYSTEM)
        again = depreciating.depreciate(scheme=house.scheme, year=this_year, by=SYSTEM)
        depreciating.depreciate(scheme=house.scheme, year=this_year + 1, by=SYSTEM)

    assert (done, again) == (depreciating.Year(4, 4 * first), depreciating.Year())
    days = 1_800 * first // 1_250
    assert 0 < days <= 360
    assert abs(balance(house, "281860") + 4 * (first + 250)) <= 4
    assert balance(house, "681120") == -balance(house, "281860")
    assert ledger.verify().ok


def test_it_is_undone_exactly_and_may_be_done_again(house, this_year):
    with clock.pretend(clock.today() + YEAR):
        done = depreciating.depreciate(scheme=house.scheme, year=this_year, by=SYSTEM)
        undone = depreciating.undo(scheme=house.scheme, year=this_year, by=SYSTEM)
        assert undone == depreciating.Year(4, -done.amount)
        assert balance(house, "281860") == 0
        assert depreciating.undo(scheme=house.scheme, year=this_year, by=SYSTEM).objects == 0
        assert depreciating.depreciate(scheme=house.scheme, year=this_year, by=SYSTEM) == done
    assert balance(house, "681120") == done.amount


def test_what_leaves_the_books_leaves_with_its_depreciation(house, crates, this_year):
    first = each_until(this_year)
    with clock.pretend(clock.today() + YEAR):
        depreciating.depreciate(scheme=house.scheme, year=this_year, by=SYSTEM)
        caring.care(codes=crates[:1], step="retire", by=SYSTEM, scheme=house.scheme)

        assert balance(house, "218600") == 3 * 1_250
        assert balance(house, "281860") == -3 * first
        assert balance(house, "675000") == 1_250 - first
        with pytest.raises(Conflict):
            depreciating.undo(scheme=house.scheme, year=this_year, by=SYSTEM)
        assert balance(house, "281860") == -3 * first


def test_a_running_year_strangers_and_stock_are_refused(house, this_year, make_user):
    with pytest.raises(Invalid):
        depreciating.depreciate(scheme=house.scheme, year=this_year, by=SYSTEM)
    stranger = Actor.of(make_user("x@exemple.test"))
    with pytest.raises(Forbidden):
        depreciating.depreciate(scheme=house.scheme, year=this_year - 1, by=stranger)
    counted = schemes.create_type(
        slug="verre", scheme=house.scheme, by=SYSTEM, counting="class", unit_cost=60
    )
    with pytest.raises(Invalid):
        depreciating.set_life(type_=counted, years=3, by=SYSTEM)
    assert not Depreciation.objects.exists()


def test_the_commands(house, this_year):
    run = CliRunner().invoke
    said = run(deposit, ["type", "life", "caisse", "--years", "4", "--json"])
    assert json.loads(said.output) == {"slug": "caisse", "life": 4}
    asked = ["depreciate", "--scheme", "bocaux", "--year", str(this_year - 1), "--json"]
    assert json.loads(run(deposit, asked).output) == {"objects": 0, "amount": 0}
    assert json.loads(run(deposit, [*asked, "--undo"]).output) == {"objects": 0, "amount": 0}


def test_a_batch_wears_from_the_day_on_which_it_came_into_the_books(house):
    """Not from the moment at which its row was written: a story is told in a minute."""
    long_ago = clock.today().replace(month=1, day=1) - dt.timedelta(days=365)
    with clock.pretend(long_ago):
        type_ = schemes.create_type(slug="cuve", scheme=house.scheme, by=SYSTEM, unit_cost=3_600)
        stock.commission(type_=type_, count=2, by=SYSTEM)
    depreciating.set_life(type_=type_, years=10, by=SYSTEM)

    done = depreciating.depreciate(scheme=house.scheme, year=clock.today().year - 1, by=SYSTEM)
    # A whole year of ten, but for the day when the year before was a leap year.
    assert done in (depreciating.Year(2, 720), depreciating.Year(2, 718))
    assert balance(house, "281860") == -done.amount
