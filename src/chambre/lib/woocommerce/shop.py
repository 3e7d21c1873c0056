"""A running WooCommerce shop, read through its REST interface ``wc/v3``."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from html import unescape
from typing import Any, TypeVar

from .headers import LENGTHS, WEIGHTS
from .model import Attribute, Download, Product, Reference
from .problems import Problem, Unreadable, WooCommerceRefusal
from .records import (
    Customer,
    Order,
    Refund,
    decimals_of,
    identity,
    inner,
    number,
    read_customer,
    read_order,
    read_refund,
    several,
    text,
)
from .rest import Connection, Fetch, shop_address
from .values import read_cents, read_date, read_measure, read_number

T = TypeVar("T")

_STATUSES = {"future": "draft"}
_VARIABLE = frozenset({"variable", "variable-subscription"})


@dataclass(frozen=True, slots=True)
class Units:
    """What a shop weighs and measures in: grams and millimetres in one of its units."""

    weight: Decimal = WEIGHTS["kg"]
    length: Decimal = LENGTHS["cm"]


class Shop:
    """Reads a shop; each record once, in the order of their numbers.

    A record that cannot be read is left out and stands in ``problems``; fields that are not known
    are passed over. What concerns the whole (address, key, no answer) is a
    :class:`~.problems.WooCommerceRefusal` of the method that asks.

    Attributes:
        address: Of the shop, without a slash at the end.
        problems: What could not be read so far.
    """

    def __init__(
        self,
        address: str,
        *,
        key: str,
        secret: str,
        fetch: Fetch,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Note where the shop is; nothing is asked yet.

        Args:
            address: Of the shop; only https, except on this machine.
            key: Consumer key with the right to read.
            secret: Its secret.
            fetch: Method, address, headers, query → answer.
            sleep: Waits that many seconds when the shop is busy.

        Raises:
            WooCommerceRefusal: ``address-unreadable`` or ``address-unsafe``.
        """
        self.address = shop_address(address)
        self.problems: list[Problem] = []
        self._connection = Connection(self.address, key, secret, fetch, sleep)
        self._units: Units | None = None

    def _all(
        self, kind: str, records: Iterable[dict[str, Any]], reader: Callable[[dict[str, Any]], T]
    ) -> Iterator[T]:
        """Read records one by one; one that cannot be read is noted and passed over."""
        for data in records:
            try:
                yield reader(data)
            except Unreadable as wrong:
                detail = Problem(0, "", wrong.code, data=wrong.data)
                facts = {
                    "value": f"{kind} {str(data.get('id'))[:20]}",
                    "detail": detail.message("en"),
                    "detail_fr": detail.message("fr"),
                }
                self.problems.append(Problem(0, "", "record-unreadable", True, facts))

    def units(self) -> Units:
        """What the shop weighs and measures in; kg and cm, and a problem, when it does not say."""
        if self._units is None:
            try:
                settings, _ = self._connection.get("settings/products")
            except WooCommerceRefusal as refusal:
                # Settings ask for more rights than products do; without the right to products
                # the next question says so.
                if refusal.code not in {"key-refused", "shop-refused"}:
                    raise
                settings = None
            found = {}
            if isinstance(settings, list):
                found = {
                    item["id"]: str(item.get("value"))
                    for item in settings
                    if isinstance(item, dict) and "id" in item
                }
            weight = WEIGHTS.get(found.get("woocommerce_weight_unit", ""))
            length = LENGTHS.get(found.get("woocommerce_dimension_unit", ""))
            for factor, unit in ((weight, "kg"), (length, "cm")):
                if factor is None:
                    self.problems.append(Problem(0, "", "unit-assumed", False, {"value": unit}))
            self._units = Units(weight or WEIGHTS["kg"], length or LENGTHS["cm"])
        return self._units

    def categories(self) -> dict[int, tuple[str, ...]]:
        """Number → names from the root down, of all categories of products."""
        names: dict[int, tuple[str, int]] = {}
        for data in self._connection.pages("products/categories"):
            found = number(data, "id")
            if found:
                names[found] = (unescape(text(data, "name")), number(data, "parent") or 0)
        paths = {}
        for start in names:
            path: list[str] = []
            at, seen = start, set()
            while at in names and at not in seen:
                seen.add(at)
                path.insert(0, names[at][0])
                at = names[at][1]
            paths[start] = tuple(path)
        return paths

    def products(self) -> Iterator[Product]:
        """All products with their variations, published or not."""
        read = partial(_product, units=self.units(), paths=self.categories())
        records = self._connection.pages("products", {"status": "any"})
        for product in self._all("product", records, read):
            if product.kind in _VARIABLE:
                yield replace(product, variations=tuple(self.variations(product)))
            else:
                yield product

    def variations(self, parent: Product) -> Iterator[Product]:
        """The variations of a product.

        Raises:
            ValueError: The product has no number.
        """
        if parent.id is None:
            raise ValueError("a product of a shop has a number")
        read = partial(_product, units=self.units(), paths={})
        kind = "subscription_variation" if "subscription" in parent.kind else "variation"
        records = self._connection.pages(f"products/{parent.id}/variations")
        for found in self._all("variation", records, read):
            yield replace(found, kind=kind, parent=Reference(id=parent.id))

    def customers(self) -> Iterator[Customer]:
        """All who have an account as a customer."""
        return self._all("customer", self._connection.pages("customers"), read_customer)

    def orders(
        self, *, statuses: Collection[str] = (), modified_after: datetime | None = None
    ) -> Iterator[Order]:
        """Orders, all of them by default.

        Args:
            statuses: Only those with one of these; see :data:`~.records.OPEN`.
            modified_after: Only those that changed since, an aware time.
        """
        params = {"dp": "2"}
        if statuses:
            params["status"] = ",".join(sorted(statuses))
        if modified_after is not None:
            params |= {"modified_after": modified_after.isoformat(), "dates_are_gmt": "true"}
        return self._all("order", self._connection.pages("orders", params), read_order)

    def refunds(self, order: Order) -> Iterator[Refund]:
        """What was given back on an order."""
        read = partial(read_refund, decimals=decimals_of(order.currency))
        records = self._connection.pages(f"orders/{order.id}/refunds", {"dp": "2"})
        return self._all("refund", records, read)


