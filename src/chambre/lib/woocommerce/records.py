"""Customers, orders and refunds of a shop as typed values; amounts in cents of their currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from chambre.lib.money import MoneyRefusal, account_unit

from .problems import Unreadable
from .values import read_cents, read_number

OPEN = frozenset({"pending", "on-hold", "processing"})
"""Statuses of orders that are still to be paid or delivered."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where and to whom; every part may be empty. ``country`` is ISO 3166 alpha-2."""

    first_name: str = ""
    last_name: str = ""
    company: str = ""
    street: str = ""
    extra: str = ""
    postcode: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody with an account. ``created`` is in UTC."""

    id: int
    email: str
    first_name: str = ""
    last_name: str = ""
    username: str = ""
    created: datetime | None = None
    billing: Address = Address()
    shipping: Address = Address()


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of an order, or of a refund (then quantity and amounts are below zero).

    Attributes:
        quantity: How many; whole unless an extension sells by weight.
        subtotal: Cents without tax, before coupons.
        total: Cents without tax, after coupons.
        tax: Cents of tax on ``total``.
        meta: Label and value of what was chosen.
    """

    id: int
    name: str
    quantity: Decimal
    total: int
    tax: int
    subtotal: int = 0
    product_id: int | None = None
    variation_id: int | None = None
    sku: str = ""
    tax_class: str = ""
    meta: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Charge:
    """Shipping or a fee; ``kind`` is ``shipping`` or ``fee``, amounts are cents."""

    kind: str
    name: str
    total: int
    tax: int


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon that was used, and the cents without tax that it took off."""

    code: str
    discount: int


@dataclass(frozen=True, slots=True)
class Order:
    """An order; amounts are in smallest parts of ``currency``, times in UTC.

    Attributes:
        number: What customers know it by.
        status: ``pending``, ``processing``, ``on-hold``, ``completed``, ``cancelled``,
            ``refunded``, ``failed``, or one of an extension.
        customer_id: ``None`` for a guest.
        total: With tax, as it was asked for.
        total_tax: The tax in it.
        prices_include_tax: Whether prices were entered with tax.
        refunded: What was given back, with tax.
    """

    id: int
    number: str
    status: str
    currency: str
    total: int
    total_tax: int
    created: datetime | None = None
    paid: datetime | None = None
    completed: datetime | None = None
    customer_id: int | None = None
    billing: Address = Address()
    shipping: Address = Address()
    lines: tuple[OrderLine, ...] = ()
    charges: tuple[Charge, ...] = ()
    coupons: tuple[Coupon, ...] = ()
    prices_include_tax: bool = False
    payment_method: str = ""
    payment_title: str = ""
    transaction: str = ""
    note: str = ""
    refunded: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it is still to be paid or delivered."""
        return self.status in OPEN

    @property
    def rounding(self) -> int:
        """Cents of the total that its lines and charges do not account for; nearly always 0."""
        parts: list[OrderLine | Charge] = [*self.lines, *self.charges]
        return self.total - sum(part.total + part.tax for part in parts)


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back on an order: ``amount`` in cents above zero, lines below zero."""

    id: int
    amount: int
    created: datetime | None = None
    reason: str = ""
    by_gateway: bool = False
    lines: tuple[OrderLine, ...] = ()
    charges: tuple[Charge, ...] = ()


def text(data: dict[str, Any], key: str) -> str:
    """A text, or nothing where something else stands."""
    value = data.get(key)
    return value.strip() if isinstance(value, str) else ""


def number(data: dict[str, Any], key: str) -> int | None:
    """A whole number, or ``None`` where something else stands."""
    value = data.get(key)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def identity(data: dict[str, Any]) -> int:
    """The number of a record.

    Raises:
        Unreadable: There is none.
    """
    found = number(data, "id")
    if not found:
        raise Unreadable("number-unreadable", str(data.get("id")))
    return found


def inner(data: dict[str, Any], key: str) -> dict[str, Any]:
    """A record inside a record; empty where there is none."""
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def several(data: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """Records inside a record."""
    value = data.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def amount(data: dict[str, Any], key: str, decimals: int) -> int:
    """An amount in smallest parts; 0 where nothing stands.

    Raises:
        Unreadable: Not an amount, or finer than the smallest part.
    """
    value = data.get(key)
    plain = "" if value is None or isinstance(value, bool) else str(value)
    return read_cents(plain, decimals=decimals, below_zero=True) if plain.strip() else 0


def moment(data: dict[str, Any], key: str) -> datetime | None:
    """A time in UTC (``…_gmt``), or ``None`` where none can be read."""
    try:
        found = datetime.fromisoformat(text(data, key))
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _address(data: dict[str, Any]) -> Address:
    return Address(
        street=text(data, "address_1"),
        extra=text(data, "address_2"),
        **{
            key: text(data, key)
            for key in (
                *("first_name", "last_name", "company", "postcode", "city"),
                *("state", "country", "email", "phone"),
            )
        },
    )


def read_customer(data: dict[str, Any]) -> Customer:
    """Read a customer.

    Raises:
        Unreadable: It has no number.
    """
    return Customer(
        id=identity(data),
        email=text(data, "email"),
        first_name=text(data, "first_name"),
        last_name=text(data, "last_name"),
        username=text(data, "username"),
        created=moment(data, "date_created_gmt"),
        billing=_address(inner(data, "billing")),
        shipping=_address(inner(data, "shipping")),
    )


def _line(data: dict[str, Any], decimals: int) -> OrderLine:
    return OrderLine(
        id=identity(data),
        name=text(data, "name"),
        quantity=read_number(str(data.get("quantity", 0))),
        subtotal=amount(data, "subtotal", decimals),
        total=amount(data, "total", decimals),
        tax=amount(data, "total_tax", decimals),
        product_id=number(data, "product_id") or None,
        variation_id=number(data, "variation_id") or None,
        sku=text(data, "sku"),
        tax_class=text(data, "tax_class"),
        meta=tuple(
            (text(item, "display_key") or text(item, "key"), text(item, "display_value"))
            for item in several(data, "meta_data")
            if not text(item, "key").startswith("_") and text(item, "display_value")
        ),
    )


def _charges(data: dict[str, Any], decimals: int) -> tuple[Charge, ...]:
    return tuple(
        Charge(
            kind,
            text(item, "method_title") or text(item, "name"),
            amount(item, "total", decimals),
            amount(item, "total_tax", decimals),
        )
        for kind, key in (("shipping", "shipping_lines"), ("fee", "fee_lines"))
        for item in several(data, key)
    )


def decimals_of(currency: str) -> int:
    """Decimals of a currency.

    Raises:
        Unreadable: There is no such currency.
    """
    try:
        return account_unit(currency).decimals
    except MoneyRefusal:
        raise Unreadable("word-unreadable", currency, allowed="ISO 4217") from None


def read_order(data: dict[str, Any]) -> Order:
    """Read an order.

    Raises:
        Unreadable: It has no number, an unknown currency, or an amount that cannot be read.
    """
    currency = text(data, "currency").upper()
    decimals = decimals_of(currency)
    return Order(
        id=identity(data),
        number=text(data, "number") or str(identity(data)),
        status=text(data, "status"),
        currency=currency,
        total=amount(data, "total", decimals),
        total_tax=amount(data, "total_tax", decimals),
        created=moment(data, "date_created_gmt"),
        paid=moment(data, "date_paid_gmt"),
        completed=moment(data, "date_completed_gmt"),
        customer_id=number(data, "customer_id") or None,
        billing=_address(inner(data, "billing")),
        shipping=_address(inner(data, "shipping")),
        lines=tuple(_line(item, decimals) for item in several(data, "line_items")),
        charges=_charges(data, decimals),
        coupons=tuple(
            Coupon(text(item, "code"), amount(item, "discount", decimals))
            for item in several(data, "coupon_lines")
        ),
        prices_include_tax=data.get("prices_include_tax") is True,
        payment_method=text(data, "payment_method"),
        payment_title=text(data, "payment_method_title"),
        transaction=text(data, "transaction_id"),
        note=text(data, "customer_note"),
        refunded=sum(abs(amount(item, "total", decimals)) for item in several(data, "refunds")),
    )


def read_refund(data: dict[str, Any], decimals: int = 2) -> Refund:
    """Read a refund.

    Args:
        data: The record.
        decimals: Of the currency of its order.

    Raises:
        Unreadable: It has no number, or an amount that cannot be read.
    """
    return Refund(
        id=identity(data),
        amount=abs(amount(data, "amount", decimals)),
        created=moment(data, "date_created_gmt"),
        reason=text(data, "reason"),
        by_gateway=data.get("refunded_payment") is True,
        lines=tuple(_line(item, decimals) for item in several(data, "line_items")),
        charges=_charges(data, decimals),
    )
