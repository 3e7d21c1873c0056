"""Consigned containers that a room sells its goods in: a slot that whoever keeps deposits fills.

The shop sells a jar of soup; the jar goes out with a deposit of a scheme that the shop does not know.
It asks here which kinds there are and what they cost today, books the deposit with its sale
(:meth:`Kind.line`), and says when containers went out and came back. The room of deposits answers, in
the caller's transaction. Without one there are no kinds, and nothing goes out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from chambre.core.actors import Actor
from chambre.ledger.models import Book
from chambre.treasury.booklines import BookLine


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of container that goes out with a deposit.

    Attributes:
        key: Its name, for ever: at most 120 characters.
        name: In people's words.
        amount: Deposit of one, in cents, on the day that was asked for.
        coded: Each one has a code of its own that is read when it goes out.
        use: How the structure that sells books the deposit: a use of money, or
        account: a number of an account, with its label.
        account_label: Name of the account.
        resource: Id of the scheme's resource.
        image: Where its picture is; empty: none.
    """

    key: str
    name: str
    amount: int
    coded: bool = False
    use: str = ""
    account: str = ""
    account_label: str = ""
    resource: int | None = None
    image: str = ""

    def line(self, cents: int, label: str = "") -> BookLine:
        """Deposits taken with a sale, as a line of the seller's entry (cents; a credit)."""
        return BookLine(
            -cents,
            use=self.use,
            account=self.account,
            account_label=self.account_label,
            resource=self.resource,
            label=label,
        )


@dataclass(frozen=True, slots=True)
class Place:
    """A place where containers go out and come back."""

    slug: str
    name: str
    returns_url: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one container, or of a number of counted ones.

    Attributes:
        code: Its code, or the key of a counted kind.
        done: Whether it went out, or its deposit was paid back.
        reason: Why not, or what happens, in the reader's language.
        amount: Cents taken or paid back.
        kind: Key of its kind, when it is known.
    """

    code: str
    done: bool
    reason: str = ""
    amount: int = 0
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Went:
    """Containers that go out.

    Attributes:
        place: Short name of the place.
        key: Idempotency key, at most 120 characters.
        payment: Name of what paid the deposits: an order, a payment.
        codes: Codes that were read.
        counted: Key of a kind without codes, and how many.
        book: Whose sale it was.
    """

    place: str
    key: str
    payment: str
    book: Book
    codes: Sequence[str] = ()
    counted: Sequence[tuple[str, int]] = field(default_factory=tuple)


class Keeper(Protocol):
    """Who keeps deposits."""

    def kinds(self, book: Book, day: dt.date) -> list[Kind]:
        """The kinds in which a structure may sell, with their deposit of that day."""

    def places(self, book: Book) -> list[Place]:
        """The places where its containers may go out."""

    def kind_of(self, code: str) -> str:
        """Key of the kind of a container by its code; empty: unknown."""

    def go_out(self, went: Went, by: Actor) -> list[Told]:
        """Note that containers went out; their deposits were booked by :meth:`Kind.line`."""

    def come_back(
        self, *, place: str, key: str, codes: Sequence[str], means: str, by: Actor, **more: Any
    ) -> list[Told]:
        """Take containers back and pay their deposits (``means``: cash, voucher, gift…)."""


_keepers: list[Keeper] = []


def keep(keeper: Keeper) -> None:
    """Fill the slot, from ``apps.ready()``."""
    _keepers[:] = [keeper]


def keeper() -> Keeper | None:
    """Who keeps deposits in this house; None: nobody."""
    return _keepers[0] if _keepers else None


def kinds(book: Book, day: dt.date) -> dict[str, Kind]:
    """Kinds by their key; none where nobody keeps deposits."""
    found = keeper()
    return {kind.key: kind for kind in found.kinds(book, day)} if found else {}
