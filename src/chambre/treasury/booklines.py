"""A line to be booked, named by its use rather than by an account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chambre.treasury.models import Party


@dataclass(frozen=True, slots=True)
class BookLine:
    """One line of an entry that the treasury books.

    Attributes:
        amount: Cents, debit positive, credit negative.
        use: Name of a use (:mod:`chambre.treasury.uses`); or
        account: the number of an account of the book; exactly one of the two.
        means: Means for which the use may have a rule of its own.
        resource: Id of the resource concerned; None: the one of the rule, or the structure itself.
        label: Words of the line; absent: those of the entry.
        party: Whose money it is: becomes the auxiliary account.
        auxiliary: Code and name of an auxiliary account that a room keeps, instead of a party.
        piece: Reference of the document; absent: that of the entry.
        account_label: Name of ``account`` when the book does not have it yet.
    """

    amount: int
    use: str = ""
    account: str = ""
    means: str = ""
    resource: int | None = None
    label: str = ""
    party: Party | None = None
    auxiliary: tuple[str, str] | None = None
    piece: str = ""
    account_label: str = ""
