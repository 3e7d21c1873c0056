"""Where moves of units are booked in the chamber's own book, and the entry of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from chambre.core.actors import Actor
from chambre.ledger import api as ledger
from chambre.ledger.models import Book
from chambre.registry.models import Agent
from chambre.treasury.models import CreditAccount
from chambre.treasury.queries.collecting import bookable
from chambre.treasury.queries.credit import ACCOUNT
from chambre.treasury.queries.structures import chart_for

JOURNAL = "UN"
"""Journal of units in the chamber's book."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where moves of a day are booked.

    Attributes:
        book: The chamber's book.
        account: Id of its account of units.
        journal: Id of its journal of units.
        auxiliaries: Ids of the auxiliary accounts by code.
        day: The day on which they are booked: today, where their month is closed.
    """

    book: Book
    account: int
    journal: int
    auxiliaries: dict[str, int]
    day: dt.date


def book_of(chamber: Agent) -> Book:
    """The chamber's own book, opened with its first account."""
    return ledger.open_book(
        structure=chamber, chart=chart_for(chamber), by=Actor.system("treasury")
    )


def place_of(chamber: Agent, day: dt.date, accounts: Iterable[CreditAccount]) -> Place:
    """Where moves between some accounts of a chamber are booked."""
    book = book_of(chamber)
    return Place(
        book=book,
        account=ledger.accounts(book, {ACCOUNT: "Comptes en unités de la Chambre"})[ACCOUNT],
        journal=ledger.journals(book, {JOURNAL: "Unités de la Chambre"})[JOURNAL],
        auxiliaries=ledger.auxiliaries(book, {each.code: each.code for each in accounts}),
        day=bookable(book, day),
    )


def draft_of(
    place: Place, source: CreditAccount, target: CreditAccount, amount: int, key: str
) -> ledger.EntryDraft:
    """The entry of a move, in units: what one gives another gets."""
    words = f"{source.code} → {target.code}"
    lines = [
        ledger.LineDraft(
            place.account, None, source.unit, cents, "D" if cents > 0 else "C", place.day,
            label=words, auxiliary=place.auxiliaries[each.code],
        )
        for each, cents in ((source, amount), (target, -amount))
    ]  # fmt: skip
    return ledger.EntryDraft(
        book=place.book.pk,
        journal=place.journal,
        day=place.day,
        lines=lines,
        key=f"credit:{source.chamber_id}:{key}"[:120],
        label=words,
        validated_on=place.day,
        source="treasury.credit",
    )
