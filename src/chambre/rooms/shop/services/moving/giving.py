"""The products of a shop as a file for WooCommerce: rows as they came, with what was changed here.

What our shop says of a product is compared with what its row says of it; only where they differ is the
row changed. Products that were made here get rows of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.html import escape

from chambre.core.actors import Actor, authorize
from chambre.core.ui.text import markdown
from chambre.lib.woocommerce import Attribute, write_products
from chambre.lib.woocommerce import Product as Row
from chambre.rooms.shop.models import Photo, Product, Shop, Stock, Variant
from chambre.rooms.shop.queries.shelves import paths_of, shelves_of
from chambre.rooms.shop.services.moving.planning import Kept
from chambre.rooms.shop.services.moving.reading import (
    Reading,
    Said,
    SaidVariant,
    said_of,
)

CHUNK = 500
STATES = {
    Product.State.SOLD.value: "publish",
    Product.State.HIDDEN.value: "private",
    Product.State.DRAFT.value: "draft",
}
CLASSES = {550: "reduced-rate", 0: "zero-rate"}
"""Tax classes of a shop that has said none for a rate."""
VARIETY = "Variante"
"""The attribute that tells variants apart which have no options."""


def export_products(*, shop: Shop, by: Actor, address: str = "") -> bytes:
    """All products of a shop as a product file of WooCommerce.

    Args:
        shop: Whose.
        by: Who takes them out.
        address: Of this house, such as ``https://ferme.test``: photos that are only here are named
            below it; empty: they are not named.

    Raises:
        Forbidden: ``by`` does not manage the shop.
    """
    authorize(by, "shop.manage", shop)
    writer = _Giver(shop, address.rstrip("/"))
    arrival = shop.arrivals.filter(state="done").order_by("id").first()
    return write_products(
        writer.rows(),
        delimiter=arrival.delimiter if arrival else ",",
        language=None if arrival else "fr",
    )


class _Giver:
    """Makes rows, some hundreds of products at a time."""

    def __init__(self, shop: Shop, address: str) -> None:
        self.shop, self.address, self.kept = shop, address, Kept()
        self.paths = paths_of(shelves_of(shop))
        self.classes: dict[int, tuple[str, str]] = {}

    def rows(self) -> Iterator[Row]:
        """The row of each product, with those of its variations."""
        numbers = list(self.shop.products.order_by("id").values_list("pk", flat=True))
        for start in range(0, len(numbers), CHUNK):
            part = numbers[start : start + CHUNK]
            products = Product.objects.filter(pk__in=part).order_by("id").prefetch_related(
                "variants", "photos__large", "categories"
            )  # fmt: skip
            left = {
                row.variant_id: row.left
                for row in Stock.objects.filter(variant__product__in=part, distribution=None)
            }
            for product in products:
                yield self._row(product, list(product.variants.all()), left)

    def _row(self, product: Product, variants: list[Variant], left: dict[int, int]) -> Row:
        row = self.kept.whole(product, variants)
        reading = self.kept.reading(product) or Reading()
        if row is None:
            return self._new(product, variants, left)
        base = said_of(row, reading)
        if row.tax_status not in ("none", "shipping"):
            self.classes.setdefault(base.fields["vat"], (row.tax_status, row.tax_class))
        changes = self._product_changes(product, row, base)
        if row.variations or len(variants) > 1:
            inside, more = self._variations(product, variants, row, base, left, reading)
            return replace(row, **{**changes, **more}, variations=inside)
        if variants:
            changes.update(self._simple(product, variants[0], row, base, left, reading))
        return replace(row, **changes)

    def _simple(
        self, product: Product, variant: Variant, row: Row, base: Said, left: dict[int, int],
        reading: Reading,
    ) -> dict[str, Any]:  # fmt: skip
        """What the one variant of a product changes in its row."""
        said = base.variants[0]
        told = _variant_changes(variant, said, left, reading, product.vat, base.fields["vat"], row)
        if variant.available != said.fields["available"] and not variant.available:
            told |= {"stock": None, "stock_status": "outofstock"}
        return told

    def _product_changes(self, product: Product, row: Row, base: Said) -> dict[str, Any]:
        told: dict[str, Any] = {}
        ours = {name: getattr(product, name) for name in base.fields}
        differ = {name for name, value in base.fields.items() if ours[name] != value}
        for name in differ & {"name", "position"}:
            told[name] = ours[name]
        if "state" in differ:
            told["status"] = STATES[product.state]
            if product.state == Product.State.SOLD and row.visibility == "hidden":
                told["visibility"] = "visible"
        if "summary" in differ:
            told["short_description"] = _html(product.summary)
        if "description" in differ:
            told["description"] = str(markdown(product.description)).strip()
        if "tags" in differ:
            told["tags"] = tuple(product.tags)
        if "vat" in differ:
            told["tax_status"], told["tax_class"] = self._class(product.vat)
        if "origin" in differ:
            told["attributes"] = _with_origin(row.attributes, product.origin)
        paths = self._categories(product)
        if set(paths) != {
            tuple(" ".join(each.split()) for each in path) for path in base.categories
        }:
            told["categories"] = paths
        images = self._images(product)
        if images != base.images:
            inside = {image for each in row.variations for image in each.images}
            told["images"] = tuple(image for image in images if image not in inside)
        return told

    def _class(self, rate: int) -> tuple[str, str]:
        """Tax status and class of a rate: as a row of this shop has it, if one does."""
        return self.classes.get(rate, ("taxable", CLASSES.get(rate, "")))

    def _categories(self, product: Product) -> tuple[tuple[str, ...], ...]:
        return tuple(sorted(self.paths[each.pk] for each in product.categories.all()))

    def _images(self, product: Product) -> tuple[str, ...]:
        found = [self._image(photo) for photo in product.photos.all()]
        return tuple(dict.fromkeys(each for each in found if each))

    def _image(self, photo: Photo) -> str:
        if photo.source or not self.address or photo.large_id is None:
            return photo.source
        digest = photo.large.digest[:12] if photo.large else ""
        return self.address + reverse("shop:photo", args=[photo.pk, "l", digest])

    def _variations(
        self, product: Product, variants: Sequence[Variant], row: Row, base: Said,
        left: dict[int, int], reading: Reading,
    ) -> tuple[tuple[Row, ...], dict[str, Any]]:  # fmt: skip
        """The rows of variations, and what they change in the product's own."""
        said = {each.identity: each for each in base.variants}
        inside, lefts, was = [], 0, 0
        for variant in variants:
            before = said.get(variant.external_id)
            kept = self.kept.row(variant)
            if kept is None or before is None:
                if variant.available or not row.variations:
                    inside.append(_variation(variant, left, reading, product.vat))
                continue
            told = _variant_changes(
                variant, before, left, reading, product.vat, base.fields["vat"], kept
            )
            if row.stock is not None and (kept.stock_of_parent or kept.stock is None):
                for name in ("stock", "stock_of_parent", "stock_status"):
                    told.pop(name, None)
                lefts += left.get(variant.pk, 0)
                was += before.stock or 0
            inside.append(replace(kept, **told))
        more: dict[str, Any] = {}
        if lefts != was and row.stock is not None:
            more["stock"] = Decimal(lefts)
        if not row.variations:
            more |= {"kind": "variable", "regular_price": None, "sale_price": None, "stock": None}
        if row.reference is None:
            more["sku"] = product.slug
        if any(each.line == 0 for each in inside):
            more["attributes"] = _all_values(row.attributes, inside)
        return tuple(inside), more

    def _new(self, product: Product, variants: Sequence[Variant], left: dict[int, int]) -> Row:
        """The row of a product that was made here."""
        status, tax = self._class(product.vat)
        several = len(variants) > 1
        row = Row(
            kind="variable" if several else "simple",
            name=product.name, status=STATES[product.state], visibility="visible",
            short_description=_html(product.summary),
            description=str(markdown(product.description)).strip(),
            tax_status=status, tax_class=tax, tags=tuple(product.tags),
            categories=self._categories(product), images=self._images(product),
            position=product.position, sku=product.slug,
            attributes=_with_origin((), product.origin),
        )  # fmt: skip
        reading = Reading()
        if several:
            inside = tuple(_variation(each, left, reading, product.vat) for each in variants)
            return replace(row, variations=inside, attributes=_all_values(row.attributes, inside))
        if not variants:
            return row
        own = _variation(variants[0], left, reading, product.vat)
        names = (
            "regular_price", "sale_price", "sale_starts", "sale_ends", "weight", "stock",
            "stock_status", "backorders",
        )  # fmt: skip
        told = {name: getattr(own, name) for name in names}
        return replace(row, **told, sku=variants[0].sku or product.slug)


