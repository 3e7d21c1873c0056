"""Cheques: received and booked, paid in with a slip, and those that the bank could not cash."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid, KeyReused
from chambre.ledger.models import Book
from chambre.treasury.booklines import BookLine
from chambre.treasury.models import (
    BankAccount,
    Cheque,
    ChequeReturn,
    ChequeSlip,
    Payment,
    SlipLine,
)
from chambre.treasury.queries.collecting import bookable
from chambre.treasury.services.booking import book_entry, unbook
from chambre.treasury.services.receiving import receive, withdraw


class ChequeKnown(Conflict):
    """This cheque was received before."""

    code = "treasury.cheque.known"


class NothingToPayIn(Conflict):
    """No cheque waits (any more)."""

    code = "treasury.cheques.nothing-to-pay-in"


@transaction.atomic
def receive_cheque(
    *,
    book: Book,
    drawn_by: str,
    bank: str,
    number: str,
    amount: int,
    day: dt.date,
    reason: str,
    key: str,
    by: Actor,
    payment: Payment | None = None,
    use: str = "advance",
    resource: int | None = None,
) -> Cheque:
    """Receive a cheque: for a payment that was asked for, or for a use of money.

    Args:
        book: Who receives it.
        drawn_by: Who drew it.
        bank: On which bank.
        number: Its number, as it is printed.
        amount: Cents.
        day: When it was received.
        reason: What for, at most 140 characters.
        key: Idempotency key, at most 100 characters.
        by: Who takes it.
        payment: What is paid with it.
        use: What the money is, without a payment.
        resource: Id of the resource that it concerns, without a payment.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Invalid: Something on its face is missing.
        ChequeKnown: It was received before.
        Conflict: More than the payment still takes.
    """
    authorize(by, "treasury.manage", book)
    Book.objects.select_for_update(no_key=True).get(pk=book.pk)
    done: Cheque | None = Cheque.objects.filter(key=key).first()
    if done is not None:
        if (done.book.pk, done.amount) != (book.pk, amount):
            raise KeyReused(key=key)
        return done
    face = {
        "drawn_by": " ".join(drawn_by.split())[:140],
        "bank": " ".join(bank.split()).upper()[:80],
        "number": "".join(number.split())[:20],
        "reason": " ".join(reason.split())[:140],
    }
    if missing := [name for name, text in face.items() if not text]:
        message = _("This stands on the face of the cheque.")
        raise Invalid(message, fields={name: [message] for name in missing})
    if amount <= 0:
        message = _("An amount is more than zero.")
        raise Invalid(message, fields={"amount": [message]})
    if Cheque.objects.filter(book=book, bank=face["bank"], number=face["number"]).exists():
        message = _("This cheque was received before.")
        raise ChequeKnown(message, fields={"number": [message]})
    receipt = entry = None
    if payment is not None:
        if payment.book_id != book.pk:
            raise Conflict(_("This is not of this structure."))
        receipt = receive(payment=payment, amount=amount, means="cheque", day=day, key=key, by=by)
    else:
        entry = book_entry(
            book=book,
            journal="EN",
            day=day,
            lines=[
                BookLine(amount, use="means.cheque"),
                BookLine(-amount, use=use, resource=resource),
            ],
            key=f"cheque:{book.pk}:{key}"[:120],
            label=f"{face['reason']} – {face['drawn_by']}",
            piece=face["number"],
            source="treasury.cheque",
        )
    cheque: Cheque = Cheque.objects.create(
        book=book,
        **face,
        amount=amount,
        day=day,
        entry=entry,
        receipt=receipt,
        key=key,
        by=by.label[:254],
    )
    audit(by, "treasury.cheque.received", cheque, amount=amount)
    return cheque


@transaction.atomic
def make_slip(
    *, book: Book, account: BankAccount, day: dt.date, key: str, by: Actor, cheques: Sequence[int]
) -> ChequeSlip:
    """Make the slip with which cheques are paid in. Each cheque is on one slip for ever.

    Args:
        book: Whose cheques.
        account: Where they are paid in.
        day: When.
        key: Idempotency key.
        by: Who makes it.
        cheques: Ids of the cheques; those that are on a slip already, or came back, stay out.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        NothingToPayIn: None of them waits (any more).
    """
    authorize(by, "treasury.manage", book)
    Book.objects.select_for_update(no_key=True).get(pk=book.pk)  # one slip at a time
    done: ChequeSlip | None = ChequeSlip.objects.filter(key=key).first()
    if done is not None:
        return done
    if account.book_id != book.pk:
        raise Conflict(_("This is not of this structure."))
    rows = list(
        Cheque.objects.filter(
            book=book, pk__in=list(cheques), slip_line__isnull=True, bounced__isnull=True
        ).order_by("id")
    )
    if not rows:
        raise NothingToPayIn(_("No cheque waits to be paid in."))
    slip: ChequeSlip = ChequeSlip.objects.create(
        book=book,
        number=ChequeSlip.objects.filter(book=book).count() + 1,
        account=account,
        day=day,
        count=len(rows),
        total=sum(row.amount for row in rows),
        key=key,
        by=by.label[:254],
    )
    for row in rows:
        SlipLine.objects.create(slip=slip, cheque=row)
    audit(by, "treasury.slip.made", slip, count=slip.count, total=slip.total)
    return slip


@transaction.atomic
def return_cheque(*, cheque: Cheque, day: dt.date, reason: str, by: Actor) -> ChequeReturn:
    """Note that the bank could not cash a cheque: what it paid is due again.

    What was booked when it was received is taken back, so that account 5112 owes the bank what its
    row takes; that row is matched with it. Noting it twice changes nothing.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Invalid: No reason is given.
        Conflict: A part of the payment was given back meanwhile.
    """
    authorize(by, "treasury.manage", cheque.book)
    if not reason.strip():
        raise Invalid(_("Say why."), fields={"reason": [_("Say why.")]})
    cheque = (
        Cheque.objects.select_for_update(of=("self",))
        .select_related("book__structure", "receipt__payment", "entry")
        .get(pk=cheque.pk)
    )
    done: ChequeReturn | None = ChequeReturn.objects.filter(cheque=cheque).first()
    if done is not None:
        return done
    if cheque.receipt is not None:
        withdraw(event=cheque.receipt, by=by, reason=reason)
    elif cheque.entry is not None:
        unbook(
            entry=cheque.entry,
            key=f"cheque:{cheque.pk}:bounced",
            day=bookable(cheque.book, day),
            reason=reason,
        )
    row: ChequeReturn = ChequeReturn.objects.create(
        cheque=cheque, day=day, reason=reason.strip()[:254], by=by.label[:254]
    )
    audit(by, "treasury.cheque.bounced", cheque, reason=row.reason)
    return row
