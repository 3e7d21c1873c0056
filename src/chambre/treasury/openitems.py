"""What a row of a bank statement can be matched with.

Each counter of the treasury registers a :class:`Source`; the matching knows nothing else of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chambre.core.actors import Actor
from chambre.ledger.models import Book
from chambre.treasury.booklines import BookLine


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Money that is expected on a bank account, or expected to leave it.

    Attributes:
        kind: Kind of its source: ``payment``, ``invoice``, ``payout``…
        key: What the source knows it by; with the kind, unique in the book.
        direction: ``in`` or ``out``, seen from the bank account.
        amount: What is still open, in cents, positive.
        label: What it is, for people, in the language of the reader.
        day: When it arose; a row far before it is not its money.
        due: When it is expected, if known.
        reference: Its creditor reference (ISO 11649) or end-to-end id, exact.
        references: Other texts that would name it: numbers of invoices, of orders.
        texts: Words that a payer may write.
        party_name: Whose money it is.
        iban: The account it should come from or go to, when known.
        url: Its page.
        partial: Whether less than the whole may settle it.
        over: Whether more than the whole may be taken (the rest is an advance or a gift).
        account: Id of the bank account it must pass through; None: any of the book.
        only_named: Nobody expects it; only a row that names it by ``reference`` is it.
    """

    kind: str
    key: str
    direction: str
    amount: int
    label: str
    day: dt.date
    due: dt.date | None = None
    reference: str = ""
    references: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    party_name: str = ""
    iban: str = ""
    url: str = ""
    partial: bool = False
    over: bool = False
    account: int | None = None
    only_named: bool = False


class Source(Protocol):
    """A counter whose things bank rows settle.

    A source whose money may come back has ``back``: the kind of the items that are that money.
    """

    kind: str

    def items(self, book: Book) -> Iterable[OpenItem]:
        """What is open now in a book."""

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
        """Take an amount of a bank row for an item, inside the caller's transaction.

        Locks the item, decides anew, and moves its state.

        Args:
            book: The structure's book.
            key: Which item.
            amount: Cents, positive, in the item's own direction.
            day: Booking day of the row.
            row: Id of the bank row.
            idempotency: Unique for this settling for ever; the same again changes nothing and
                gives the same lines.
            by: Who matched it.

        Returns:
            The counterparts of the money: for money that came, credits (negative amounts) that sum
            to ``-amount``; for money that left, debits that sum to ``amount``.

        Raises:
            Conflict: It is no longer open, or not for so much.
        """

    def release(
        self, *, book: Book, key: str, amount: int, row: int, idempotency: str, by: Actor
    ) -> None:
        """Undo a settling (its ``idempotency`` again): the item is open as before.

        Raises:
            Conflict: Something stands on it (a refund was made, a year was closed).
        """


_sources: dict[str, Source] = {}


def register(source: Source) -> Source:
    """Let bank rows be matched with what a counter has open."""
    _sources[source.kind] = source
    return source


def source_of(kind: str) -> Source:
    """The source of a kind.

    Raises:
        KeyError: None is registered.
    """
    return _sources[kind]


def kinds() -> list[str]:
    """The kinds of everything that can be open."""
    return sorted(_sources)


def open_items(
    book: Book, kinds: Iterable[str] | None = None, *, unexpected: bool = False
) -> list[OpenItem]:
    """Everything that is open in a book, in the order of the kinds and of each source.

    Args:
        book: Whose.
        kinds: Of these kinds; absent: of all.
        unexpected: Also what nobody expects but a row may name (``only_named``).
    """
    wanted: Any = sorted(_sources) if kinds is None else kinds
    found = [item for kind in wanted for item in _sources[kind].items(book)]
    return found if unexpected else [item for item in found if not item.only_named]
