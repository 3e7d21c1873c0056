"""What the treasury says: a payment, a payout, an invoice has changed, a bank row was matched.

Each is emitted in the transaction of what happened and delivered after it, once to each handler.
"""

from __future__ import annotations

from dataclasses import dataclass

from chambre.core.hooks import event


@event("treasury.payment.changed")
@dataclass(frozen=True, slots=True)
class PaymentChanged:
    """A payment is in another state.

    Attributes:
        payment: Its public id.
        state: The state of :mod:`chambre.lib.paymentstates` that it is in now.
        origin: Who asked for it (``shop``, ``deposit``…); empty: a person.
        origin_key: The asker's own key.
    """

    payment: str
    state: str
    origin: str = ""
    origin_key: str = ""


@event("treasury.payout.changed")
@dataclass(frozen=True, slots=True)
class PayoutChanged:
    """A payout is in another state; the fields are those of :class:`PaymentChanged`."""

    payout: str
    state: str
    origin: str = ""
    origin_key: str = ""


@event("treasury.collection.changed")
@dataclass(frozen=True, slots=True)
class CollectionChanged:
    """A collection is in another state; the fields are those of :class:`PaymentChanged`."""

    collection: str
    state: str
    origin: str = ""
    origin_key: str = ""


@event("treasury.invoice.changed")
@dataclass(frozen=True, slots=True)
class InvoiceChanged:
    """An invoice was issued, paid, credited; ``invoice`` is its id, ``number`` its number."""

    invoice: int
    number: str
    state: str
    origin: str = ""
    origin_key: str = ""


@event("treasury.row.matched")
@dataclass(frozen=True, slots=True)
class RowMatched:
    """A row of a bank statement was matched, or (``undone``) is open again."""

    row: int
    undone: bool = False
