"""Looking around: the shops, the shelves of one, a product, its producers, its distributions."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from chambre.lib.placemap import Spot, draw
from chambre.rooms.shop.models import PickupPlace, Producer, Product
from chambre.rooms.shop.queries import words
from chambre.rooms.shop.queries.drawings import drawing_of
from chambre.rooms.shop.queries.opening import shops_to_see, slots_of
from chambre.rooms.shop.queries.pictures import picture_of, shown_photos
from chambre.rooms.shop.queries.shelves import (
    Card,
    Way,
    arranged,
    cards,
    out_of_season,
    roots_of,
    searched,
    shelves_of,
)
from chambre.rooms.shop.queries.targets import targets_of
from chambre.rooms.shop.views.front.frame import Visit
from chambre.rooms.shop.views.front.tiles import tiles_of
from chambre.treasury import containers

PAGE = 240
"""Products on a page of the catalogue."""


@gzip_page
@require_safe
def shops(request: HttpRequest) -> HttpResponse:
    """The shops of the house, for whoever comes by."""
    rows = shops_to_see().annotate(
        many=Count("products", filter=Q(products__state=Product.State.SOLD))
    )
    found = list(rows)
    pictures = {
        row.shop_id: picture_of(row)
        for row in reversed(shown_photos(shop__in=found, product=None, producer=None))
    }
    context = {"shops": [(row, pictures.get(row.pk)) for row in found]}
    return render(request, "shop/front/shops.html", context)


@gzip_page
@require_safe
def catalogue(request: HttpRequest, slug: str) -> HttpResponse:
    """The shelves of a shop; searched by words, one shelf, or one producer."""
    visit = Visit(request, slug)
    found = cards(visit.shop, visit.distribution, visit.day)
    categories = shelves_of(visit.shop)
    query = request.GET.get("q", "")[:80].strip()
    shelf, producer = request.GET.get("rayon", ""), request.GET.get("producteur", "")
    shown = searched(found, query)
    if shelf:
        roots = roots_of(categories)
        inside = {row.pk for row in categories if row.slug == shelf}
        shown = [
            card for card in shown
            if inside & ({*card.shelves} | {roots[each] for each in card.shelves if each in roots})
        ]  # fmt: skip
    if producer:
        shown = [card for card in shown if card.product.producer.slug == producer]
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    narrowed = bool(query or shelf or producer)
    context = visit.context(
        shelves=tiles_of(
            arranged(list(page.object_list), categories, _("Other things")), visit.shop, visit.cart
        ),
        page=page,
        categories=_with_cards(categories, found),
        producers=_producers(found),
        query=query,
        shelf=shelf,
        producer=producer,
        narrowed=narrowed,
        resting=[] if narrowed else _resting(visit, found),
        cover=_cover(visit),
    )
    return render(request, "shop/front/catalogue.html", context)


def _cover(visit: Visit) -> Any:
    rows = shown_photos(shop=visit.shop, product=None, producer=None)[:1]
    return picture_of(rows[0], "l") if rows else None


def _with_cards(categories: list[Any], found: list[Card]) -> list[Any]:
    """The categories of the first rank in which there is anything."""
    roots = roots_of(categories)
    used = {roots.get(each) for card in found for each in card.shelves}
    return [row for row in categories if row.pk in used]


def _producers(found: list[Card]) -> list[Producer]:
    rows = {card.product.producer_id: card.product.producer for card in found}
    return sorted(rows.values(), key=lambda row: row.name)


def _resting(visit: Visit, found: list[Card]) -> list[tuple[Product, str]]:
    return [(row, words.season_words(row)) for row in out_of_season(visit.shop, found)]


@gzip_page
@require_safe
def product(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """One product: what it is, who made it, how it is sold."""
    visit = Visit(request, slug)
    rows = Product.objects.filter(shop=visit.shop, state=Product.State.SOLD)
    row: Product = get_object_or_404(rows.select_related("producer", "resource"), slug=name)
    found = cards(visit.shop, visit.distribution, visit.day, [row])
    card = found[0] if found else None
    for way in card.ways if card else []:
        way.in_cart = visit.cart.many(way.pk)
    free = [way.pk for way in card.ways if way.lowest is not None] if card else []
    at = visit.distribution
    targets = targets_of(at.cycle, free) if at is not None and free else {}
    photos = shown_photos(product=row)
    categories = list(row.categories.order_by("position", "name"))
    context = visit.context(
        product=row,
        card=card,
        per=words.PER["kg" if row.pricing == Product.Pricing.WEIGHT else row.unit],
        first=picture_of(photos[0], "l") if photos else None,
        others=[picture_of(photo) for photo in photos[1:7]],
        drawing=drawing_of(row.name, *[each.name for each in categories[:1]]),
        categories=categories,
        season=words.season_words(row),
        allergens=words.allergens_of(row),
        resource=row.resource or visit.shop.resource,
        kind=_container(visit, row),
        targets=targets,
        shop_link=reverse("shop:catalogue", args=[visit.shop.slug]),
        linked=linked_data(request, visit, row, card, photos),
    )
    return render(request, "shop/front/product.html", context)


def _container(visit: Visit, row: Product) -> containers.Kind | None:
    if not row.container:
        return None
    return containers.kinds(visit.shop.book, visit.day).get(row.container)


def linked_data(
    request: HttpRequest, visit: Visit, row: Product, card: Card | None, photos: list[Any]
) -> SafeString:
    """The product and its offers in the words of schema.org, for search engines."""
    here = request.build_absolute_uri(reverse("shop:product", args=[visit.shop.slug, row.slug]))
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "@id": here,
        "name": row.name,
        "url": here,
        "brand": {"@type": "Brand", "name": row.producer.name},
    }
    if row.summary or row.description:
        told["description"] = (row.summary or row.description)[:500]
    if photos:
        told["image"] = [request.build_absolute_uri(picture_of(photo, "l").url) for photo in photos]
    if row.origin:
        told["countryOfOrigin"] = row.origin
    if card:
        told["offers"] = [_offer(way, row, visit, here) for way in card.ways]
    text = json.dumps(told, ensure_ascii=False)
    for sign, code in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(sign, code)
    return mark_safe(text)  # noqa: S308 - nothing in it can end the element


def _offer(way: Way, row: Product, visit: Visit, here: str) -> dict[str, Any]:
    amount = f"{way.price // 100}.{way.price % 100:02d}"
    state = "InStock" if way.there else ("BackOrder" if way.beyond else "OutOfStock")
    if way.few:
        state = "LimitedAvailability"
    offer: dict[str, Any] = {
        "@type": "Offer",
        "url": here,
        "price": amount,
        "priceCurrency": "EUR",
        "availability": f"https://schema.org/{state}",
        "seller": {"@type": "Organization", "name": visit.shop.name},
    }
    if way.name:
        offer["name"] = way.name
    if row.pricing == Product.Pricing.WEIGHT:
        offer["priceSpecification"] = {
            "@type": "UnitPriceSpecification",
            "price": amount,
            "priceCurrency": "EUR",
            "referenceQuantity": {"@type": "QuantitativeValue", "value": 1, "unitCode": "KGM"},
        }
    return offer


@gzip_page
@require_safe
def producers(request: HttpRequest, slug: str) -> HttpResponse:
    """Who grows and makes what is sold."""
    visit = Visit(request, slug)
    sold = Count("products", filter=Q(products__state=Product.State.SOLD))
    rows = list(visit.shop.producers.annotate(many=sold).filter(many__gt=0).order_by("name"))
    pictures = {
        row.producer_id: picture_of(row, "l") for row in reversed(shown_photos(producer__in=rows))
    }
    context = visit.context(producers=[(row, pictures.get(row.pk)) for row in rows])
    return render(request, "shop/front/producers.html", context)


@gzip_page
@require_safe
def places(request: HttpRequest, slug: str) -> HttpResponse:
    """When and where orders are handed over; a distribution is chosen here."""
    visit = Visit(request, slug)
    slots = slots_of(visit.distributions)
    spots = _spots([row.place for row in visit.distributions])
    seen: set[int] = set()
    found = []
    for row in visit.distributions:
        spot = spots.get(row.place_id)
        found.append((row, slots[row.pk], spot, row.place_id not in seen))
        seen.add(row.place_id)
    drawing = draw(list(spots.values()), title=_("Places, drawn to scale"), north=_("N"))
    context = visit.context(found=found, drawing=drawing)
    return render(request, "shop/front/places.html", context)


def _spots(places: Iterable[PickupPlace]) -> dict[int, Spot]:
    """Places that say where they are, numbered, by key; none below two, which is no map."""
    spots: dict[int, Spot] = {}
    for row in places:
        if row.pk in spots or row.latitude is None or row.longitude is None:
            continue
        leads = f"#lieu-{row.slug}"
        spots[row.pk] = Spot(len(spots) + 1, row.name, row.latitude, row.longitude, leads)
    return spots if len(spots) > 1 else {}


BROWSING = [
    path("boutique/", shops, name="shops"),
    path("boutique/<slug:slug>/", catalogue, name="catalogue"),
    path("boutique/<slug:slug>/produit/<slug:name>/", product, name="product"),
    path("boutique/<slug:slug>/producteurs/", producers, name="producers"),
    path("boutique/<slug:slug>/retraits/", places, name="places"),
]
