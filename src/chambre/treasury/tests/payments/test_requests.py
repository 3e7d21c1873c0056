"""Asking for money, and a bank transfer or the desk that brings it."""

import datetime as dt

import pytest
from django.utils import timezone

from chambre.core.actors import Actor
from chambre.core.errors import Conflict, Forbidden, Invalid, KeyReused
from chambre.core.models import OutboxEvent
from chambre.ledger.models import JournalEntry
from chambre.lib.sepa import epc, rf
from chambre.registry import api as registry
from chambre.treasury.booklines import BookLine
from chambre.treasury.models import Payment
from chambre.treasury.openitems import open_items, source_of
from chambre.treasury.services.booking import change_rule
from chambre.treasury.services.bouncing import take_away
from chambre.treasury.services.payments import (
    AskedLine,
    Refused,
    cancel_payment,
    expire_payment,
    qr_payload,
    request_payment,
)
from chambre.treasury.services.receiving import receive, withdraw

from .conftest import IBAN, TODAY, balances

pytestmark = pytest.mark.django_db


def settle(payment, amount, key="row-1", day=TODAY, row=1):
    return source_of("payment").settle(
        book=payment.book,
        key=payment.public_id,
        amount=amount,
        day=day,
        row=row,
        idempotency=key,
        by=Actor.system("test"),
    )


def release(payment, amount, key="row-1"):
    source_of("payment").release(
        book=payment.book,
        key=payment.public_id,
        amount=amount,
        row=1,
        idempotency=key,
        by=Actor.system("test"),
    )


def sums(payment):
    payment.refresh_from_db()
    return payment.state, payment.received, payment.open


def test_a_request_has_a_reference_and_a_code_that_a_phone_reads(ask):
    payment = ask()

    assert rf.check(payment.reference)
    code = epc.read(qr_payload(payment))
    assert (code.name, code.iban, code.amount) == ("Les Vergers de la Lysse", IBAN, 4_000)
    assert code.reference == payment.reference
    assert len(payment.public_id) == 24
    assert not JournalEntry.objects.exists(), "nothing is booked before it comes"


def test_the_same_key_asks_once_and_another_content_is_refused(ask):
    first = ask(key="order-7")

    assert ask(key="order-7") == first
    with pytest.raises(KeyReused):
        ask(key="order-7", reason="Autre chose")
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount": 0, "lines": []}, "amount"),
        ({"reason": "  "}, "reason"),
        ({"reason": "x" * 141}, "reason"),
        ({"lines": [AskedLine(3_999)]}, "lines"),
        ({"lines": [AskedLine(4_000), AskedLine(0)]}, "lines"),
        ({"fee_bearer": "nobody"}, "fee_bearer"),
        ({"back_url": "//exemple.test/"}, "back_url"),
        ({"iban": "FR7630006000011234567890188"}, "iban"),
        ({"lines": [AskedLine(4_000, use="no.such")]}, "use"),
    ],
)
def test_what_makes_no_sense_is_refused_where_it_is_wrong(ask, wrong, field):
    with pytest.raises(Invalid) as refusal:
        ask(**wrong)
    assert field in refusal.value.data["fields"]
    assert not Payment.objects.exists()


def test_only_who_answers_for_the_money_asks(ask, passer_by):
    with pytest.raises(Forbidden):
        ask(by=Actor.of(passer_by))
    assert not Payment.objects.exists()


def test_a_transfer_is_taken_once_and_its_lines_say_what_it_paid(ask, orchard):
    payment = ask()

    lines = settle(payment, 4_000)

    assert settle(payment, 4_000) == lines, "the same settling again gives the same lines"
    assert [(line.account or line.use, line.amount) for line in lines] == [
        ("707000", -3_318),
        ("vat.collected", -182),
        ("756100", -500),
    ]
    assert sums(payment) == ("paid", 4_000, 0)
    assert open_items(orchard, ["payment"]) == []
    told = [e.payload["state"] for e in OutboxEvent.objects.filter(name="treasury.payment.changed")]
    assert told == ["paid"]


def test_a_transfer_in_parts_ends_on_exactly_the_lines(ask, orchard):
    payment = ask()

    parts = [settle(payment, amount, key=f"row-{amount}") for amount in (1_000, 2_499, 501)]

    totals = {}
    for line in (line for part in parts for line in part):
        name = line.account or line.use
        totals[name] = totals.get(name, 0) + line.amount
    assert totals == {"707000": -3_318, "vat.collected": -182, "756100": -500}
    assert sums(payment) == ("paid", 4_000, 0)


def test_what_comes_above_is_an_advance(ask):
    payment = ask()

    lines = settle(payment, 4_500)

    assert [(line.use, line.amount) for line in lines if line.use == "advance"] == [
        ("advance", -500)
    ]
    assert payment.events.count() == 1
    assert sums(payment) == ("paid", 4_500, 0)


