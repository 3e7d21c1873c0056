"""Several at once, and any history: nobody gives what they do not have, nothing is lost."""

import threading

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chambre.core.errors import ChambreError
from chambre.ledger import api as ledger
from chambre.ledger.applets import eventdata, eventstate
from chambre.ledger.models import Event, JournalEntry, Position, StockItem, Trace
from chambre.ledger.tests.conftest import World
from chambre.ledger.tests.test_events_actions import Stock
from chambre.lib import valueflows as vf


def at_once(count, act):
    """Run ``act(number)`` in threads that start together; each result, or the refusal's code."""
    barrier = threading.Barrier(count)
    results = [None] * count

    def run(number):
        try:
            barrier.wait(timeout=20)
            results[number] = act(number)
        except ChambreError as error:
            results[number] = error.code
        except Exception as error:  # shown by the test that looks at the results
            results[number] = repr(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


@pytest.fixture
def stock(transactional_db):
    return Stock(World())


def test_one_object_given_to_two_at_once_goes_to_one(stock):
    third = stock.world.structure("cantine")
    for round_ in range(10):
        box = stock.box()
        before = Event.objects.count()

        results = at_once(
            2,
            lambda n, box=box, round_=round_: ledger.record_event(
                action="transfer", provider=stock.a, receiver=(stock.b, third)[n], resource=box,
                quantity=1, unit="PCE", key=f"give-{round_}-{n}", by=stock.by,
            ).action,
        )  # fmt: skip

        assert sorted(results) == ["ledger.event-refused", "transfer"]
        assert Event.objects.count() == before + 1
        assert [row.quantity for row in Position.objects.filter(item=box)] == [1]
    assert ledger.rebuild_positions() == {}


def test_eight_lower_one_stock(stock):
    def act(n):
        for turn in range(4):
            ledger.record_event(
                action="lower", provider=stock.a, resource=stock.item, quantity=n + 1,
                unit="GRM", key=f"l-{n}-{turn}", by=stock.by,
            )  # fmt: skip

    stock.act("raise", resource=stock.item, quantity=100)

    assert at_once(8, act) == [None] * 8

    assert Position.objects.get().quantity == 200 - 4 * 36
    numbers = list(Trace.objects.filter(item=stock.item).values_list("sequence", flat=True))
    assert numbers == list(range(1, 35))
    assert ledger.verify_events(lambda *problem: pytest.fail(repr(problem))) == 34


def test_one_request_sent_by_six_happens_once(stock):
    def act(n):
        return ledger.record_event(
            action="deliverService", provider=stock.a, receiver=stock.b, quantity=1, unit="PCE",
            key="same", by=stock.by,
        ).pk  # fmt: skip

    assert len(set(at_once(6, act))) == 1
    assert Event.objects.filter(key="same").count() == 1


def test_two_who_take_back_one_service_do_it_once(stock):
    service = stock.act("deliverService", receiver=stock.b, quantity=1, unit="PCE")

    results = at_once(
        4, lambda n: ledger.reverse_event(service, key=f"back-{n}", by=stock.by).quantity
    )

    assert sorted(map(str, results)) == ["-1", *["ledger.event-refused"] * 3]
    assert Event.objects.filter(reverses=service).count() == 1


def test_first_gifts_to_one_receiver_make_one_stock(stock):
    def act(n):
        return ledger.record_event(
            action="transfer", provider=stock.a, receiver=stock.b, resource=stock.item,
            quantity=10, unit="GRM", key=f"gift-{n}", by=stock.by,
        ).to_resource_id  # fmt: skip

    found = at_once(4, act)

    assert len(set(found)) == 1
    theirs = StockItem.objects.get(accountable=stock.b)
    assert (theirs.pk, Position.objects.get(item=theirs).quantity) == (found[0], 40)


def test_two_who_give_to_each_other_do_not_wait_for_ever(stock):
    theirs = stock.act("transfer", resource=stock.item, receiver=stock.b, quantity=50).to_resource
    sides = ((stock.a, stock.b, stock.item), (stock.b, stock.a, theirs))

    def act(n):
        provider, receiver, item = sides[n % 2]
        for turn in range(5):
            ledger.record_event(
                action="transfer", provider=provider, receiver=receiver, resource=item,
                quantity=1, unit="GRM", key=f"x-{n}-{turn}", by=stock.by,
            )  # fmt: skip

    assert at_once(4, act) == [None] * 4
    assert [row.quantity for row in Position.objects.order_by("item")] == [50, 50]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["raise", "lower", "transfer", "transferCustody", "move", "undo"]),
        st.booleans(),
        st.integers(1, 60),
        st.sampled_from(["cave", "halle"]),
    ),
    max_size=8,
)


@pytest.mark.django_db
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_any_history_is_what_the_pure_rules_say(db, steps):
    from django.db import transaction

    with transaction.atomic():
        stock = Stock(World())
        for step in steps:
            one_step(stock, *step)
        events = list(Event.objects.order_by("pk"))
        replayed = vf.replay(eventdata.recorded_of(event) for event in events)
        stands = {eventstate.position_of(row): row.quantity for row in Position.objects.all()}
        assert stands == dict(replayed.all_positions())
        assert all(quantity > 0 for quantity in stands.values())
        for item in StockItem.objects.filter(present=True):
            assert eventstate.record_of(item) == replayed.resources[item.pk]
        assert ledger.rebuild_positions() == {}
        transaction.set_rollback(True)


def one_step(stock, action, forward, quantity, place):
    """Do something that may be refused."""
    a, b = (stock.a, stock.b) if forward else (stock.b, stock.a)
    item = StockItem.objects.filter(accountable=a, present=True).first() or stock.item
    said = {
        "raise": {}, "lower": {}, "transfer": {"receiver": b}, "transferCustody": {"receiver": b},
        "move": {"to_location": place},
    }  # fmt: skip
    try:
        if action == "undo":
            last = Event.objects.filter(reverses__isnull=True, reversed_by__isnull=True).last()
            if last is not None:
                ledger.reverse_event(last, key=f"undo{last.pk}", by=stock.by)
        else:
            stock.act(action, provider=a, resource=item, quantity=quantity, **said[action])
    except ledger.EventRefused:
        pass


def test_events_that_bring_the_same_journal_entry_at_once_post_it_once(stock):
    def act(n):
        return ledger.record_event(
            action="deliverService", provider=stock.a, receiver=stock.b, quantity=60, unit="HUR",
            key=f"heures-{n}", entries=[stock.world.sale(1_200, key="vente")], by=stock.by,
        ).key  # fmt: skip

    assert at_once(6, act) == [f"heures-{n}" for n in range(6)]

    entry = JournalEntry.objects.get()
    assert (entry.key, entry.lines.count()) == ("vente", 2)
    assert Event.objects.filter(pk=entry.event_id, key__startswith="heures-").exists()
