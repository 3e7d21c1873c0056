"""What a product of WooCommerce is in a shop of ours: fields, variants, stock, and what to know of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from chambre.core.errors import Invalid
from chambre.lib.htmltext import html_to_markdown, html_to_text
from chambre.lib.woocommerce import Product as Row
from chambre.rooms.shop.models import Product, Variant

SOURCE = "woocommerce"
STANDARD, REDUCED, ZERO = "standard", "reduced", "zero"
ALIASES = {
    "": STANDARD, "parent": STANDARD, "taux-normal": STANDARD, "standard-rate": STANDARD,
    "reduced-rate": REDUCED, "taux-reduit": REDUCED, "tva-reduite": REDUCED,
    "zero-rate": ZERO, "taux-zero": ZERO, "taux-nul": ZERO,
    "taux-intermediaire": "intermediate", "intermediate-rate": "intermediate",
    "taux-super-reduit": "super-reduced", "super-reduced-rate": "super-reduced",
    "taux-particulier": "super-reduced",
}  # fmt: skip
"""Short names of tax classes as French and English shops have them."""
RATES = {REDUCED: 550, ZERO: 0, "intermediate": 1000, "super-reduced": 210}
"""French rates in hundredths of a percent."""
MOST_CENTS = 10**11
MOST = 2**31 - 1


def class_of(name: str) -> str:
    """A tax class in one form, whatever language its short name is in."""
    plain = slugify(name)
    return ALIASES.get(plain, plain)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read.

    Attributes:
        vat: Class (as :func:`class_of` gives it) → rate in hundredths of a percent.
        default_vat: Rate of the standard class and of those that are not known.
        without_tax: The prices in it are without VAT.
    """

    vat: dict[str, int] = field(default_factory=dict)
    default_vat: int = 2000
    without_tax: bool = False

    def rate(self, row: Row) -> int:
        """The rate of a product, in hundredths of a percent."""
        if row.tax_status in ("none", "shipping"):
            return 0
        known = class_of(row.tax_class)
        return self.vat.get(known, RATES.get(known, self.default_vat))

    def knows(self, name: str) -> bool:
        """Whether it was said, or is plain, what rate a class has."""
        known = class_of(name)
        return known == STANDARD or known in self.vat or known in RATES

    def gross(self, cents: int | None, rate: int) -> int | None:
        """A price as we keep it: cents, VAT included, halves up."""
        if cents is None or not self.without_tax:
            return cents
        return (cents * (10_000 + rate) + 5_000) // 10_000

    def net(self, cents: int | None, rate: int) -> int | None:
        """A price as the file has it."""
        if cents is None or not self.without_tax:
            return cents
        return (2 * cents * 10_000 + 10_000 + rate) // (2 * (10_000 + rate))

    def as_json(self) -> dict[str, Any]:
        """To be kept with what was read so."""
        return {"vat": self.vat, "default_vat": self.default_vat, "without_tax": self.without_tax}

    @classmethod
    def of(cls, data: dict[str, Any]) -> Reading:
        """Out of :meth:`as_json`."""
        return cls(dict(data.get("vat", {})), data.get("default_vat", 2000),
                   bool(data.get("without_tax")))  # fmt: skip


def read_rate(text: str) -> int:
    """A rate such as ``5.5`` or ``5,5 %``, in hundredths of a percent.

    Raises:
        Invalid: It is none.
    """
    try:
        rate = Decimal(text.replace("%", "").replace(",", ".").strip()) * 100
    except InvalidOperation:
        rate = Decimal(-1)
    if not (0 <= rate <= 10_000 and rate == rate.to_integral_value()):
        message = _("“%(text)s” is not a VAT rate.") % {"text": text[:40]}
        raise Invalid(message, fields={"vat": [message]})
    return int(rate)


def read_rates(text: str) -> dict[str, int]:
    """Rates by class, such as ``standard=20,reduced-rate=5.5``.

    Raises:
        Invalid: They cannot be read.
    """
    found: dict[str, int] = {}
    # A comma may also stand within a rate.
    for part in filter(None, re.split(r"[,;]\s*(?=[^=,;]+=)", text.strip())):
        name, _equals, rate = part.partition("=")
        found[class_of(name)] = read_rate(rate)
    return found


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a person should know of a row; ``code`` is a key of :func:`notice_text`."""

    line: int
    code: str
    name: str


def notice_text(notice: Notice) -> str:
    """A notice in words."""
    texts = {
        "external": _("“%(name)s” is sold elsewhere: it is kept, and not on sale here."),
        "grouped": _("“%(name)s” is a group of other products: it is kept, and not on sale here."),
        "downloadable": _("“%(name)s” is a file: it is kept, and not on sale here."),
        "type": _("“%(name)s” is of a type that an extension knows: it is kept, and not on sale."),
        "no-variations": _("“%(name)s” has no variations yet: it is not on sale."),
        "no-price": _("“%(name)s” has no price: it cannot be ordered."),
        "shared-stock": _("“%(name)s”: the stock of the product was divided among its variations."),
        "rounded-stock": _("“%(name)s”: the stock was rounded down to whole pieces."),
        "tax-class": _("The tax class of “%(name)s” is not known: the usual rate was taken."),
        "mixed-tax": _("“%(name)s”: a variation has another tax class; the product's was taken."),
        "no-stock": _("“%(name)s” had a stock below zero: it begins at zero."),
    }
    return texts[notice.code] % {"name": notice.name}


@dataclass(frozen=True, slots=True)
class SaidVariant:
    """What a row says of a variant. ``stock``: pieces left; None: not counted.

    ``row`` is the row of a variation; None for the one variant of a product without variations.
    """

    identity: str
    fields: dict[str, Any]
    stock: int | None
    row: Row | None


@dataclass(frozen=True, slots=True)
class Said:
    """What a product's rows say."""

    row: Row
    fields: dict[str, Any]
    categories: tuple[tuple[str, ...], ...]
    images: tuple[str, ...]
    variants: tuple[SaidVariant, ...]
    notices: tuple[Notice, ...]


