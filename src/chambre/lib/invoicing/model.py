"""An invoice as EN 16931 sees it: parties, lines, taxes, terms. Nothing here computes.

Amounts are whole cents of the invoice's currency. Quantities and unit prices are exact decimals:
the French rules allow four decimals of a quantity and six of a price (BR-FR-DEC-02, -03). The
numbers in brackets are the business terms of the standard.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """What the paper is (BT-3, UNTDID 1001). A credit note has positive amounts too."""

    INVOICE = "380"
    CORRECTED = "384"
    PREPAYMENT = "386"
    SELF_BILLED = "389"
    CREDIT = "381"

    @property
    def credit(self) -> bool:
        """Whether it takes back instead of asking."""
        return self is Kind.CREDIT


class Nature(StrEnum):
    """What is sold (art. 242 nonies A, I, 8° bis): the first letter of the frame of billing."""

    GOODS = "B"
    SERVICES = "S"
    BOTH = "M"


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address (BG-5, BG-8)."""

    street: str = ""
    more: str = ""
    postcode: str = ""
    city: str = ""
    country: str = "FR"
    """ISO 3166-1, two letters."""

    def lines(self) -> list[str]:
        """As it is written on an envelope; France is not named."""
        town = f"{self.postcode} {self.city}".strip()
        country = "" if self.country == "FR" else self.country
        return [text for text in (self.street, self.more, town, country) if text]


@dataclass(frozen=True, slots=True)
class Party:
    """Who sells or buys (BG-4, BG-7).

    Attributes:
        name: Registered name (BT-27, BT-44).
        siren: Nine digits of the French register (BT-30, BT-47); empty abroad and for persons.
        siret: Fourteen digits of the establishment (BT-29, BT-46).
        vat: VAT number with its country (BT-31, BT-48).
        legal: Legal form, capital, register, as the seller has to write them (BT-33).
        endpoint: Electronic address (BT-34, BT-49) in ``scheme``; without one, the SIREN in 0225,
            the French directory, else the e-mail address.
        trading: Name it is known by, if another (BT-28, BT-45).
    """

    name: str
    address: Address = field(default_factory=Address)
    siren: str = ""
    siret: str = ""
    vat: str = ""
    email: str = ""
    phone: str = ""
    legal: str = ""
    trading: str = ""
    endpoint: str = ""
    scheme: str = ""

    def electronic(self) -> tuple[str, str]:
        """Electronic address as (scheme, identifier), both empty without any."""
        if self.endpoint:
            return self.scheme or "EM", self.endpoint
        if self.siren:
            return "0225", self.siren
        return ("EM", self.email) if self.email else ("", "")


@dataclass(frozen=True, slots=True)
class Vat:
    """A VAT category with its rate (BG-30, BG-23).

    Attributes:
        category: UNTDID 5305: S standard, Z zero, E exempt, AE reverse charge, K to another
            country of the Union, G export, O outside the tax.
        rate: Hundredths of a percent: 2000 is 20 %, 550 is 5.5 %; 0 unless the category is S.
        code: VATEX code of an exemption (BT-121).
        reason: Why no tax is asked, in words (BT-120).
    """

    category: str = "S"
    rate: int = 2000
    code: str = ""
    reason: str = ""

    @property
    def key(self) -> tuple[str, int]:
        """What a line of the breakdown is made of (BR-S-08 and its like)."""
        return self.category, self.rate


@dataclass(frozen=True, slots=True)
class Allowance:
    """Something taken off the whole invoice, or put on it (BG-20, BG-21); excluding VAT."""

    amount: int
    vat: Vat
    reason: str
    charge: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line (BG-25).

    Attributes:
        number: Identifier in the invoice (BT-126).
        name: What is sold (BT-153).
        quantity: How much (BT-129); negative for what is taken back in the same invoice.
        unit: UN/ECE recommendation 20: C62 piece, HUR hour, KGM kilogram, LTR litre, DAY day.
        price: Price of one unit without VAT (BT-146), never negative.
        discount: Cents off this line (BT-136).
        net: Cents of the line without VAT (BT-131) where they are given; else quantity × price −
            discount, rounded half up.
    """

    number: str
    name: str
    quantity: Decimal
    price: Decimal
    vat: Vat
    unit: str = "C62"
    description: str = ""
    discount: int = 0
    discount_reason: str = ""
    net: int | None = None
    code: str = ""
    """Article number of the seller (BT-155)."""


@dataclass(frozen=True, slots=True)
class Note:
    """A free text (BG-1) with its subject code (UNTDID 4451), or none."""

    text: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Settlement:
    """How it is to be paid (BG-16, BG-20 of the terms).

    Attributes:
        means: UNTDID 4461: 58 SEPA transfer, 30 transfer, 48 card, 20 cheque, 10 cash,
            97 clearing between partners (barter), 1 not defined.
        text: The means in words (BT-82).
        reference: What the payer writes (BT-83): an ISO 11649 reference.
        terms: Terms in words (BT-20).
    """

    means: str = "58"
    text: str = ""
    iban: str = ""
    bic: str = ""
    holder: str = ""
    reference: str = ""
    terms: str = ""


@dataclass(frozen=True, slots=True)
class Preceding:
    """The invoice that this one corrects or takes back (BG-3)."""

    number: str
    issued: date | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    """A whole invoice or credit note.

    Attributes:
        number: Number of the series (BT-1); at most 35 of letters, digits, ``+ - _ /``.
        issued: Day of issue (BT-2).
        due: Day by which it is paid (BT-9).
        delivered: Day of delivery or end of the service (BT-72), which decides the rate.
        period: First and last day billed (BG-14).
        prepaid: Cents already paid (BT-113).
        rounding: Cents added to what is payable (BT-114).
        nature: Goods, services or both.
        paid: Whether it was all paid before it was issued (frame of billing 2 instead of 1).
    """

    number: str
    issued: date
    seller: Party
    buyer: Party
    lines: tuple[Line, ...]
    kind: Kind = Kind.INVOICE
    due: date | None = None
    delivered: date | None = None
    period: tuple[date, date] | None = None
    allowances: tuple[Allowance, ...] = ()
    prepaid: int = 0
    rounding: int = 0
    currency: str = "EUR"
    notes: tuple[Note, ...] = ()
    settlement: Settlement = field(default_factory=Settlement)
    preceding: tuple[Preceding, ...] = ()
    nature: Nature = Nature.GOODS
    buyer_reference: str = ""
    order: str = ""
    delivery: Address | None = None
    """Where it was delivered, if not at the buyer's address (BG-15)."""

    @property
    def rate_day(self) -> date:
        """The day whose VAT rates hold: of delivery, else the last billed, else of issue."""
        return self.delivered or (self.period[1] if self.period else self.issued)
