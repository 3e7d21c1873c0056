"""Photos of products, producers and shops: kept as they came, shown in two smaller sizes.

The smaller sizes are turned as the camera was held and hold nothing of what it noted: no place, no
time, no name. Only they are given to visitors.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from chambre.core import files, photos
from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.core.models import StoredFile
from chambre.rooms.shop.models import Photo, Producer, Product, Shop

PURPOSE = "shop.photo"
SMALL, LARGE = 480, 1400
"""Longest side of the two sizes, in pixels."""


@files.readable_by(PURPOSE)
def _managers(by: Actor, file: StoredFile) -> bool:
    """The original shows where it was taken: only who keeps the shop gets it."""
    photo = Photo.objects.filter(file=file).select_related("shop__book__structure").first()
    return photo is not None and by.may("shop.manage", photo)


@transaction.atomic
def add_photo(
    *,
    shop: Shop,
    content: bytes,
    name: str,
    by: Actor,
    product: Product | None = None,
    producer: Producer | None = None,
    alt: str = "",
) -> Photo:
    """Add a photo of a product, of a producer, or (without either) of the shop itself.

    Args:
        shop: Whose.
        content: The picture: JPEG, PNG or WebP, at most :data:`.photos.HEAVIEST` bytes.
        name: Name of its file.
        by: Who adds it.
        product: Of which product.
        producer: Of which producer.
        alt: What can be seen, for those who do not see it; at most 200 characters.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: Not a picture, too large, or of another shop; nothing was kept.
    """
    authorize(by, "shop.manage", shop)
    for thing in (product, producer):
        if thing is not None and thing.shop_id != shop.pk:
            raise Invalid(_("This is not of this shop."), fields={"photo": [str(thing)]})
    rows = Photo.objects.filter(shop=shop, product=product, producer=producer)
    last = rows.aggregate(last=Max("position"))["last"]
    photo = Photo(
        shop=shop, product=product, producer=producer, alt=alt.strip()[:200],
        position=0 if last is None else last + 1,
    )  # fmt: skip
    _fill(photo, content, name, by)
    photo.save(force_insert=True)
    audit(by, "shop.photo.added", photo)
    return photo


@transaction.atomic
def bring_in(*, photo: Photo, content: bytes, by: Actor) -> Photo:
    """Give a photo that has only an address or a file name its picture; one that has it keeps it.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: Not a picture, or too large.
    """
    authorize(by, "shop.manage", photo)
    photo = Photo.objects.select_for_update(of=("self",)).get(pk=photo.pk)
    if photo.file_id is None:
        _fill(photo, content, photo.source.rpartition("/")[2] or "photo", by)
        photo.save()
        audit(by, "shop.photo.added", photo)
    return photo


@transaction.atomic
def change_photo(
    *, photo: Photo, by: Actor, alt: str | None = None, position: int | None = None
) -> Photo:
    """Say what can be seen on a photo, or which one comes first.

    Raises:
        Forbidden: ``by`` does not manage the shop.
    """
    authorize(by, "shop.manage", photo)
    if alt is not None:
        photo.alt = alt.strip()[:200]
    if position is not None:
        photo.position = position
    photo.save(update_fields=["alt", "position"])
    audit(by, "shop.photo.changed", photo)
    return photo


@transaction.atomic
def remove_photo(*, photo: Photo, by: Actor) -> None:
    """Take a photo away, with its sizes.

    Raises:
        Forbidden: ``by`` does not manage the shop.
    """
    authorize(by, "shop.manage", photo)
    kept = [file for file in (photo.file, photo.small, photo.large) if file is not None]
    audit(by, "shop.photo.removed", photo)
    photo.delete()
    for file in kept:
        file.delete()


def _fill(photo: Photo, content: bytes, name: str, by: Actor) -> None:
    """Keep a picture and its two sizes; the row is not saved."""
    picture, kind = photos.opened(content, longest=LARGE, field="photo")
    photo.file = _keep(content, name, kind, by)
    stem = name.rpartition(".")[0] or name
    small, large = photos.sized(picture, SMALL), photos.sized(picture, LARGE)
    photo.small = _keep(small.content, f"{stem}-{SMALL}.webp", photos.CONTENT_TYPE, by)
    photo.large = _keep(large.content, f"{stem}-{LARGE}.webp", photos.CONTENT_TYPE, by)
    photo.width, photo.height = large.width, large.height


def _keep(content: bytes, name: str, kind: str, by: Actor) -> StoredFile:
    return files.store(
        [content], name=name, purpose=PURPOSE, by=by, content_type=kind, limit=photos.HEAVIEST
    )
