"""What rows of the statement settle of the desk: slips of cheques, cash taken there, unpaid cheques."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.errors import Conflict
from chambre.ledger.models import Book
from chambre.treasury.booklines import BookLine
from chambre.treasury.models import CashMove, ChequeReturn, ChequeSlip, DeskSettling
from chambre.treasury.openitems import OpenItem


@dataclass(slots=True)
class DeskSource:
    """One kind of thing of the desk that a row of the statement ends, wholly.

    Attributes:
        kind: ``cheque-deposit``, ``cash-deposit`` or ``cheque-return``.
        direction: Seen from the bank account.
        use: On which use its money waits.
    """

    kind: str
    direction: str
    use: str

    def items(self, book: Book) -> Iterable[OpenItem]:
        """Those that no row has ended."""
        rows = DeskSettling.objects.filter(book=book, kind=self.kind)
        ended = set(
            rows.filter(undoes__isnull=True, undone_by__isnull=True).values_list("item", flat=True)
        )
        return [self._item(book, row) for row in self._rows(book) if str(row.pk) not in ended]

    def settle(
        self, *, book: Book, key: str, amount: int, day: dt.date, row: int, idempotency: str,
        by: Actor,
    ) -> Sequence[BookLine]:  # fmt: skip
        """The row is its money; see :class:`chambre.treasury.openitems.Source`.

        Raises:
            Conflict: Another row is, or the amount is another one.
        """
        Book.objects.select_for_update(no_key=True).get(pk=book.pk)
        found = next((each for each in self._rows(book) if str(each.pk) == key), None)
        done = DeskSettling.objects.filter(key=idempotency).first()
        if found is None or _amount(found) != amount:
            raise Conflict(
                _("The row is not of the same amount: this is done wholly or not at all.")
            )
        if done is None:
            live = DeskSettling.objects.filter(
                book=book, kind=self.kind, item=key, undoes__isnull=True, undone_by__isnull=True
            )
            if live.exists():
                raise Conflict(_("Another row of the statement is this one already."))
            DeskSettling.objects.create(
                book=book, kind=self.kind, item=key, amount=amount, row=row, key=idempotency,
                by=by.label[:254],
            )  # fmt: skip
        sign = -1 if self.direction == "in" else 1
        return [BookLine(sign * amount, use=self.use, label=self._label(found))]

    def release(
        self, *, book: Book, key: str, amount: int, row: int, idempotency: str, by: Actor
    ) -> None:
        """It was another row."""
        Book.objects.select_for_update(no_key=True).get(pk=book.pk)
        done = DeskSettling.objects.filter(key=idempotency).first()
        if done is not None and not DeskSettling.objects.filter(undoes=done).exists():
            DeskSettling.objects.create(
                book=book, kind=self.kind, item=key, amount=amount, row=row,
                key=f"{idempotency}:undone", undoes=done, by=by.label[:254],
            )  # fmt: skip

    def _rows(self, book: Book) -> list[Any]:
        if self.kind == "cheque-deposit":
            return list(ChequeSlip.objects.filter(book=book).order_by("id"))
        if self.kind == "cash-deposit":
            moves = CashMove.objects.filter(drawer__book=book, kind=CashMove.Kind.BANK)
            return list(moves.select_related("drawer").order_by("id"))
        returned = ChequeReturn.objects.filter(cheque__book=book, cheque__slip_line__isnull=False)
        return list(returned.select_related("cheque").order_by("id"))

    def _label(self, row: Any) -> str:
        if self.kind == "cheque-deposit":
            return _("Slip %(slip)s, %(count)d cheques") % {"slip": row, "count": row.count}
        if self.kind == "cash-deposit":
            return _("Cash of %(drawer)s taken to the bank") % {"drawer": row.drawer.name}
        return _("Unpaid cheque %(cheque)s of %(name)s") % {
            "cheque": row.cheque,
            "name": row.cheque.drawn_by,
        }

    def _item(self, book: Book, row: Any) -> OpenItem:
        slug = book.structure.slug
        cash = self.kind == "cash-deposit"
        named: dict[str, Any] = {}
        if self.kind == "cheque-deposit":
            named = {"references": (str(row),), "texts": ("REMISE CHEQUES",)}
            named["account"] = row.account_id
        elif cash:
            named = {"texts": ("VERSEMENT ESPECES",)}
        else:
            named = {"references": (row.cheque.number,), "texts": ("CHEQUE IMPAYE",)}
            named["party_name"] = row.cheque.drawn_by
        return OpenItem(
            kind=self.kind,
            key=str(row.pk),
            direction=self.direction,
            amount=_amount(row),
            label=self._label(row),
            day=row.day,
            url=reverse("treasury:cash" if cash else "treasury:cheques", args=[slug]),
            **named,
        )


def _amount(row: Any) -> int:
    """Cents of a slip, of cash taken to the bank, of an unpaid cheque."""
    if isinstance(row, ChequeSlip):
        return int(row.total)
    return int(row.amount if isinstance(row, CashMove) else row.cheque.amount)


SOURCES = (
    DeskSource("cheque-deposit", "in", "means.cheque"),
    DeskSource("cash-deposit", "in", "internal"),
    DeskSource("cheque-return", "out", "means.cheque"),
)