def _html(text: str) -> str:
    """Plain text as paragraphs."""
    return "".join(f"<p>{escape(each)}</p>" for each in text.split("\n\n") if each.strip())


def _with_origin(attributes: tuple[Attribute, ...], origin: str) -> tuple[Attribute, ...]:
    others = tuple(
        each for each in attributes if each.name.lower() not in ("origine", "origin", "provenance")
    )
    return (*others, Attribute("Origine", (origin,), True, False)) if origin else others


def _all_values(attributes: tuple[Attribute, ...], inside: Sequence[Row]) -> tuple[Attribute, ...]:
    """A product's attributes with every value that its variations have."""
    found = {each.name: each for each in attributes}
    for row in inside:
        for part in row.attributes:
            known = found.get(part.name, Attribute(part.name, (), True, False))
            values = (*known.values, *(each for each in part.values if each not in known.values))
            found[part.name] = replace(known, values=values)
    return tuple(found.values())


def _variation(variant: Variant, left: dict[int, int], reading: Reading, rate: int) -> Row:
    """The row of a variant that was made here."""
    options = variant.options or {VARIETY: variant.name or str(variant.pk)}
    stock = Decimal(left.get(variant.pk, 0)) if variant.counted else None
    row = Row(
        kind="variation", sku=variant.sku, visibility="visible", position=variant.position,
        status="publish" if variant.available else "private",
        stock_status="instock" if variant.available else "outofstock",
        regular_price=reading.net(variant.price, rate),
        sale_price=reading.net(variant.sale_price, rate), sale_starts=variant.sale_from,
        sale_ends=variant.sale_until, weight=variant.weight, backorders=variant.backorders,
        attributes=tuple(Attribute(name, (value,), None, False) for name, value in options.items()),
    )  # fmt: skip
    return row.with_stock(stock) if stock is not None else row


