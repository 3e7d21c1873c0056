"""What settles an invoice: money from the bank, a payment, compensation; each undone exactly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid
from chambre.core.hooks import emit
from chambre.ledger.models import Book
from chambre.treasury.booklines import BookLine
from chambre.treasury.events import InvoiceChanged
from chambre.treasury.models import Invoice, InvoiceSettlement, Purchase, PurchaseSettlement
from chambre.treasury.openitems import OpenItem
from chambre.treasury.queries.invoices import invoices_of, open_of
from chambre.treasury.queries.purchases import open_of as purchase_open_of
from chambre.treasury.services.booking import book_entry

How = InvoiceSettlement.How


def locked(book: Book, key: str) -> Invoice:
    """An invoice of a book, locked until the transaction ends.

    Raises:
        Conflict: There is none.
    """
    rows = Invoice.objects.select_for_update(of=("self",)).select_related("party", "book")
    found: Invoice | None = rows.filter(book=book, pk=int(key) if key.isdecimal() else 0).first()
    if found is None:
        raise Conflict(_("This invoice is not there."))
    return found


def counterparts(invoice: Invoice, amount: int, over: int) -> list[BookLine]:
    """The lines against which money for an invoice is booked; ``over`` is an advance."""
    sign = 1 if invoice.is_credit else -1
    use = "barter.customer" if invoice.barter else "customer"
    lines = [BookLine(sign * (amount - over), use=use, party=invoice.party, piece=invoice.number)]
    if over:
        lines.append(BookLine(sign * over, use="advance", party=invoice.party))
    return [line for line in lines if line.amount]


@transaction.atomic
def settle_invoice(
    *,
    book: Book,
    key: str,
    amount: int,
    day: dt.date,
    idempotency: str,
    by: Actor,
    how: str = How.BANK,
    row: int = 0,
) -> list[BookLine]:
    """Take money for an invoice (or give a credit note back), inside the caller's transaction.

    Args:
        book: The seller's book.
        key: Id of the invoice.
        amount: Cents, positive. What is above the open sum of an invoice becomes an advance.
        day: Day of the money.
        idempotency: Unique for ever; the same again changes nothing and gives the same lines.
        by: Who does it.
        how: Through what.
        row: Row of the bank, if one.

    Returns:
        The counterparts of the money, for the caller's entry.

    Raises:
        Conflict: It is settled already, or a credit note for more than is open.
    """
    invoice = locked(book, key)
    if known := InvoiceSettlement.objects.filter(key=idempotency, invoice=invoice).first():
        return counterparts(invoice, known.amount + known.over, known.over)
    left = open_of(invoice)
    if amount <= 0 or left <= 0:
        raise Conflict(_("This invoice is settled already."), open=left)
    over = max(0, amount - left)
    if over and invoice.is_credit:
        raise Conflict(_("Less than that is to be given back."), open=left)
    InvoiceSettlement.objects.create(
        invoice=invoice, amount=amount - over, over=over, day=day, how=how, row=row,
        key=idempotency, by=by.label[:254],
    )  # fmt: skip
    _tell(invoice, by)
    return counterparts(invoice, amount, over)


@transaction.atomic
def release_invoice(*, book: Book, key: str, idempotency: str, by: Actor) -> None:
    """Undo a settling: the invoice is open as before. A second time changes nothing.

    Raises:
        Conflict: There was no such settling.
    """
    invoice = locked(book, key)
    done = InvoiceSettlement.objects.filter(key=idempotency, invoice=invoice).first()
    if done is None:
        raise Conflict(_("Nothing was settled so."))
    if InvoiceSettlement.objects.filter(undoes=done).exists():
        return
    InvoiceSettlement.objects.create(
        invoice=invoice, amount=-done.amount, over=-done.over, day=done.day, how=done.how,
        row=done.row, key=f"undo:{done.pk}", undoes=done, by=by.label[:254],
    )  # fmt: skip
    _tell(invoice, by)


def _tell(invoice: Invoice, by: Actor) -> None:
    left = open_of(invoice)
    state = "paid" if left <= 0 else "partly-paid" if left < invoice.payable else "open"
    emit(
        InvoiceChanged(invoice.pk, invoice.number, state, invoice.origin, invoice.origin_key),
        by=by,
    )


class InvoiceSource:
    """Open invoices and credit notes, for the matching of bank rows."""

    kind = "invoice"

    def items(self, book: Book) -> Iterable[OpenItem]:
        """What is still to be received, and what is to be given back."""
        for invoice in invoices_of(book).filter(open__gt=0).order_by("issued", "id"):
            yield OpenItem(
                kind=self.kind,
                key=str(invoice.pk),
                direction="out" if invoice.is_credit else "in",
                amount=invoice.open,
                label=_("%(kind)s %(number)s, %(name)s")
                % {
                    "kind": invoice.get_kind_display(),
                    "number": invoice.number,
                    "name": invoice.party.name,
                },
                day=invoice.issued,
                due=invoice.due,
                reference=invoice.reference,
                references=(invoice.number,),
                texts=(invoice.party.name,),
                party_name=invoice.party.name,
                url=reverse("treasury:invoice", args=[book.structure.slug, invoice.pk]),
                partial=True,
                over=not invoice.is_credit,
            )

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
        """See :func:`settle_invoice`."""
        return settle_invoice(
            book=book, key=key, amount=amount, day=day, idempotency=idempotency, by=by, row=row
        )

    def release(
        self, *, book: Book, key: str, amount: int, row: int, idempotency: str, by: Actor
    ) -> None:
        """See :func:`release_invoice`."""
        release_invoice(book=book, key=key, idempotency=idempotency, by=by)


@transaction.atomic
def set_off(
    *, invoice: Invoice, purchase: Purchase, day: dt.date, key: str, by: Actor, amount: int = 0
) -> int:
    """Settle an invoice and the invoice of the same partner against each other (barter).

    Both are due in money for the rest only: the soulte. Booked from one sub-account to the other.

    Args:
        invoice: What the structure sold.
        purchase: What it bought, accepted.
        day: Day of the compensation.
        key: Idempotency key, 1 to 60 characters, unique in the book.
        by: Who does it.
        amount: Cents; 0: as much as is open on both.

    Returns:
        Cents that were set off.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Conflict: One is not open, or not for so much; or the purchase is not accepted.
        Invalid: They are of two structures.
    """
    authorize(by, "treasury.manage", invoice)
    if invoice.book_id != purchase.book_id:
        raise Invalid(_("These invoices are of two structures."), fields={"purchase": [""]})
    invoice = locked(invoice.book, str(invoice.pk))
    purchase = Purchase.objects.select_for_update(of=("self",)).select_related("party").get(
        pk=purchase.pk
    )  # fmt: skip
    whole_key = f"set-off:{invoice.book_id}:{key}"
    if known := InvoiceSettlement.objects.filter(key=whole_key).first():
        return int(known.amount)
    if purchase.state != Purchase.State.ACCEPTED or purchase.credit or invoice.is_credit:
        raise Conflict(_("Only an invoice and an accepted invoice are set off."))
    most = min(open_of(invoice), purchase_open_of(purchase))
    amount = amount or most
    if not 0 < amount <= most:
        raise Conflict(_("Not so much is open on both."), open=most)
    book_entry(
        book=invoice.book, journal="OD", day=day, key=whole_key,
        lines=[
            BookLine(
                amount, use="barter.supplier" if purchase.barter else "supplier",
                party=purchase.party, piece=purchase.number,
            ),
            *counterparts(invoice, amount, 0),
        ],
        label=f"Compensation {invoice.number} / {purchase.number}"[:1000],
        piece=invoice.number, source="treasury.set-off",
    )  # fmt: skip
    label = by.label[:254]
    InvoiceSettlement.objects.create(
        invoice=invoice, amount=amount, day=day, how=How.BARTER, key=whole_key,
        note=purchase.number, by=label,
    )  # fmt: skip
    PurchaseSettlement.objects.create(
        purchase=purchase, amount=amount, day=day, how=PurchaseSettlement.How.BARTER,
        key=whole_key, by=label,
    )  # fmt: skip
    audit(by, "treasury.invoice.set-off", invoice, purchase=purchase.number, amount=amount)
    _tell(invoice, by)
    return amount


@transaction.atomic
def write_off(*, invoice: Invoice, day: dt.date, reason: str, key: str, by: Actor) -> int:
    """Give up what is open on an invoice: it will not be paid. The VAT stays owed to the State.

    Returns:
        Cents given up.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Conflict: Nothing is open, or it is a credit note.
        Invalid: No reason.
    """
    authorize(by, "treasury.manage", invoice)
    reason = " ".join(reason.split())[:254]
    if not reason:
        raise Invalid(_("Say why it will not be paid."), fields={"reason": [_("Give a reason.")]})
    invoice = locked(invoice.book, str(invoice.pk))
    whole_key = f"loss:{invoice.book_id}:{key}"
    if known := InvoiceSettlement.objects.filter(key=whole_key).first():
        return int(known.amount)
    left = open_of(invoice)
    if left <= 0 or invoice.is_credit:
        raise Conflict(_("This invoice is settled already."))
    book_entry(
        book=invoice.book, journal="OD", day=day, key=whole_key, label=reason,
        lines=[BookLine(left, use="bad.debt"), *counterparts(invoice, left, 0)],
        piece=invoice.number, source="treasury.write-off",
    )  # fmt: skip
    InvoiceSettlement.objects.create(
        invoice=invoice, amount=left, day=day, how=How.LOSS, key=whole_key, note=reason,
        by=by.label[:254],
    )  # fmt: skip
    audit(by, "treasury.invoice.written-off", invoice, amount=left, reason=reason)
    _tell(invoice, by)
    return left
