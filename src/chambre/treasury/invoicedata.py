"""What an invoice is asked with, and how it is kept: typed values in and out of JSON."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from chambre.core.errors import Invalid
from chambre.lib.canonical import digest
from chambre.lib.invoicing import Invoice as Paper


@dataclass(frozen=True, slots=True)
class LineIn:
    """A line as it is asked for.

    Attributes:
        name: What is sold.
        price: Of one unit, with at most six decimals; without VAT unless the invoice says
            otherwise.
        quantity: How much, at most four decimals.
        vat: A rate in hundredths of a percent (``"2000"``), or the key of an exemption
            (:data:`chambre.lib.invoicing.EXEMPTIONS`). A structure without VAT puts its own
            exemption in the place of every rate.
        use: What it is booked as (:mod:`chambre.treasury.uses`).
        unit: UN/ECE recommendation 20.
        discount: Cents off the line.
        resource: Id of the resource that it concerns.
        code: Article number.
    """

    name: str
    price: Decimal
    quantity: Decimal = Decimal(1)
    vat: str = "2000"
    use: str = "sale.service"
    unit: str = "C62"
    description: str = ""
    discount: int = 0
    resource: int | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class AllowanceIn:
    """Cents taken off the whole invoice, or put on it; without VAT."""

    amount: int
    reason: str
    vat: str = "2000"
    charge: bool = False


@dataclass(frozen=True, slots=True)
class InvoiceIn:
    """An invoice as it is asked for.

    Attributes:
        lines: At least one.
        allowances: On the whole.
        issued: Day of issue; absent: today.
        due: Day to pay by; absent: by the issuer's terms.
        delivered: Day of delivery, or on which the service ended.
        period: First and last day billed.
        language: ``fr`` or ``en``.
        order: The customer's order number.
        buyer_reference: The customer's own reference.
        note: Free words on the invoice.
        with_vat: Prices include VAT.
        prepaid: Cents that were paid already, and are booked as an advance.
        barter: It is paid by compensation with what the customer delivers.
        barter_amount: Cents of the counterpart; the rest is paid in money (soulte).
    """

    lines: tuple[LineIn, ...]
    allowances: tuple[AllowanceIn, ...] = ()
    issued: dt.date | None = None
    due: dt.date | None = None
    delivered: dt.date | None = None
    period: tuple[dt.date, dt.date] | None = None
    language: str = "fr"
    order: str = ""
    buyer_reference: str = ""
    note: str = ""
    with_vat: bool = False
    prepaid: int = 0
    barter: bool = False
    barter_amount: int = 0


@cache
def _adapter(kind: Any) -> Any:
    from pydantic import TypeAdapter  # only where something is read or kept

    return TypeAdapter(kind)


def kept(value: Any) -> Any:
    """A value of these types, or of ``lib.invoicing``, as JSON keeps it."""
    kind: Any = type(value)
    return _adapter(kind).dump_python(value, mode="json")


def asked(data: Any) -> InvoiceIn:
    """What a draft was asked with.

    Raises:
        Invalid: The data are not of that shape.
    """
    from pydantic import ValidationError

    try:
        found: InvoiceIn = _adapter(InvoiceIn).validate_python(data, strict=False)
    except ValidationError as error:
        fields = {".".join(map(str, each["loc"])): [each["msg"]] for each in error.errors()}
        raise Invalid(_("This draft cannot be read."), fields=fields) from error
    return found


def paper_of(data: Any) -> Paper:
    """The frozen content of an invoice."""
    found: Paper = _adapter(Paper).validate_python(data)
    return found


def digest_of(content: InvoiceIn, *facts: int | str) -> str:
    """SHA-256 of what was asked, in hexadecimal: the same for the same."""
    return digest([kept(content), *facts], about="invoice").hex()