def test_a_wrong_match_is_taken_back_and_the_payment_is_open_again(ask, orchard):
    payment = ask()
    settle(payment, 4_000)

    release(payment, 4_000)
    release(payment, 4_000)

    assert sums(payment) == ("created", 0, 4_000)
    (item,) = open_items(orchard, ["payment"])
    assert (item.amount, item.reference, item.direction) == (4_000, payment.reference, "in")
    settle(payment, 4_000, key="row-2")
    assert sums(payment) == ("paid", 4_000, 0)


def test_what_a_bank_took_back_is_owed_to_it_and_its_row_stays_matched(ask, orchard, by):
    payment = ask()
    settle(payment, 4_000)

    entry = take_away(payment=payment, day=TODAY, by=by)
    assert sums(payment) == ("created", 0, 4_000)
    assert dict(entry.lines.values_list("account__code", "amount"))["467000"] == -4_000
    with pytest.raises(Conflict):
        release(payment, 4_000)
    with pytest.raises(Conflict):
        take_away(payment=payment, day=TODAY, by=by)
    assert sums(payment) == ("created", 0, 4_000)
    settle(payment, 4_000, key="row-2")
    assert sums(payment) == ("paid", 4_000, 0)


def test_cash_over_the_desk_is_booked_once(ask, orchard, by):
    payment = ask()

    first = receive(payment=payment, amount=4_000, means="cash", day=TODAY, key="t1", by=by)

    assert receive(payment=payment, amount=4_000, means="cash", day=TODAY, key="t1", by=by) == first
    expected = {"530000": 4_000, "707000": -3_318, "445710": -182, "756100": -500}
    assert balances(orchard) == expected
    with pytest.raises(Conflict):
        receive(payment=payment, amount=1, means="cash", day=TODAY, key="t2", by=by)
    assert balances(orchard) == expected

    withdraw(event=first, by=by)
    withdraw(event=first, by=by)
    assert balances(orchard) == {}
    assert sums(payment) == ("created", 0, 4_000)


def test_money_through_the_bank_is_not_taken_back_over_the_desk(ask, by):
    payment = ask()
    settle(payment, 4_000)

    with pytest.raises(Conflict):
        withdraw(event=payment.events.get(), by=by)
    assert sums(payment) == ("paid", 4_000, 0)


def test_account_and_rate_are_those_of_the_day_it_was_asked_for(ask, orchard, by):
    verger = registry.create_resource(slug="verger", name="Verger", by=Actor.system("test"))
    payment = ask(lines=[AskedLine(4_000, use="sale.goods", resource=verger.pk)])
    change_rule(book=orchard, use="sale.goods", account="707900", vat=2000, by=by)

    receive(payment=payment, amount=4_000, means="cash", day=TODAY, key="t1", by=by)

    assert balances(orchard) == {"530000": 4_000, "707000": -4_000}
    entry = JournalEntry.objects.get()
    where = {(line.account.code, line.resource and line.resource.slug) for line in
             entry.lines.select_related("account", "resource")}  # fmt: skip
    assert ("707000", "verger") in where


def test_a_line_can_take_off(ask, orchard, by):
    payment = ask(
        amount=2_800,
        lines=[AskedLine(3_000, use="sale.goods"), AskedLine(-200, "Bocal", use="deposit")],
    )
    receive(payment=payment, amount=2_800, means="cash", day=TODAY, key="t1", by=by)

    assert balances(orchard) == {"419600": 200, "530000": 2_800, "707000": -3_000}


def test_what_nobody_paid_can_be_cancelled_and_not_what_came(ask, by):
    payment = ask()
    cancel_payment(payment=payment, by=by, reason="Erreur")
    cancel_payment(payment=payment, by=by)
    assert sums(payment) == ("cancelled", 0, 4_000)

    other = ask()
    settle(other, 1_000)
    with pytest.raises(Refused) as refusal:
        cancel_payment(payment=other, by=by)
    assert refusal.value.code == "payment.not-cancellable"
    assert sums(other) == ("partly_paid", 1_000, 3_000)


def test_a_transfer_that_comes_too_late_is_taken_all_the_same(ask, orchard):
    system = Actor.system("test")
    payment = ask(expires_at=timezone.now() - dt.timedelta(hours=1))
    expire_payment(payment=payment, by=system)
    expire_payment(payment=payment, by=system)
    assert sums(payment) == ("expired", 0, 4_000)

    settle(payment, 4_000)
    assert sums(payment) == ("paid", 4_000, 0)

    with pytest.raises(Conflict):
        expire_payment(payment=ask(), by=system)


def test_without_lines_it_is_an_advance(orchard, by):
    payment = request_payment(book=orchard, amount=100, reason="Acompte", by=by, iban=IBAN)

    assert [(line.label, line.use, line.account) for line in payment.lines.all()] == [
        ("Acompte", "advance", "419100")
    ]
    assert settle(payment, 100) == [
        BookLine(
            -100,
            account="419100",
            account_label=payment.lines.get().account_label,
            label=f"Acompte – {payment.reference}",
            piece=payment.reference,
        )
    ]
