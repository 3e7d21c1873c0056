"""Settling what was bought: by the bank, by a transfer, by compensation; and undoing it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.errors import Conflict
from chambre.ledger.models import Book
from chambre.treasury.booklines import BookLine
from chambre.treasury.models import Purchase, PurchaseSettlement
from chambre.treasury.openitems import OpenItem
from chambre.treasury.queries.purchases import on_their_way, open_of, purchases_of

State = Purchase.State


@transaction.atomic
def settle_purchase(
    *,
    book: Book,
    key: str,
    amount: int,
    day: dt.date,
    idempotency: str,
    by: Actor,
    how: str = PurchaseSettlement.How.BANK,
    row: int = 0,
) -> list[BookLine]:
    """Money went for a purchase invoice (or came for a supplier's credit note).

    Raises:
        Conflict: It is not open, or not for so much.
    """
    purchase = _of(book, key)
    if PurchaseSettlement.objects.filter(key=idempotency, purchase=purchase).exists():
        return _counterparts(purchase, amount)
    left = open_of(purchase) if purchase.state == State.ACCEPTED else 0
    if not 0 < amount <= left:
        raise Conflict(_("Not so much is open on this invoice."), open=left)
    PurchaseSettlement.objects.create(
        purchase=purchase, amount=amount, day=day, how=how, row=row, key=idempotency,
        by=by.label[:254],
    )  # fmt: skip
    return _counterparts(purchase, amount)


def _of(book: Book, key: str) -> Purchase:
    rows = Purchase.objects.select_for_update(of=("self",)).filter(book=book)
    found = rows.filter(pk=int(key) if key.isdecimal() else 0).first()
    if found is None:
        raise Conflict(_("This invoice is not there."))
    return found


def _counterparts(purchase: Purchase, amount: int) -> list[BookLine]:
    sign = -1 if purchase.credit else 1
    use = "barter.supplier" if purchase.barter else "supplier"
    return [BookLine(sign * amount, use=use, party=purchase.party, piece=purchase.number)]


@transaction.atomic
def release_purchase(*, book: Book, key: str, idempotency: str, by: Actor) -> None:
    """Undo a settling; a second time changes nothing.

    Raises:
        Conflict: There was no such settling.
    """
    purchase = _of(book, key)
    done = PurchaseSettlement.objects.filter(key=idempotency, purchase=purchase).first()
    if done is None:
        raise Conflict(_("Nothing was settled so."))
    if PurchaseSettlement.objects.filter(undoes=done).exists():
        return
    PurchaseSettlement.objects.create(
        purchase=purchase, amount=-done.amount, day=done.day, how=done.how, row=done.row,
        key=f"undo:{done.pk}", undoes=done, by=by.label[:254],
    )  # fmt: skip


class PurchaseSource:
    """Accepted purchase invoices, for the matching of bank rows."""

    kind = "purchase"

    def items(self, book: Book) -> Iterable[OpenItem]:
        """What is still to be paid, and what suppliers are to give back."""
        rows = purchases_of(book).filter(state=State.ACCEPTED, open__gt=0)
        sent = on_their_way(book)  # what a transfer was asked for is matched as that transfer
        for row in rows.order_by("issued", "id"):
            left = row.open - sent.get(row.pk, 0)
            if left <= 0:
                continue
            yield OpenItem(
                kind=self.kind,
                key=str(row.pk),
                direction="in" if row.credit else "out",
                amount=left,
                label=_("Invoice %(number)s of %(name)s")
                % {"number": row.number, "name": row.supplier},
                day=row.issued,
                due=row.due,
                references=tuple(each for each in (row.number, row.reference) if each),
                texts=(row.supplier,),
                party_name=row.supplier,
                iban=row.iban,
                url=reverse("treasury:purchase", args=[book.structure.slug, row.pk]),
                partial=True,
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
        """See :func:`settle_purchase`."""
        return settle_purchase(
            book=book, key=key, amount=amount, day=day, idempotency=idempotency, by=by, row=row
        )

    def release(
        self, *, book: Book, key: str, amount: int, row: int, idempotency: str, by: Actor
    ) -> None:
        """See :func:`release_purchase`."""
        release_purchase(book=book, key=key, idempotency=idempotency, by=by)
