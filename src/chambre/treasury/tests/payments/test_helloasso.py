"""HelloAsso, against a fake with a memory over HTTP."""

import pytest

from chambre.core.actors import Actor
from chambre.treasury.models import ProviderNotice
from chambre.treasury.openitems import open_items
from chambre.treasury.services.attempts import NoAnswer, look
from chambre.treasury.services.notices import WrongSignature, take_notice
from chambre.treasury.services.payments import Refused
from chambre.treasury.services.providertransfers import look_for_transfers
from chambre.treasury.services.refunds import refund, send_refund

from .conftest import attempt_at, balances

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
PAID = {"707000": -3_318, "445710": -182, "756100": -500}


def sums(payment):
    payment.refresh_from_db()
    return payment.state, payment.received, payment.refunded


def paid(ask, account, fake):
    payment = ask()
    attempt = attempt_at(payment, account(fake))
    number = fake.pay(attempt.remote)
    look(attempt=attempt, by=SYSTEM)
    attempt.refresh_from_db()
    payment.refresh_from_db()
    return payment, attempt, number


def test_a_payment_from_its_page_to_its_cash_out(ask, account, helloasso, orchard, by):
    payment = ask()
    attempt = attempt_at(payment, account(helloasso))
    assert attempt.url == f"https://www.helloasso.com/checkout/{attempt.remote}"
    look(attempt=attempt, by=SYSTEM)
    assert sums(payment) == ("pending", 0, 0)

    helloasso.pay(attempt.remote, tip=500)
    body, headers = helloasso.notice(attempt.remote)
    for _time in range(10):
        take_notice(account=attempt.account.public_id, headers=headers, body=body)

    assert sums(payment) == ("paid", 4_000, 0)
    assert balances(orchard) == {**PAID, "517000": 4_000}, "the payer's tip is not ours"
    assert helloasso.drawn == 1, "one token is enough"

    number = helloasso.cash_out()
    attempt.account.since = attempt.account.since.replace(year=2026, month=1, day=1)
    attempt.account.save()
    from chambre.treasury.providers.base import Access
    from chambre.treasury.services.provideraccounts import access_of, provider_of

    assert isinstance(access_of(attempt.account), Access)
    seen = provider_of(attempt.account).transfers(access_of(attempt.account), attempt.account.since)
    assert [(each.remote, each.amount, each.stage) for each in seen] == [
        (str(number), 4_000, "paid")
    ]


def test_a_notice_with_a_wrong_signature_is_refused(ask, account, helloasso):
    _payment, attempt, _number = paid(ask, account, helloasso)
    body, headers = helloasso.notice(attempt.remote)

    for wrong in (({}, body), (headers, body + b" ")):
        with pytest.raises(WrongSignature):
            take_notice(account=attempt.account.public_id, headers=wrong[0], body=wrong[1])
    assert not ProviderNotice.objects.exists()


def test_a_token_that_is_no_longer_good_is_drawn_anew(ask, account, helloasso):
    payment = ask()
    attempt = attempt_at(payment, account(helloasso))
    helloasso.tokens.clear()

    look(attempt=attempt, by=SYSTEM)

    assert helloasso.drawn == 2


def test_a_refund_whose_answer_was_lost_is_found_by_looking(ask, account, helloasso, by, orchard):
    payment, attempt, number = paid(ask, account, helloasso)
    helloasso.trouble = ["lost"]
    row = refund(payment=payment, amount=1_000, key="r1", by=by)
    assert row.remote == ""

    send_refund(refund=row, by=SYSTEM)
    send_refund(refund=row, by=SYSTEM)

    row.refresh_from_db()
    operations = helloasso.payments[number]["refundOperations"]
    assert [str(each["id"]) for each in operations] == [row.remote]
    helloasso.refund_ends(number)
    look(attempt=attempt, by=SYSTEM)
    assert sums(payment) == ("partly_refunded", 4_000, 1_000)
    assert balances(orchard)["517000"] == 3_000


def test_a_refund_that_did_not_work_can_be_asked_for_again(ask, account, helloasso, by):
    payment, attempt, number = paid(ask, account, helloasso)
    refund(payment=payment, amount=4_000, key="r1", by=by)
    with pytest.raises(Refused):
        refund(payment=payment, amount=1, key="r2", by=by)
    helloasso.refund_ends(number, "Error")
    look(attempt=attempt, by=SYSTEM)

    assert sums(payment) == ("paid", 4_000, 0)
    refund(payment=payment, amount=4_000, key="r3", by=by)
    assert sums(payment) == ("paid", 4_000, 0)
    assert payment.refunding == 4_000


def test_a_contested_payment_and_one_that_no_longer_is(ask, account, helloasso, orchard):
    payment, attempt, _number = paid(ask, account, helloasso)
    helloasso.set_state(attempt.remote, "Contested")
    look(attempt=attempt, by=SYSTEM)
    assert sums(payment) == ("disputed", 4_000, 0)
    assert balances(orchard) == {**PAID, "467000": 4_000}

    helloasso.set_state(attempt.remote, "Authorized")
    look(attempt=attempt, by=SYSTEM)
    look(attempt=attempt, by=SYSTEM)
    assert sums(payment) == ("paid", 4_000, 0)
    assert balances(orchard) == {**PAID, "517000": 4_000}


@pytest.mark.parametrize(
    ("state", "expected"),
    [("WaitingBankValidation", "pending"), ("Refused", "failed"), ("Canceled", "failed")],
)
def test_other_states_of_a_payment(ask, account, helloasso, state, expected):
    payment = ask()
    attempt = attempt_at(payment, account(helloasso))
    helloasso.pay(attempt.remote)
    helloasso.set_state(attempt.remote, state)
    look(attempt=attempt, by=SYSTEM)
    assert sums(payment) == (expected, 0, 0)


def test_a_provider_that_is_away_is_asked_again(ask, account, helloasso):
    payment, card = ask(), account(helloasso)
    helloasso.trouble = [None, "down"]
    with pytest.raises(NoAnswer):
        attempt_at(payment, card)
    attempt_at(payment, card)
    assert len(helloasso.intents) == 1


def test_transfers_before_the_account_was_opened_are_left_alone(
    ask, account, helloasso, orchard, by
):
    _payment, attempt, _number = paid(ask, account, helloasso)
    helloasso.cash_out()  # of March; the account was opened later

    look_for_transfers(account=attempt.account, by=by)

    assert open_items(orchard, ["provider-transfer"]) == []
