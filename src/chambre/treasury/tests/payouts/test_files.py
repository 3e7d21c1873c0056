"""Files for the bank and the rows that answer them: once, to the cent, and back."""

import datetime as dt

import pytest

from chambre.core.actors import Actor
from chambre.core.errors import Conflict, Forbidden
from chambre.core.files import open_file
from chambre.ledger.models import Line
from chambre.lib.orderstates import State
from chambre.lib.sepa.files import check_file
from chambre.treasury.models import OrderFile
from chambre.treasury.openitems import open_items, source_of
from chambre.treasury.queries.orders import figures, going_out
from chambre.treasury.services import payouts as service
from chambre.treasury.services.orders import NothingToSend, OrderNotNow, state_of
from chambre.treasury.services.ordersources import OtherAmount
from chambre.treasury.services.payoutfiles import export_payouts, plan_file
from chambre.treasury.tests.payouts.conftest import DAY, OURS, match, unmatch

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr("chambre.registry.api.today", lambda: dt.date(2026, 3, 2))  # a Monday


def export(orchard, by, key="file", **facts):
    return export_payouts(book=orchard, account=OURS, key=key, by=by, **facts)


def kinds(orchard):
    return [(item.kind, item.amount, item.direction) for item in open_items(orchard) if
            item.kind.startswith("payout")]  # fmt: skip


def balances(orchard):
    """Balance in cents of each account and third party of the book."""
    found = {}
    for line in Line.objects.filter(book=orchard).select_related("account", "auxiliary"):
        place = (line.account.code, line.auxiliary.code if line.auxiliary else "")
        found[place] = found.get(place, 0) + line.amount
    return {place: amount for place, amount in found.items() if amount}


def test_a_file_is_shown_before_it_is_made(orchard, ask, agree):
    agree(ask("one", 1_000, day=dt.date(2026, 3, 7)))  # a Saturday
    agree(ask("two", 500))
    ask("waits", 9_999)

    plan = plan_file(orchard)

    assert plan.days == [(dt.date(2026, 3, 2), 1, 500), (dt.date(2026, 3, 9), 1, 1_000)]
    assert (plan.total, plan.left) == (1_500, [])
    assert not OrderFile.objects.exists()


def test_a_file_holds_what_two_people_agreed_to_and_nothing_else(orchard, ask, agree, bruno):
    first, second = agree(ask("one", 1_000)), agree(ask("two", 500))
    waits = ask("waits", 9_999)

    file = export(orchard, bruno)

    with open_file(file.file) as content:
        written = content.read()
    assert check_file(written) == (2, 1_500) == (file.count, file.total)
    assert first.code.encode() in written
    assert waits.code.encode() not in written
    assert b"<TwnNm>Lyon</TwnNm>" in written
    assert [state_of(each) for each in (first, second, waits)] == [
        State.SENT, State.SENT, State.ASKED,
    ]  # fmt: skip


def test_a_payout_is_sent_once(orchard, ask, agree, bruno):
    agree(ask())
    file = export(orchard, bruno)

    assert export(orchard, bruno) == file  # the same request again
    with pytest.raises(NothingToSend):
        export(orchard, bruno, key="another")
    assert OrderFile.objects.count() == 1


def test_nothing_is_sent_that_one_person_agreed_to(orchard, ask, bruno):
    service.approve_payout(payout=ask(), key="a", by=bruno)

    with pytest.raises(NothingToSend):
        export(orchard, bruno)
    assert not OrderFile.objects.exists()


def test_only_those_who_answer_for_the_money_make_a_file(orchard, ask, agree, passer_by):
    payout = agree(ask())

    with pytest.raises(Forbidden):
        export(orchard, Actor.of(passer_by))
    assert state_of(payout) is State.AGREED


def test_what_is_at_the_bank_is_not_withdrawn(orchard, ask, agree, bruno):
    payout = agree(ask())
    export(orchard, bruno)

    with pytest.raises(OrderNotNow):
        service.withdraw_payout(payout=payout, key="w", by=bruno)
    with pytest.raises(OrderNotNow):
        ask("other", replaces=payout)
    assert state_of(payout) is State.SENT


def test_a_row_ends_a_payout_and_is_booked_on_the_third_party(orchard, ask, agree, bruno, payee):
    payout = agree(ask(amount=1_000))
    export(orchard, bruno, batch=False)
    (item,) = [each for each in open_items(orchard) if each.kind == "payout"]
    assert (item.amount, item.reference, item.iban) == (1_000, payout.code, payout.iban)

    match(orchard, "payout", item.key, 1_000, 7, bruno)

    assert state_of(payout) is State.PAID
    assert balances(orchard) == {("401000", payee.code): 1_000, ("471000", ""): -1_000}
    assert kinds(orchard) == []


