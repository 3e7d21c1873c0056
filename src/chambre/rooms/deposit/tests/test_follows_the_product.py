"""« La consigne suit le produit »: a partner owes a deposit once, from when it has the object."""

import threading

import pytest
from django.db import connection, transaction

from chambre.core import clock
from chambre.ledger import api as ledger
from chambre.ledger.models import Line
from chambre.registry import api as registry
from chambre.rooms.deposit.models import Part
from chambre.rooms.deposit.queries.holding import holding
from chambre.rooms.deposit.services import caring, carrying, losses, partners, schemes, taking

from .conftest import SYSTEM, House

pytestmark = pytest.mark.django_db


class Shops:
    """A grocer and a café with their own tills, in a scheme whose deposit follows the product."""

    def __init__(self, house):
        self.house = house
        schemes.set_terms(scheme=house.scheme, by=SYSTEM, reason="Assemblée", liability="product")
        self.grocer = self._opens("epicerie", "L’épicerie")
        self.cafe = self._opens("cafe", "Le café")

    def _opens(self, slug, name):
        agent = registry.create_structure(slug=slug, name=name, by=SYSTEM, legal_form="sarl")
        return schemes.create_place(
            slug=slug, scheme=self.house.scheme, name=name, partner=agent, by=SYSTEM
        )

    def goes(self, origin, target, *codes, **more):
        rows = partners.hand_over(
            origin=origin, target=target, key=self.house.key(), codes=codes, by=SYSTEM, **more
        )
        return [(row.quantity, row.amount) for row in rows]

    def owes(self, place):
        """Cents that a partner owes to the scheme in its books; below zero: that it gets."""
        rows = Line.objects.filter(
            book=self.house.scheme.book, account__code="467300", auxiliary__label=place.partner.name
        )
        return sum(rows.values_list("amount", flat=True))

    def carries(self, place):
        with transaction.atomic():  # it locks
            debts = carrying.debts_of([place.partner_id])
        found = debts[place.partner_id, self.house.type.pk]
        return found.units, found.cents


@pytest.fixture
def shops(house):
    return Shops(house)


def test_bought_at_one_and_brought_back_to_another_nobody_gains_or_loses(house, shops):
    codes = house.jars(3)
    assert shops.goes(house.place, shops.grocer, *codes) == [(3, 600)]
    assert shops.owes(shops.grocer) == 600

    house.out(*codes, place="epicerie")
    # Its till has the 6 € of its customers, and it owes 6 €: it advances nothing any more.
    assert shops.owes(shops.grocer) == 600
    assert (holding().held, holding().equal) == (600, True)

    house.back(*codes, place="cafe")
    assert shops.owes(shops.cafe) == -600
    assert shops.goes(shops.cafe, house.place, *codes) == [(3, 0)]

    # The grocer took 6 € and owes them; the café paid 6 € and gets them. The scheme holds nothing.
    assert (shops.owes(shops.grocer), shops.owes(shops.cafe)) == (600, -600)
    assert (holding().held, holding().equal) == (0, True)
    whole = Line.objects.filter(book=house.scheme.book, account__code="467300")
    assert sum(whole.values_list("amount", flat=True)) == 0
    today = clock.today()
    months = partners.months_of(house.scheme, today.replace(day=1), today)
    assert {pk: month.balance for pk, month in months.items()} == {
        shops.grocer.partner_id: 600, shops.cafe.partner_id: -600,
    }  # fmt: skip
    assert ledger.verify().ok


def test_what_is_not_sold_goes_back_or_on_with_its_debt(house, shops):
    codes = house.jars(4)
    shops.goes(house.place, shops.grocer, *codes)
    house.out(codes[0], place="epicerie")
    house.back(codes[0], place="epicerie")
    assert shops.carries(shops.grocer) == (3, 600)

    assert shops.goes(shops.grocer, shops.cafe, codes[1]) == [(1, 200)]
    assert sorted(shops.goes(shops.grocer, house.place, codes[0], *codes[2:])) == [
        (1, 0), (2, 400),
    ]  # fmt: skip
    assert (shops.owes(shops.grocer), shops.owes(shops.cafe)) == (0, 200)
    assert shops.carries(shops.cafe) == (1, 200)


