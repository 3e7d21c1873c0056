"""Writing facts about a payment: under its lock, each once, and its state after them."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from chambre.core.actors import Actor
from chambre.core.hooks import emit
from chambre.ledger.models import JournalEntry
from chambre.lib.paymentstates import Event, Kind, Standing, stand
from chambre.treasury.events import PaymentChanged
from chambre.treasury.models import Payment, PaymentAttempt, PaymentEvent, Refund


def lock(payment: Payment | int) -> Payment:
    """The payment, alone until the transaction ends."""
    pk = payment if isinstance(payment, int) else payment.pk
    rows: QuerySet[Payment] = Payment.objects.select_related("book__structure")
    return rows.select_for_update(of=("self",)).get(pk=pk)


def facts(payment: Payment) -> list[Event]:
    """What is known of a payment."""
    rows = payment.events.values_list("kind", "subject", "amount")
    return [Event(Kind(kind), subject, amount) for kind, subject, amount in rows]


def standing(payment: Payment) -> Standing:
    """State and sums of a payment from its facts."""
    return stand(payment.amount, facts(payment))


def known(payment: Payment, kind: Kind, subject: str) -> PaymentEvent | None:
    """A fact of a locked payment, if it is there."""
    return payment.events.filter(kind=kind, subject=subject).first()


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
    return PaymentEvent.objects.create(
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
    payment.save(update_fields=["state", "received", "refunding", "refunded", "held", "fees"])
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
