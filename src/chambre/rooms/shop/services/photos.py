"""Photos of products, producers and shops: kept as they came, shown in two smaller sizes.

The smaller sizes are turned as the camera was held and hold nothing of what it noted: no place, no
time, no name. Only they are given to visitors.
"""

from __future__ import annotations

import io
import warnings

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from chambre.core import files
from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.core.models import StoredFile
from chambre.rooms.shop.models import Photo, Producer, Product, Shop

PURPOSE = "shop.photo"
FORMATS = ("JPEG", "PNG", "WEBP")
HEAVIEST = 20 * 1024 * 1024
"""Bytes of a picture."""
MOST_PIXELS = 60_000_000
SMALL, LARGE = 480, 1400
"""Longest side of the two sizes, in pixels."""
QUALITY = 76


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
        content: The picture: JPEG, PNG or WebP, at most :data:`HEAVIEST` bytes.
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
    picture = _opened(content)
    kind = Image.MIME.get(picture.format or "", "application/octet-stream")
    picture = _turned(picture)
    photo.file = _keep(content, name, kind, by)
    stem = name.rpartition(".")[0] or name
    small, large = _sized(picture, SMALL), _sized(picture, LARGE)
    photo.small = _keep(_written(small), f"{stem}-{SMALL}.webp", "image/webp", by)
    photo.large = _keep(_written(large), f"{stem}-{LARGE}.webp", "image/webp", by)
    photo.width, photo.height = large.size


def _keep(content: bytes, name: str, kind: str, by: Actor) -> StoredFile:
    return files.store(
        io.BytesIO(content), name=name, purpose=PURPOSE, by=by, content_type=kind, limit=HEAVIEST
    )


def _opened(content: bytes) -> Image.Image:
    """The picture in some bytes.

    Raises:
        Invalid: It is none that we know, or it is too large.
    """
    message = _("This is not a photo that we can show: JPEG, PNG or WebP.")
    if len(content) > HEAVIEST:
        message = _("A photo has at most %(most)d megabytes.") % {"most": HEAVIEST // 1024 // 1024}
        raise Invalid(message, fields={"photo": [message]})
    try:
        with warnings.catch_warnings():
            # How large a picture may be is decided below, before its points are read.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=FORMATS)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise Invalid(message, fields={"photo": [message]}) from None
    if picture.width * picture.height > MOST_PIXELS:
        message = _("This photo has too many points: at most %(most)d million.") % {
            "most": MOST_PIXELS // 1_000_000
        }
        raise Invalid(message, fields={"photo": [message]})
    try:
        # A camera's picture is read at the smallest scale that is still large enough.
        picture.draft("RGB", (LARGE, LARGE))
        picture.load()
    except (OSError, ValueError, SyntaxError, EOFError):
        raise Invalid(message, fields={"photo": [message]}) from None
    return picture


def _turned(picture: Image.Image) -> Image.Image:
    """As the camera was held, in colours that a browser shows."""
    turned = ImageOps.exif_transpose(picture)
    clear = "A" in turned.getbands() or "transparency" in turned.info
    return turned.convert("RGBA" if clear else "RGB")


def _sized(picture: Image.Image, longest: int) -> Image.Image:
    """A copy that is at most so long; a small picture is not made larger."""
    copy = picture.copy()
    copy.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return copy


def _written(picture: Image.Image) -> bytes:
    """The points and their colour profile, and nothing else of what the file said."""
    out = io.BytesIO()
    picture.save(
        out, "WEBP", quality=QUALITY, method=4, exif=b"", xmp=b"",
        icc_profile=picture.info.get("icc_profile") or b"",
    )  # fmt: skip
    return out.getvalue()