def test_a_match_is_undone_and_done_again(orchard, ask, agree, bruno):
    payout = agree(ask(amount=1_000))
    export(orchard, bruno)
    match(orchard, "payout", payout.code, 1_000, 7, bruno)

    unmatch(orchard, "payout", payout.code, 1_000, 7, bruno)
    assert state_of(payout) is State.SENT
    match(orchard, "payout", payout.code, 1_000, 8, bruno)
    assert state_of(payout) is State.PAID


def test_another_amount_or_a_second_row_is_refused(orchard, ask, agree, bruno):
    payout = agree(ask(amount=1_000))
    export(orchard, bruno)

    with pytest.raises(OtherAmount):
        match(orchard, "payout", payout.code, 999, 7, bruno)
    assert state_of(payout) is State.SENT
    match(orchard, "payout", payout.code, 1_000, 7, bruno)
    with pytest.raises(OrderNotNow):
        match(orchard, "payout", payout.code, 1_000, 8, bruno)


def test_one_movement_ends_all_of_a_day(orchard, ask, agree, bruno):
    paid = [agree(ask("one", 1_000)), agree(ask("two", 500))]
    later = agree(ask("later", 70, day=dt.date(2026, 3, 9)))
    file = export(orchard, bruno)
    (batch,) = [each for each in open_items(orchard) if each.kind == "payout-batch"]
    assert (batch.amount, batch.reference) == (1_500, file.message)

    match(orchard, "payout-batch", batch.key, 1_500, 7, bruno)
    match(orchard, "payout-batch", batch.key, 1_500, 7, bruno)  # told twice

    assert [state_of(each) for each in paid] == [State.PAID, State.PAID]
    assert kinds(orchard) == [("payout", 70, "out")]
    unmatch(orchard, "payout-batch", batch.key, 1_500, 7, bruno)
    assert [state_of(each) for each in [*paid, later]] == [State.SENT] * 3


def test_a_batch_without_what_the_bank_did_not_do(orchard, ask, agree, bruno):
    first, second, third = (agree(ask(str(n), n * 100)) for n in (1, 2, 3))
    export(orchard, bruno)

    service.reject_payout(payout=second, key="r", by=bruno, code="ac04")

    assert kinds(orchard)[-1] == ("payout-batch", 400, "out")
    key = next(each.key for each in open_items(orchard) if each.kind == "payout-batch")
    with pytest.raises(OtherAmount):
        match(orchard, "payout-batch", key, 600, 7, bruno)
    match(orchard, "payout-batch", key, 400, 7, bruno)
    assert [state_of(each) for each in (first, second, third)] == [
        State.PAID, State.REJECTED, State.PAID,
    ]  # fmt: skip


def test_somebody_typed_the_transfer_in_at_the_bank(orchard, ask, agree, bruno):
    payout = agree(ask(amount=1_000))

    match(orchard, "payout", payout.code, 1_000, 7, bruno)

    assert state_of(payout) is State.PAID_BESIDE
    with pytest.raises(NothingToSend):
        export(orchard, bruno)
    unmatch(orchard, "payout", payout.code, 1_000, 7, bruno)
    assert state_of(payout) is State.AGREED


def test_money_that_comes_back_is_owed_again(orchard, ask, agree, bruno, payee):
    payout = agree(ask(amount=1_000))
    export(orchard, bruno)
    match(orchard, "payout", payout.code, 1_000, 7, bruno)
    service.expect_return(payout=payout, key="r", by=bruno, code="AC04")
    assert kinds(orchard) == [("payout-return", 1_000, "in")]

    match(orchard, "payout-return", payout.code, 1_000, 8, bruno)

    assert state_of(payout) is State.RETURNED
    assert balances(orchard) == {}
    with pytest.raises(Conflict):  # what stands on it is undone first
        unmatch(orchard, "payout", payout.code, 1_000, 7, bruno)
    unmatch(orchard, "payout-return", payout.code, 1_000, 8, bruno)
    service.keep_paid(payout=payout, key="k", by=bruno)
    assert state_of(payout) is State.PAID


def test_a_row_does_not_reach_into_another_book(orchard, ask, agree, bruno, system):
    from chambre.ledger import api as ledger
    from chambre.registry import api as registry

    payout = agree(ask())
    other = registry.create_structure(slug="autre", name="Autre", by=system)
    book = ledger.open_book(structure=other, by=system)

    with pytest.raises(Conflict):
        source_of("payout").settle(
            book=book, key=payout.code, amount=12_345, day=DAY, row=1, idempotency="x", by=bruno
        )
    assert figures(going_out(book))["ready"] == 0
    assert state_of(payout) is State.AGREED
