"""Payments live, processes die at any moment: in the end ledger, provider and statement agree.

Hypothesis draws what payers, the treasurer, the provider and the bank do, in any order, and when the
process dies: before a question to the provider, after its answer, or before any write. A process that
dies leaves what its last whole transaction left. ``CHAMBRE_PAYMENT_EXAMPLES`` and
``CHAMBRE_PAYMENT_STEPS`` make it look longer.
"""

from __future__ import annotations

import datetime as dt
import os
from unittest import mock

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from chambre.core.actors import Actor
from chambre.core.errors import ChambreError
from chambre.core.models import User
from chambre.ledger import api as ledger
from chambre.ledger.models import JournalEntry
from chambre.lib.paymentstates import stand
from chambre.registry import api as registry
from chambre.treasury.booklines import BookLine
from chambre.treasury.models import Payment, PaymentAttempt, Payout, ProviderNotice, Refund
from chambre.treasury.openitems import open_items, source_of
from chambre.treasury.providers import wire
from chambre.treasury.queries.orders import payouts_of
from chambre.treasury.services import (
    attempts,
    notices,
    paymentbooking,
    paymentfacts,
    providertransfers,
    refund_paying,
    refunds,
    seeing,
)
from chambre.treasury.services.booking import book_entry
from chambre.treasury.services.payments import AskedLine, request_payment
from chambre.treasury.services.payouts import approve_payout
from chambre.treasury.tests.fakes.helloasso import FakeHelloAsso
from chambre.treasury.tests.fakes.mollie import FakeMollie, cents
from chambre.treasury.tests.payouts.conftest import THEIRS

from .conftest import IBAN, account_at, attempt_at, balances

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("CHAMBRE_PAYMENT_EXAMPLES", "4"))
STEPS = int(os.environ.get("CHAMBRE_PAYMENT_STEPS", "20"))
SYSTEM = Actor.system("test")
FUSE = st.one_of(st.none(), st.integers(0, 3), st.integers(0, 14))


WHAT_HAPPENS = (
    *["give_back"] * 4, *["work"] * 3, *["begin"] * 2, *["pay"] * 2, *["notice"] * 2, *["look"] * 2,
    *["refunds_end"] * 2, *["row_comes"] * 2, "ask_somebody", "connection_fails", "without_us",
    "disputes_won", "money_to_the_bank", "match_was_wrong", "two_agree", "payouts_are_heard",
)  # fmt: skip
"""What is drawn, some of it more often."""


class Killed(BaseException):
    """The process died here."""


