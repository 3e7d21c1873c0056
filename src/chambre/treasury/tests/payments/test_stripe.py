"""Cards through Stripe, against localstripe over HTTP."""

import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from chambre.core.actors import Actor
from chambre.core.errors import Conflict
from chambre.ledger.models import JournalEntry
from chambre.treasury.models import PaymentEvent, ProviderNotice
from chambre.treasury.openitems import open_items, source_of
from chambre.treasury.services.attempts import NoAnswer, look
from chambre.treasury.services.notices import WrongSignature, take_notice
from chambre.treasury.services.payments import Refused
from chambre.treasury.services.providertransfers import look_for_transfers
from chambre.treasury.services.refunds import refund, send_refund
from chambre.treasury.tests.fakes.stripe import WEBHOOK_SECRET

from .conftest import TODAY, attempt_at, balances

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
PAID = {"707000": -3_318, "445710": -182, "756100": -500}


def signed(event, secret=WEBHOOK_SECRET, at=None):
    body = json.dumps(event).encode()
    moment = int(at or time.time())
    digest = hmac.new(secret.encode(), b"%d.%s" % (moment, body), hashlib.sha256).hexdigest()
    return body, {"Stripe-Signature": f"t={moment},v1={digest}"}


def told(attempt, number="evt_1", kind="payment_intent.succeeded"):
    about = {"id": "pi_unknown", "object": "payment_intent", "metadata": {"attempt": attempt.key}}
    return signed({"id": number, "type": kind, "data": {"object": about}})


def sums(payment):
    payment.refresh_from_db()
    return payment.state, payment.received, payment.refunded


def test_a_card_payment_with_its_fee_is_booked_on_the_account_of_the_provider(
    ask, account, stripe, orchard
):
    payment = ask()
    attempt = attempt_at(payment, account(stripe))
    assert attempt.url.startswith("https://checkout.stripe.com/")
    assert sums(payment) == ("pending", 0, 0)

    stripe.pay(attempt.remote, fee=85)
    look(attempt=attempt, by=SYSTEM)
    look(attempt=attempt, by=SYSTEM)

    assert sums(payment) == ("paid", 4_000, 0)
    assert balances(orchard) == {**PAID, "517000": 3_915, "627800": 85}
    assert stripe.balance() == 3_915
    assert payment.fees == 85


def test_two_clicks_open_one_page(ask, account, stripe):
    payment, card = ask(), account(stripe)

    first = attempt_at(payment, card)
    assert attempt_at(payment, card) == first
    assert len(stripe.sessions) == 1


def test_a_page_whose_answer_was_lost_is_given_again_with_the_same_key(ask, account, stripe):
    payment, card = ask(), account(stripe)
    stripe.trouble = ["lost"]
    with pytest.raises(NoAnswer):
        attempt_at(payment, card)

    attempt = attempt_at(payment, card)

    assert len(stripe.sessions) == 1
    assert payment.attempts.get() == attempt
    assert attempt.url


def test_a_declined_card_leaves_the_page_open_and_an_expired_page_ends(ask, account, stripe):
    payment = ask()
    attempt = attempt_at(payment, account(stripe))
    stripe.pay(attempt.remote, card="4000000000000341")
    look(attempt=attempt, by=SYSTEM)
    assert sums(payment) == ("pending", 0, 0)

    stripe.expire(attempt.remote)
    look(attempt=attempt, by=SYSTEM)
    assert sums(payment) == ("failed", 0, 0)
    assert attempt_at(payment, attempt.account) != attempt, "one can try again"
    assert not JournalEntry.objects.exists()


def test_a_notice_sent_ten_times_out_of_order_is_booked_once(ask, account, stripe, orchard):
    payment = ask()
    attempt = attempt_at(payment, account(stripe))
    # The notice of success comes before anything is paid, and nobody is back from the page.
    body, headers = told(attempt, "evt_early")
    take_notice(account=attempt.account.public_id, headers=headers, body=body)
    assert sums(payment) == ("pending", 0, 0)

    stripe.pay(attempt.remote, fee=85)
    for _time in range(10):
        body, headers = told(attempt, "evt_paid")
        take_notice(account=attempt.account.public_id, headers=headers, body=body)
    body, headers = told(attempt, "evt_created", "payment_intent.created")
    take_notice(account=attempt.account.public_id, headers=headers, body=body)

    assert sums(payment) == ("paid", 4_000, 0)
    assert balances(orchard) == {**PAID, "517000": 3_915, "627800": 85}
    assert ProviderNotice.objects.count() == 3
    assert not ProviderNotice.objects.filter(handled_at=None).exists()


