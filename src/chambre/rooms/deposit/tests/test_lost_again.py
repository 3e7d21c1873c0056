"""Lost, found, lost again: the books and the taker's book follow, and nothing counts twice."""

import pytest

from chambre.ledger import api as ledger
from chambre.ledger.models import Line
from chambre.registry import api as registry
from chambre.rooms.deposit.models import Item, Move
from chambre.rooms.deposit.services import caring, losses, partners, schemes, stock

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def crates(house):
    """Three crates at 12,50 €."""
    type_ = schemes.create_type(slug="caisse", scheme=house.scheme, by=SYSTEM, unit_cost=1_250)
    return stock.commission(type_=type_, count=3, by=SYSTEM)


def note(house, step, *codes):
    caring.care(codes=codes, step=step, by=SYSTEM, scheme=house.scheme)


def balance(house, account):
    rows = Line.objects.filter(book=house.scheme.book, account__code=account)
    return sum(rows.values_list("amount", flat=True))


def test_an_object_leaves_the_books_once_however_often_it_is_lost(house, crates):
    first, second, _third = crates
    note(house, "lose", first)
    note(house, "find", first)
    note(house, "lose", first)  # the very same object alone: not the same entry again either
    note(house, "find", first)
    note(house, "lose", first, second)  # with another one that leaves for the first time

    assert balance(house, "675000") == 2_500
    assert balance(house, "218600") == 1_250
    assert Move.objects.filter(item__uri=first, kind=Move.Kind.LOST).count() == 3
    assert ledger.verify().ok


def test_what_was_found_is_issued_again_and_goes_out_of_service_for_nothing(house, crates):
    first = crates[0]
    note(house, "lose", first)
    note(house, "find", first)
    note(house, "pass", first)
    assert house.out(first).outcome == "issued"
    assert house.back(first).refund == 200
    note(house, "retire", first)

    assert balance(house, "675000") == 1_250
    assert Item.objects.get(uri=first).state == Item.State.RETIRED


def test_a_taker_that_loses_an_object_twice_has_one_loss_in_its_book(house):
    schemes.set_terms(scheme=house.scheme, by=SYSTEM, reason="Assemblée", liability="product")
    agent = registry.create_structure(
        slug="epicerie", name="L’épicerie", by=SYSTEM, legal_form="sarl"
    )
    ledger.open_book(structure=agent, chart="pcg", by=SYSTEM)
    schemes.create_place(
        slug="rayon", scheme=house.scheme, name="Le rayon", partner=agent, by=SYSTEM
    )
    (code,) = house.jars()
    target = house.scheme.places.get(slug="rayon")
    partners.hand_over(origin=house.place, target=target, key=house.key(), by=SYSTEM, codes=[code])
    ran = []
    for step in ("lose", "find", "lose", "find", "lose"):
        note(house, step, code)
        ran.append(losses.book_losses(structure=agent, by=SYSTEM))

    one, undone = losses.Booked(1, 200, 0), losses.Booked(0, 0, 1)
    assert ran == [one, undone, one, undone, one]
    rows = Line.objects.filter(book__structure=agent, account__code="602620")
    assert sum(rows.values_list("amount", flat=True)) == 200


def test_a_taker_whose_object_was_found_and_lost_between_two_runs_still_has_one_loss(house):
    schemes.set_terms(scheme=house.scheme, by=SYSTEM, reason="Assemblée", liability="product")
    agent = registry.create_structure(
        slug="epicerie", name="L’épicerie", by=SYSTEM, legal_form="sarl"
    )
    ledger.open_book(structure=agent, chart="pcg", by=SYSTEM)
    schemes.create_place(
        slug="rayon", scheme=house.scheme, name="Le rayon", partner=agent, by=SYSTEM
    )
    (code,) = house.jars()
    target = house.scheme.places.get(slug="rayon")
    partners.hand_over(origin=house.place, target=target, key=house.key(), by=SYSTEM, codes=[code])
    note(house, "lose", code)
    losses.book_losses(structure=agent, by=SYSTEM)
    note(house, "find", code)
    note(house, "lose", code)
    losses.book_losses(structure=agent, by=SYSTEM)

    rows = Line.objects.filter(book__structure=agent, account__code="602620")
    assert sum(rows.values_list("amount", flat=True)) == 200
