"""What a taker loses on deposits, in its own book."""

import datetime as dt
import json

import pytest
from click.testing import CliRunner

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.core.errors import Forbidden
from chambre.ledger import api as ledger
from chambre.ledger.models import JournalEntry, Line
from chambre.registry import api as registry
from chambre.rooms.deposit import tasks
from chambre.rooms.deposit.cli import deposit
from chambre.rooms.deposit.services import caring, losses, partners, schemes
from chambre.rooms.deposit.services.asking import Condition
from chambre.treasury.services.booking import change_rule

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def grocer(house):
    """A structure with a book of its own and a place, in a scheme whose deposit follows the product."""
    schemes.set_terms(
        scheme=house.scheme, by=SYSTEM, reason="Assemblée", damaged_kept=50, liability="product"
    )
    agent = registry.create_structure(
        slug="epicerie", name="L’épicerie", by=SYSTEM, legal_form="sarl"
    )
    ledger.open_book(structure=agent, chart="pcg", by=SYSTEM)
    schemes.create_place(
        slug="rayon", scheme=house.scheme, name="Le rayon", partner=agent, by=SYSTEM
    )
    return agent


def booked(agent):
    rows = Line.objects.filter(book__structure=agent).order_by("pk")
    return list(rows.values_list("account__code", "amount"))


def handed(house, *codes):
    target = house.scheme.places.get(slug="rayon")
    partners.hand_over(
        origin=house.place, target=target, key=house.key(), by=SYSTEM, codes=list(codes)
    )


def test_what_is_kept_of_a_takers_deposit_is_its_loss_once(house, grocer):
    (code,) = house.jars()
    house.out(code, holder=grocer.pk)
    house.back(code, condition=Condition.DAMAGED)

    assert losses.book_losses(structure=grocer, by=SYSTEM) == losses.Booked(1, 100, 0)
    assert losses.book_losses(structure=grocer, by=SYSTEM) == losses.Booked()
    assert booked(grocer) == [("602620", 100), ("409600", -100)]
    assert ledger.verify().ok


def test_before_2025_the_account_was_another_one(house, grocer):
    (code,) = house.jars()
    with clock.pretend(dt.date(2024, 6, 3)):
        schemes.set_tariff(scheme=house.scheme, amount=200, by=SYSTEM, reason="Assemblée")
        noon = dt.datetime(2024, 6, 3, 11, tzinfo=dt.UTC)
        house.out(code, holder=grocer.pk, happened_at=noon)
        schemes.set_terms(scheme=house.scheme, by=SYSTEM, reason="Assemblée", damaged_kept=50)
        house.back(code, condition=Condition.DAMAGED, happened_at=noon)
    losses.book_losses(structure=grocer, by=SYSTEM)

    assert booked(grocer) == [("613600", 100), ("409600", -100)]
    entry = JournalEntry.objects.get(book__structure=grocer)
    assert entry.day == dt.date(2024, 6, 3)


def test_an_object_lost_on_the_shelf_is_a_loss_until_it_is_found(house, grocer):
    lost, sold = house.jars(2)
    handed(house, lost, sold)
    house.out(sold, place="rayon", means="partner")
    for code in (lost, sold):  # who has the second one owes it, not the shelf
        caring.care(codes=[code], step="lose", by=SYSTEM, scheme=house.scheme)

    assert losses.book_losses(structure=grocer, by=SYSTEM) == losses.Booked(1, 200, 0)
    caring.care(codes=[lost], step="find", by=SYSTEM, scheme=house.scheme)
    assert losses.book_losses(structure=grocer, by=SYSTEM) == losses.Booked(0, 0, 1)
    assert losses.book_losses(structure=grocer, by=SYSTEM) == losses.Booked()
    assert sum(cents for code, cents in booked(grocer) if code == "602620") == 0


def test_every_night_only_for_who_has_said_where_it_goes(house, grocer):
    (code,) = house.jars()
    handed(house, code)
    caring.care(codes=[code], step="lose", by=SYSTEM, scheme=house.scheme)
    tasks.book_losses()
    assert booked(grocer) == []

    book = ledger.open_book(structure=grocer, chart="pcg", by=SYSTEM)
    change_rule(book=book, use="deposit.loss", account="658100", by=SYSTEM, label="Bocaux perdus")
    tasks.book_losses()
    assert booked(grocer) == [("658100", 200), ("409600", -200)]


def test_a_stranger_writes_nothing_and_a_structure_without_a_book_has_nothing(
    house, grocer, make_user
):
    with pytest.raises(Forbidden):
        losses.book_losses(structure=grocer, by=Actor.of(make_user("x@exemple.test")))
    other = registry.create_structure(
        slug="sans-livre", name="Sans livre", by=SYSTEM, legal_form="association"
    )
    assert losses.book_losses(structure=other, by=SYSTEM) == losses.Booked()


def test_the_command_says_what_it_wrote(house, grocer):
    (code,) = house.jars()
    handed(house, code)
    caring.care(codes=[code], step="lose", by=SYSTEM, scheme=house.scheme)

    said = CliRunner().invoke(deposit, ["losses", "--structure", "epicerie", "--json"])

    assert json.loads(said.output) == {"entries": 1, "amount": 200, "undone": 0}
