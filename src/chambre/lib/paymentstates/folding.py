"""From the facts about a payment to its state and its sums.

The result depends on the *set* of facts only: neither their order nor how often each was told
changes it. So a notice may come ten times, late, or before the payer is back, and the state is the
same in the end. Where two facts about one thing cannot both be the last word, their rank decides:

- an attempt: opened < pending < authorised < failed, lapsed, abandoned < paid (money that came is
  there, whatever was said before);
- a refund: asked < sent < refunded < failed (a bank can send a refund back days later);
- a dispute: opened < lost < won (what was lost can be given back).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from .errors import PaymentRefusal
from .events import Event, Kind


class State(StrEnum):
    """Where a payment stands, for a person."""

    CREATED = "created"
    PENDING = "pending"
    AUTHORISED = "authorised"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Stage(StrEnum):
    """Where an attempt stands."""

    OPEN = "open"
    PENDING = "pending"
    AUTHORISED = "authorised"
    ENDED = "ended"
    PAID = "paid"


_STAGES = {
    Kind.OPENED: Stage.OPEN,
    Kind.PENDING: Stage.PENDING,
    Kind.AUTHORISED: Stage.AUTHORISED,
    Kind.FAILED: Stage.ENDED,
    Kind.LAPSED: Stage.ENDED,
    Kind.ABANDONED: Stage.ENDED,
    Kind.PAID: Stage.PAID,
}
_STAGE_RANK = {stage: rank for rank, stage in enumerate(Stage)}


class RefundStage(StrEnum):
    """Where a refund stands."""

    ASKED = "asked"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"


_REFUND_STAGES = {
    Kind.REFUND_ASKED: RefundStage.ASKED,
    Kind.REFUND_SENT: RefundStage.SENT,
    Kind.REFUNDED: RefundStage.DONE,
    Kind.REFUND_FAILED: RefundStage.FAILED,
}
_REFUND_RANK = {stage: rank for rank, stage in enumerate(RefundStage)}


class DisputeStage(StrEnum):
    """Where a dispute stands."""

    OPEN = "open"
    LOST = "lost"
    WON = "won"


_DISPUTE_STAGES = {
    Kind.DISPUTE_OPENED: DisputeStage.OPEN,
    Kind.DISPUTE_LOST: DisputeStage.LOST,
    Kind.DISPUTE_WON: DisputeStage.WON,
}
_DISPUTE_RANK = {stage: rank for rank, stage in enumerate(DisputeStage)}


@dataclass(frozen=True, slots=True)
class Standing:
    """State and sums of a payment; every amount in minor units.

    Attributes:
        due: What was asked for.
        received: What came in and was not withdrawn.
        refunding: Asked back or sent back, not confirmed yet.
        refunded: Given back, confirmed.
        held: In disputes that are open or lost: taken away by the provider.
        fees: Taken by providers.
        attempts, refunds, disputes: Where each stands, by name.
        state: For a person.
    """

    due: int
    received: int = 0
    refunding: int = 0
    refunded: int = 0
    held: int = 0
    fees: int = 0
    attempts: dict[str, Stage] = field(default_factory=dict)
    refunds: dict[str, RefundStage] = field(default_factory=dict)
    disputes: dict[str, DisputeStage] = field(default_factory=dict)
    state: State = State.CREATED

    @property
    def open(self) -> int:
        """What is still to come in."""
        return max(self.due - self.received, 0)

    @property
    def excess(self) -> int:
        """What came in above what was asked for."""
        return max(self.received - self.due, 0)

    @property
    def refundable(self) -> int:
        """The most that can be asked back now: never more than came in and is still there."""
        return max(self.received - self.refunding - self.refunded - self.held, 0)

    @property
    def over_refunded(self) -> int:
        """What went back above what came in, by refunds made elsewhere and disputes together."""
        return max(self.refunding + self.refunded + self.held - self.received, 0)

    @property
    def left(self) -> int:
        """What is there after refunds, disputes and fees."""
        return self.received - self.refunded - self.held - self.fees

    @property
    def takes_money(self) -> bool:
        """Whether somebody can still be asked to pay."""
        return self.open > 0 and self.state not in (State.CANCELLED, State.EXPIRED, State.DISPUTED)


def known(events: Iterable[Event]) -> dict[str, Event]:
    """The facts by their keys, each once.

    Raises:
        PaymentRefusal: ``event-clash``: one fact was told with two amounts.
    """
    facts: dict[str, Event] = {}
    for event in events:
        before = facts.setdefault(event.key, event)
        if before != event:
            raise PaymentRefusal("event-clash", key=event.key)
    return facts


def stand(due: int, events: Iterable[Event]) -> Standing:
    """Fold the facts about a payment.

    Args:
        due: What was asked for, in minor units.
        events: The facts in any order, repetitions allowed.

    Raises:
        PaymentRefusal: ``event-clash``.
    """
    facts = list(known(events).values())
    withdrawn = {each.subject for each in facts if each.kind is Kind.WITHDRAWN}
    received = sum(
        each.amount for each in facts if each.kind is Kind.PAID and each.subject not in withdrawn
    )
    refunds, refunding, refunded = _refunds(facts)
    disputes, held = _disputes(facts)
    attempts = _attempts(facts, withdrawn)
    sums = Standing(
        due=due,
        received=received,
        refunding=refunding,
        refunded=refunded,
        held=held,
        fees=sum(each.amount for each in facts if each.kind is Kind.FEE),
        attempts=attempts,
        refunds=refunds,
        disputes=disputes,
    )
    return _named(sums, _state(sums, facts))


def _named(sums: Standing, state: State) -> Standing:
    """The same sums with their state."""
    names = [name for name in Standing.__slots__ if name != "state"]
    return Standing(**{name: getattr(sums, name) for name in names}, state=state)


def _attempts(facts: list[Event], withdrawn: set[str]) -> dict[str, Stage]:
    """The furthest stage of each attempt."""
    stages: dict[str, Stage] = {}
    for each in facts:
        stage = _STAGES.get(each.kind)
        if stage is None or (stage is Stage.PAID and each.subject in withdrawn):
            continue
        if each.subject not in stages or _STAGE_RANK[stage] > _STAGE_RANK[stages[each.subject]]:
            stages[each.subject] = stage
    return dict(sorted(stages.items()))


def _refunds(facts: list[Event]) -> tuple[dict[str, RefundStage], int, int]:
    """The stage of each refund, what is on its way back and what is back."""
    stages: dict[str, RefundStage] = {}
    amounts: dict[str, int] = {}
    for each in facts:
        stage = _REFUND_STAGES.get(each.kind)
        if stage is None:
            continue
        amounts[each.subject] = max(amounts.get(each.subject, 0), each.amount)
        if each.subject not in stages or _REFUND_RANK[stage] > _REFUND_RANK[stages[each.subject]]:
            stages[each.subject] = stage
    coming = (RefundStage.ASKED, RefundStage.SENT)
    return (
        dict(sorted(stages.items())),
        sum(amounts[name] for name, stage in stages.items() if stage in coming),
        sum(amounts[name] for name, stage in stages.items() if stage is RefundStage.DONE),
    )


def _disputes(facts: list[Event]) -> tuple[dict[str, DisputeStage], int]:
    """The stage of each dispute, and what the provider took away for them."""
    stages: dict[str, DisputeStage] = {}
    amounts: dict[str, int] = {}
    for each in facts:
        stage = _DISPUTE_STAGES.get(each.kind)
        if stage is None:
            continue
        amounts[each.subject] = max(amounts.get(each.subject, 0), each.amount)
        if each.subject not in stages or (
            _DISPUTE_RANK[stage] > _DISPUTE_RANK[stages[each.subject]]
        ):
            stages[each.subject] = stage
    held = sum(amounts[name] for name, stage in stages.items() if stage is not DisputeStage.WON)
    return dict(sorted(stages.items())), held


def _state(sums: Standing, facts: list[Event]) -> State:
    """One word for it: money first, then what was said of the payment, then its attempts."""
    if sums.held:
        return State.DISPUTED
    if sums.received:
        if sums.refunded >= sums.received:
            return State.REFUNDED
        if sums.refunded:
            return State.PARTLY_REFUNDED
        return State.PAID if sums.received >= sums.due else State.PARTLY_PAID
    stages = set(sums.attempts.values())
    if Stage.AUTHORISED in stages:
        return State.AUTHORISED
    kinds = {each.kind for each in facts}
    if Kind.CANCELLED in kinds:
        return State.CANCELLED
    reopened = {each.subject for each in facts if each.kind is Kind.REOPENED}
    if any(each.kind is Kind.EXPIRED and each.subject not in reopened for each in facts):
        return State.EXPIRED
    if stages & {Stage.OPEN, Stage.PENDING}:
        return State.PENDING
    return State.FAILED if stages else State.CREATED
