"""A payment in one call of PostgreSQL leaves what the longer way leaves, and nothing more is allowed."""

import multiprocessing
import os
import signal

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from chambre.core.errors import ChambreError, Conflict, KeyReused
from chambre.core.models import AuditEntry
from chambre.ledger import api as ledger
from chambre.ledger.models import JournalEntry
from chambre.registry import api as registry
from chambre.treasury.models import CreditAccount, CreditMove
from chambre.treasury.services import credit as service
from chambre.treasury.services import credit_moving
from chambre.treasury.services.credit_moving import move_units
from chambre.treasury.services.credit_terms import mark_busy
from chambre.treasury.tests.credit.test_many import DAY, SYSTEM, Market

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def market(transactional_db) -> Market:
    return Market()


def pay(market, giver, taker, amount, key, **more):
    facts = {"reason": " Pommes  et poires ", "day": DAY, "by": SYSTEM, **more}
    return move_units(source=giver, target=taker, amount=amount, key=key, **facts)


def told(move: CreditMove) -> list:
    """All that is written of a payment, but for ids and moments."""
    move = CreditMove.objects.get(pk=move.pk)
    entry, trail = (
        move.entry,
        AuditEntry.objects.get(action="treasury.credit.moved", data__key=move.key),
    )
    lines = entry.lines.order_by("number")
    assert trail.data == {"amount": move.amount, "key": move.key, "entry": entry.pk}
    return [
        (move.source_id, move.target_id, move.amount, move.reason, move.day, move.origin,
         move.origin_key, move.by, move.payment_id, move.undoes_id),
        (entry.book_id, entry.journal_id, entry.kind, entry.day, entry.validated_on, entry.label,
         entry.line_count, entry.source, entry.number),
        list(lines.values_list(
            "number", "account__code", "auxiliary__code", "unit", "amount", "side", "day", "phase",
            "label", "piece", "lettering", "extra", "resource", "source_line",
        )),
        (trail.actor_kind, trail.user_id, trail.actor, trail.object_type, trail.object_id,
         trail.object_label),
    ]  # fmt: skip


@pytest.mark.parametrize("unit", ["CRD", "HUR"])
def test_what_is_written_is_the_same_either_way(market, unit, monkeypatch):
    giver, taker = (market.account(name, 500, unit) for name in ("lou", "max"))
    written = []
    for key in "ab":
        move = pay(market, giver, taker, 100, key, origin="test", origin_key="k")
        assert move.entry_id == CreditMove.objects.get(pk=move.pk).entry_id
        written.append((told(move), giver.held, taker.held))
        monkeypatch.setattr(credit_moving, "pay_in_one_call", lambda wanted: None)
    assert written[0][0] == written[1][0]
    assert [each[1:] for each in written] == [(-100, 100), (-200, 200)]
    assert ledger.verify().ok


@pytest.mark.parametrize("busy", [False, True])
def test_a_payment_is_one_message_to_postgresql(market, busy):
    mark_busy(account=market.stall, busy=busy, by=SYSTEM)
    pay(market, market.people[0], market.stall, 10, "first")
    with CaptureQueriesContext(connection) as asked:
        pay(market, market.people[1], market.stall, 10, "second")
        pay(market, market.stall, market.people[1], 10, "back")
    if connection.vendor == "postgresql":
        assert len(asked) == 2
    else:  # there is no such function: the longer way
        assert len(asked) > 2
    assert market.stands()[:2] == [-10, 0]


def test_a_key_acts_once(market):
    one, two = market.people[:2]
    first = pay(market, one, two, 100, "k")
    assert pay(market, one, two, 100, "k") == first
    with pytest.raises(KeyReused):
        pay(market, one, two, 101, "k")
    with pytest.raises(KeyReused):
        pay(market, two, one, 100, "k")
    assert market.stands()[:2] == [-100, 100]
    assert JournalEntry.objects.count() == 1


def test_nobody_goes_beyond_a_bound_in_either_direction(market):
    one, two = market.people[:2]
    CreditAccount.objects.filter(pk=two.pk).update(ceiling=1_000)
    with pytest.raises(service.NotEnoughUnits) as refused:
        pay(market, one, two, 1_001, "a")
    assert refused.value.data["left"] == 1_000
    pay(market, one, two, 1_000, "b")
    with pytest.raises(service.TooManyUnits):
        pay(market, market.people[2], two, 1, "c")
    service.close_credit(account=market.people[3], by=SYSTEM)
    for source, target in ((market.people[3], two), (two, market.people[3])):
        with pytest.raises(Conflict):
            pay(market, source, target, 1, "d")
    assert market.stands() == [-1_000, 1_000, 0, 0, 0]
    assert AuditEntry.objects.filter(action="treasury.credit.moved").count() == 1


def test_it_is_undone_with_the_act_that_it_is_a_part_of(market):
    with pytest.raises(RuntimeError), transaction.atomic():
        pay(market, market.people[0], market.stall, 10, "k")
        raise RuntimeError
    assert not CreditMove.objects.exists()
    assert market.stands() == [0] * 5


def test_a_holder_with_a_book_has_it_in_euros_too(market):
    shop = registry.create_structure(
        slug="boutique", name="Boutique", chamber=market.chamber, by=SYSTEM
    )
    till = service.open_credit(agent=shop, by=SYSTEM)
    pay(market, market.people[0], till, 100, "before")
    book = ledger.open_book(structure=shop, chart="associatif", by=SYSTEM)
    pay(market, market.people[0], till, 100, "after")
    assert JournalEntry.objects.filter(book=book).count() == 1
    assert market.stands() == [-200, 0, 0, 0, 0]


def _pays(market, keys, ready, told):
    """What a process does: people pay the stall in turn, with these keys."""
    refused = set()
    ready.wait()
    for number in keys:
        giver = market.people[number % len(market.people)]
        try:
            pay(market, giver, market.stall, 90, f"k{number}")
        except ChambreError as refusal:
            refused.add(refusal.code)
    told.put(refused)
    connections.close_all()


@pytest.mark.parametrize("busy", [False, True])
def test_processes_at_one_stall_cross_no_bound_and_one_killed_leaves_nothing_by_half(market, busy):
    mark_busy(account=market.stall, busy=busy, by=SYSTEM)
    for each in (*market.people, market.stall):
        each.refresh_from_db()
    connections.close_all()
    context = multiprocessing.get_context("fork")
    ready, told = context.Barrier(5), context.Queue()
    # Two have the same keys; the fourth is killed while it pays.
    parts = [range(30), range(30), range(30, 60), range(60, 400)]
    crowd = [context.Process(target=_pays, args=(market, part, ready, told)) for part in parts]
    for each in crowd:
        each.start()
    ready.wait()
    crowd[3].join(0.05)
    os.kill(crowd[3].pid, signal.SIGKILL)
    for each in crowd[:3]:
        assert told.get(timeout=120) <= {"treasury.credit.not-so-much"}
        each.join()
    for number in range(60):  # whoever was refused at the bound is refused again
        giver = market.people[number % 4]
        known = CreditMove.objects.filter(key=f"k{number}").first()
        if known is not None:
            assert pay(market, giver, market.stall, 90, f"k{number}") == known
    held = market.stands()
    assert all(each >= -1_000 for each in held[:4])
    moves = CreditMove.objects.count()
    assert held[4] == 90 * moves == 90 * 44  # eleven each: the twelfth would be beyond
    assert JournalEntry.objects.count() == moves
    assert AuditEntry.objects.filter(action="treasury.credit.moved").count() == moves
    assert ledger.verify().ok
