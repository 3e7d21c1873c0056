"""What a product file would make and change, compared with what is there: read, and not written.

A product keeps the cells of its row. When the file comes again, what its rows say now is compared with
what they said then, and only that is changed: what was changed here in between stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chambre.core.errors import ChambreError
from chambre.lib.woocommerce import Catalogue, product_of_cells
from chambre.lib.woocommerce import Product as Row
from chambre.rooms.shop.models import Arrival, Product, Shop, Variant
from chambre.rooms.shop.services.moving.reading import (
    SOURCE,
    Reading,
    Said,
    SaidVariant,
    check,
    identity_of,
    said_of,
)

CHUNK = 500
"""Products that are compared at once."""


@dataclass(slots=True)
class VariantStep:
    """What is done with a variant: made when ``variant`` is None."""

    said: SaidVariant
    variant: Variant | None
    changes: dict[str, Any] = field(default_factory=dict)
    restock: bool = False
    moved: bool = False

    @property
    def changed(self) -> bool:
        """Whether a variant that is there is written."""
        return self.variant is not None and bool(self.changes or self.restock or self.moved)


@dataclass(slots=True)
class Step:
    """What is done with a product: made when ``product`` is None.

    Attributes:
        identity: What it is known by over there.
        said: What its rows say.
        product: The product that is there.
        changes: Fields to set.
        categories: Whether its shelves change.
        new_images: Addresses of photos that are not there.
        gone_images: Addresses that its row does not hold any more.
        variants: What is done with its variants.
        retired: Variants that its rows do not know any more.
        moved: Its row holds other cells than before.
        refused: Why nothing is done with it; empty: it is.
    """

    identity: str
    said: Said
    product: Product | None
    changes: dict[str, Any] = field(default_factory=dict)
    categories: bool = False
    new_images: tuple[str, ...] = ()
    gone_images: tuple[str, ...] = ()
    variants: list[VariantStep] = field(default_factory=list)
    retired: list[Variant] = field(default_factory=list)
    moved: bool = False
    refused: str = ""

    @property
    def changed(self) -> bool:
        """Whether a product that is there is written for its own row."""
        return self.product is not None and bool(
            self.changes or self.categories or self.new_images or self.gone_images
            or self.retired or self.moved
            or any(each.said.row is None and each.changed for each in self.variants)
        )  # fmt: skip

    @property
    def made(self) -> int:
        """How many variations are new."""
        return sum(each.variant is None and each.said.row is not None for each in self.variants)

    @property
    def updated(self) -> int:
        """How many rows change something that is there."""
        rows = sum(each.changed for each in self.variants if each.said.row is not None)
        return int(self.changed) + rows

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do."""
        return not self.refused and self.product is not None and not (self.made or self.updated)


class Kept:
    """What products say of the rows that they came in; headers are read once per file."""

    def __init__(self) -> None:
        self._files: dict[int, tuple[list[str], Reading]] = {}

    def _file(self, number: int) -> tuple[list[str], Reading]:
        if number not in self._files:
            row = Arrival.objects.get(pk=number)
            self._files[number] = (row.columns, Reading.of(row.options))
        return self._files[number]

    def columns(self, thing: Product | Variant) -> list[str]:
        """The headers over a thing's row."""
        return self._file(thing.cells["file"])[0]

    def reading(self, thing: Product | Variant) -> Reading | None:
        """How the row of a thing was read; None: it came in none."""
        return self._file(thing.cells["file"])[1] if thing.cells else None

    def row(self, thing: Product | Variant) -> Row | None:
        """The row of a thing, read again; None: it came in none."""
        if not thing.cells:
            return None
        columns = self._file(thing.cells["file"])[0]
        cells = zip(columns, thing.cells["row"], strict=True)
        return product_of_cells(cells, thing.cells.get("line", 0))

    def whole(self, product: Product, variants: Sequence[Variant]) -> Row | None:
        """The row of a product with the rows of its variations."""
        row = self.row(product)
        if row is None:
            return None
        return replace(
            row, variations=tuple(found for each in variants if (found := self.row(each)))
        )

    def same(self, thing: Product | Variant, row: Row, reading: Reading) -> bool:
        """Whether a row is the one that a thing came in, and read in the same way."""
        return bool(
            thing.cells
            and thing.cells["row"] == cells_of(row)
            and self.columns(thing) == [header for header, _cell in row.cells]
            and self.reading(thing) == reading
        )


def cells_of(row: Row) -> list[str]:
    """The cells of a row, as a product keeps them."""
    return [cell for _header, cell in row.cells]


