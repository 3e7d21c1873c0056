"""Several at once: notices, looks, refunds, clicks. Booked once, and never more back than came in."""

import threading

import pytest
from django.db import connection, transaction

from chambre.core.actors import Actor
from chambre.core.db.busy import patiently
from chambre.core.errors import ChambreError
from chambre.treasury.models import Payment, ProviderNotice, Refund
from chambre.treasury.openitems import source_of
from chambre.treasury.services.attempts import look
from chambre.treasury.services.notices import take_notice
from chambre.treasury.services.refunds import refund, send_refund
from chambre.treasury.tests.fakes.mollie import cents

from .conftest import TODAY, attempt_at, balances
from .test_stripe import told

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("test")
PAID = {"707000": -3_318, "445710": -182, "756100": -500}


def at_once(*acts):
    """Run the acts at the same moment; what each gave, or the error that it was refused with."""
    barrier = threading.Barrier(len(acts))
    outcomes = [None] * len(acts)

    def run(index, act):
        try:
            barrier.wait(20)
            outcomes[index] = patiently(act)
        except ChambreError as error:
            outcomes[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def sums(payment):
    payment.refresh_from_db()
    return payment.state, payment.received, payment.refunded


def test_notices_and_looks_at_once_book_once(ask, account, stripe, orchard):
    payment = ask()
    attempt = attempt_at(payment, account(stripe))
    stripe.pay(attempt.remote, fee=85)
    body, headers = told(attempt, "evt_same")

    def notice():
        return take_notice(account=attempt.account.public_id, headers=headers, body=body)

    outcomes = at_once(*[notice] * 3, *[lambda: look(attempt=attempt, by=SYSTEM)] * 2)

    assert not [each for each in outcomes if isinstance(each, Exception)]
    assert sums(payment) == ("paid", 4_000, 0)
    assert balances(orchard) == {**PAID, "517000": 3_915, "627800": 85}
    assert ProviderNotice.objects.count() == 1
    assert sorted(payment.events.values_list("kind", flat=True)) == ["fee", "opened", "paid"]


def test_two_refunds_at_once_never_give_back_more_than_came_in(ask, account, mollie, orchard, by):
    payment = ask()
    attempt = attempt_at(payment, account(mollie))
    mollie.pay(attempt.remote)
    look(attempt=attempt, by=SYSTEM)

    outcomes = at_once(
        *[
            lambda number=number: refund(payment=payment, amount=1_500, key=f"r{number}", by=by)
            for number in range(5)
        ]
    )

    refused = [each for each in outcomes if isinstance(each, ChambreError)]
    assert [each.code for each in refused] == ["payment.refund-over"] * 3
    assert sum(cents(each["amount"]) for each in mollie.refunds.values()) == 3_000
    payment.refresh_from_db()
    assert payment.refunding == 3_000


def test_the_same_refund_asked_and_sent_by_several_goes_back_once(ask, account, mollie, by):
    payment = ask()
    attempt = attempt_at(payment, account(mollie))
    mollie.pay(attempt.remote)
    look(attempt=attempt, by=SYSTEM)
    mollie.trouble = ["down"]  # what the job tried first did not work

    asked = at_once(*[lambda: refund(payment=payment, amount=1_000, key="r1", by=by)] * 3)
    assert len({each.pk for each in asked}) == 1
    row = Refund.objects.get()
    at_once(*[lambda: send_refund(refund=row, by=SYSTEM)] * 4)

    assert len(mollie.refunds) == 1


def test_clicks_at_once_open_one_page(ask, account, mollie):
    payment, card = ask(), account(mollie)

    outcomes = at_once(*[lambda: attempt_at(payment, card)] * 3)

    assert len({each.pk for each in outcomes}) == 1
    assert len(mollie.payments) == 1


def test_the_same_request_at_once_is_one_payment(ask):
    outcomes = at_once(*[lambda: ask(key="order-9")] * 3)

    assert len({each.pk for each in outcomes}) == 1
    assert Payment.objects.count() == 1


def test_a_card_and_a_transfer_at_once_are_both_kept(ask, account, mollie, orchard):
    payment = ask()
    attempt = attempt_at(payment, account(mollie))
    mollie.pay(attempt.remote)

    def transfer():
        return source_of("payment").settle(
            book=orchard,
            key=payment.public_id,
            amount=4_000,
            day=TODAY,
            row=1,
            idempotency="m1",
            by=SYSTEM,
        )

    at_once(lambda: look(attempt=attempt, by=SYSTEM), transaction.atomic(transfer))

    assert sums(payment) == ("paid", 8_000, 0)
    shares = payment.events.filter(kind="paid").values_list(
        "shares__line__number", "shares__amount"
    )
    assert sorted(shares, key=str) == sorted([(1, 3_500), (2, 500), (None, 4_000)], key=str)
