"""How the money of a payment is booked: which line gets what, with its VAT, and on which account."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Sum

from chambre.core.db.questions import Question
from chambre.core.db.rows import insert_all
from chambre.ledger.models import JournalEntry
from chambre.lib.money import shares as share_out
from chambre.lib.paymentstates import Kind, fill
from chambre.treasury.booklines import BookLine
from chambre.treasury.models import (
    Payment,
    PaymentEvent,
    PaymentLine,
    ReceiptShare,
    Refund,
    RefundLine,
)
from chambre.treasury.queries.collecting import bookable
from chambre.treasury.services.booking import book_entry

JOURNAL = "EN"


@dataclass(frozen=True, slots=True)
class Share:
    """A part of an amount: of a line, or (None) of what is too much. Cents, VAT included."""

    line: PaymentLine | None
    amount: int
    vat: int = 0


def vat_in(amount: int, rate: int | None) -> int:
    """The VAT in an amount that includes it, to the nearest cent, halves away from zero.

    Args:
        amount: Cents, VAT included.
        rate: Hundredths of a percent: 550 is 5.5 %; None: no VAT.
    """
    if not rate:
        return 0
    whole = 10_000 + rate
    part = (2 * abs(amount) * rate + whole) // (2 * whole)
    return part if amount >= 0 else -part


def paid_by_line(payment: Payment) -> dict[int | None, tuple[int, int]]:
    """What came in for each line (None: too much) and the VAT in it; withdrawn receipts left out."""
    gone = payment.events.filter(kind=Kind.WITHDRAWN).values("subject")
    rows = (
        ReceiptShare.objects.filter(event__payment=payment, event__kind=Kind.PAID)
        .exclude(event__subject__in=gone)
        .values("line")
        .annotate(amount=Sum("amount"), tax=Sum("vat"))
        .order_by()
    )
    return {row["line"]: (row["amount"], row["tax"]) for row in rows}


def back_by_line(payment: Payment) -> dict[int | None, tuple[int, int]]:
    """What went back, or is on its way back, of each line, and the VAT in it."""
    rows = (
        RefundLine.objects.filter(refund__payment=payment)
        .exclude(refund__stage="failed")
        .values("line")
        .annotate(total=Sum("amount"), tax=Sum("vat"))
        .order_by()
    )
    return {row["line"]: (row["total"], row["tax"]) for row in rows}


_LINES = Question(
    lambda payment: (
        PaymentLine.objects.filter(payment_id=payment).select_related("party").order_by("number")
    )
)
"""The lines of a payment, with the third party of each."""


def spread_receipt(payment: Payment, amount: int) -> list[Share]:
    """Which lines an amount that comes in pays; what is left over goes to nobody's line."""
    lines = _LINES(payment.pk)
    paid = paid_by_line(payment) if payment.received else {}
    before = [paid.get(line.pk, (0, 0)) for line in lines]
    parts, over = fill(
        amount, [line.amount - done for line, (done, _vat) in zip(lines, before, strict=True)]
    )
    shares = [
        Share(line, part, vat_in(done + part, line.vat) - vat)
        for line, part, (done, vat) in zip(lines, parts, before, strict=True)
        if part
    ]
    return [*shares, Share(None, over)] if over else shares


def spread_refund(payment: Payment, asked: dict[int | None, int]) -> list[Share]:
    """The lines of a refund with the VAT that goes back with each."""
    lines = {line.pk: line for line in payment.lines.all()}
    back = back_by_line(payment)
    shares = []
    for key, amount in asked.items():
        if not amount:
            continue
        line = lines[key] if key is not None else None
        done, vat = back.get(key, (0, 0))
        shares.append(Share(line, amount, vat_in(done + amount, line.vat) - vat if line else 0))
    return shares


