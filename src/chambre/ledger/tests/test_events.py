"""Recording events: once, wholly or not at all, and never changed afterwards."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from chambre.core.actors import Actor
from chambre.core.db import guards
from chambre.core.errors import Forbidden, Invalid, KeyReused
from chambre.core.models import AuditEntry, OutboxEvent
from chambre.ledger import api as ledger
from chambre.ledger.applets import events as events_applet
from chambre.ledger.models import Allocation, Event, JournalEntry, Line, Position, Trace
from chambre.ledger.tests.conftest import DAY
from chambre.ledger.tests.test_events_actions import HERE, Stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def stock(world):
    return Stock(world)


def test_an_event_is_kept_as_it_was_said(stock):
    at = dt.datetime(2024, 3, 14, 9, 30, tzinfo=dt.UTC)
    event = stock.act(
        "lower", resource=stock.item, quantity=3, at=at, concerns=stock.world.press, note="Gel",
        key="perte-1",
    )  # fmt: skip

    kept = Event.objects.get(key="perte-1")
    assert (kept.pk, kept.action, kept.quantity, kept.unit) == (event.pk, "lower", 3, "GRM")
    assert (kept.day, kept.occurred_at, kept.note) == (DAY, at, "Gel")
    assert kept.concerns == stock.world.press
    assert bytes(kept.digest) == event.digest
    assert list(ledger.events_of(stock.item).values_list("trace__sequence", flat=True)) == [1, 2]
    assert AuditEntry.objects.filter(action="ledger.event.recorded").count() == 2
    said = OutboxEvent.objects.filter(name="ledger.event.recorded").latest("pk").payload
    assert (said["event"], said["action"], said["resource"]) == (event.pk, "lower", stock.item.pk)


def test_the_same_key_twice_happens_once(stock):
    first = stock.act("lower", resource=stock.item, quantity=10, key="k", day=DAY)

    assert stock.act("lower", resource=stock.item, quantity=10, key="k", day=DAY) == first
    with pytest.raises(KeyReused):
        stock.act("lower", resource=stock.item, quantity=11, key="k", day=DAY)

    assert stock.where() == [("atelier", "atelier", "", "", 90)]
    assert Event.objects.count() == 2


def test_its_journal_entries_are_posted_with_it(stock):
    sale = stock.world.sale(1_200, key="vente")

    event = stock.act(
        "transfer", resource=stock.item, receiver=stock.b, quantity=10, entries=[sale]
    )

    entry = JournalEntry.objects.get()
    assert (entry.event_id, entry.lines.count()) == (event.pk, 2)


def test_an_entry_that_does_not_balance_takes_the_event_with_it(stock):
    bad = stock.world.draft(stock.world.line("411000", 5), key="bad")

    with pytest.raises(ledger.Unbalanced):
        stock.act("lower", resource=stock.item, quantity=10, entries=[bad])

    assert stock.where() == HERE
    assert (Event.objects.count(), Trace.objects.count(), Line.objects.count()) == (1, 1, 0)


@pytest.mark.parametrize("name", ["post_within", "insert_all", "address"])
def test_what_breaks_in_the_middle_leaves_nothing(stock, monkeypatch, name):
    def broken(*args, **more):
        raise RuntimeError("pulled the plug")

    outbox, trail = OutboxEvent.objects.count(), AuditEntry.objects.count()
    monkeypatch.setattr(events_applet, name, broken)

    with pytest.raises(RuntimeError):
        stock.act(
            "transfer", resource=stock.item, receiver=stock.b, quantity=9,
            entries=[stock.world.sale()],
        )  # fmt: skip

    assert stock.where() == HERE
    stock.item.refresh_from_db()
    assert stock.item.sequence == 1
    assert (Event.objects.count(), Position.objects.count(), Trace.objects.count()) == (1, 1, 1)
    assert (OutboxEvent.objects.count(), AuditEntry.objects.count()) == (outbox, trail)
    assert not JournalEntry.objects.exists()


@pytest.mark.parametrize("table", ["ledger_event", "ledger_allocation", "ledger_trace"])
@pytest.mark.parametrize("attack", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_sql_changes_nothing(stock, table, attack):
    promise = ledger.commit(
        action="lower", provider=stock.a, receiver=stock.a, quantity=5, unit="GRM", key="p",
        by=stock.by,
    )  # fmt: skip
    stock.act("lower", resource=stock.item, quantity=5, fulfils=[(promise, 5)])
    counts = Event.objects.count(), Allocation.objects.count()

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack.format(table))

    assert (Event.objects.count(), Allocation.objects.count()) == counts == (2, 1)


def test_a_position_below_zero_is_refused_by_the_database_too(stock):
    with pytest.raises(IntegrityError), transaction.atomic():
        Position.objects.update(quantity=-1)


def test_verify_finds_a_position_that_somebody_changed(stock):
    Position.objects.update(quantity=99)
    problems = []

    assert ledger.verify_events(lambda *each: problems.append(each)) == 1

    assert [(code, pk) for code, _text, pk in problems] == [("position", stock.item.pk)]
    assert list(ledger.rebuild_positions().values()) == [(99, 100)]


@pytest.mark.parametrize(
    "forged", ["note = 'autre'", "quantity = 7", 'payload = \'{"event": {}, "outcome": 5}\'']
)
def test_verify_finds_an_event_that_somebody_forged_below_the_guards(stock, forged):
    event = stock.act("lower", resource=stock.item, quantity=3)
    assert ledger.verify().as_json()["events"] == 2
    with connection.cursor() as cursor:
        guards.remove_all(connection)
        cursor.execute(f"UPDATE ledger_event SET {forged} WHERE id = {event.pk}")
        guards.install_all(connection)

    report = ledger.verify()

    assert (report.ok, report.events) == (False, 2)
    assert report.problems[0].key == f"event-digest:{event.pk}"


def test_a_reversal_restores_everything(stock):
    event = stock.act(
        "transfer", resource=stock.item, receiver=stock.b, quantity=40, day=DAY,
        entries=[stock.world.sale(day=DAY)],
    )  # fmt: skip

    back = ledger.reverse_event(event, key="back", by=stock.by, reason="Erreur")

    assert stock.where() == HERE
    assert stock.where(event.to_resource) == []
    assert (back.reverses, back.day, back.quantity, back.note) == (event, DAY, -40, "Erreur")
    assert sum(Line.objects.filter(account__code="411000").values_list("amount", flat=True)) == 0
    assert JournalEntry.objects.count() == 2
    assert ledger.reverse_event(event, key="back", by=stock.by, reason="Erreur") == back
    for target, key in ((event, "again"), (back, "rere")):
        with pytest.raises(ledger.EventRefused):
            ledger.reverse_event(target, key=key, by=stock.by)
    assert ledger.rebuild_positions() == {}


def test_what_later_events_rest_on_is_not_taken_back(stock):
    first = Event.objects.get()
    stock.act("lower", resource=stock.item, quantity=80)

    with pytest.raises(ledger.EventRefused) as refusal:
        ledger.reverse_event(first, key="back", by=stock.by)

    assert refusal.value.data["reason"] == "built-upon"
    assert stock.where() == [("atelier", "atelier", "", "", 20)]


def test_a_correction_holds_only_the_end_against_the_policy(stock):
    more = stock.act("raise", resource=stock.item, quantity=10, day=DAY)
    stock.act("lower", resource=stock.item, quantity=108)

    again = ledger.correct_event(more, key="right", by=stock.by, quantity=9, reason="Recompté")

    assert stock.where() == [("atelier", "atelier", "", "", 1)]
    assert (again.corrects, again.quantity, again.day) == (more, 9, DAY)
    assert (more.reversed_by.quantity, more.reversed_by.note) == (-10, "Recompté")
    assert (
        ledger.correct_event(more, key="right", by=stock.by, quantity=9, reason="Recompté") == again
    )
    assert ledger.rebuild_positions() == {}
    with pytest.raises(ledger.EventRefused):
        ledger.correct_event(again, key="wrong", by=stock.by, quantity=7)


def test_a_limit_lets_an_account_go_below_zero_so_far(stock):
    credit = ledger.specify(
        chamber=stock.world.chamber, slug="credit", name="Crédit", unit="CRD", overdraw="limit",
        limit=50, by=stock.by,
    )  # fmt: skip
    new = ledger.NewStock("Compte", credit)
    account = stock.made(stock.act("raise", new_resource=new, quantity=10, unit="CRD"))

    stock.act("transfer", resource=account, receiver=stock.b, quantity=60, unit="CRD")

    assert stock.where(account) == [("atelier", "atelier", "", "", -50)]
    with pytest.raises(ledger.EventRefused):
        stock.act("transfer", resource=account, receiver=stock.b, quantity=1, unit="CRD")
    assert stock.where(account) == [("atelier", "atelier", "", "", -50)]


def test_a_passer_by_records_nothing(stock, make_user):
    by = Actor.of(make_user())
    with pytest.raises(Forbidden):
        ledger.record_event(
            action="lower", provider=stock.a, resource=stock.item, quantity=1, key="x", by=by
        )
    with pytest.raises(Forbidden):
        ledger.reverse_event(Event.objects.get(), key="x", by=by)
    assert Event.objects.count() == 1


@pytest.mark.parametrize("key", ["", "k" * 121, "a\0b"])
def test_a_key_is_needed(stock, key):
    with pytest.raises(Invalid):
        stock.act("lower", resource=stock.item, quantity=1, key=key)
    assert stock.where() == HERE