def test_what_a_notice_says_is_never_believed(ask, account, stripe):
    payment = ask()
    attempt = attempt_at(payment, account(stripe))
    body, headers = told(attempt)

    take_notice(account=attempt.account.public_id, headers=headers, body=body)

    assert sums(payment) == ("pending", 0, 0)


@pytest.mark.parametrize("how", ["other secret", "too old", "changed", "missing"])
def test_a_notice_without_a_right_signature_is_refused_and_not_kept(ask, account, stripe, how):
    attempt = attempt_at(ask(), account(stripe))
    body, headers = told(attempt)
    if how == "other secret":
        body, headers = signed(json.loads(body), secret="whsec_other")
    elif how == "too old":
        body, headers = signed(json.loads(body), at=time.time() - 301)
    elif how == "changed":
        body = body.replace(b"evt_1", b"evt_2")
    else:
        headers = {}

    with pytest.raises(WrongSignature):
        take_notice(account=attempt.account.public_id, headers=headers, body=body)
    assert not ProviderNotice.objects.exists()


def test_a_notice_as_localstripe_signs_and_sends_it_is_taken(ask, account, stripe):
    came = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            came.append((dict(self.headers), body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    receiver = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, args=[0.01], daemon=True).start()
    url = f"http://127.0.0.1:{receiver.server_address[1]}/"
    stripe.call("POST", "/_config/webhooks/w1", url=url, secret=WEBHOOK_SECRET,
                events=["payment_intent.succeeded"])  # fmt: skip
    payment = ask()
    attempt = attempt_at(payment, account(stripe))
    stripe.pay(attempt.remote)
    mine = []
    for _time in range(100):
        mine = [each for each in came if attempt.key.encode() in each[1]]
        if mine:
            break
        time.sleep(0.1)
    receiver.shutdown()

    headers, body = mine[0]
    notice, new = take_notice(account=attempt.account.public_id, headers=headers, body=body)

    assert (new, notice.attempt) == (True, attempt)
    assert sums(payment) == ("paid", 4_000, 0)


def paid(ask, account, stripe, fee=0):
    payment = ask()
    attempt = attempt_at(payment, account(stripe))
    intent = stripe.pay(attempt.remote, fee=fee)
    look(attempt=attempt, by=SYSTEM)
    payment.refresh_from_db()
    attempt.refresh_from_db()
    return payment, attempt, intent


def test_a_refund_goes_back_line_by_line_once(ask, account, stripe, orchard, by):
    payment, _attempt, _intent = paid(ask, account, stripe)
    basket, membership = payment.lines.all()

    first = refund(payment=payment, lines={basket.pk: 1_750}, key="r1", by=by, reason="Abîmé")
    again = refund(payment=payment, lines={basket.pk: 1_750}, key="r1", by=by)

    assert first == again
    assert sums(payment) == ("partly_refunded", 4_000, 1_750)
    assert [r.metadata["refund"] for r in stripe.refunds()] == [first.key]
    assert balances(orchard) == {
        "517000": 2_250, "707000": -1_659, "445710": -91, "756100": -500
    }  # fmt: skip
    assert [(each.line, each.amount, each.vat) for each in first.lines.all()] == [
        (basket, 1_750, 91)
    ]
    assert list(basket.refund_lines.values_list("refund", flat=True)) == [first.pk]
    done = PaymentEvent.objects.get(kind="refunded")
    assert (done.refund, done.attempt) == (first, first.attempt)

    with pytest.raises(Refused) as refusal:
        refund(payment=payment, lines={basket.pk: 1_751}, key="r2", by=by)
    assert refusal.value.code == "payment.line-over"
    refund(payment=payment, lines={basket.pk: 1_750, membership.pk: 500}, key="r3", by=by)
    assert sums(payment) == ("refunded", 4_000, 4_000)
    assert balances(orchard) == {}
    assert stripe.balance() == 0


def test_a_refund_without_lines_takes_the_last_lines_first(ask, account, stripe, by):
    payment, _attempt, _intent = paid(ask, account, stripe)

    done = refund(payment=payment, amount=700, key="r1", by=by)

    assert list(done.lines.values_list("line__number", "amount")) == [(2, 500), (1, 200)]


def test_more_than_what_came_in_is_never_given_back(ask, account, stripe, by):
    payment, _attempt, _intent = paid(ask, account, stripe)

    for amount in (0, -1, 4_001):
        with pytest.raises(Refused):
            refund(payment=payment, amount=amount, key=f"r{amount}", by=by)
    refund(payment=payment, amount=3_000, key="most", by=by)
    with pytest.raises(Refused):
        refund(payment=payment, amount=1_001, key="rest", by=by)
    assert sum(each.amount for each in stripe.refunds()) == 3_000


def test_a_refund_whose_answer_was_lost_is_made_once(ask, account, stripe, by):
    payment, _attempt, _intent = paid(ask, account, stripe)
    stripe.trouble = ["lost"]

    row = refund(payment=payment, amount=1_000, key="r1", by=by)
    assert sums(payment) == ("paid", 4_000, 0)
    assert payment.refunding == 1_000

    send_refund(refund=row, by=SYSTEM)
    send_refund(refund=row, by=SYSTEM)
    assert sums(payment) == ("partly_refunded", 4_000, 1_000)
    assert [each.amount for each in stripe.refunds()] == [1_000]


def test_a_refund_that_stripe_refuses_can_be_made_another_way(ask, account, stripe, by, orchard):
    payment, _attempt, intent = paid(ask, account, stripe)
    # Somebody gave everything back on Stripe's own page, and we have not looked yet.
    stripe.call("POST", "/v1/refunds", payment_intent=intent, amount=4_000)

    row = refund(payment=payment, amount=500, key="r1", by=by)

    row.refresh_from_db()
    assert (row.stage, row.problem[:13]) == ("failed", "Refund amount")
    assert sums(payment) == ("paid", 4_000, 0)


def test_a_refund_made_at_stripe_is_noted_and_booked(ask, account, stripe, orchard):
    payment, attempt, intent = paid(ask, account, stripe)
    stripe.call("POST", "/v1/refunds", payment_intent=intent, amount=4_000)

    look(attempt=attempt, by=SYSTEM)
    look(attempt=attempt, by=SYSTEM)

    assert sums(payment) == ("refunded", 4_000, 4_000)
    assert balances(orchard) == {}
    (row,) = payment.refunds.all()
    assert (row.ours, row.lines.count()) == (False, 2)


def test_a_refund_that_comes_back_later_is_taken_back(ask, account, stripe, orchard, by):
    payment, attempt, _intent = paid(ask, account, stripe)
    row = refund(payment=payment, amount=4_000, key="r1", by=by)
    row.refresh_from_db()
    stripe.refund_fails(row.remote)

    look(attempt=attempt, by=SYSTEM)

    assert sums(payment) == ("paid", 4_000, 0)
    assert balances(orchard) == {**PAID, "517000": 4_000}
    refund(payment=payment, amount=4_000, key="r2", by=by)
    assert sums(payment) == ("refunded", 4_000, 4_000)


def test_a_dispute_takes_the_money_away_and_gives_it_back_when_won(
    ask, account, stripe, orchard, by
):
    payment, attempt, intent = paid(ask, account, stripe)
    number = stripe.dispute(intent, 4_000)
    look(attempt=attempt, by=SYSTEM)
    look(attempt=attempt, by=SYSTEM)

    assert sums(payment) == ("disputed", 4_000, 0)
    assert balances(orchard) == {**PAID, "517000": -2_000, "467000": 4_000, "627800": 2_000}
    assert stripe.balance() == -2_000
    with pytest.raises(Refused):
        refund(payment=payment, amount=1, key="r1", by=by)

    stripe.dispute_ends(number, "won")
    look(attempt=attempt, by=SYSTEM)
    assert sums(payment) == ("paid", 4_000, 0)
    assert balances(orchard) == {**PAID, "517000": 2_000, "627800": 2_000}
    assert stripe.balance() == 2_000


def test_a_lost_dispute_is_a_loss(ask, account, stripe, orchard):
    payment, attempt, intent = paid(ask, account, stripe)
    number = stripe.dispute(intent, 1_000, fee=0)
    stripe.dispute_ends(number, "lost")
    look(attempt=attempt, by=SYSTEM)

    assert sums(payment) == ("disputed", 4_000, 0)
    assert balances(orchard) == {**PAID, "517000": 3_000, "654000": 1_000}


def test_fees_fall_on_whom_was_decided(ask, account, stripe, orchard, system):
    from chambre.registry import api as registry
    from chambre.treasury.services.payments import AskedLine

    verger = registry.create_resource(slug="verger", name="Verger", by=system)
    payment = ask(
        lines=[AskedLine(3_000, use="sale.goods", resource=verger.pk), AskedLine(1_000)],
        fee_bearer="lines",
    )
    attempt = attempt_at(payment, account(stripe))
    stripe.pay(attempt.remote, fee=85)
    look(attempt=attempt, by=SYSTEM)

    entry = payment.events.get(kind="fee").entry
    lines = entry.lines.filter(account__code="627800").order_by("-amount")
    assert [(each.amount, each.resource and each.resource.slug) for each in lines] == [
        (64, "verger"), (21, None)
    ]  # fmt: skip


def test_what_was_paid_twice_can_go_back(ask, account, stripe, orchard, by):
    payment, _attempt, _intent = paid(ask, account, stripe)
    source_of("payment").settle(
        book=orchard, key=payment.public_id, amount=4_000, day=TODAY, row=1, idempotency="x", by=by
    )
    assert (payment.received, payment.excess) == (4_000, 0)
    payment.refresh_from_db()
    assert payment.excess == 4_000

    refund(payment=payment, lines={None: 4_000}, key="r1", by=by)

    assert sums(payment) == ("partly_refunded", 8_000, 4_000)
    assert stripe.balance() == 0
    with pytest.raises(Conflict):
        refund(payment=payment, amount=100, key="r2", means="provider", by=by)


def test_a_transfer_of_stripe_is_expected_on_the_bank_account_and_matched_once(
    ask, account, stripe, orchard, by
):
    _payment, attempt, _intent = paid(ask, account, stripe, fee=85)
    stripe.call("POST", "/v1/payouts", amount=3_915, currency="eur", status="paid")

    look_for_transfers(account=attempt.account, by=by)
    assert look_for_transfers(account=attempt.account, by=by) == []
    (item,) = open_items(orchard, ["provider-transfer"])
    assert (item.amount, item.direction, item.party_name) == (3_915, "in", "Stripe")

    source = source_of("provider-transfer")
    fields = {"book": orchard, "key": item.key, "row": 3, "by": by}
    (line,) = source.settle(amount=3_915, day=TODAY, idempotency="m1", **fields)
    assert (line.account, line.amount) == ("517000", -3_915)
    with pytest.raises(Conflict):
        source.settle(amount=3_915, day=TODAY, idempotency="m2", **fields)
    assert open_items(orchard, ["provider-transfer"]) == []
    source.release(amount=3_915, idempotency="m1", **fields)
    assert len(open_items(orchard, ["provider-transfer"])) == 1


def test_a_provider_that_is_away_changes_nothing(ask, account, stripe, orchard):
    payment = ask()
    attempt = attempt_at(payment, account(stripe))
    stripe.pay(attempt.remote)
    stripe.trouble = ["down"]

    with pytest.raises(NoAnswer):
        look(attempt=attempt, by=SYSTEM)
    assert sums(payment) == ("pending", 0, 0)
    attempt.refresh_from_db()
    assert attempt.problem.startswith("503")
    assert attempt.look_next is not None


def test_what_becomes_known_after_its_month_was_closed_is_booked_today(
    ask, account, stripe, orchard, by
):
    import datetime as dt
    from unittest import mock

    from chambre.registry import api as registry
    from chambre.treasury.services.months import close_month

    payment = ask()
    attempt = attempt_at(payment, account(stripe))
    stripe.pay(attempt.remote, fee=85)
    before = registry.today().replace(day=1) - dt.timedelta(days=1)
    close_month(book=orchard, month=before.replace(day=1), by=by)

    with mock.patch("chambre.treasury.providers.stripe._day", return_value=before):
        look(attempt=attempt, by=SYSTEM)

    event = payment.events.get(kind="paid")
    assert (event.day, event.entry.day) == (before, registry.today())
    assert sums(payment) == ("paid", 4_000, 0)
