"""Mollie, against a fake with a memory over HTTP."""

import pytest

from chambre.core.actors import Actor
from chambre.core.errors import Conflict
from chambre.treasury import tasks
from chambre.treasury.models import ProviderNotice
from chambre.treasury.openitems import open_items
from chambre.treasury.providers.base import Access, FalseNotice, ProviderFault
from chambre.treasury.providers.mollie import Mollie, cents
from chambre.treasury.services.attempts import NoAnswer
from chambre.treasury.services.notices import WrongSignature, take_notice
from chambre.treasury.services.providertransfers import look_for_transfers
from chambre.treasury.services.refunds import refund, send_refund

from .conftest import attempt_at, balances

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
PAID = {"707000": -3_318, "445710": -182, "756100": -500}


def tell(attempt):
    take_notice(account=attempt.account.public_id, headers={}, body=f"id={attempt.remote}".encode())


def sums(payment):
    payment.refresh_from_db()
    return payment.state, payment.received, payment.refunded


def test_a_payment_from_its_page_to_its_transfer(ask, account, mollie, orchard, by):
    payment = ask()
    attempt = attempt_at(payment, account(mollie))
    assert attempt.url == f"https://www.mollie.com/checkout/{attempt.remote}"
    asked = mollie.payments[attempt.remote]
    assert (asked["amount"], asked["description"]) == (
        {"currency": "EUR", "value": "40.00"}, "Panier et adhésion"
    )  # fmt: skip

    tell(attempt)
    assert sums(payment) == ("pending", 0, 0)
    mollie.pay(attempt.remote)
    for _time in range(10):
        tell(attempt)
    assert sums(payment) == ("paid", 4_000, 0)
    assert balances(orchard) == {**PAID, "517000": 4_000}
    assert ProviderNotice.objects.count() == 11

    number = mollie.settle(3_870, costs=130)
    look_for_transfers(account=attempt.account, by=by)
    look_for_transfers(account=attempt.account, by=by)
    assert balances(orchard) == {**PAID, "517000": 3_870, "627800": 130}
    (item,) = open_items(orchard, ["provider-transfer"])
    assert (item.amount, item.references, item.texts[0]) == (3_870, (number,), "08687.2603.01")


def test_a_page_asked_for_twice_after_a_lost_answer_is_one_payment(ask, account, mollie):
    payment, card = ask(), account(mollie)
    mollie.trouble = ["lost"]
    with pytest.raises(NoAnswer):
        attempt_at(payment, card)

    attempt = attempt_at(payment, card)
    assert list(mollie.payments) == [attempt.remote]


@pytest.mark.parametrize(
    ("status", "state"), [("failed", "failed"), ("expired", "failed"), ("canceled", "failed")]
)
def test_a_try_that_ends_can_be_followed_by_another(ask, account, mollie, status, state):
    payment = ask()
    attempt = attempt_at(payment, account(mollie))
    mollie.end(attempt.remote, status)
    tell(attempt)
    assert sums(payment) == (state, 0, 0)

    second = attempt_at(payment, attempt.account)
    mollie.pay(second.remote)
    mollie.pay(attempt.remote)  # and the first one is paid after all
    tell(second)
    tell(attempt)
    assert sums(payment) == ("paid", 8_000, 0)
    assert payment.excess == 4_000


def test_a_refund_is_sent_and_comes_to_its_end_later(ask, account, mollie, orchard, by):
    payment = ask()
    attempt = attempt_at(payment, account(mollie))
    mollie.pay(attempt.remote)
    tell(attempt)
    row = refund(payment=payment, amount=1_000, key="r1", by=by)

    row.refresh_from_db()
    assert (row.stage, sums(payment)) == ("sent", ("paid", 4_000, 0))
    assert balances(orchard)["517000"] == 4_000, "nothing went back yet"
    mollie.refund_ends(row.remote)
    tell(attempt)
    assert sums(payment) == ("partly_refunded", 4_000, 1_000)
    assert balances(orchard)["517000"] == 3_000 == mollie.balance()


def test_a_refund_lost_on_the_way_is_found_again_when_the_key_is_forgotten(
    ask, account, mollie, by
):
    payment = ask()
    attempt = attempt_at(payment, account(mollie))
    mollie.pay(attempt.remote)
    tell(attempt)
    mollie.trouble = ["lost"]
    row = refund(payment=payment, amount=1_000, key="r1", by=by)
    mollie.answered.clear()  # an hour later Mollie no longer knows the key

    send_refund(refund=row, by=SYSTEM)

    assert len(mollie.refunds) == 1
    row.refresh_from_db()
    assert (row.stage, row.remote) == ("sent", next(iter(mollie.refunds)))


def test_a_chargeback_and_its_reversal(ask, account, mollie, orchard):
    payment = ask()
    attempt = attempt_at(payment, account(mollie))
    mollie.pay(attempt.remote)
    number = mollie.charge_back(attempt.remote, 4_000)
    tell(attempt)
    assert sums(payment) == ("disputed", 4_000, 0)
    assert balances(orchard) == {**PAID, "467000": 4_000}
    assert mollie.balance() == 0

    mollie.reverse(number)
    tell(attempt)
    assert sums(payment) == ("paid", 4_000, 0)
    assert balances(orchard)["517000"] == 4_000 == mollie.balance()


def test_a_wrong_key_is_said_and_the_page_not_opened(ask, account, mollie, by):
    from chambre.treasury.services.provideraccounts import change_provider_account

    payment, card = ask(), account(mollie)
    change_provider_account(account=card, values={"api_key": "test_wrong"}, by=by)

    with pytest.raises(Conflict) as refusal:
        attempt_at(payment, card)
    assert "Missing." in str(refusal.value.message)
    assert "test_wrong" not in str(refusal.value.message)
    assert sums(payment) == ("failed", 0, 0)


@pytest.mark.parametrize("body", [b"", b"id=", b"id=ord_1", b"id=tr_1/../x", b"\xff", b"x=tr_1"])
def test_what_names_no_payment_is_no_notice(account, mollie, body):
    with pytest.raises(WrongSignature):
        take_notice(account=account(mollie).public_id, headers={}, body=body)
    assert not ProviderNotice.objects.exists()


def test_a_notice_of_a_payment_that_is_not_ours_changes_nothing(account, mollie):
    notice, _new = take_notice(
        account=account(mollie).public_id, headers={}, body=b"id=tr_0000000099"
    )
    notice.refresh_from_db()
    assert notice.attempt is None
    assert notice.handled_at is not None


def test_amounts_are_read_to_the_cent():
    assert cents({"currency": "EUR", "value": "1234.56"}) == 123_456
    for wrong in ({"currency": "GBP", "value": "1.00"}, {"currency": "EUR", "value": "1.001"}):
        with pytest.raises(ValueError):
            cents(wrong)


def test_nobody_is_talked_to_in_the_clear():
    access = Access("http://api.mollie.com/v2", {}, {"api_key": "test_x"})
    with pytest.raises(ProviderFault):
        Mollie().look(access, "tr_1")
    assert "test_x" not in repr(access)
    with pytest.raises(FalseNotice):
        Mollie().read_notice(access, {}, b"id=1")


def test_an_account_without_an_address_is_never_asked(account, mollie, monkeypatch):
    asked = []
    monkeypatch.setattr(tasks, "look_for_transfers", lambda account, by: asked.append(account.pk))
    card = account(mollie)

    tasks.look_for_provider_transfers()
    card.base = ""
    card.save()
    tasks.look_for_provider_transfers()

    assert asked == [card.pk]
