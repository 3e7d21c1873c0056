"""Payouts and collections as what rows of the statement can be matched with."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.ledger.models import Book
from chambre.lib.orderstates import COLLECTION, PAYOUT, State
from chambre.treasury.booklines import BookLine
from chambre.treasury.models import Collection, Payout
from chambre.treasury.openitems import OpenItem
from chambre.treasury.queries.orders import collections_of, payouts_of
from chambre.treasury.services import collecting, payouts
from chambre.treasury.services.ordersources import Orders


class Payouts(Orders):
    """Transfers at the bank, or agreed to: somebody may have typed one in at the bank."""

    name, flow, direction, model = "payout", PAYOUT, "out", Payout
    due = (State.AGREED, State.SENT)

    def rows(self, book: Book) -> Any:
        """All of a book, each with its state."""
        return payouts_of(book).select_related("party", "book__structure")

    def item(self, row: Any) -> OpenItem:
        """A payout, named by its number: the bank gives it back as end-to-end identifier."""
        words = {"code": row.code, "name": row.party.name, "reason": row.reason}
        return OpenItem(
            kind=self.name,
            key=row.code,
            direction=self.direction,
            amount=row.amount,
            label=_("Payout %(code)s to %(name)s: %(reason)s") % words,
            day=row.asked_at.date(),
            due=row.sent.day if row.sent else row.day,
            reference=row.code,
            references=(row.reference,) if row.reference else (),
            texts=(row.reason,),
            party_name=row.holder,
            iban=row.iban,
            url=reverse("treasury:payout", args=[row.book.structure.slug, row.code]),
            account=row.through,
        )

    def lines(self, row: Any) -> list[BookLine]:
        """What its parts are for, as debits."""
        return [
            BookLine(
                line.amount,
                use=line.use,
                account=line.account,
                resource=line.resource_id,
                label=line.label or row.reason,
                party=line.party or row.party,
                piece=line.piece or row.code,
            )
            for line in row.lines.select_related("party")
        ]

    def say(self, row: Any, state: State, by: Actor) -> None:
        """Emit :class:`PayoutChanged`."""
        payouts.say_changed(row, state, by)

    def comes_back(self, row: Any, key: str, by: Actor, code: str, reason: str) -> None:
        """As :func:`payouts.expect_return`."""
        payouts.expect_return(payout=row, key=key, by=by, code=code, reason=reason)


class Collections(Orders):
    """Collections at the bank."""

    name, flow, direction, model = "collection", COLLECTION, "in", Collection
    due = (State.SENT,)

    def rows(self, book: Book) -> Any:
        """All of a book, each with its state."""
        return collections_of(book).select_related("mandate__party", "book__structure")

    def item(self, row: Any) -> OpenItem:
        """A collection, named by its number; the mandate is named on the statement too."""
        mandate = row.mandate
        words = {"code": row.code, "name": mandate.party.name, "reason": row.reason}
        return OpenItem(
            kind=self.name,
            key=row.code,
            direction=self.direction,
            amount=row.amount,
            label=_("Collection %(code)s from %(name)s: %(reason)s") % words,
            day=row.at.date(),
            due=row.due_on,
            reference=row.code,
            references=(mandate.reference,),
            texts=(row.reason,),
            party_name=mandate.holder,
            iban=mandate.account(row.sent.at if row.sent else None).iban,
            url=reverse("treasury:collection", args=[row.book.structure.slug, row.code]),
            account=row.through,
        )

    def lines(self, row: Any) -> list[BookLine]:
        """What the money is, as a credit."""
        return [
            BookLine(
                -row.amount,
                use=row.use,
                resource=row.resource_id,
                label=row.reason,
                party=row.mandate.party,
                piece=row.code,
            )
        ]

    def say(self, row: Any, state: State, by: Actor) -> None:
        """Emit :class:`CollectionChanged`."""
        collecting.say_changed(row, state, by)

    def comes_back(self, row: Any, key: str, by: Actor, code: str, reason: str) -> None:
        """As :func:`collecting.note_bank_answer`: no mandate, says the bank, ends the mandate."""
        collecting.note_bank_answer(collection=row, key=key, by=by, code=code, reason=reason)
