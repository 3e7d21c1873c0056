"""Agreements, promises and claims: who owes what to whom, and how much of it is done."""

import datetime as dt

import pytest

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, Invalid, KeyReused
from chambre.ledger import api as ledger
from chambre.ledger.models import Agreement, Allocation, Commitment
from chambre.ledger.tests.test_events_actions import Stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def stock(world):
    return Stock(world)


def agreed(stock, **more):
    said = {
        "name": "Pommes contre jus", "terms": "Cent kilos par an.", "key": "a1", "by": stock.by,
        "parties": [(stock.a, "provider"), (stock.b, "receiver")], "chamber": stock.world.chamber,
        "since": dt.date(2024, 1, 1),
    }  # fmt: skip
    return ledger.agree(**{**said, **more})


def promised(stock, **more):
    said = {
        "action": "transfer", "provider": stock.a, "receiver": stock.b, "quantity": 50,
        "unit": "GRM", "key": "c1", "by": stock.by,
    }  # fmt: skip
    return ledger.commit(**{**said, **more})


def test_an_agreement_has_parties_terms_and_a_status(stock):
    agreement = agreed(stock)

    assert [(p.agent, p.role) for p in agreement.parties.all()] == [
        (stock.a, "provider"), (stock.b, "receiver"),
    ]  # fmt: skip
    assert agreement.terms.get().version == 1
    assert ledger.status_of(agreement) == "proposed"
    ledger.set_status(agreement, "active", by=stock.by, since=dt.date(2024, 2, 1))
    assert ledger.status_of(agreement, dt.date(2024, 1, 31)) == "proposed"
    assert ledger.status_of(agreement, dt.date(2024, 2, 1)) == "active"
    assert ledger.status_of(agreement, dt.date(2023, 1, 1)) == ""
    assert ledger.revise_terms(agreement, "Deux cents.", by=stock.by).version == 2
    assert ledger.revise_terms(agreement, "Deux cents.", by=stock.by).version == 2
    assert agreed(stock) == agreement
    with pytest.raises(KeyReused):
        agreed(stock, terms="Autre chose.")


@pytest.mark.parametrize("change", [{"terms": " "}, {"status": "maybe"}, {"parties": "one"}])
def test_an_agreement_that_makes_no_sense_is_refused(stock, change):
    if "parties" in change:
        change = {"parties": [(stock.a, "provider"), (stock.a, "receiver")]}
    with pytest.raises(Invalid):
        agreed(stock, **change)
    assert not Agreement.objects.exists()


def test_a_promise_is_fulfilled_in_parts(stock):
    promise = promised(stock, agreement=agreed(stock), clause="1")
    said = {"resource": stock.item, "receiver": stock.b}

    stock.act("transfer", quantity=20, fulfils=[(promise, 20)], **said)
    assert ledger.fulfilment(promise) == ledger.Fulfilment(50, 20, False)
    last = stock.act("transfer", quantity=40, **said)
    with pytest.raises(ledger.TooMuchAllocated) as refusal:
        ledger.allocate(last, promise, 31, by=stock.by)
    assert refusal.value.data == {"asked": 31, "left": 30}
    ledger.allocate(last, promise, 30, by=stock.by)

    assert ledger.fulfilment(promise) == ledger.Fulfilment(50, 50, True)
    assert ledger.fulfilment(promise).left == 0


def test_an_event_is_not_spent_twice(stock):
    one, two = promised(stock), promised(stock, key="c2")
    event = stock.act("transfer", resource=stock.item, receiver=stock.b, quantity=30)
    ledger.allocate(event, one, 20, by=stock.by)

    with pytest.raises(ledger.TooMuchAllocated):
        ledger.allocate(event, two, 11, by=stock.by)

    ledger.allocate(event, two, 10, by=stock.by)
    assert Allocation.objects.count() == 2


def test_too_much_fulfilled_takes_the_event_with_it(stock):
    with pytest.raises(ledger.TooMuchAllocated):
        stock.act(
            "transfer", resource=stock.item, receiver=stock.b, quantity=60,
            fulfils=[(promised(stock), 51)],
        )  # fmt: skip
    assert stock.where() == [("atelier", "atelier", "", "", 100)]
    assert not Allocation.objects.exists()


def test_a_reversal_takes_back_what_was_fulfilled(stock):
    promise = promised(stock)
    event = stock.act(
        "transfer", resource=stock.item, receiver=stock.b, quantity=50, fulfils=[(promise, 50)]
    )

    ledger.reverse_event(event, key="back", by=stock.by)

    assert ledger.fulfilment(promise) == ledger.Fulfilment(50, 0, False)
    with pytest.raises(Invalid):
        ledger.allocate(event, promise, 1, by=stock.by)


def test_a_promise_can_end_unfulfilled(stock):
    promise = promised(stock)

    end = ledger.finish(promise, by=stock.by, reason="Récolte perdue")

    assert ledger.fulfilment(promise) == ledger.Fulfilment(50, 0, True)
    assert ledger.finish(promise, by=stock.by) == end


def test_a_claim_is_settled_by_several_payments(stock):
    delivery = stock.act("transfer", resource=stock.item, receiver=stock.b, quantity=10)
    owed = ledger.claim(
        triggered_by=delivery, action="deliverService", provider=stock.b, receiver=stock.a,
        quantity=3, unit="PCE", key="d1", by=stock.by,
    )  # fmt: skip

    for part in (1, 2):
        stock.act(
            "deliverService", provider=stock.b, receiver=stock.a, quantity=part, unit="PCE",
            fulfils=[(owed, part)],
        )  # fmt: skip

    assert ledger.fulfilment(owed) == ledger.Fulfilment(3, 3, True)


@pytest.mark.parametrize("change", [{"quantity": 0}, {"quantity": 1.5}, {"unit": ""}])
def test_a_promise_that_makes_no_sense_is_refused(stock, change):
    with pytest.raises(Invalid):
        promised(stock, **change)
    assert not Commitment.objects.exists()


def test_a_passer_by_promises_nothing(stock, make_user):
    by = Actor.of(make_user())
    for act in (agreed, promised):
        with pytest.raises(Forbidden):
            act(stock, by=by)
    assert not (Agreement.objects.exists() or Commitment.objects.exists())
