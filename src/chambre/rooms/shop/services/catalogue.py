"""Products and their variants. What was ordered keeps what it said when it was ordered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.rooms.shop.models import Category, Producer, Product, Shop, Variant
from chambre.rooms.shop.queries.prices import in_bounds
from chambre.rooms.shop.services.names import clean_name, free_slug

PRODUCT = (
    "name", "kind", "state", "summary", "description", "tags", "unit", "pricing", "vat", "resource",
    "origin", "labels", "ingredients", "allergens", "season_from", "season_until", "container",
    "containers", "dfc_type", "position", "source", "external_id", "cells", "producer",
)  # fmt: skip
"""What may be said of a product."""
VARIANT = (
    "sku", "name", "options", "price", "sale_price", "sale_from", "sale_until", "lowest", "highest",
    "step", "estimate", "weight", "counted", "backorders", "available", "position", "external_id",
    "cells",
)  # fmt: skip
"""What may be said of a variant."""
ALLERGENS = (
    "gluten", "crustaceans", "eggs", "fish", "peanuts", "soy", "milk", "nuts", "celery", "mustard",
    "sesame", "sulphites", "lupin", "molluscs",
)  # fmt: skip
"""The substances of annex II of Regulation (EU) No 1169/2011."""


@transaction.atomic
def add_product(
    *,
    shop: Shop,
    name: str,
    by: Actor,
    producer: Producer | None = None,
    variants: Sequence[dict[str, Any]] = (),
    categories: Sequence[Category] = (),
    slug: str = "",
    **more: Any,
) -> Product:
    """Add a product with its variants.

    Args:
        shop: Where it is sold.
        name: 1 to 200 characters.
        by: Who adds it.
        producer: Whose it is; absent: the shop's own structure.
        variants: What each says (:data:`VARIANT`); ``price`` in cents at least.
        categories: Shelves on which it is.
        slug: Short name; empty: made of the name.
        **more: Any of :data:`PRODUCT`.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: Something is missing or makes no sense; nothing was added.
    """
    authorize(by, "shop.manage", shop)
    product = Product(shop=shop, producer=producer or shop.producers.order_by("pk").first())
    product.slug = free_slug(slug or name, shop.products, 120)
    say_product(product, {**more, "name": name})
    if not variants:
        message = _("A product has a price.")
        raise Invalid(message, fields={"price": [message]})
    product.save(force_insert=True)
    product.categories.set(categories)
    for position, each in enumerate(variants):
        _save_variant(Variant(product=product), {"position": position, **each})
    audit(by, "shop.product.added", product)
    return product


@transaction.atomic
def change_product(
    *, product: Product, by: Actor, categories: Sequence[Category] | None = None, **changes: Any
) -> Product:
    """Change what is said of a product from now on.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: Something makes no sense; nothing was changed.
    """
    authorize(by, "shop.manage", product)
    say_product(product, changes)
    product.save()
    if categories is not None:
        product.categories.set(categories)
    audit(by, "shop.product.changed", product, fields=sorted(changes))
    return product


@transaction.atomic
def add_variant(*, product: Product, by: Actor, **said: Any) -> Variant:
    """Add a variant to a product; ``price`` in cents at least.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: Something makes no sense.
    """
    authorize(by, "shop.manage", product)
    variant = _save_variant(Variant(product=product), said)
    audit(by, "shop.variant.added", variant)
    return variant


@transaction.atomic
def change_variant(*, variant: Variant, by: Actor, **changes: Any) -> Variant:
    """Change what is said of a variant; orders keep the price that they were placed at.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: Something makes no sense.
    """
    authorize(by, "shop.manage", variant)
    _save_variant(variant, changes)
    audit(by, "shop.variant.changed", variant, fields=sorted(changes))
    return variant


def say_product(product: Product, changes: dict[str, Any]) -> None:
    """Set what is said of a product and check it; it is not saved.

    Raises:
        Invalid: Something makes no sense.
    """
    _known(changes, PRODUCT)
    for field, value in changes.items():
        setattr(product, field, clean_name(value, 200) if field == "name" else value)
    wrong: dict[str, list[str]] = {}
    if not 0 <= product.vat <= 10_000:
        wrong["vat"] = [_("A VAT rate lies between 0 and 100 %.")]
    for field, allowed in (
        ("kind", Product.Kind), ("state", Product.State), ("unit", Product.Unit),
        ("pricing", Product.Pricing),
    ):  # fmt: skip
        if getattr(product, field) not in allowed.values:
            wrong[field] = [_("There is no such choice.")]
    season = (product.season_from, product.season_until)
    if (season[0] is None) != (season[1] is None):
        wrong["season_from"] = [_("A season has a beginning and an end.")]
    elif any(each is not None and not _is_day(each) for each in season):
        wrong["season_from"] = [_("There is no such day.")]
    if product.producer_id is None or product.producer.shop_id != product.shop_id:
        wrong["producer"] = [_("Choose a producer of this shop.")]
    strange = [each for each in product.allergens.split(",") if each and each not in ALLERGENS]
    if strange:
        wrong["allergens"] = [_("Unknown allergens: %(names)s") % {"names": ", ".join(strange)}]
    if wrong:
        raise Invalid(next(iter(wrong.values()))[0], fields=wrong)


def _is_day(number: int) -> bool:
    """Whether month and day as one number are a day of a leap year."""
    try:
        dt.date(2024, number // 100, number % 100)
    except ValueError:
        return False
    return True


def _save_variant(variant: Variant, changes: dict[str, Any]) -> Variant:
    say_variant(variant, changes)
    variant.save()
    return variant


def say_variant(variant: Variant, changes: dict[str, Any]) -> None:
    """Set what is said of a variant and check it; it is not saved.

    Raises:
        Invalid: Something makes no sense.
    """
    _known(changes, VARIANT)
    for field, value in changes.items():
        setattr(variant, field, value)
    wrong: dict[str, list[str]] = {}
    if variant.price is None or variant.price < 0:
        wrong["price"] = [_("A price is zero or more.")]
    elif (variant.lowest is None) != (variant.highest is None):
        wrong["lowest"] = [_("A free price has a lowest and a highest value.")]
    elif not in_bounds(variant, variant.price):
        wrong["lowest"] = [_("The usual price lies between the lowest and the highest.")]
    if variant.step < 1:
        wrong["step"] = [_("At least one.")]
    if variant.product.pricing == Product.Pricing.WEIGHT and not variant.estimate:
        wrong["estimate"] = [_("Say what one piece weighs, more or less.")]
    if wrong:
        raise Invalid(next(iter(wrong.values()))[0], fields=wrong)


def _known(changes: dict[str, Any], allowed: tuple[str, ...]) -> None:
    if unknown := set(changes) - set(allowed):
        raise Invalid(_("There is no such field."), fields={each: [""] for each in unknown})