def identity_of(row: Row) -> str:
    """What a product or a variation is known by over there, the same in every file."""
    if row.id is not None:
        return str(row.id)[:100]
    if row.sku:
        return f"sku:{row.sku}"[:100]
    told = ";".join(f"{each.name}={','.join(each.values)}" for each in row.attributes)
    return f"is:{row.name or told}"[:100]


def said_of(row: Row, reading: Reading) -> Said:
    """What a product (with its variations) is here.

    Args:
        row: As it was read.
        reading: How the file is read.
    """
    notices: list[Notice] = []
    name = " ".join(row.name.split())[:200] or row.sku or str(row.id or "?")

    def note(code: str, line: int = row.line) -> None:
        notices.append(Notice(line, code, name))

    rate = reading.rate(row)
    if row.tax_status not in ("none", "shipping") and not reading.knows(row.tax_class):
        note("tax-class")
    fields = {
        "name": name,
        "state": _state(row, note),
        "summary": html_to_text(row.short_description),
        "description": html_to_markdown(row.description),
        "tags": list(row.tags),
        "vat": rate,
        "position": max(-MOST, min(row.position, MOST)),
        "origin": _origin(row),
    }
    if row.variations:
        variants = _variations(row, reading, rate, note)
    else:
        variants = (_variant(row, reading, rate, row.stock, note, name=""),)
        variants = (replace(variants[0], identity="", row=None),)
    images = [*row.images, *(image for each in row.variations for image in each.images)]
    return Said(
        row, fields, row.categories, tuple(dict.fromkeys(image[:500] for image in images)),
        variants, tuple(notices),
    )  # fmt: skip


def _state(row: Row, note: Any) -> str:
    states = {"publish": Product.State.SOLD, "private": Product.State.HIDDEN}
    state = states.get(row.status, Product.State.DRAFT)
    if row.visibility == "hidden" and state == Product.State.SOLD:
        state = Product.State.HIDDEN
    why = ""
    if row.kind in ("external", "grouped"):
        why = row.kind
    elif row.kind not in ("simple", "variable"):
        why = "type"
    elif row.downloadable:
        why = "downloadable"
    elif row.kind == "variable" and not row.variations:
        why = "no-variations"
    elif row.kind == "simple" and row.regular_price is None:
        why = "no-price"
    if why:
        note(why)
        if state == Product.State.SOLD:
            state = Product.State.HIDDEN
    return str(state)


def _origin(row: Row) -> str:
    for each in row.attributes:
        if slugify(each.name) in ("origine", "origin", "provenance") and len(each.values) == 1:
            return each.values[0][:140]
    return ""


def _variations(row: Row, reading: Reading, rate: int, note: Any) -> tuple[SaidVariant, ...]:
    shared = [
        number
        for number, each in enumerate(row.variations)
        if row.stock is not None and (each.stock_of_parent or each.stock is None)
    ]
    parts: dict[int, Decimal] = {}
    if shared and row.stock is not None:
        note("shared-stock")
        whole, more = divmod(max(int(row.stock), 0), len(shared))
        parts = {at: Decimal(whole + (turn < more)) for turn, at in enumerate(shared)}
    found = []
    for number, each in enumerate(row.variations):
        if each.tax_class not in ("", "parent") and reading.rate(each) != rate:
            note("mixed-tax", each.line)
        values = [", ".join(part.values) for part in each.attributes if part.values]
        name = " – ".join(values) or each.name
        stock = parts.get(number, each.stock)
        found.append(_variant(each, reading, rate, stock, note, name=name))
    return tuple(found)


def _variant(
    row: Row, reading: Reading, rate: int, stock: Decimal | None, note: Any, *, name: str
) -> SaidVariant:
    pieces = None
    if stock is not None:
        pieces = min(max(int(stock // 1), 0), MOST)
        if stock < 0:
            note("no-stock", row.line)
        elif stock != pieces:
            note("rounded-stock", row.line)
    priced = row.regular_price is not None
    if row.is_variation and not priced:
        note("no-price", row.line)
    there = pieces is not None or row.stock_status != "outofstock"
    fields = {
        "sku": row.sku[:100],
        "name": " ".join(name.split())[:140],
        "options": {each.name: ", ".join(each.values) for each in row.attributes if each.values}
        if row.is_variation
        else {},
        "price": reading.gross(row.regular_price, rate) or 0,
        "sale_price": reading.gross(row.sale_price, rate) if priced else None,
        "sale_from": row.sale_starts,
        "sale_until": row.sale_ends,
        "weight": row.weight if row.weight and row.weight <= MOST else None,
        "counted": pieces is not None,
        "backorders": row.backorders if row.backorders in Variant.Backorders.values else "no",
        "available": there and priced and not (row.is_variation and row.status != "publish"),
    }
    if row.is_variation:
        fields["position"] = max(-MOST, min(row.position, MOST))
    return SaidVariant(identity_of(row), fields, pieces, row)


def check(said: Said) -> None:
    """Refuse what no shop can sell.

    Raises:
        Invalid: A price beyond all measure.
    """
    for each in said.variants:
        for price in (each.fields["price"], each.fields["sale_price"]):
            if price is not None and price > MOST_CENTS:
                message = _("This price is not possible.")
                raise Invalid(message, fields={"price": [message]})
