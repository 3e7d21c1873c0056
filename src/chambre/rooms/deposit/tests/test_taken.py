"""Deposits that a structure pays on objects it takes: 4096 in its own book, once each."""

import json
import threading

import pytest
from click.testing import CliRunner
from django.db import connection
from django.urls import reverse
from django.utils import translation

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, Invalid
from chambre.ledger import api as ledger
from chambre.ledger.models import JournalEntry, Line
from chambre.registry import api as registry
from chambre.rooms.deposit import tasks
from chambre.rooms.deposit.cli import deposit
from chambre.rooms.deposit.services import caring, losses, partners, schemes, taking
from chambre.rooms.deposit.services.accountcards import holder_of
from chambre.rooms.deposit.services.asking import Condition
from chambre.treasury.services.booking import change_rule

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def grocer(house):
    """A structure with a book of its own and a place; of what is damaged, half is kept."""
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


@pytest.fixture
def treasurer(grocer, make_user, client):
    """Somebody who answers for the grocer's money, signed in."""
    user = make_user("chloe@exemple.test")
    person = registry.create_person(email=user.email, name="Chloé", by=SYSTEM)
    registry.grant_role(agent=person, kind="treasurer", scope=grocer, by=SYSTEM)
    client.force_login(user)
    return client


def balances(agent):
    found = {}
    for code, amount in Line.objects.filter(book__structure=agent).values_list(
        "account__code", "amount"
    ):
        found[code] = found.get(code, 0) + amount
    return {code: cents for code, cents in found.items() if cents}


def test_a_deposit_on_its_account_is_its_claim_until_it_is_back(house, grocer):
    whole, broken, still_out = house.jars(3)
    house.out(whole, broken, still_out, holder=grocer.pk)
    assert taking.book_taken(structure=grocer, by=SYSTEM) == taking.Taken(3, 600, 0)
    assert balances(grocer) == {"409600": 600, "467700": -600}

    house.back(whole)
    house.back(broken, condition=Condition.DAMAGED)
    assert taking.book_taken(structure=grocer, by=SYSTEM) == taking.Taken(2, 0, 300)
    assert losses.book_losses(structure=grocer, by=SYSTEM) == losses.Booked(1, 100, 0)
    assert taking.book_taken(structure=grocer, by=SYSTEM) == taking.Taken()

    # One jar is out: a claim of 2 €; half of another one was lost; 3 € are still to be paid.
    assert balances(grocer) == {"409600": 200, "467700": -300, "602620": 100}
    assert ledger.verify().ok


def test_what_is_handed_to_it_and_by_it_moves_the_claim(house, grocer):
    kept, lost, gone = house.jars(3)
    target = house.scheme.places.get(slug="rayon")
    partners.hand_over(
        origin=house.place, target=target, key="a", by=SYSTEM, codes=[kept, lost, gone]
    )
    partners.hand_over(origin=target, target=house.place, key="b", by=SYSTEM, codes=[gone])
    caring.care(codes=[lost], step="lose", by=SYSTEM, scheme=house.scheme)

    assert taking.book_taken(structure=grocer, by=SYSTEM) == taking.Taken(2, 600, 200)
    losses.book_losses(structure=grocer, by=SYSTEM)
    assert balances(grocer) == {"409600": 200, "467700": -400, "602620": 200}


def test_every_night_only_for_who_has_said_where_it_goes(house, grocer):
    house.out(*house.jars(), holder=grocer.pk)
    tasks.book_losses()
    assert balances(grocer) == {}

    book = ledger.open_book(structure=grocer, chart="pcg", by=SYSTEM)
    change_rule(book=book, use="deposit.settled", account="401900", by=SYSTEM, label="Consignes")
    tasks.book_losses()
    tasks.book_losses()
    assert balances(grocer) == {"409600": 200, "401900": -200}


