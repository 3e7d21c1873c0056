"""What happens to a payment: facts, each written once, in whatever order they become known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a fact says.

    About the payment itself: ``CANCELLED``, ``EXPIRED`` (and ``REOPENED``, which takes the expiry
    named by its subject back). About an attempt to pay: ``OPENED`` … ``PAID``. About money: ``PAID``
    (received), ``WITHDRAWN`` (a receipt that was recorded by mistake), ``FEE``. About giving back:
    ``REFUND_ASKED`` … ``REFUND_FAILED``. About a dispute (*litige*, chargeback):
    ``DISPUTE_OPENED`` … ``DISPUTE_LOST``.
    """

    OPENED = "opened"
    PENDING = "pending"
    AUTHORISED = "authorised"
    FAILED = "failed"
    ABANDONED = "abandoned"
    LAPSED = "lapsed"
    PAID = "paid"
    WITHDRAWN = "withdrawn"
    FEE = "fee"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REOPENED = "reopened"
    REFUND_ASKED = "refund-asked"
    REFUND_SENT = "refund-sent"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund-failed"
    DISPUTE_OPENED = "dispute-opened"
    DISPUTE_LOST = "dispute-lost"
    DISPUTE_WON = "dispute-won"


@dataclass(frozen=True, slots=True)
class Event:
    """One fact about a payment.

    Attributes:
        kind: What it says.
        subject: What it is about: the name of the attempt, receipt, refund or dispute; empty for
            the payment itself. One fact of a kind is kept for each subject.
        amount: In minor units, never negative. What was received, asked back, disputed or taken
            as a fee; zero where the kind needs none.
    """

    kind: Kind
    subject: str = ""
    amount: int = 0

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise ValueError("an amount in an event is never negative; its kind says the direction")

    @property
    def key(self) -> str:
        """What makes the fact one and the same, however often it is told."""
        return f"{self.kind}:{self.subject}"
