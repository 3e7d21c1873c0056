"""Writing facts about a payment: under its lock, each once, and its state after them."""

from __future__ import annotations

import datetime as dt

from chambre.core.actors import Actor
from chambre.core.db.questions import Question
from chambre.core.db.rows import insert, update
from chambre.core.hooks import emit
from chambre.ledger.models import JournalEntry
from chambre.lib.paymentstates import Event, Kind, Standing, stand
from chambre.treasury.events import PaymentChanged
from chambre.treasury.models import Payment, PaymentAttempt, PaymentEvent, Refund

_LOCKED = Question(
    lambda pk: (
        Payment.objects.filter(pk=pk)
        .select_for_update(of=("self",))
        .select_related("book__structure")
    )
)
"""A payment, alone."""
_FACTS = Question(lambda payment: PaymentEvent.objects.filter(payment_id=payment).order_by("id"))
"""What is known of a payment."""
_FACT = Question(
    lambda payment, kind, subject: PaymentEvent.objects.filter(
        payment_id=payment, kind=kind, subject=subject
    ).order_by("id")
)
"""One fact about a payment."""


def lock(payment: Payment | int) -> Payment:
    """The payment, alone until the transaction ends."""
    pk = payment if isinstance(payment, int) else payment.pk
    return _LOCKED(pk)[0]


def facts(payment: Payment) -> list[Event]:
    """What is known of a payment."""
    return [Event(Kind(row.kind), row.subject, row.amount) for row in _FACTS(payment.pk)]


def standing(payment: Payment) -> Standing:
    """State and sums of a payment from its facts."""
    return stand(payment.amount, facts(payment))


def known(payment: Payment, kind: Kind, subject: str) -> PaymentEvent | None:
    """A fact of a locked payment, if it is there."""
    found = next(iter(_FACT(payment.pk, str(kind.value), subject)), None)
    if found is not None:
        found.payment = payment
    return found


def note(
    payment: Payment,
    kind: Kind,
    subject: str = "",
    *,
    day: dt.date,
    by: Actor,
    amount: int = 0,
    means: str = "",
    attempt: PaymentAttempt | None = None,
    refund: Refund | None = None,
    row: int | None = None,
    entry: JournalEntry | None = None,
    text: str = "",
) -> PaymentEvent:
    """Write a fact about a locked payment; the caller has looked that it is not :func:`known`."""
    return insert(
        PaymentEvent(
            payment=payment,
            kind=kind,
            subject=subject,
            amount=amount,
            day=day,
            means=means,
            attempt=attempt,
            refund=refund,
            row=row,
            entry=entry,
            note=text[:300],
            by=by.label[:254],
        )
    )


def settle_state(payment: Payment, by: Actor) -> Standing:
    """After facts were written: the state and sums of the row, and word of it when it changed."""
    now = standing(payment)
    before = payment.state
    payment.state = now.state.value
    payment.received, payment.refunding, payment.refunded = (
        now.received,
        now.refunding,
        now.refunded,
    )
    payment.held, payment.fees = now.held, now.fees
    update(payment, "state", "received", "refunding", "refunded", "held", "fees")
    if payment.state != before:
        emit(
            PaymentChanged(
                payment=payment.public_id,
                state=payment.state,
                origin=payment.origin,
                origin_key=payment.origin_key,
            ),
            by=by,
        )
    return now