def test_an_account_is_a_card_an_address_or_the_short_name_of_a_structure(house, grocer):
    assert holder_of(" Epicerie ") == grocer
    with pytest.raises(Invalid):
        holder_of("personne")
    (code,) = house.jars()
    out = ["issue", code, "--place", "halle", "--account", "epicerie", "--json"]
    assert json.loads(CliRunner().invoke(deposit, out).output)["amount"] == 200
    said = CliRunner().invoke(deposit, ["taken", "--structure", "epicerie", "--json"])
    assert json.loads(said.output) == {"entries": 1, "paid": 200, "back": 0}


def test_a_stranger_writes_nothing(house, grocer, make_user):
    house.out(*house.jars(), holder=grocer.pk)
    with pytest.raises(Forbidden):
        taking.book_taken(structure=grocer, by=Actor.of(make_user("x@exemple.test")))
    assert balances(grocer) == {}


def test_its_treasurer_reads_and_writes_it_on_its_page(house, grocer, treasurer):
    code, broken = house.jars(2)
    house.out(code, broken, holder=grocer.pk)
    house.back(broken, condition=Condition.DAMAGED)
    listed = treasurer.get(reverse("deposit:takers")).content.decode()
    assert "L’épicerie" in listed
    assert "2,00" in listed
    address = reverse("deposit:taker", args=["epicerie"])
    assert "pas encore" in treasurer.get(address).content.decode()

    assert treasurer.post(address).status_code == 302
    assert treasurer.post(address).status_code == 302

    assert balances(grocer) == {"409600": 200, "467700": -300, "602620": 100}
    assert "pas encore" not in treasurer.get(address).content.decode()


def test_the_page_is_closed_to_others(house, grocer, client, make_user):
    client.force_login(make_user("dris@exemple.test"))
    address = reverse("deposit:taker", args=["epicerie"])

    assert client.get(address).status_code == 403
    assert client.post(address).status_code == 403
    assert client.get("/api/deposit/structures/epicerie/deposits").status_code == 403
    assert "L’épicerie" not in client.get(reverse("deposit:takers")).content.decode()


def test_machines_read_and_write_the_same(house, grocer, treasurer):
    (code,) = house.jars()
    house.out(code, holder=grocer.pk)
    address = "/api/deposit/structures/epicerie/deposits"
    (row,) = treasurer.get(address).json()
    assert (row["amount"], row["lost"]) == (200, False)

    first = treasurer.post(address, content_type="application/json").json()
    again = treasurer.post(address, content_type="application/json").json()

    assert first == {"entries": 1, "paid": 200, "back": 0, "lost": 0, "undone": 0}
    assert again["entries"] == 0


def at_once(call, count=6):
    """What several threads that begin together are told."""
    barrier, told = threading.Barrier(count), []

    def run():
        try:
            barrier.wait()
            told.append(call())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _each in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


@pytest.mark.django_db(transaction=True)
def test_many_who_write_at_once_write_each_deposit_and_each_loss_once(house, grocer):
    code, broken = house.jars(2)
    house.out(code, broken, holder=grocer.pk)
    house.back(broken, condition=Condition.DAMAGED)

    taken = at_once(lambda: taking.book_taken(structure=grocer, by=SYSTEM))
    lost = at_once(lambda: losses.book_losses(structure=grocer, by=SYSTEM))

    assert sorted(one.entries for one in taken) == [0, 0, 0, 0, 0, 3]
    assert sorted(one.entries for one in lost) == [0, 0, 0, 0, 0, 1]
    assert balances(grocer) == {"409600": 200, "467700": -300, "602620": 100}


def test_words_are_the_readers_on_the_page_and_french_in_the_book(house, grocer):
    house.out(*house.jars(1), holder=grocer.pk)
    with translation.override("en"):
        (fact,) = taking.claims_of(grocer)
        assert fact.what == "Deposit paid – Bocaux, bocal"
        taking.book_taken(structure=grocer, by=SYSTEM)
    assert JournalEntry.objects.get(key=fact.key).label == "Consigne payée – Bocaux, bocal"
