"""A shop of WooCommerce that still runs: its products, its customers and its orders, as they are now.

Nothing is booked for what was sold there. Orders are kept to be read; those that are still open become
orders of a distribution only when the manager says of which one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import ChambreError, Invalid
from chambre.lib import woocommerce as woo
from chambre.rooms.shop.models import (
    Customer,
    Distribution,
    ImportedOrder,
    Order,
    Shop,
    Variant,
)
from chambre.rooms.shop.services.asking import Wanted, Who
from chambre.rooms.shop.services.customers import erased_number
from chambre.rooms.shop.services.moving.bringing import bring_products
from chambre.rooms.shop.services.moving.reading import SOURCE, Reading
from chambre.rooms.shop.services.ordering import place_order

Progress = Callable[[int, int | None, str], None]
T = TypeVar("T")


class ShopRefused(ChambreError):
    """The other shop cannot be spoken with."""

    code = "shop.former-shop-refused"


@dataclass(slots=True)
class Visited:
    """What came out of a running shop.

    Attributes:
        products: See :meth:`.bringing.Outcome.told`.
        customers: New customers.
        customers_updated: Customers of whom something new is known.
        orders: Orders kept to be read.
        placed: Open orders that became orders of a distribution.
        skipped: What did not come: kind, its number there, reason.
        notices: What a person should know.
    """

    products: dict[str, Any] = field(default_factory=dict)
    customers: int = 0
    customers_updated: int = 0
    orders: int = 0
    placed: int = 0
    skipped: list[dict[str, str]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {name: getattr(self, name) for name in self.__slots__}

    def skip(self, kind: str, number: object, reason: object) -> None:
        """Note that something did not come."""
        self.skipped.append({"kind": kind, "number": str(number), "reason": str(reason)})


def visit(
    *,
    shop: Shop,
    address: str,
    key: str,
    secret: str,
    fetch: woo.Fetch,
    by: Actor,
    reading: Reading | None = None,
    into: Distribution | None = None,
    progress: Progress | None = None,
) -> Visited:
    """Bring products, customers and orders of a running shop in. A second time changes nothing.

    Each part is read whole before anything of it is written, and written in one transaction.

    Args:
        shop: Where they come to.
        address: Of the other shop.
        key: Consumer key with the right to read.
        secret: Its secret; it is kept nowhere.
        fetch: Does the asking.
        by: Who brings them in.
        reading: How taxes are read.
        into: For which distribution its open orders are placed; None: for none.
        progress: Called with done, total and a message.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: The distribution is of another shop.
        ShopRefused: The other shop cannot be reached, or says no.
    """
    authorize(by, "shop.manage", shop)
    if into is not None and into.cycle.shop_id != shop.pk:
        raise Invalid(_("This is not of this shop."), fields={"into": [str(into)]})
    tell = progress or (lambda _done, _total, _message: None)
    try:
        other = woo.Shop(address, key=key, secret=secret, fetch=fetch)
        read = _read(other, tell)
    except woo.WooCommerceRefusal as refusal:
        raise ShopRefused(refusal.message(get_language() or "fr"), reason=refusal.code) from None
    found = Visited()
    _tell_problems(other, found)
    tell(0, None, _("Writing what came"))
    found.products = bring_products(
        shop=shop, content=woo.write_products(read.products, language="fr"), name=other.address,
        reading=reading or Reading(), by=by, progress=progress,
    ).told()  # fmt: skip
    _note_customers(shop, read.customers, by, found)
    kept = _keep_orders(shop, read.orders, by, found)
    still_open = [order for order in kept if order.is_open] if into is not None else []
    for number, order in enumerate(still_open, 1):
        tell(number, len(still_open), _("Placing the open orders"))
        _place(shop, order, cast("Distribution", into), by, found)
    return found


@dataclass(frozen=True, slots=True)
class _Read:
    """All that the other shop told."""

    products: list[woo.Product]
    customers: list[woo.Customer]
    orders: list[woo.Order]


def _read(other: woo.Shop, tell: Progress) -> _Read:
    """Ask for everything, and say how much of it came so far.

    Raises:
        WooCommerceRefusal: The shop cannot be reached, or says no.
    """

    def counted(rows: Iterator[T], words: str) -> Iterator[T]:
        tell(0, None, words)
        for number, row in enumerate(rows, 1):
            yield row
            tell(number, None, f"{words} – {number}")

    return _Read(
        list(counted(other.products(), _("Products"))),
        list(counted(other.customers(), _("Customers"))),
        list(counted(other.orders(), _("Orders"))),
    )


def _tell_problems(other: woo.Shop, found: Visited) -> None:
    """Records that could not be read, and what was taken for granted."""
    language = get_language() or "fr"
    for problem in other.problems:
        if problem.refused:
            found.skip("record", problem.data.get("value", ""), problem.message(language))
        else:
            found.notices.append(problem.message(language))


@transaction.atomic
def _note_customers(
    shop: Shop, customers: Iterable[woo.Customer], by: Actor, found: Visited
) -> None:
    for each in customers:
        try:
            _note(shop, each.email, str(each.id), _facts(each, each.billing), found)
        except Invalid as error:
            found.skip("customer", each.id, error.message)
    audit(by, "shop.customers.brought", shop, made=found.customers)


def _facts(named: Any, place: woo.records.Address) -> dict[str, str]:
    """What is known of somebody, as we keep it."""
    first, last = named.first_name or place.first_name, named.last_name or place.last_name
    street = ", ".join(each for each in (place.street, place.extra) if each)
    return {
        "name": " ".join(f"{first} {last}".split())[:140],
        "phone": place.phone[:32],
        "address": street[:254],
        "postcode": place.postcode[:16],
        "city": place.city[:70],
    }


def _note(
    shop: Shop, email: str, number: str, facts: dict[str, str], found: Visited
) -> Customer | None:
    """The customer of an e-mail address; what is known of them here already stays.

    None: they had themselves erased, and do not come back.
    """
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid(_("This is not an e-mail address.")) from None
    row: Customer | None = None
    if number:
        numbers = (number, erased_number(shop.pk, number))
        row = Customer.objects.filter(shop=shop, source=SOURCE, external_id__in=numbers).first()
    row = row or Customer.objects.filter(shop=shop, email=email).first()
    if row is None:
        facts["name"] = facts["name"] or email.partition("@")[0][:140]
        found.customers += 1
        return Customer.objects.create(
            shop=shop, email=email, source=SOURCE, external_id=number, **facts
        )
    if row.erased_at is not None:
        return None
    new = {name: value for name, value in facts.items() if value and not getattr(row, name)}
    if number and not row.external_id:
        new |= {"source": SOURCE, "external_id": number}
    if new:
        Customer.objects.filter(pk=row.pk).update(**new)
        found.customers_updated += 1
    return row


@transaction.atomic
def _keep_orders(
    shop: Shop, orders: Iterable[woo.Order], by: Actor, found: Visited
) -> list[woo.Order]:
    """Keep orders to be read; those of people who are not erased, for what else is done with them."""
    rows = ImportedOrder.objects.filter(shop=shop, source=SOURCE)
    known = set(rows.values_list("external_id", "digest"))
    erased = set(rows.filter(erased_at__isnull=False).values_list("external_id", flat=True))
    left = []
    for order in orders:
        facts = _order_facts(order)
        digest = hashlib.sha256(json.dumps(facts, default=str, sort_keys=True).encode()).hexdigest()
        if str(order.id) in erased:
            continue
        left.append(order)
        if (str(order.id), digest) in known:
            continue
        try:
            customer = _buyer(shop, order, found)
        except _Erased:
            found.skip("order", order.number, _("Its customer was erased here."))
            left.pop()
            continue
        ImportedOrder.objects.create(
            shop=shop, customer=customer, source=SOURCE, external_id=str(order.id), digest=digest,
            by=by.label[:254], **facts,
        )  # fmt: skip
        found.orders += 1
    if found.orders:
        audit(by, "shop.orders.brought", shop, orders=found.orders)
    return left


class _Erased(Exception):
    """Somebody had themselves erased."""


def _buyer(shop: Shop, order: woo.Order, found: Visited) -> Customer | None:
    """Who ordered; None: nobody that is named.

    Raises:
        _Erased: They are not to come back.
    """
    number = str(order.customer_id) if order.customer_id else ""
    facts = _facts(order.billing, order.billing)
    try:
        customer = _note(shop, order.billing.email, number, facts, found)
    except Invalid:
        found.notices.append(
            _("Order %(number)s is of nobody: it has no e-mail address.") % {"number": order.number}
        )
        return None
    if customer is None:
        raise _Erased
    return customer


def _order_facts(order: woo.Order) -> dict[str, Any]:
    lines = [
        {
            "name": line.name, "quantity": str(line.quantity), "total": line.total + line.tax,
            "sku": line.sku,
        }
        for line in order.lines
    ]  # fmt: skip
    charges = [
        {"name": each.name, "quantity": "", "total": each.total + each.tax, "sku": ""}
        for each in order.charges
    ]
    return {
        "number": order.number[:100], "status": order.status[:40], "placed_at": order.created,
        "paid_at": order.paid, "currency": order.currency, "total": order.total,
        "refunded": order.refunded, "lines": [*lines, *charges],
    }  # fmt: skip


def _place(shop: Shop, order: woo.Order, into: Distribution, by: Actor, found: Visited) -> None:
    """Order for a distribution what is still open over there; once."""
    key = f"{SOURCE}:{order.id}"
    if Order.objects.filter(key=f"{shop.pk}:{key}").exists():
        return
    try:
        wanted = [_wanted(shop, line) for line in order.lines]
        names = order.billing
        placed = place_order(
            distribution=into, key=key, by=by, for_them=True, wanted=wanted, note=_remark(order),
            pay=Order.Pay.PICKUP if shop.pay_at_pickup else Order.Pay.AHEAD,
            who=Who(
                email=names.email, name=f"{names.first_name} {names.last_name}", phone=names.phone,
                address=names.street, postcode=names.postcode, city=names.city,
            ),
        )  # fmt: skip
    except ChambreError as error:
        found.skip("order", order.number, error.message)
        return
    found.placed += 1
    if placed.total != order.total:
        found.notices.append(
            _("Order %(number)s: %(there)s there, %(here)s here.")
            % {
                "number": order.number,
                "there": f"{order.total / 100:.2f}",
                "here": f"{placed.total / 100:.2f}",
            }
        )


def _remark(order: woo.Order) -> str:
    """Where an order comes from, and whether it was paid there: that money is not in our books."""
    parts = [f"WooCommerce {order.number}"]
    if order.paid is not None:
        parts.append(
            _("paid there on %(day)s (%(how)s)")
            % {"day": order.paid.date().isoformat(), "how": order.payment_title or "?"}
        )
    if order.note:
        parts.append(order.note)
    return " – ".join(parts)


def _wanted(shop: Shop, line: woo.OrderLine) -> Wanted:
    """A line as pieces of a variant of ours.

    Raises:
        Invalid: It is of nothing that is here, or not of whole pieces.
    """
    variant: Variant | None = None
    if line.product_id is not None:
        rows = Variant.objects.filter(
            product__shop=shop, product__source=SOURCE, product__external_id=str(line.product_id)
        )
        number = str(line.variation_id) if line.variation_id else ""
        variant = rows.filter(external_id=number).first()
    if variant is None:
        raise Invalid(_("“%(name)s” is not a product of this shop.") % {"name": line.name})
    if line.quantity != line.quantity.to_integral_value() or line.quantity < 1:
        raise Invalid(_("“%(name)s” is not ordered in whole pieces.") % {"name": line.name})
    return Wanted(variant.pk, int(line.quantity))


def former_orders(customer: Customer) -> list[ImportedOrder]:
    """What a customer ordered in the former shop, each order as it was last, the newest first."""
    newest: dict[str, ImportedOrder] = {}
    for row in ImportedOrder.objects.filter(customer=customer).order_by("id"):
        newest[row.external_id] = row
    return sorted(newest.values(), key=lambda row: (row.placed_at or row.at, row.pk), reverse=True)
