"""Values of an invoice in XML, read strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from lxml import etree

from .refusals import InvoiceRefusal

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,19}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})")
MOST_LINES = 5000
"""Lines of one invoice that are read."""


class Reader:
    """Looks things up under one element, with the prefixes of a syntax."""

    def __init__(self, element: etree._Element, names: Mapping[str, str]) -> None:
        self.element = element
        self.names = dict(names)

    def __bool__(self) -> bool:
        return True

    def all(self, path: str) -> list[Reader]:
        """Every element at a path."""
        return [Reader(each, self.names) for each in self.element.findall(path, self.names)]

    def one(self, path: str) -> Reader | None:
        """The first element at a path."""
        found = self.element.find(path, self.names)
        return None if found is None else Reader(found, self.names)

    def text(self, path: str) -> str:
        """The text at a path, white space made even; empty if there is none."""
        found = self.element.find(path, self.names)
        return "" if found is None else " ".join((found.text or "").split())

    def attribute(self, path: str, name: str) -> str:
        """An attribute of the element at a path."""
        found = self.element.find(path, self.names)
        return "" if found is None else str(found.get(name) or "").strip()

    def decimal(self, path: str) -> Decimal | None:
        """A number at a path, or None.

        Raises:
            InvoiceRefusal: Something else stands there.
        """
        text = self.text(path)
        return decimal_of(text, path) if text else None

    def cents(self, path: str) -> int | None:
        """An amount at a path in cents, or None.

        Raises:
            InvoiceRefusal: Not an amount, or finer than a cent.
        """
        value = self.decimal(path)
        return None if value is None else cents_of(value, path)


def decimal_of(text: str, field: str) -> Decimal:
    """A plain decimal.

    Raises:
        InvoiceRefusal: Anything else, or longer than 19 digits and 12 decimals.
    """
    if not _NUMBER.fullmatch(text):
        raise _unreadable(text, field, "a number", "un nombre")
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise _unreadable(text, field, "a number", "un nombre") from error


def cents_of(value: Decimal, field: str) -> int:
    """An amount in cents.

    Raises:
        InvoiceRefusal: Finer than a cent.
    """
    scaled = value * 100
    if scaled != scaled.to_integral_value():
        raise _unreadable(f"{value}", field, "an amount in cents", "un montant en centimes")
    return int(scaled)


def rate_of(value: Decimal | None, field: str) -> int:
    """A percentage in hundredths of a percent; 0 for none.

    Raises:
        InvoiceRefusal: Finer than that, or not between 0 and 100.
    """
    if value is None:
        return 0
    scaled = value * 100
    if scaled != scaled.to_integral_value() or not 0 <= scaled <= 10_000:
        raise _unreadable(f"{value}", field, "a VAT rate", "un taux de TVA")
    return int(scaled)


def day_of(text: str, field: str, *, compact: bool) -> date | None:
    """A day as ``20260301`` (compact) or ``2026-03-01``; None if there is none.

    Raises:
        InvoiceRefusal: Something else.
    """
    if not text:
        return None
    wanted = r"[0-9]{8}" if compact else r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    plain = text if compact else text[:10]  # UBL allows a time zone behind the day
    try:
        if not re.fullmatch(wanted, plain):
            raise ValueError(text)
        return date.fromisoformat(plain)
    except ValueError as error:
        raise _unreadable(text, field, "a day", "un jour") from error


def check_lines(count: int) -> None:
    """Refuse more lines than are read.

    Raises:
        InvoiceRefusal: More than :data:`MOST_LINES`.
    """
    if count > MOST_LINES:
        raise InvoiceRefusal("invoice-too-many-lines", limit=MOST_LINES)


def _unreadable(text: str, field: str, english: str, french: str) -> InvoiceRefusal:
    return InvoiceRefusal(
        "invoice-value-unreadable",
        value=text[:60],
        field=re.sub(r"[a-z]+:", "", field),
        expected=english,
        expected_fr=french,
    )
