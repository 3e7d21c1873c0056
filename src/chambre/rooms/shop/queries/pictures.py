"""Photos that may be shown, and their addresses."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse

from chambre.core.actors import Actor
from chambre.rooms.shop.models import Photo, Product
from chambre.rooms.shop.queries.errors import NoShop

SMALL = 480
"""Longest side of the small size, in pixels."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo in one size, as a page shows it.

    Attributes:
        url: Where it is.
        width: In pixels, so that nothing jumps while it is loaded.
        height: In pixels.
        alt: What can be seen.
        large: Where its large size is.
    """

    url: str
    width: int
    height: int
    alt: str
    large: str = ""


def photo_for(number: int, by: Actor) -> Photo:
    """A photo that somebody may see: of a product on sale, of a producer, of a shop.

    Who keeps the shop also sees those of drafts.

    Raises:
        NoShop: There is none for them.
    """
    rows = Photo.objects.select_related("small", "large", "product", "shop__book__structure")
    row: Photo | None = rows.filter(pk=number, small__isnull=False).first()
    if row is None:
        raise NoShop
    on_sale = row.product is None or row.product.state == Product.State.SOLD
    if not (on_sale and row.shop.is_open) and not by.may("shop.read", row):
        raise NoShop
    return row


def picture_of(photo: Photo, size: str = "s") -> Picture:
    """How a page shows a photo that has its sizes: ``s`` small, ``l`` large."""
    width, height = photo.width, photo.height
    longest = max(width, height, 1)
    if size == "s" and longest > SMALL:
        width = max(round(width * SMALL / longest), 1)
        height = max(round(height * SMALL / longest), 1)
    large = address_of(photo, "l")
    return Picture(
        url=large if size == "l" else address_of(photo, "s"),
        width=width,
        height=height,
        alt=photo.alt,
        large=large,
    )


def address_of(photo: Photo, size: str) -> str:
    """Where a size of a photo is; another picture has another address."""
    file = photo.small if size == "s" else photo.large
    digest = file.digest[:12] if file else "0"
    return reverse("shop:photo", args=[photo.pk, size, digest])


def first_photos(products: list[int]) -> dict[int, Photo]:
    """The first photo of each product that has its picture, by id of the product."""
    rows = Photo.objects.filter(product__in=products, small__isnull=False)
    found: dict[int, Photo] = {}
    for row in rows.select_related("small", "large").order_by("position", "id"):
        if row.product_id is not None:
            found.setdefault(row.product_id, row)
    return found


def shown_photos(**of: object) -> list[Photo]:
    """The photos of a product, a producer or a shop, those that have their picture."""
    rows = Photo.objects.filter(Q(small__isnull=False), **of)
    return list(rows.select_related("small", "large").order_by("position", "id"))
