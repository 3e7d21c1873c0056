"""Writing what a file makes and changes: new products many at a time, others one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from chambre.core.actors import Actor
from chambre.core.audit import audit
from chambre.core.errors import ChambreError
from chambre.lib.woocommerce import Catalogue
from chambre.rooms.shop.models import (
    Arrival,
    Category,
    Photo,
    Product,
    Shop,
    Stock,
    StockMove,
    Variant,
)
from chambre.rooms.shop.services import catalogue as products
from chambre.rooms.shop.services.moving.planning import Step, VariantStep, cells_of
from chambre.rooms.shop.services.moving.reading import SOURCE, Reading
from chambre.rooms.shop.services.shelving import category
from chambre.rooms.shop.services.stock import set_stock


class Writer:
    """Writes what is to be done with products, some hundreds at a time."""

    def __init__(
        self, shop: Shop, found: Catalogue, reading: Reading, by: Actor, name: str, digest: str,
        arrival: Arrival | None,
    ) -> None:  # fmt: skip
        self.shop, self.found, self.reading, self.by = shop, found, reading, by
        self.name, self.digest, self.arrival = name, digest, arrival
        self.producer = shop.producers.order_by("pk").first()
        self.slugs: set[str] | None = None
        self.shelves: dict[tuple[str, ...], Category] = {}

    def write(self, steps: list[Step]) -> None:
        """Write them; one that makes no sense is marked as refused."""
        busy = [step for step in steps if not (step.refused or step.idle)]
        if not busy:
            return
        self._record()
        self._make([step for step in busy if step.product is None])
        for step in busy:
            if step.product is not None:
                self._change(step, step.product)

    def _record(self) -> None:
        """The record that cells refer to, with the headers of the file."""
        if self.arrival is None:
            self.arrival = Arrival(
                shop=self.shop, name=self.name[:254], digest=self.digest,
                options=self.reading.as_json(), by=self.by.label[:254],
            )  # fmt: skip
        self.arrival.columns = list(self.found.columns)
        self.arrival.delimiter = self.found.delimiter
        self.arrival.save()

    def _cells(self, row: Any) -> dict[str, Any]:
        assert self.arrival is not None
        return {"file": self.arrival.pk, "line": row.line, "row": cells_of(row)}

    def _slug(self, name: str) -> str:
        """A short name that no product of the shop has."""
        if self.slugs is None:
            self.slugs = set(Product.objects.filter(shop=self.shop).values_list("slug", flat=True))
        first = slugify(name)[:110].strip("-") or "article"
        slug, number = first, 1
        while slug in self.slugs:
            number += 1
            slug = f"{first}-{number}"
        self.slugs.add(slug)
        return slug

    def _categories(self, paths: Sequence[Sequence[str]]) -> list[Category]:
        found = []
        for path in paths:
            clean = tuple(name for each in path if (name := " ".join(each.split())[:140]))
            if clean and clean not in self.shelves:
                self.shelves[clean] = category(shop=self.shop, path=clean, by=self.by)
            if clean:
                found.append(self.shelves[clean])
        return list(dict.fromkeys(found))

    def _make(self, steps: list[Step]) -> None:
        rows: list[tuple[Step, Product, list[Variant]]] = []
        for step in steps:
            try:
                product = Product(shop=self.shop, producer=self.producer)
                more = {
                    "source": SOURCE,
                    "external_id": step.identity,
                    "cells": self._cells(step.said.row),
                }
                products.say_product(product, {**step.said.fields, **more})
                variants = [self._variant(Variant(product=product), each) for each in step.variants]
            except ChambreError as error:
                step.refused = str(error.message)
                continue
            product.slug = self._slug(product.name)
            rows.append((step, product, variants))
        Product.objects.bulk_create([product for _step, product, _variants in rows])
        Variant.objects.bulk_create([each for _step, _product, many in rows for each in many])
        through = Product.categories.through
        through.objects.bulk_create(
            through(product_id=product.pk, category_id=category.pk)
            for step, product, _variants in rows
            for category in self._categories(step.said.categories)
        )
        for step, product, _variants in rows:
            self._photos(step, product)
        self._count_in(
            [
                (variant, each.said.stock)
                for step, _product, many in rows
                for variant, each in zip(many, step.variants, strict=True)
                if each.said.stock is not None
            ]
        )

    def _variant(self, variant: Variant, step: VariantStep) -> Variant:
        said = step.said
        more: dict[str, Any] = {"external_id": said.identity}
        if said.row is not None:
            more["cells"] = self._cells(said.row)
        products.say_variant(variant, {**said.fields, **more})
        return variant

    def _count_in(self, counted: list[tuple[Variant, int]]) -> None:
        rows = [
            Stock(variant=variant, there=pieces, beyond=variant.backorders != "no")
            for variant, pieces in counted
        ]
        Stock.objects.bulk_create(rows)
        StockMove.objects.bulk_create(
            StockMove(
                stock=row, kind=StockMove.Kind.COUNT, quantity=row.there,
                reason=self.name[:200], by=self.by.label[:254],
            )
            for row in rows
            if row.there
        )  # fmt: skip

    def _photos(self, step: Step, product: Product) -> None:
        last = (
            max((photo.position for photo in product.photos.all()), default=-1)
            if step.product
            else -1
        )
        Photo.objects.bulk_create(
            Photo(shop=self.shop, product=product, source=source, position=last + number)
            for number, source in enumerate(step.new_images, 1)
        )
        if step.gone_images:
            # A picture that was brought in stays: whoever keeps the shop takes it away.
            product.photos.filter(source__in=step.gone_images, file__isnull=True).delete()

    def _change(self, step: Step, product: Product) -> None:
        """Change a product and its variants, or nothing of it."""
        try:
            with transaction.atomic():
                self._changed(step, product)
        except ChambreError as error:
            step.refused = str(error.message)

    def _changed(self, step: Step, product: Product) -> None:
        more: dict[str, Any] = {}
        if step.moved:
            more = {
                "source": SOURCE, "external_id": step.identity,
                "cells": self._cells(step.said.row),
            }  # fmt: skip
        product.shop = self.shop
        if step.changes or more:
            products.say_product(product, {**step.changes, **more})
            product.save()
        if step.categories:
            product.categories.set(self._categories(step.said.categories))
        if step.new_images or step.gone_images:
            self._photos(step, product)
        for each in step.variants:
            variant = each.variant or Variant(product=product)
            if each.variant is None:
                self._variant(variant, each).save(force_insert=True)
            elif each.changes or each.moved:
                kept = {} if each.said.row is None else {"cells": self._cells(each.said.row)}
                name = {"external_id": each.said.identity}
                products.say_variant(variant, {**each.changes, **kept, **name})
                variant.save()
            self._restock(variant, each)
        for each_gone in step.retired:
            self._retire(each_gone)

    def _restock(self, variant: Variant, step: VariantStep) -> None:
        """What is left over there is left here: what is promised here comes on top."""
        row = Stock.objects.select_for_update().filter(variant=variant, distribution=None).first()
        if step.said.stock is not None and (step.variant is None or step.restock):
            promised = row.promised if row else 0
            there = step.said.stock + promised
            if row is None or row.there != there:
                set_stock(variant=variant, there=there, by=self.by, reason=self.name)
        elif row is not None and "backorders" in step.changes:
            beyond = variant.backorders != "no"
            if beyond or row.promised <= row.there:
                Stock.objects.filter(pk=row.pk).update(beyond=beyond)

    def _retire(self, variant: Variant) -> None:
        """A variant that the rows do not know any more is not on sale."""
        products.say_variant(variant, {"available": False})
        variant.save()

    def close(self, report: dict[str, Any]) -> None:
        """Write the report down; nothing, when nothing was to be written."""
        if self.arrival is None:
            return
        self.arrival.state, self.arrival.done_at = Arrival.State.DONE, timezone.now()
        if not self.arrival.columns:
            self.arrival.columns = list(self.found.columns)
        self.arrival.report = report
        self.arrival.save()
        facts = {name: report[name] for name in ("products", "variations", "updated")}
        audit(self.by, "shop.products.brought", self.arrival, **facts)