def _product(data: dict[str, Any], units: Units, paths: dict[int, tuple[str, ...]]) -> Product:
    """Read a product or a variation.

    Raises:
        Unreadable: No number, or a price or stock that cannot be read.
    """
    stock = data.get("stock_quantity")
    managed = data.get("manage_stock")
    low = data.get("low_stock_amount")
    sizes = inner(data, "dimensions")
    return Product(
        id=identity(data),
        kind=text(data, "type") or "simple",
        virtual=data.get("virtual") is True,
        downloadable=data.get("downloadable") is True,
        gtin=text(data, "global_unique_id"),
        sku=text(data, "sku"),
        name=text(data, "name"),
        status=_STATUSES.get(text(data, "status"), text(data, "status") or "publish"),
        featured=_flag(data, "featured"),
        visibility=text(data, "catalog_visibility"),
        short_description=text(data, "short_description"),
        description=text(data, "description"),
        sale_starts=_day(data, "date_on_sale_from"),
        sale_ends=_day(data, "date_on_sale_to"),
        tax_status=text(data, "tax_status"),
        tax_class=text(data, "tax_class"),
        stock_status=text(data, "stock_status") or "instock",
        stock=read_number(str(stock)) if managed is True and stock is not None else None,
        stock_of_parent=managed == "parent",
        low_stock=None if low is None else read_number(str(low)),
        backorders=text(data, "backorders") or "no",
        sold_individually=_flag(data, "sold_individually"),
        weight=_measure(data, "weight", units.weight),
        length=_measure(sizes, "length", units.length),
        width=_measure(sizes, "width", units.length),
        height=_measure(sizes, "height", units.length),
        reviews_allowed=_flag(data, "reviews_allowed"),
        purchase_note=text(data, "purchase_note"),
        sale_price=_price(data, "sale_price"),
        regular_price=_price(data, "regular_price"),
        **_links(data, paths),
    )


def _links(data: dict[str, Any], paths: dict[int, tuple[str, ...]]) -> dict[str, Any]:
    """What a product names: categories, pictures, other products, attributes, files."""
    images = several(data, "images") or [inner(data, "image")]
    return {
        "categories": tuple(
            paths.get(number(item, "id") or 0) or (unescape(text(item, "name")),)
            for item in several(data, "categories")
        ),
        "tags": tuple(unescape(text(item, "name")) for item in several(data, "tags")),
        "brands": tuple(unescape(text(item, "name")) for item in several(data, "brands")),
        "shipping_class": text(data, "shipping_class"),
        "images": tuple(found for item in images if (found := text(item, "src"))),
        "download_limit": number(data, "download_limit"),
        "download_expiry": number(data, "download_expiry"),
        "grouped": _references(data, "grouped_products"),
        "upsells": _references(data, "upsell_ids"),
        "cross_sells": _references(data, "cross_sell_ids"),
        "external_url": text(data, "external_url"),
        "button_text": text(data, "button_text"),
        "position": number(data, "menu_order") or 0,
        "attributes": _attributes(data),
        "downloads": tuple(
            Download(text(item, "file"), text(item, "name"), text(item, "id"))
            for item in several(data, "downloads")
            if text(item, "file")
        ),
        "meta": tuple(
            (text(item, "key"), text(item, "value"))
            for item in several(data, "meta_data")
            if text(item, "key") and text(item, "value")
        ),
    }


def _attributes(data: dict[str, Any]) -> tuple[Attribute, ...]:
    """Attributes; in a variation each has one value, or none when any is good."""
    defaults = {
        text(item, "name"): text(item, "option") for item in several(data, "default_attributes")
    }
    found = []
    for item in several(data, "attributes"):
        options = item.get("options")
        values = options if isinstance(options, list) else [item.get("option")]
        name = text(item, "name")
        found.append(
            Attribute(
                name,
                tuple(value for value in values if isinstance(value, str) and value),
                _flag(item, "visible"),
                bool(number(item, "id")),
                defaults.get(name, ""),
            )
        )
    return tuple(attribute for attribute in found if attribute.name)


def _references(data: dict[str, Any], key: str) -> tuple[Reference, ...]:
    value = data.get(key)
    numbers = value if isinstance(value, list) else []
    return tuple(Reference(id=item) for item in numbers if isinstance(item, int) and item)


def _flag(data: dict[str, Any], key: str) -> bool | None:
    value = data.get(key)
    return value if isinstance(value, bool) else None


def _day(data: dict[str, Any], key: str) -> date | None:
    return read_date(found) if (found := text(data, key)) else None


def _price(data: dict[str, Any], key: str) -> int | None:
    return read_cents(found) if (found := text(data, key)) else None


def _measure(data: dict[str, Any], key: str, factor: Decimal) -> int | None:
    return read_measure(found, factor) if (found := text(data, key)) else None
