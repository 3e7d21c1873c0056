"""A product of WooCommerce as typed values: prices in cents, weights in grams, lengths in mm."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from .problems import Problem

VARIATION_KINDS = frozenset({"variation", "subscription_variation"})
"""Types of the rows that belong to a parent."""

KINDS = ("simple", "variable", "variation", "grouped", "external")
"""Types that WooCommerce itself has."""


@dataclass(frozen=True, slots=True)
class Reference:
    """How a row names another product: by number, or by SKU; exactly one of them is set.

    Attributes:
        id: Number of the product in its shop.
        sku: Its SKU.
    """

    id: int | None = None
    sku: str = ""

    def __str__(self) -> str:
        return self.sku if self.id is None else f"id:{self.id}"


@dataclass(frozen=True, slots=True)
class Attribute:
    """A property of a product, such as a calibre or a variety.

    Attributes:
        name: Its name.
        values: What it can be; one value in a variation, none when any is good.
        visible: Whether it is shown on the product's page; ``None`` when nothing is said.
        shared: Whether it is defined once for the whole shop (“global”); ``None`` likewise.
        default: The value chosen beforehand; empty for none.
    """

    name: str
    values: tuple[str, ...] = ()
    visible: bool | None = None
    shared: bool | None = None
    default: str = ""


@dataclass(frozen=True, slots=True)
class Download:
    """A file that buyers of a downloadable product get.

    Attributes:
        url: Where it is.
        name: What it is called; may be empty.
        id: Its identifier in the shop; may be empty.
    """

    url: str
    name: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """A product or a variation.

    Attributes:
        id: Number in the shop that it comes from.
        kind: One of :data:`KINDS`, or the type of an extension.
        virtual: Nothing is shipped.
        downloadable: Buyers get files.
        status: ``publish``, ``private``, ``draft`` or ``pending``.
        short_description: HTML.
        description: HTML.
        sale_starts: First day of the sale price, in the time of the shop.
        sale_ends: Last day of the sale price.
        tax_status: ``taxable``, ``shipping`` or ``none``; empty when nothing is said.
        stock_status: ``instock``, ``outofstock`` or ``onbackorder``, as the shop says; see
            :attr:`available` for what it comes to.
        stock: Pieces on hand; ``None`` when stock is not counted.
        stock_of_parent: The stock is counted by the parent of this variation.
        backorders: ``no``, ``notify`` (sold, and said so) or ``yes``.
        weight: Grams, rounded half up when the shop weighs in pounds.
        length: Millimetres, likewise; so are ``width`` and ``height``.
        sale_price: Cents.
        regular_price: Cents.
        categories: Each from the root down.
        images: Addresses or file names, the main one first.
        download_limit: How often files may be fetched; ``None`` or -1 without limit.
        download_expiry: Days; ``None`` or -1 for ever.
        parent: The product that a variation belongs to.
        position: Order among its siblings.
        meta: Key and value of what extensions keep, in the order of the columns.
        variations: In the order of the file; always empty in a variation.
        cells: The row as it stood in its file, header and cell, so that writing it again changes
            nothing that was not changed here. Takes no part in comparing.
        line: Where the row begins in its file; 0 for none. Takes no part in comparing.
    """

    id: int | None = None
    kind: str = "simple"
    virtual: bool = False
    downloadable: bool = False
    sku: str = ""
    gtin: str = ""
    name: str = ""
    status: str = "publish"
    featured: bool | None = None
    visibility: str = ""
    short_description: str = ""
    description: str = ""
    sale_starts: date | None = None
    sale_ends: date | None = None
    tax_status: str = ""
    tax_class: str = ""
    stock_status: str = "instock"
    stock: Decimal | None = None
    stock_of_parent: bool = False
    low_stock: Decimal | None = None
    backorders: str = "no"
    sold_individually: bool | None = None
    weight: int | None = None
    length: int | None = None
    width: int | None = None
    height: int | None = None
    reviews_allowed: bool | None = None
    purchase_note: str = ""
    sale_price: int | None = None
    regular_price: int | None = None
    categories: tuple[tuple[str, ...], ...] = ()
    tags: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    shipping_class: str = ""
    images: tuple[str, ...] = ()
    download_limit: int | None = None
    download_expiry: int | None = None
    parent: Reference | None = None
    grouped: tuple[Reference, ...] = ()
    upsells: tuple[Reference, ...] = ()
    cross_sells: tuple[Reference, ...] = ()
    external_url: str = ""
    button_text: str = ""
    position: int = 0
    attributes: tuple[Attribute, ...] = ()
    downloads: tuple[Download, ...] = ()
    meta: tuple[tuple[str, str], ...] = ()
    variations: tuple[Product, ...] = ()
    cells: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    line: int = field(default=0, compare=False)

    @property
    def is_variation(self) -> bool:
        """Whether it belongs to a parent."""
        return self.kind in VARIATION_KINDS

    @property
    def reference(self) -> Reference | None:
        """How others can name it: by SKU, else by number, else not at all."""
        if self.sku:
            return Reference(sku=self.sku)
        return None if self.id is None else Reference(id=self.id)

    @property
    def available(self) -> bool:
        """Whether it can be ordered now, as far as its own row says."""
        if self.stock is not None:
            return self.stock > 0 or self.backorders != "no"
        return self.stock_status != "outofstock"

    def with_stock(self, stock: Decimal | None) -> Product:
        """The same product with another stock, and the status that goes with it.

        Args:
            stock: Pieces on hand; ``None`` to count no longer.
        """
        if stock is None:
            return replace(self, stock=None, stock_of_parent=False)
        held = "instock" if stock > 0 else "onbackorder" if self.backorders != "no" else None
        return replace(self, stock=stock, stock_of_parent=False, stock_status=held or "outofstock")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a product file holds.

    Attributes:
        columns: The headers as they stand in the file, in their order.
        delimiter: ``,``, ``;`` or a tab.
        products: In the order of the file; variations stand in their parents.
        problems: In the order of the lines.
        rows: Rows of the file that hold anything, taken in or not.
    """

    columns: tuple[str, ...]
    delimiter: str
    products: tuple[Product, ...]
    problems: tuple[Problem, ...]
    rows: int

    @property
    def refused(self) -> tuple[Problem, ...]:
        """Why rows were left out, one problem per row that was."""
        first: dict[int, Problem] = {}
        for problem in self.problems:
            if problem.refused:
                first.setdefault(problem.line, problem)
        return tuple(first.values())

    @property
    def variations(self) -> int:
        """How many variations the products have."""
        return sum(len(product.variations) for product in self.products)
