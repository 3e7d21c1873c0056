"""Money that comes for a payment: through the bank, over the desk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid, NotFound
from chambre.ledger.models import Book
from chambre.lib.paymentstates import Kind
from chambre.treasury.booklines import BookLine
from chambre.treasury.models import Payment, PaymentEvent
from chambre.treasury.openitems import OpenItem
from chambre.treasury.queries.collecting import bookable
from chambre.treasury.services import paymentbooking as booking
from chambre.treasury.services import paymentfacts as fact
from chambre.treasury.services.booking import account_of, moved_back, unbook
from chambre.treasury.services.cashguard import lock_drawers

WAITING = (
    Payment.State.CREATED,
    Payment.State.PENDING,
    Payment.State.FAILED,
    Payment.State.PARTLY_PAID,
    Payment.State.EXPIRED,
)
"""States in which money may still come by bank; a transfer that comes too late is taken."""


class PaymentSource:
    """Payments that wait for a bank transfer (:class:`chambre.treasury.openitems.Source`)."""

    kind = "payment"

    def items(self, book: Book) -> Iterable[OpenItem]:
        """Payments that may be made by transfer and are not paid."""
        rows = Payment.objects.filter(book=book, by_transfer=True, state__in=WAITING)
        rows = rows.select_related("party", "book__structure").order_by("id")
        for payment in rows:
            if payment.open:
                yield _item(payment)

    def settle(
        self,
        *,
        book: Book,
        key: str,
        amount: int,
        day: dt.date,
        row: int,
        idempotency: str,
        by: Actor,
    ) -> Sequence[BookLine]:
        """Take what a bank row brought; what is more than was asked for is an advance."""
        payment = fact.lock(_payment(book, key))
        subject = f"row:{idempotency}"[:120]
        if known := fact.known(payment, Kind.PAID, subject):
            return booking.lines_of(shares_of(known), payment, -1)
        shares = booking.spread_receipt(payment, amount)
        event = fact.note(
            payment, Kind.PAID, subject, day=day, by=by, amount=amount, means="transfer", row=row
        )
        booking.keep_shares(event, shares)
        fact.settle_state(payment, by)
        audit(by, "treasury.payment.received", payment, amount=amount, means="transfer")
        return booking.lines_of(shares, payment, -1)

    def release(
        self, *, book: Book, key: str, amount: int, row: int, idempotency: str, by: Actor
    ) -> None:
        """Take a receipt back that was matched by mistake."""
        payment = fact.lock(_payment(book, key))
        taken = fact.known(payment, Kind.WITHDRAWN, f"row:{idempotency}"[:120])
        if taken is not None and taken.entry_id is not None:
            raise Conflict(_("The bank took this money back: its row stays as it was matched."))
        _withdraw(payment, f"row:{idempotency}"[:120], by)


def _payment(book: Book, key: str) -> Payment:
    payment = Payment.objects.filter(book=book, public_id=key).first()
    if payment is None:
        raise NotFound()
    return payment


def _item(payment: Payment) -> OpenItem:
    slug = payment.book.structure.slug
    return OpenItem(
        kind="payment",
        key=payment.public_id,
        direction="in",
        amount=payment.open,
        label=f"{payment.reason} ({payment.payer_name})" if payment.payer_name else payment.reason,
        day=payment.asked_on,
        due=payment.due,
        reference=payment.reference,
        texts=(payment.reason,),
        party_name=payment.payer_name,
        url=reverse("treasury:payment", args=[slug, payment.public_id]),
        partial=True,
        over=True,
    )


def shares_of(event: PaymentEvent) -> list[booking.Share]:
    """Which lines a receipt paid."""
    return [
        booking.Share(each.line, each.amount, each.vat)
        for each in event.shares.select_related("line")
    ]


def _withdraw(payment: Payment, subject: str, by: Actor) -> PaymentEvent | None:
    """Take a receipt of a locked payment back; None: that was done already."""
    event = fact.known(payment, Kind.PAID, subject)
    if event is None:
        raise NotFound()
    if fact.known(payment, Kind.WITHDRAWN, subject):
        return None
    left = fact.standing(payment)
    if left.refundable < event.amount:
        raise Conflict(_("A part of this money was given back, or is in dispute."))
    fact.note(payment, Kind.WITHDRAWN, subject, day=event.day, by=by, row=event.row)
    fact.settle_state(payment, by)
    audit(by, "treasury.payment.withdrawn", payment, amount=event.amount)
    return event


@transaction.atomic
def receive(
    *,
    payment: Payment,
    amount: int,
    means: str,
    day: dt.date,
    key: str,
    by: Actor,
    counterpart: Sequence[BookLine] = (),
    over: bool = False,
) -> PaymentEvent:
    """Take money for a payment over the desk and book it: ``means.… / lines``.

    Args:
        payment: What is paid.
        amount: Cents, more than zero.
        means: ``cash``, ``cheque``, ``voucher``… : a use ``means.NAME``; units of the chamber are paid
            with :func:`chambre.treasury.services.credit_paying.pay_with_units`.
        day: When.
        key: Idempotency key, at most 100 characters.
        by: Who took it.
        counterpart: Debit lines instead of ``means.…``; they sum to ``amount``.
        over: Take more than is open; the rest is an advance.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Invalid: Not an amount.
        Conflict: More than is open, or the payment takes no money.
        DrawerClosed: Cash, and the drawer of the use ``means.cash`` is closed.
    """
    authorize(by, "treasury.manage", payment.book)
    if means == "credit":
        raise Invalid(_("Units are paid by whoever holds them."), fields={"means": [means]})
    return take(
        payment=payment, amount=amount, means=means, day=day, key=key, by=by,
        counterpart=counterpart, over=over,
    )  # fmt: skip


def take(
    *,
    payment: Payment,
    amount: int,
    means: str,
    day: dt.date,
    key: str,
    by: Actor,
    counterpart: Sequence[BookLine] = (),
    over: bool = False,
) -> PaymentEvent:
    """As :func:`receive`, for an act that the caller has authorized, in its transaction."""
    if amount <= 0:
        raise Invalid(_("An amount is more than zero."), fields={"amount": [str(amount)]})
    debits = list(counterpart) or [BookLine(amount, use=f"means.{means}")]
    if means == "cash" and not counterpart:
        lock_drawers(payment.book, [account_of(payment.book, "means.cash")])
    payment = fact.lock(payment)
    subject = f"{means}:{key}"[:120]
    if known := fact.known(payment, Kind.PAID, subject):
        return known
    if amount > payment.open and not over:
        raise Conflict(_("This is more than what is still to be paid."), open=payment.open)
    shares = booking.spread_receipt(payment, amount)
    entry = booking.book(
        payment, what=subject, day=day, lines=[*debits, *booking.lines_of(shares, payment, -1)]
    )
    event = fact.note(
        payment, Kind.PAID, subject, day=day, by=by, amount=amount, means=means, entry=entry
    )
    booking.keep_shares(event, shares)
    fact.settle_state(payment, by)
    audit(by, "treasury.payment.received", payment, amount=amount, means=means)
    return event


@transaction.atomic
def withdraw(*, event: PaymentEvent, by: Actor, reason: str = "") -> Payment:
    """Take back a receipt that was recorded over the desk by mistake, with its entry.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Conflict: It came through a bank or a provider, or a part of it was given back.
        DrawerClosed, NotInDrawer: Its drawer is closed now, or holds less.
    """
    authorize(by, "treasury.manage", event.payment.book)
    if event.entry is not None and event.means == "cash":
        lock_drawers(event.payment.book, moved_back(event.entry))
    payment = fact.lock(event.payment_id)
    if event.means == "credit":
        raise Conflict(_("Units go back by a refund."))
    if event.row is not None or event.attempt_id is not None or event.entry is None:
        raise Conflict(_("Undo the match of its bank row, or refund it at the provider."))
    if _withdraw(payment, event.subject, by):
        unbook(
            entry=event.entry,
            key=booking.entry_key(payment, f"undo:{event.subject}"),
            day=bookable(payment.book, event.entry.day),
            reason=reason,
        )
    return payment