class Bomb:
    """Counts moments at which a process may die; dies at the one that was drawn."""

    left: int | None = None

    def tick(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.left = None
                raise Killed

    def around(self, function):
        def ticking(*args, **kwargs):
            self.tick()
            done = function(*args, **kwargs)
            self.tick()
            return done

        return ticking

    def patches(self):
        for module, name in (
            (wire, "call"),
            (paymentfacts, "note"),
            (paymentfacts, "settle_state"),
            (paymentbooking, "book"),
            (seeing, "_keep"),
            (attempts, "_keep_opened"),
        ):
            yield mock.patch.object(module, name, self.around(getattr(module, name)))
        for module in (refunds, notices):  # the worker is a rule of its own
            yield mock.patch.object(module, "start_job", return_value=None)


class MollieSide:
    """What happens at Mollie."""

    fake_class = FakeMollie

    def __init__(self) -> None:
        self.fake = FakeMollie()

    def pay(self, attempt) -> None:
        self.fake.pay(attempt.remote)

    def can_pay(self, attempt) -> bool:
        return self.fake.payments[attempt.remote]["status"] == "open"

    def paid(self, attempt) -> bool:
        return bool(attempt.remote) and self.fake.payments[attempt.remote]["status"] == "paid"

    def left(self, attempt) -> int:
        return self.fake.remaining(attempt.remote)

    def answer_refunds(self, works: bool) -> None:
        for each in self.fake.refunds.values():
            if each["status"] == "pending":
                each["status"] = "refunded" if works else "failed"

    def dispute(self, attempt, amount: int) -> None:
        self.fake.charge_back(attempt.remote, amount)

    def reverse(self) -> None:
        for number, each in self.fake.chargebacks.items():
            if "reversedAt" not in each:
                self.fake.reverse(number)

    def refund_elsewhere(self, attempt, amount: int) -> bool:
        self.fake.refund_elsewhere(attempt.remote, amount)
        return True

    def notice(self, attempt):
        return f"id={attempt.remote}".encode(), {}

    def send_to_bank(self) -> None:
        if self.fake.balance() > 1_000:
            self.fake.settle(self.fake.balance() - 100, costs=100)

    def sent_to_bank(self) -> int:
        return sum(cents(each["amount"]) for each in self.fake.settlements)


class HelloAssoSide(MollieSide):
    """What happens at HelloAsso, which knows no idempotency keys."""

    fake_class = FakeHelloAsso

    def __init__(self) -> None:
        self.fake = FakeHelloAsso()

    def pay(self, attempt) -> None:
        self.fake.pay(attempt.remote)

    def _payment(self, attempt):
        return self.fake.payments[self.fake.intents[int(attempt.remote)]["payment"]]

    def can_pay(self, attempt) -> bool:
        return not self.fake.intents[int(attempt.remote)]["payment"]

    def paid(self, attempt) -> bool:
        return bool(attempt.remote) and not self.can_pay(attempt)

    def left(self, attempt) -> int:
        return self.fake.remaining(self._payment(attempt)["id"])

    def answer_refunds(self, works: bool) -> None:
        for each in self.fake.payments:
            self.fake.refund_ends(each, "Processed" if works else "Error")

    def dispute(self, attempt, amount: int) -> None:
        """HelloAsso contests whole payments; not beside refunds here."""

    def reverse(self) -> None:
        pass

    def refund_elsewhere(self, attempt, amount: int) -> bool:
        """Told apart from ours by its amount only: not drawn here."""
        return False

    def notice(self, attempt):
        return self.fake.notice(attempt.remote)

    def send_to_bank(self) -> None:
        pass

    def sent_to_bank(self) -> int:
        return 0

    def balance(self) -> int:
        return sum(
            each["amount"]
            - sum(o["amount"] for o in each["refundOperations"] if o["status"] == "Processed")
            for each in self.fake.payments.values()
        )


def machine(side_class, number):
    """The machine for a provider, in a book of its own for each example."""

    class Payments(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            number[0] += 1
            structure = registry.create_structure(
                slug=f"vergers-{number[0]}", name="Les Vergers", by=SYSTEM
            )
            self.book = ledger.open_book(structure=structure, chart="associatif", by=SYSTEM)
            self.side = side_class()
            self.account = account_at(self.side.fake, self.book, SYSTEM)
            self.people = [self.somebody(structure, each) for each in ("bruno", "chloe")]
            self.bomb = Bomb()
            self.patches = list(self.bomb.patches())
            for patch in self.patches:
                patch.start()
            self.statement: list[int] = []
            self.unmatched = 0
            self.matched: list[tuple[str, str, int, str]] = []
            self.rows = 0
            self.asked = 0
            self.elsewhere = 0
            self.kills = 0

        def somebody(self, structure, name):
            user = User.objects.create_user(f"{name}-{number[0]}@exemple.test")
            person = registry.create_person(email=user.email, name=name, by=SYSTEM)
            registry.grant_role(agent=person, kind="treasurer", scope=structure, by=SYSTEM)
            return Actor.of(user)

        def teardown(self) -> None:
            try:
                self.quiet()
                self.agree()
            finally:
                for patch in self.patches:
                    patch.stop()
                self.side.fake.stop()

        def act(self, fuse, function, *args, **kwargs):
            """Do something in a process that may die; what it leaves is what it committed."""
            self.bomb.left = fuse
            try:
                return function(*args, **kwargs)
            except Killed:
                self.kills += 1
            except ChambreError:
                pass
            finally:
                self.bomb.left = None
            return None

        @property
        def payments(self):
            return list(Payment.objects.filter(book=self.book).order_by("id"))

        @property
        def tries(self):
            return list(
                PaymentAttempt.objects.filter(account=self.account)
                .select_related("account")
                .order_by("id")
            )

        # People

        @initialize(amounts=st.lists(st.integers(1_000, 9_000), min_size=1, max_size=2))
        def some_have_paid(self, amounts):
            for amount in amounts:
                self.ask(amount, off=False)
                attempt = attempt_at(self.payments[-1], self.account)
                self.side.pay(attempt)
                attempts.look(attempt=attempt, by=SYSTEM)

        @rule(data=st.data())
        def something_happens(self, data):
            # One rule that draws: with a rule for each, hypothesis leaves most out of an example.
            getattr(self, data.draw(st.sampled_from(WHAT_HAPPENS)))(data)

        def ask_somebody(self, data):
            self.ask(data.draw(st.integers(1_000, 9_000)), data.draw(st.booleans()))

        def ask(self, amount, off):
            lines = [AskedLine(amount - 700, use="sale.goods", vat=550), AskedLine(700)]
            if off:
                lines = [AskedLine(amount + 200, use="sale.goods"), AskedLine(-200, use="deposit")]
            request_payment(
                book=self.book, amount=amount, reason="Panier", lines=lines, by=SYSTEM, iban=IBAN
            )

        def begin(self, data):
            payment = data.draw(st.sampled_from(self.payments))
            self.act(data.draw(FUSE), attempt_at, payment, self.account)

        def pay(self, data):
            shown = [each for each in self.tries if each.url and self.side.can_pay(each)]
            if shown:
                self.side.pay(data.draw(st.sampled_from(shown)))

        def give_back(self, data):
            payment = data.draw(st.sampled_from(self.payments))
            self.asked += data.draw(st.sampled_from([1, 1, 0]))
            self.act(
                data.draw(FUSE),
                refunds.refund,
                payment=payment,
                amount=payment.received * data.draw(st.sampled_from([5, 10, 20, 35, 110])) // 100,
                key=f"r{self.asked}",
                means=data.draw(st.sampled_from(["", "", "", "transfer", "transfer", "cash"])),
                iban=THEIRS,
                holder="Zoé Martin",
                by=SYSTEM,
            )
            for each in self.unsent()[-1:]:
                self.act(data.draw(FUSE), refunds.send_refund, refund=each, by=SYSTEM)

        # The house

        def notice(self, data):
            paid = [each for each in self.tries if self.side.paid(each)]
            body, headers = self.side.notice(data.draw(st.sampled_from(paid)))
            fuse = data.draw(FUSE)
            for _time in range(data.draw(st.integers(1, 3))):
                self.act(
                    fuse,
                    notices.take_notice,
                    account=self.account.public_id,
                    headers=headers,
                    body=body,
                )

        def work(self, data):
            if data.draw(st.booleans()):
                self.time_passes()
            waiting = ProviderNotice.objects.filter(account=self.account, handled_at=None)
            for each in list(waiting.order_by("id")[:3]):
                self.act(data.draw(FUSE), notices.handle_notice, notice=each, by=SYSTEM)
            for each in self.unsent()[:3]:
                self.act(data.draw(FUSE), refunds.send_refund, refund=each, by=SYSTEM)

        def unsent(self):
            rows = Refund.objects.filter(payment__book=self.book, means="provider", remote="")
            return list(rows.filter(stage="asked").order_by("id"))

        def look(self, data):
            attempt = data.draw(st.sampled_from(self.tries))
            self.act(data.draw(FUSE), attempts.look, attempt=attempt, by=SYSTEM)

        def time_passes(self):
            early = timezone.now() - dt.timedelta(minutes=10)
            Refund.objects.filter(payment__book=self.book, tried_at__isnull=False).update(
                tried_at=early
            )

        def connection_fails(self, data):
            self.side.fake.trouble.append(data.draw(st.sampled_from(["lost", "down"])))

        # The provider

        def refunds_end(self, data):
            self.side.answer_refunds(data.draw(st.booleans()))

        def without_us(self, data):
            paid = [each for each in self.tries if self.side.paid(each)]
            attempt = data.draw(st.sampled_from(paid))
            amount = self.side.left(attempt) * data.draw(st.integers(1, 100)) // 100
            if amount and data.draw(st.booleans()):
                self.side.dispute(attempt, amount)
            elif amount and self.side.refund_elsewhere(attempt, amount):
                self.elsewhere += 1

        def disputes_won(self, _data):
            self.side.reverse()

        def money_to_the_bank(self, data):
            self.side.send_to_bank()
            look = providertransfers.look_for_transfers
            self.act(data.draw(FUSE), look, account=self.account, by=SYSTEM)

        # Refunds by transfer

        @property
        def payouts(self):
            return list(Payout.objects.filter(book=self.book).order_by("id"))

        def two_agree(self, data):
            for each in self.payouts:
                for by in self.people:
                    self.act(data.draw(FUSE), approve_payout, payout=each, key=by.label, by=by)

        def payouts_are_heard(self, data):
            for each in self.payouts[-3:]:
                self.act(
                    data.draw(FUSE), refund_paying.note_refund_payout, code=each.code, by=SYSTEM
                )

        # The bank

        def row_comes(self, data):
            items = open_items(self.book, ["payment", "payout", "provider-transfer"])
            if not items:
                return
            item = data.draw(st.sampled_from(items))
            share = data.draw(st.sampled_from([100, 100, 60, 120]))
            amount = item.amount * (share if item.kind == "payment" else 100) // 100
            self.rows += 1
            signed = amount if item.direction == "in" else -amount
            moved = [BookLine(signed, account="512000"), BookLine(-signed, use="suspense")]
            self.post(f"row{self.rows}", moved)
            self.statement.append(signed)
            self.act(data.draw(FUSE), self.match, item, amount, signed, self.rows)

        @transaction.atomic
        def match(self, item, amount, signed, row):
            lines = source_of(item.kind).settle(
                book=self.book,
                key=item.key,
                amount=amount,
                day=registry.today(),
                row=row,
                idempotency=f"m{row}",
                by=SYSTEM,
            )
            self.bomb.tick()
            self.post(f"match{row}", [BookLine(signed, use="suspense"), *lines])
            self.matched.append((item.kind, item.key, amount, f"m{row}"))

        def match_was_wrong(self, data):
            if self.matched:
                one = data.draw(st.sampled_from(self.matched))
                self.act(data.draw(FUSE), self.unmatch, *one)

        @transaction.atomic
        def unmatch(self, kind, key, amount, idempotency):
            source_of(kind).release(
                book=self.book, key=key, amount=amount, row=1, idempotency=idempotency, by=SYSTEM
            )
            self.bomb.tick()
            row = idempotency.removeprefix("m")
            entry = JournalEntry.objects.get(book=self.book, key=self.key(f"match{row}"))
            ledger.reverse(entry, key=self.key(f"undo{row}"), by=SYSTEM)
            self.matched = [each for each in self.matched if each[3] != idempotency]

        def key(self, name):
            return f"test:{self.book.pk}:{name}"

        def post(self, name, lines):
            book_entry(
                book=self.book, journal="BQ", day=registry.today(), lines=lines, key=self.key(name)
            )

        # What always holds

        @invariant()
        def rows_say_what_the_facts_say(self):
            for payment in self.payments:
                now = stand(payment.amount, paymentfacts.facts(payment))
                assert payment.state == now.state
                assert payment.received == now.received
                assert payment.refunded == now.refunded

        @invariant()
        def the_bank_account_is_the_statement(self):
            assert balances(self.book).get("512000", 0) == sum(self.statement)

        # The end

        def quiet(self) -> None:
            """Everybody comes to rest: no process dies, everything is looked at."""
            self.side.fake.trouble.clear()
            for _round in range(2):
                self.time_passes()
                for each in self.unsent():
                    refunds.send_refund(refund=each, by=SYSTEM)
                for each in ProviderNotice.objects.filter(account=self.account, handled_at=None):
                    notices.handle_notice(notice=each, by=SYSTEM)
                for each in self.tries:
                    attempts.look(attempt=each, by=SYSTEM)
                self.side.answer_refunds(True)
            for each in self.payouts:
                refund_paying.note_refund_payout(code=each.code, by=SYSTEM)
            for each in self.tries:
                attempts.look(attempt=each, by=SYSTEM)
            providertransfers.look_for_transfers(account=self.account, by=SYSTEM)

        def agree(self) -> None:
            """Ledger = provider = statement; nothing twice, nothing lost, nothing above."""
            kept = balances(self.book)
            arrived = sum(
                amount for kind, _key, amount, _m in self.matched if kind == "provider-transfer"
            )
            on_the_way = self.side.sent_to_bank() - arrived
            held = getattr(self.side, "balance", self.side.fake.balance
                           if hasattr(self.side.fake, "balance") else None)  # fmt: skip
            assert kept.get("517000", 0) == held() + on_the_way
            assert kept.get("512000", 0) == sum(self.statement)
            assert not self.unsent()
            made_elsewhere = Refund.objects.filter(payment__book=self.book, ours=False)
            assert made_elsewhere.count() == self.elsewhere, "none of ours was made twice"
            for payment in self.payments:
                now = stand(payment.amount, paymentfacts.facts(payment))
                assert (payment.state, payment.received) == (now.state, now.received)
                ours = [r for r in payment.refunds.all() if r.ours and r.stage != "failed"]
                assert sum(each.amount for each in ours) <= now.received
            left = {"paid", "paid-beside"}
            for each in payouts_of(self.book).select_related("refund"):
                assert (each.refund.stage == "done") == (each.state in left), each.state
            for attempt in self.tries:
                if self.side.paid(attempt):
                    assert self.side.left(attempt) >= 0

    return Payments


@pytest.mark.parametrize("side", [MollieSide, HelloAssoSide], ids=["mollie", "helloasso"])
def test_ledger_provider_and_statement_agree_whatever_dies(side, settings_of_hypothesis):
    run_state_machine_as_test(machine(side, [0]), settings=settings_of_hypothesis)


@pytest.fixture
def settings_of_hypothesis():
    return settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