def test_what_it_never_received_with_a_deposit_is_owed_when_it_is_sold(house, shops):
    (code,) = house.jars()
    house.out(code, place="epicerie")
    assert shops.owes(shops.grocer) == 200
    house.back(code, place="epicerie")
    house.out(code, place="epicerie")
    assert shops.owes(shops.grocer) == 200
    assert not Part.objects.filter(reference__startswith="carried:").exists()


@pytest.mark.parametrize(("now", "owed"), [(300, 900), (150, 450)])
def test_another_tariff_meanwhile_is_owed_by_what_customers_paid(house, shops, now, owed):
    codes = house.jars(3)
    shops.goes(house.place, shops.grocer, *codes)
    schemes.set_tariff(scheme=house.scheme, amount=now, by=SYSTEM)

    house.out(*codes, place="epicerie")
    assert shops.owes(shops.grocer) == owed == holding().held
    assert shops.carries(shops.grocer) == (0, 0)
    assert holding().equal


def test_a_return_of_unsold_ones_gives_back_what_was_owed_and_not_todays_tariff(house, shops):
    codes = house.jars(3)
    shops.goes(house.place, shops.grocer, *codes)
    schemes.set_tariff(scheme=house.scheme, amount=900, by=SYSTEM)
    assert shops.goes(shops.grocer, house.place, *codes) == [(3, 600)]
    assert shops.owes(shops.grocer) == 0


def test_counted_objects_follow_too(house, shops):
    schemes.create_type(slug="verre", scheme=house.scheme, counting="class", amount=20, by=SYSTEM)
    shops.goes(house.place, shops.grocer, counted=(("verre", 10),))
    house.out(counted=(("verre", 12),), place="epicerie")
    assert shops.owes(shops.grocer) == 240
    assert (holding().held, holding().equal) == (240, True)
    assert shops.goes(shops.grocer, house.place, counted=(("verre", 5),)) == [(5, 0)]


def test_what_it_lost_stays_its_own_loss(house, shops):
    lost, other = house.jars(2)
    shops.goes(house.place, shops.grocer, lost)
    caring.care(codes=[lost], step="lose", by=SYSTEM, scheme=house.scheme)
    assert shops.carries(shops.grocer) == (0, 0)

    house.out(other, place="epicerie")
    assert shops.owes(shops.grocer) == 400


def test_its_own_book_lets_the_claim_go_when_it_sells(house, shops):
    structure = shops.grocer.partner
    ledger.open_book(structure=structure, chart="pcg", by=SYSTEM)
    kept, sold = house.jars(2)
    shops.goes(house.place, shops.grocer, kept, sold)
    house.out(sold, place="epicerie")

    assert taking.book_taken(structure=structure, by=SYSTEM) == taking.Taken(2, 400, 200)
    assert taking.book_taken(structure=structure, by=SYSTEM) == taking.Taken()
    rows = Line.objects.filter(book__structure=structure, account__code="409600")
    assert sum(rows.values_list("amount", flat=True)) == 200
    assert losses.book_losses(structure=structure, by=SYSTEM) == losses.Booked()


@pytest.mark.django_db(transaction=True)
def test_a_debt_is_taken_off_once_by_those_who_sell_at_the_same_time():
    shops = Shops(House())
    house = shops.house
    codes = house.jars(8)
    shops.goes(house.place, shops.grocer, *codes[:4])  # four of eight carry a debt
    start, failed = threading.Barrier(8), []

    def sell(code, key):
        try:
            start.wait(20)
            house.out(code, place="epicerie", key=key)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=sell, args=(c, f"t{n}")) for n, c in enumerate(codes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert failed == []
    assert shops.owes(shops.grocer) == 8 * 200
    assert shops.carries(shops.grocer) == (0, 0)
    assert (holding().held, holding().equal) == (1600, True)
