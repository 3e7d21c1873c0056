"""A shop's catalogue as linked data of the Data Food Consortium: what is on sale, and nothing of people."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone

from chambre.lib import dfc
from chambre.rooms.shop.models import Cycle, Offer, PickupPlace, Product, Shop, Stock, Variant
from chambre.rooms.shop.queries.drawings import plain
from chambre.rooms.shop.queries.pictures import first_photos, picture_of
from chambre.rooms.shop.queries.prices import is_offered, price_on

UNITS = {
    Product.Unit.PIECE.value: "Piece",
    Product.Unit.BUNCH.value: "Bunch",
    Product.Unit.KILO.value: "Kilogram",
    Product.Unit.LITRE.value: "Litre",
    Product.Unit.POT.value: "Pot",
    Product.Unit.BOX.value: "Crate",
}
ALLERGENS = {
    "gluten": "CerealsWithGluten", "crustaceans": "Crustaceans", "eggs": "Eggs", "fish": "Fishs",
    "peanuts": "Peanuts", "soy": "Soy", "milk": "LactoseMilks", "nuts": "Nuts",
    "celery": "Celeriac", "mustard": "Mustard", "sesame": "SesameSeeds", "sulphites": "Sulphites",
    "lupin": "Lupine", "molluscs": "Molluscs",
}  # fmt: skip
LABELS = (
    ("agriculture biologique", "Organic-AB"), ("ab", "Organic-AB"), ("bio", "Organic-EU"),
    ("bio coherence", "Organic-BioCoherence"), ("nature progres", "NatureEtProgres"),
    ("nature et progres", "NatureEtProgres"), ("demeter", "Demeter"), ("hve", "HEV"),
    ("label rouge", "RedLabel_FR"), ("paysans de nature", "PaysansDeNature_FR"),
    ("aoc", "AOC_FR"), ("aop", "AOP_EU"), ("igp", "IGP_EU"),
)  # fmt: skip
"""Words in what a product says of its labels, without accents."""


def linked_catalogue(shop: Shop, base: str) -> dict[str, Any]:
    """What a shop has on sale, as a document of JSON-LD.

    Args:
        shop: Which one.
        base: Address of this house, such as ``https://ferme.test``.
    """
    site = f"{base}/boutique/{shop.slug}"
    products = list(
        Product.objects.filter(shop=shop, state=Product.State.SOLD, kind=Product.Kind.GOODS)
        .select_related("producer")
        .order_by("position", "name", "id")
    )
    variants, left = _variants(products), _left(products)
    photos = first_photos([product.pk for product in products])
    items, groups = [], []
    day = timezone.localdate()
    for product in products:
        product.shop = shop
        image = picture_of(photos[product.pk], "l").url if product.pk in photos else ""
        ways = variants[product.pk]
        if len(ways) > 1:
            groups.append(
                dfc.ProductGroup(
                    key=product.slug, name=product.name, description=product.summary,
                    type=_known(product.dfc_type),
                )
            )  # fmt: skip
        for variant in ways:
            variant.product = product
            goods = _product(product, variant, len(ways) > 1, base + image if image else "")
            items.append(_item(variant, goods, left, day))
    return dfc.to_jsonld(
        dfc.Catalogue(
            base=f"{site}/dfc", name=shop.name, enterprise=_enterprise(shop, site),
            producers=_producers(shop, products), items=tuple(items), groups=tuple(groups),
            sessions=_sessions(shop, products, variants),
        )
    )  # fmt: skip


def _variants(products: Sequence[Product]) -> dict[int, list[Variant]]:
    """The ways in which each product is sold, by product."""
    found: dict[int, list[Variant]] = defaultdict(list)
    rows = Variant.objects.filter(product__in=products, available=True)
    for variant in rows.order_by("position", "id"):
        found[variant.product_id].append(variant)
    return found


def _left(products: Sequence[Product]) -> dict[int, int]:
    """How many are left of what is not sold beyond what is there, by variant."""
    rows = Stock.objects.filter(variant__product__in=products, distribution=None)
    return {row.variant_id: max(row.left, 0) for row in rows if not row.beyond}


def _item(
    variant: Variant, goods: dfc.Product, left: dict[int, int], day: dt.date
) -> dfc.CatalogueItem:
    """What is offered of one way, at the price of a day."""
    stock = left.get(variant.pk) if variant.counted else None
    offer = dfc.Offer(
        key=str(variant.pk), price=price_on(variant, day), vat_rate=variant.product.vat, stock=stock
    )
    return dfc.CatalogueItem(
        key=str(variant.pk), sku=variant.sku, stock=stock, offers=(offer,), product=goods
    )


def _known(name: str) -> str:
    return name if name in dfc.PRODUCT_TYPES else ""


def _enterprise(shop: Shop, site: str) -> dfc.Enterprise:
    place = PickupPlace.objects.filter(shop=shop, kind=PickupPlace.Kind.PICKUP, is_open=True)
    row = place.order_by("pk").first()
    return dfc.Enterprise(
        key=shop.slug, name=shop.name, description=shop.lede, website=f"{site}/",
        email=shop.email, phone=shop.phone, place=_place(row) if row is not None else None,
    )  # fmt: skip


def _place(row: PickupPlace) -> dfc.Place | None:
    latitude = longitude = None
    if row.latitude is not None and row.longitude is not None:
        latitude, longitude = (Decimal(each).scaleb(-6) for each in (row.latitude, row.longitude))
    if not (row.address or row.postcode or row.city or latitude):
        return None
    return dfc.Place(
        street=row.address, postcode=row.postcode, city=row.city, latitude=latitude,
        longitude=longitude,
    )  # fmt: skip


def _key(product: Product) -> str:
    """What a producer is named by; empty for the shop's own structure."""
    own = product.shop.book.structure_id == product.producer.agent_id
    return "" if own else f"{product.shop.slug}.{product.producer.slug}"