def _variant_changes(
    variant: Variant, said: SaidVariant, left: dict[int, int], reading: Reading, rate: int,
    rate_before: int, row: Row,
) -> dict[str, Any]:  # fmt: skip
    """What a variant changes in its row."""
    ours = {name: getattr(variant, name) for name in said.fields}
    differ = {name for name, value in said.fields.items() if ours[name] != value}
    told: dict[str, Any] = {}
    names = {"sale_from": "sale_starts", "sale_until": "sale_ends"}
    for name in differ & {"sku", "sale_from", "sale_until", "weight", "backorders", "position"}:
        told[names.get(name, name)] = ours[name]
    other_rate = reading.without_tax and rate != rate_before
    if "price" in differ or (other_rate and row.regular_price is not None):
        told["regular_price"] = reading.net(variant.price, rate)
    if "sale_price" in differ or (other_rate and row.sale_price is not None):
        told["sale_price"] = reading.net(variant.sale_price, rate)
    if "options" in differ:
        told["attributes"] = tuple(
            Attribute(name, (value,), None, False) for name, value in variant.options.items()
        )
    elif "name" in differ and row.is_variation:
        told["name"] = variant.name
    told |= _stock_changes(variant, said, left, row, told.get("backorders", row.backorders))
    if "available" in differ and row.is_variation:
        told["status"] = "publish" if variant.available else "private"
    if "available" in differ and variant.available and not variant.counted:
        told["stock_status"] = "instock"
    return told


def _stock_changes(
    variant: Variant, said: SaidVariant, left: dict[int, int], row: Row, backorders: str
) -> dict[str, Any]:
    """Another stock than its row says, and the status that goes with it."""
    now = left.get(variant.pk, 0) if variant.counted else None
    if now == said.stock:
        return {}
    counted = replace(row, backorders=backorders).with_stock(None if now is None else Decimal(now))
    return {
        "stock": counted.stock, "stock_of_parent": False,
        "stock_status": "instock" if now is None else counted.stock_status,
    }  # fmt: skip