def plan(shop: Shop, catalogue: Catalogue, reading: Reading) -> Iterator[list[Step]]:
    """What is done with the products of a file, some at a time, in their order.

    Args:
        shop: Where they come to.
        catalogue: What was read.
        reading: How it is read.
    """
    kept, seen = Kept(), Counter[str]()
    for start in range(0, len(catalogue.products), CHUNK):
        part = catalogue.products[start : start + CHUNK]
        named: list[tuple[str, Row]] = []
        for row in part:
            name = identity_of(row)
            seen[name] += 1
            # Rows that have neither number nor SKU may have one name: the second is another product.
            named.append((name if seen[name] == 1 else f"{name[:90]}#{seen[name]}", row))
        there = _there(shop, named)
        yield [_step(name, row, there.get(name), reading, kept) for name, row in named]


def _there(shop: Shop, named: Sequence[tuple[str, Row]]) -> dict[str, Product]:
    """The products that are there already: by their number over there, or by their SKU."""
    rows = Product.objects.filter(shop=shop).prefetch_related("variants", "photos")
    found = {
        product.external_id: product
        for product in rows.filter(source=SOURCE, external_id__in=[name for name, _row in named])
    }
    skus = {row.sku: name for name, row in named if row.sku and name not in found}
    if skus:
        for product in rows.filter(source="", variants__sku__in=skus).distinct():
            variants = list(product.variants.all())
            if len(variants) == 1 and variants[0].sku in skus:
                found.setdefault(skus[variants[0].sku], product)
        for product in rows.filter(source="", slug__in=skus):
            found.setdefault(skus[product.slug], product)
    return found


def _step(name: str, row: Row, product: Product | None, reading: Reading, kept: Kept) -> Step:
    variants = list(product.variants.all()) if product is not None else []
    if product is not None and _unchanged(product, variants, row, reading, kept):
        said = Said(row, {}, (), (), (), ())
        return Step(name, said, product)
    said = said_of(row, reading)
    step = Step(name, said, product)
    try:
        check(said)
    except ChambreError as error:
        step.refused = str(error.message)
        return step
    if product is None:
        step.new_images = said.images
        step.variants = [VariantStep(each, None) for each in said.variants]
        return step
    _compare(step, product, variants, reading, kept)
    return step


def _unchanged(
    product: Product, variants: list[Variant], row: Row, reading: Reading, kept: Kept
) -> bool:
    """Whether the rows are those that are kept: then there is nothing to look at."""
    if not kept.same(product, row, reading):
        return False
    by_name = {each.external_id: each for each in variants}
    for each in row.variations:
        variant = by_name.get(identity_of(each))
        if variant is None or not kept.same(variant, each, reading):
            return False
    return True


def _compare(
    step: Step, product: Product, variants: list[Variant], reading: Reading, kept: Kept
) -> None:
    said = step.said
    before = kept.whole(product, variants)
    base = said_of(before, kept.reading(product) or reading) if before is not None else None
    step.moved = not kept.same(product, said.row, reading)
    step.changes = _differences(said.fields, base.fields if base else None, product)
    step.categories = base is None or base.categories != said.categories
    sources = {photo.source for photo in product.photos.all()}
    was = set(base.images) if base else set()
    step.new_images = tuple(each for each in said.images if each not in sources and each not in was)
    step.gone_images = tuple(sorted((was - set(said.images)) & sources))
    bases = {each.identity: each for each in base.variants} if base else {}
    by_name = {each.external_id: each for each in variants}
    by_sku = {each.sku: each for each in variants if each.sku and not each.cells}
    taken: set[int] = set()
    for each in said.variants:
        variant = by_name.get(each.identity)
        if variant is None and each.row is None and len(variants) == 1:
            variant = variants[0]
        if variant is None and each.fields["sku"]:
            variant = by_sku.get(each.fields["sku"])
        if variant is None or variant.pk in taken:
            step.variants.append(VariantStep(each, None))
            continue
        taken.add(variant.pk)
        step.variants.append(_variant_step(each, bases.get(each.identity), variant, reading, kept))
    if base is not None:
        kind_changed = bool(before and before.variations) != bool(said.row.variations)
        placeholder = bool(said.row.variations)
        step.retired = [
            each
            for each in variants
            if each.pk not in taken and each.available
            and (kind_changed if each.cells else placeholder and not each.external_id)
        ]  # fmt: skip


def _variant_step(
    said: SaidVariant, base: SaidVariant | None, variant: Variant, reading: Reading, kept: Kept
) -> VariantStep:
    step = VariantStep(said, variant)
    step.changes = _differences(said.fields, base.fields if base else None, variant)
    if said.row is not None:
        step.moved = not kept.same(variant, said.row, reading)
    step.restock = said.stock is not None and (base is None or base.stock != said.stock)
    return step


def _differences(new: dict[str, Any], base: dict[str, Any] | None, thing: Any) -> dict[str, Any]:
    """What the rows say otherwise than before; without a before, otherwise than what is there."""
    return {
        name: value
        for name, value in new.items()
        if value != (base.get(name) if base is not None else getattr(thing, name))
        and value != getattr(thing, name)
    }
