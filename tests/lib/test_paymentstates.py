"""Payments as facts: what a state and the sums are, whatever the order in which facts arrive."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chambre.lib.paymentstates import (
    Event,
    Kind,
    PaymentRefusal,
    RefundStage,
    Stage,
    State,
    check_cancellable,
    check_payable,
    fill,
    give_back,
    stand,
)


def state(*events: Event, due: int = 4_000) -> State:
    return stand(due, events).state


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], State.CREATED),
        ([Event(Kind.OPENED, "a")], State.PENDING),
        ([Event(Kind.OPENED, "a"), Event(Kind.PENDING, "a")], State.PENDING),
        ([Event(Kind.AUTHORISED, "a")], State.AUTHORISED),
        ([Event(Kind.OPENED, "a"), Event(Kind.FAILED, "a")], State.FAILED),
        ([Event(Kind.FAILED, "a"), Event(Kind.OPENED, "b")], State.PENDING),
        ([Event(Kind.FAILED, "a"), Event(Kind.PAID, "a", 4_000)], State.PAID),
        ([Event(Kind.PAID, "row-1", 1_500)], State.PARTLY_PAID),
        ([Event(Kind.PAID, "row-1", 1_500), Event(Kind.PAID, "row-2", 2_500)], State.PAID),
        ([Event(Kind.CANCELLED)], State.CANCELLED),
        ([Event(Kind.CANCELLED), Event(Kind.PAID, "row-1", 4_000)], State.PAID),
        ([Event(Kind.EXPIRED, "1")], State.EXPIRED),
        ([Event(Kind.EXPIRED, "1"), Event(Kind.REOPENED, "1")], State.CREATED),
        ([Event(Kind.EXPIRED, "1"), Event(Kind.REOPENED, "1"), Event(Kind.EXPIRED, "2")],
         State.EXPIRED),
        ([Event(Kind.PAID, "row-1", 4_000), Event(Kind.WITHDRAWN, "row-1")], State.CREATED),
        ([Event(Kind.PAID, "a", 4_000), Event(Kind.REFUND_ASKED, "r", 4_000)], State.PAID),
        ([Event(Kind.PAID, "a", 4_000), Event(Kind.REFUNDED, "r", 1_000)], State.PARTLY_REFUNDED),
        ([Event(Kind.PAID, "a", 4_000), Event(Kind.REFUNDED, "r", 4_000)], State.REFUNDED),
        ([Event(Kind.PAID, "a", 4_000), Event(Kind.REFUNDED, "r", 4_000),
          Event(Kind.REFUND_FAILED, "r")], State.PAID),
        ([Event(Kind.PAID, "a", 4_000), Event(Kind.DISPUTE_OPENED, "d", 4_000)], State.DISPUTED),
        ([Event(Kind.PAID, "a", 4_000), Event(Kind.DISPUTE_LOST, "d", 4_000)], State.DISPUTED),
        ([Event(Kind.PAID, "a", 4_000), Event(Kind.DISPUTE_OPENED, "d", 4_000),
          Event(Kind.DISPUTE_WON, "d")], State.PAID),
    ],
)  # fmt: skip
def test_the_state_is_the_same_in_every_order(events, expected):
    for order in permutations(events):
        assert state(*order, *order) == expected


def test_the_sums_of_a_payment_with_everything_in_it():
    standing = stand(
        10_000,
        [
            Event(Kind.PAID, "card", 10_000),
            Event(Kind.FEE, "card", 175),
            Event(Kind.REFUND_ASKED, "r1", 1_000),
            Event(Kind.REFUNDED, "r1", 1_000),
            Event(Kind.REFUND_ASKED, "r2", 2_000),
            Event(Kind.REFUND_ASKED, "r3", 500),
            Event(Kind.REFUND_FAILED, "r3", 500),
            Event(Kind.DISPUTE_OPENED, "d", 3_000),
        ],
    )

    assert (standing.received, standing.refunded, standing.refunding) == (10_000, 1_000, 2_000)
    assert (standing.held, standing.fees) == (3_000, 175)
    assert (standing.refundable, standing.left, standing.open) == (4_000, 5_825, 0)
    assert standing.refunds == {
        "r1": RefundStage.DONE,
        "r2": RefundStage.ASKED,
        "r3": RefundStage.FAILED,
    }


def test_what_comes_above_is_known_as_such():
    standing = stand(4_000, [Event(Kind.PAID, "card", 4_000), Event(Kind.PAID, "row", 4_000)])

    assert (standing.excess, standing.refundable, standing.state) == (4_000, 8_000, State.PAID)


def test_a_refund_made_elsewhere_above_what_came_in_is_told():
    standing = stand(4_000, [Event(Kind.PAID, "a", 4_000), Event(Kind.REFUNDED, "x", 4_500)])

    assert (standing.over_refunded, standing.refundable) == (500, 0)


def test_one_fact_told_with_two_amounts_is_refused():
    with pytest.raises(PaymentRefusal) as refusal:
        stand(4_000, [Event(Kind.PAID, "a", 4_000), Event(Kind.PAID, "a", 4_001)])
    assert refusal.value.code == "event-clash"
    assert "paid:a" in refusal.value.fr


def test_lines_are_filled_one_after_the_other():
    assert fill(2_000, [1_500, 1_000, 700]) == ([1_500, 500, 0], 0)
    assert fill(3_500, [1_500, 1_000, 700]) == ([1_500, 1_000, 700], 300)
    assert fill(1_000, [3_000, -200]) == ([1_200, -200], 0), "a returned jar counts at once"


def test_a_payment_in_parts_ends_on_exactly_its_lines():
    lines = [3_000, -200, 999]
    waiting = list(lines)
    for amount in (1, 1_200, 2_598):
        parts, over = fill(amount, waiting)
        assert over == 0
        waiting = [line - part for line, part in zip(waiting, parts, strict=True)]
    assert waiting == [0, 0, 0]


@given(
    amount=st.integers(1, 10**9),
    lines=st.lists(st.integers(-(10**6), 10**8), min_size=1, max_size=8),
)
def test_filling_loses_nothing(amount, lines):
    parts, over = fill(amount, lines)

    assert sum(parts) + over == amount
    assert over >= 0
    assert all(
        min(line, 0) <= part <= max(line, 0) for line, part in zip(lines, parts, strict=True)
    )


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"x": 1}, "line-unknown"),
        ({"1": 3_001}, "line-over"),
        ({"1": -1}, "line-over"),
        ({"2": 200}, "line-over"),
        ({"1": 0}, "amount-not-positive"),
        ({"2": -200}, "amount-not-positive"),
        ({"1": 2_900}, "refund-over"),
    ],
)
def test_a_refund_that_cannot_be_is_refused(asked, code):
    standing = stand(2_800, [Event(Kind.PAID, "a", 2_800), Event(Kind.REFUND_ASKED, "r", 0)])
    with pytest.raises(PaymentRefusal) as refusal:
        give_back(asked, {"1": 3_000, "2": -200}, {}, standing)
    assert refusal.value.code == code


def test_a_refund_takes_what_a_line_took_off_with_it():
    standing = stand(2_800, [Event(Kind.PAID, "a", 2_800)])

    assert give_back({"1": 3_000, "2": -200}, {"1": 3_000, "2": -200}, {}, standing) == 2_800


def test_what_is_over_takes_no_money():
    check_payable(stand(4_000, [Event(Kind.FAILED, "a")]))
    for events in (
        [Event(Kind.CANCELLED)],
        [Event(Kind.EXPIRED, "1")],
        [Event(Kind.PAID, "a", 4_000)],
        [Event(Kind.PAID, "a", 1_000), Event(Kind.DISPUTE_OPENED, "d", 1_000)],
    ):
        with pytest.raises(PaymentRefusal):
            check_payable(stand(4_000, events))


def test_only_what_nobody_began_to_pay_is_cancelled():
    check_cancellable(stand(4_000, [Event(Kind.OPENED, "a"), Event(Kind.FAILED, "b")]))
    for event in (Event(Kind.PENDING, "a"), Event(Kind.AUTHORISED, "a"), Event(Kind.PAID, "a", 1)):
        with pytest.raises(PaymentRefusal):
            check_cancellable(stand(4_000, [event]))


def test_a_negative_amount_is_no_fact():
    with pytest.raises(ValueError):
        Event(Kind.PAID, "a", -1)


class Payments(RuleBasedStateMachine):
    """A payment lives; what is told of it arrives late, twice and in another order.

    The truth is kept beside it, in plain variables.
    """

    def __init__(self):
        super().__init__()
        self.due = 5_000
        self.happened: list[Event] = []
        self.told: list[Event] = []
        self.open_attempts: set[str] = set()
        self.receipts: dict[str, int] = {}
        self.asked: dict[str, int] = {}
        self.back: dict[str, int] = {}
        self.disputed: dict[str, int] = {}
        self.number = 0

    def name(self, letter: str) -> str:
        self.number += 1
        return f"{letter}{self.number}"

    def happens(self, kind: Kind, subject: str = "", amount: int = 0) -> None:
        self.happened.append(Event(kind, subject, amount))

    @rule(kind=st.sampled_from([Kind.OPENED, Kind.PENDING, Kind.AUTHORISED]))
    def begin(self, kind):
        name = self.name("a")
        self.open_attempts.add(name)
        self.happens(kind, name)

    @precondition(lambda self: self.open_attempts)
    @rule(data=st.data(), amount=st.integers(1, 5_000))
    def succeed(self, data, amount):
        name = data.draw(st.sampled_from(sorted(self.open_attempts)))
        self.open_attempts.remove(name)
        self.receipts[name] = amount
        self.happens(Kind.PAID, name, amount)

    @precondition(lambda self: self.open_attempts)
    @rule(data=st.data(), kind=st.sampled_from([Kind.FAILED, Kind.LAPSED, Kind.ABANDONED]))
    def end(self, data, kind):
        name = data.draw(st.sampled_from(sorted(self.open_attempts)))
        self.open_attempts.remove(name)
        self.happens(kind, name)

    @rule(amount=st.integers(1, 6_000))
    def ask_back(self, amount):
        standing = stand(self.due, self.happened)
        paid, back = {"1": standing.received}, {"1": standing.refunded + standing.refunding}
        try:
            give_back({"1": amount}, paid, back, standing)
        except PaymentRefusal:
            return
        name = self.name("r")
        self.asked[name] = amount
        self.happens(Kind.REFUND_ASKED, name, amount)

    @precondition(lambda self: self.asked)
    @rule(data=st.data(), works=st.booleans())
    def answer(self, data, works):
        name = data.draw(st.sampled_from(sorted(self.asked)))
        amount = self.asked.pop(name)
        if works:
            self.back[name] = amount
        self.happens(Kind.REFUNDED if works else Kind.REFUND_FAILED, name, amount)

    @precondition(lambda self: self.receipts)
    @rule(data=st.data())
    def dispute(self, data):
        left = stand(self.due, self.happened).refundable
        if left:
            name, amount = self.name("d"), data.draw(st.integers(1, left))
            self.disputed[name] = amount
            self.happens(Kind.DISPUTE_OPENED, name, amount)

    @precondition(lambda self: self.disputed)
    @rule(data=st.data())
    def win(self, data):
        name = data.draw(st.sampled_from(sorted(self.disputed)))
        self.happens(Kind.DISPUTE_WON, name, self.disputed.pop(name))

    @precondition(lambda self: self.happened)
    @rule(data=st.data())
    def tell(self, data):
        self.told += data.draw(st.lists(st.sampled_from(self.happened), max_size=10))

    @invariant()
    def sums_are_the_truth(self):
        standing = stand(self.due, self.happened)
        assert standing.received == sum(self.receipts.values())
        assert standing.refunded == sum(self.back.values())
        assert standing.refunding == sum(self.asked.values())
        assert standing.held == sum(self.disputed.values())

    @invariant()
    def never_more_back_than_came_in(self):
        standing = stand(self.due, self.happened)
        assert standing.over_refunded == 0
        assert 0 <= standing.refundable <= standing.received

    @invariant()
    def what_was_told_in_the_end_gives_the_same(self):
        late = [each for each in self.happened if each not in self.told]
        assert stand(self.due, self.told + late) == stand(self.due, self.happened)
        assert stand(self.due, self.happened[::-1]) == stand(self.due, self.happened)

    @invariant()
    def an_open_attempt_is_never_forgotten(self):
        stages = stand(self.due, self.happened).attempts
        assert {name for name, stage in stages.items() if stage in (
            Stage.OPEN, Stage.PENDING, Stage.AUTHORISED)} == self.open_attempts  # fmt: skip


TestPayments = Payments.TestCase
