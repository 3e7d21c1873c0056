"""Money that a bank takes back after it came, as somebody learns it from paper or by telephone."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict
from chambre.ledger.models import JournalEntry
from chambre.lib.paymentstates import Kind
from chambre.treasury.booklines import BookLine
from chambre.treasury.models import Payment, PaymentEvent
from chambre.treasury.reserved import refuse_held
from chambre.treasury.services import paymentbooking as booking
from chambre.treasury.services import paymentfacts as fact
from chambre.treasury.services.receiving import shares_of


@transaction.atomic
def take_away(*, payment: Payment, day: dt.date, by: Actor) -> JournalEntry:
    """Book that a bank took the whole of a payment back: ``lines / 467``; it can be paid again.

    On ``dispute`` (467) stands what the bank is owed until the row of its statement is booked against it.
    Disputes of cards are not told here: the payment service tells them itself.

    Args:
        payment: What had been paid.
        day: When the bank took it, or says that it takes it.
        by: Who records it.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money, or it is held for others.
        Conflict: See :func:`only_receipt`.
    """
    authorize(by, "treasury.manage", payment.book)
    refuse_held(payment.origin, by)
    payment = fact.lock(payment)
    receipt = only_receipt(payment)
    lines = booking.lines_of(shares_of(receipt), payment, 1)
    entry = booking.book(
        payment, what=f"bounced:{receipt.subject}", day=day, late=True,
        lines=[*lines, BookLine(-receipt.amount, use="dispute")],
        label=f"Rejet – {payment.reference}",
    )  # fmt: skip
    fact.note(
        payment, Kind.WITHDRAWN, receipt.subject, day=day, by=by, row=receipt.row, entry=entry
    )
    fact.settle_state(payment, by)
    audit(by, "treasury.payment.bounced", payment, amount=receipt.amount)
    return entry


def only_receipt(payment: Payment) -> PaymentEvent:
    """The one receipt that paid a payment.

    Raises:
        Conflict: It is not paid, came through a payment service, or in several parts.
    """
    if payment.state != Payment.State.PAID:
        raise Conflict(_("This is not paid, or a part of it was given back."))
    gone = payment.events.filter(kind=Kind.WITHDRAWN).values("subject")
    receipts = list(payment.events.filter(kind=Kind.PAID).exclude(subject__in=gone))
    if any(each.attempt_id is not None for each in receipts):
        raise Conflict(_("This was paid by card: the payment service tells disputes by itself."))
    if len(receipts) != 1 or receipts[0].means == "credit":
        raise Conflict(_("This came in several parts: it is put right in the treasury."))
    found: PaymentEvent = receipts[0]
    return found