def spread_back(payment: Payment, amount: int) -> dict[int | None, int]:
    """Which lines a refund takes that names none: what was too much first, then the last lines.

    What is more than all lines together received stays with nobody's line.
    """
    paid, back = paid_by_line(payment), back_by_line(payment)
    left = {key: done - back.get(key, (0, 0))[0] for key, (done, _vat) in paid.items()}
    order: list[int | None] = [None, *[line.pk for line in reversed(payment.lines.all())]]
    asked: dict[int | None, int] = {}
    for key in order:
        part = min(max(left.get(key, 0), 0), amount)
        if part:
            asked[key] = part
            amount -= part
    if amount:
        asked[None] = asked.get(None, 0) + amount
    return asked


def lines_of(shares: Iterable[Share], payment: Payment, sign: int) -> list[BookLine]:
    """Shares as lines of an entry: ``sign`` −1 credits what came in, +1 debits what goes back."""
    found = []
    for share in shares:
        line = share.line
        if line is None:
            found.append(BookLine(sign * share.amount, use="advance", party=payment.party))
            continue
        found.append(
            BookLine(
                sign * (share.amount - share.vat),
                account=line.account,
                account_label=line.account_label,
                resource=line.resource_id,
                label=f"{line.label} – {payment.reference}",
                party=line.party,
                piece=line.piece or payment.reference,
            )
        )
        if share.vat:
            found.append(BookLine(sign * share.vat, use="vat.collected", resource=line.resource_id))
    return found


def keep_shares(event: PaymentEvent, shares: Iterable[Share]) -> None:
    """Write which lines a receipt paid."""
    insert_all(
        *(
            ReceiptShare(event=event, line=share.line, amount=share.amount, vat=share.vat)
            for share in shares
        )
    )


def shares_of_refund(refund: Refund) -> list[Share]:
    """The lines of a refund, as they were written."""
    return [Share(each.line, each.amount, each.vat) for each in refund.lines.select_related("line")]


def fee_lines(payment: Payment, amount: int, account: str) -> list[BookLine]:
    """Who bears a provider's fee, as it was decided when the payment was asked for.

    Args:
        payment: Whose fee.
        amount: Cents.
        account: Account of the provider's fees.
    """
    label = f"Frais – {payment.reference}"
    if payment.fee_bearer == Payment.Bearer.STRUCTURE:
        return [BookLine(amount, account=account, label=label)]
    lines = [line for line in payment.lines.all() if line.amount > 0]
    if payment.fee_bearer == Payment.Bearer.PARTY:
        party = next((line.party for line in lines if line.party), payment.party)
        return [BookLine(amount, use="supplier", party=party, label=label)]
    parts = share_out(amount, [line.amount for line in lines])
    return [
        BookLine(part, account=account, resource=line.resource_id, label=label)
        for line, part in zip(lines, parts, strict=True)
        if part
    ]


def entry_key(payment: Payment, what: str) -> str:
    """Idempotency key of an entry of a payment, at most 120 characters, one for each ``what``."""
    key = f"payment:{payment.public_id}:{what}"
    return key if len(key) <= 120 else f"{key[:55]}:{hashlib.sha256(key.encode()).hexdigest()}"


def book(
    payment: Payment,
    *,
    what: str,
    day: dt.date,
    lines: Sequence[BookLine],
    label: str = "",
    late: bool = False,
) -> JournalEntry:
    """Post an entry of a payment, once for what it is about (``what``).

    Args:
        payment: Whose entry.
        what: Unique in the payment.
        day: When it happened.
        lines: They sum to zero.
        label: Words; absent: reason and reference of the payment.
        late: It may have become known after its month was closed, and is booked today then.
    """
    return book_entry(
        book=payment.book,
        journal=JOURNAL,
        day=bookable(payment.book, day) if late else day,
        lines=lines,
        key=entry_key(payment, what),
        label=label or f"{payment.reason} – {payment.reference}",
        piece=payment.reference,
        source=f"treasury.payment:{payment.pk}",
    )
