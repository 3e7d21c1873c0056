"""The parts of a match as they are asked for."""

from __future__ import annotations

from dataclasses import dataclass

from chambre.registry.models import Resource


@dataclass(frozen=True, slots=True)
class ItemPart:
    """Cents of a row for something that is open.

    Attributes:
        kind: Kind of its source.
        key: What the source knows it by.
        amount: Cents, with the sign of the row.
    """

    kind: str
    key: str
    amount: int


@dataclass(frozen=True, slots=True)
class BookedPart:
    """Cents of a row for an account of the book, without any item.

    Attributes:
        amount: Cents, with the sign of the row.
        use: Name of a use (:mod:`chambre.treasury.uses`): its rule says the account, the VAT and
            the resource; or
        account: the number of an account; exactly one of the two.
        resource: The resource concerned; absent: what the rule says.
        label: Words of the line.
    """

    amount: int
    use: str = ""
    account: str = ""
    resource: Resource | None = None
    label: str = ""


PartDraft = ItemPart | BookedPart
