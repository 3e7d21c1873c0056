"""What a story is made of: acts of the structure, and movements of its bank account.

Amounts are cents. ``key`` names an act within its story; a movement says which acts it settles.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody outside: a member, a customer, a supplier. Plainly invented.

    ``known``: the structure knows their account from the beginning.
    """

    name: str
    iban: str
    street: str = ""
    postcode: str = ""
    city: str = ""
    siren: str = ""
    known: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """A payment is asked for: a membership fee, a basket, a place on a course."""

    key: str
    day: dt.date
    who: Person
    amount: int
    reason: str
    use: str
    resource: str = ""


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice is issued: ``lines`` are label, net amount, VAT rate (hundredths of a percent)."""

    key: str
    day: dt.date
    who: Person
    lines: tuple[tuple[str, int, int], ...]
    due: dt.date
    use: str = "sale.product"
    resource: str = ""

    @property
    def total(self) -> int:
        """With VAT, rounded rate by rate (EN 16931 BR-CO-17)."""
        nets: dict[int, int] = {}
        for _label, net, rate in self.lines:
            nets[rate] = nets.get(rate, 0) + net
        return sum(net + (net * rate + 5000) // 10_000 for rate, net in nets.items())


@dataclass(frozen=True, slots=True)
class Buy:
    """A supplier's invoice comes, is accepted, and is paid with the next payout file."""

    key: str
    day: dt.date
    who: Person
    number: str
    net: int
    rate: int
    account: str
    due: dt.date

    @property
    def total(self) -> int:
        """With VAT."""
        return self.net + (self.net * self.rate + 5000) // 10_000


@dataclass(frozen=True, slots=True)
class Send:
    """Money is to be sent: a wage, a refund of expenses. ``use`` or ``account`` is its counterpart."""

    key: str
    day: dt.date
    who: Person
    amount: int
    reason: str
    account: str


@dataclass(frozen=True, slots=True)
class Doing:
    """Anything else that is done on a day: ``run`` gets whoever tells the story."""

    key: str
    day: dt.date
    run: Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Move:
    """A movement of the bank account, with the truth about it.

    Attributes:
        day: Booking day.
        amount: Cents, positive: it came in.
        name: Other side, as the bank writes it.
        iban: Their account; empty: the bank does not say.
        text: What the payer wrote; ``{key}`` becomes the reference or number of an act.
        reference: Key of the act whose reference stands in the field of its own.
        settles: Acts that it settles, with cents of each; none: something else.
        account: Account on which a person books what settles nothing.
        habit: A person would say: book such rows so every time.
        anybody: Words by which such rows are known, whoever sends them.
        name_of: Name that later movements use for this one.
        back: Name of the movement that it takes back.
        pending: Announced, not on the account.
        original: Amount and currency, when it was paid in another one.
        batch: Name of the batch that it is a part of.
        case: What is awkward about it, for whoever reads the measure.
    """

    day: dt.date
    amount: int
    name: str = ""
    iban: str = ""
    text: str = ""
    reference: str = ""
    settles: tuple[tuple[str, int], ...] = ()
    account: str = ""
    habit: bool = False
    anybody: str = ""
    name_of: str = ""
    back: str = ""
    pending: bool = False
    original: tuple[int, str] | None = None
    batch: str = ""
    case: str = "plain"


@dataclass(slots=True)
class Story:
    """Everything that happened to a structure's money; acts and moves in no order."""

    structure: str
    iban: str
    bank: str
    format: str
    acts: list[Ask | Bill | Buy | Send | Doing] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