def _producers(shop: Shop, products: list[Product]) -> tuple[dfc.Enterprise, ...]:
    found = {}
    for product in products:
        if key := _key(product):
            row = product.producer
            found[key] = dfc.Enterprise(
                key=key, name=row.name, description=row.description,
                place=dfc.Place(city=row.place) if row.place else None,
            )  # fmt: skip
    return tuple(found.values())


def _product(product: Product, variant: Variant, several: bool, image: str) -> dfc.Product:
    words = _words(product.labels)
    return dfc.Product(
        key=str(variant.pk), name=str(variant), description=product.summary,
        quantity=_quantity(product, variant), type=_known(product.dfc_type),
        group=product.slug if several else "", producer=_key(product),
        images=(image,) if image else (),
        certifications=tuple(
            dict.fromkeys(name for word, name in LABELS if f" {word} " in words)
        ),
        origin=_origin(product.origin),
        allergens=tuple(
            ALLERGENS[each] for each in product.allergens.split(",") if each in ALLERGENS
        ),
    )  # fmt: skip


def _quantity(product: Product, variant: Variant) -> dfc.Quantity:
    """How much one is: a kilogram where the price is of one, else its weight, else its unit."""
    if product.pricing == Product.Pricing.WEIGHT:
        return dfc.Quantity(1, "Kilogram")
    if variant.weight:
        return dfc.Quantity(variant.weight, "Gram")
    return dfc.Quantity(1, UNITS[product.unit])


def _origin(text: str) -> str:
    """The region or country of the DFC that an origin speaks of."""
    words = _words(text)
    found = [term for term in dfc.ORIGINS.values() if _words(term.fr) in words]
    return max(found, key=lambda term: len(term.fr)).name if found else ""


def _words(text: str) -> str:
    """Words in small letters without accents, a blank around each."""
    return f" {' '.join(re.findall('[a-z0-9]+', plain(text)))} "


def _sessions(
    shop: Shop, products: list[Product], variants: dict[int, list[Variant]]
) -> tuple[dfc.SaleSession, ...]:
    """The order cycles that take orders now or later, with what each offers."""
    now = timezone.now()
    cycles = list(
        Cycle.objects.filter(shop=shop, closes_at__gt=now, closed_at=None).order_by("opens_at")[:20]
    )
    said: dict[int, dict[int, Offer]] = defaultdict(dict)
    for offer in Offer.objects.filter(cycle__in=cycles):
        said[offer.cycle_id][offer.variant_id] = offer
    return tuple(
        dfc.SaleSession(
            key=str(cycle.pk), name=cycle.name, starts=cycle.opens_at, ends=cycle.closes_at,
            offers=tuple(
                str(variant.pk)
                for product in products
                for variant in variants[product.pk]
                if is_offered(variant, said[cycle.pk].get(variant.pk), cycle.closes_at.date())
            ),
        )
        for cycle in cycles
    )  # fmt: skip
