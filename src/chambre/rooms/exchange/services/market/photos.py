"""Photos of what is offered or needed: turned as the camera was held, without what it noted.

Only the two smaller sizes are kept: no place, no time, no name of what the camera wrote stays anywhere.
"""

from __future__ import annotations

import io
import warnings

from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from chambre.core import files
from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.core.models import StoredFile
from chambre.rooms.exchange.models import Posting, PostingPhoto
from chambre.rooms.exchange.queries.market.errors import NoPosting
from chambre.rooms.exchange.queries.market.postings import posting_for

PURPOSE = "exchange.posting-photo"
FORMATS = ("JPEG", "PNG", "WEBP")
HEAVIEST = 20 * 1024 * 1024
"""Bytes of a picture."""
MOST_PIXELS = 60_000_000
SMALL, LARGE = 480, 1400
"""Longest side of the two sizes, in pixels."""
MOST = 6
"""Photos of one offer or need."""


@files.readable_by(PURPOSE)
def _who_sees_it(by: Actor, file: StoredFile) -> bool:
    """Whoever may see the offer or the need."""
    photo = (
        PostingPhoto.objects.filter(small=file) | PostingPhoto.objects.filter(large=file)
    ).first()
    if photo is None:
        return False
    try:
        posting_for(photo.posting_id, by)
    except NoPosting:
        return False
    return True


@transaction.atomic
def add_photo(
    *, posting: Posting, content: bytes, name: str, by: Actor, alt: str = ""
) -> PostingPhoto:
    """Add a photo.

    Args:
        posting: Of what.
        content: The picture: JPEG, PNG or WebP, at most :data:`HEAVIEST` bytes.
        name: Name of its file.
        by: Whose offer or need it is.
        alt: What can be seen, for those who do not see it; at most 200 characters.

    Raises:
        Forbidden: It is not theirs.
        Invalid: Not a picture, too large, or there are :data:`MOST` already; nothing was kept.
    """
    authorize(by, "exchange.change_posting", posting)
    posting = Posting.objects.select_for_update().get(pk=posting.pk)
    if posting.photos.count() >= MOST:
        message = _("At most %(most)d photos.") % {"most": MOST}
        raise Invalid(message, fields={"photo": [message]})
    picture = _opened(content)
    stem = (name.rpartition(".")[0] or name)[:120] or "photo"
    small, large = _sized(picture, SMALL), _sized(picture, LARGE)
    photo = PostingPhoto.objects.create(
        posting=posting,
        small=_kept(small, f"{stem}-{SMALL}.webp", by),
        large=_kept(large, f"{stem}-{LARGE}.webp", by),
        width=large.width,
        height=large.height,
        alt=alt.strip()[:200],
    )
    audit(by, "exchange.posting.photo-added", posting)
    return photo


@transaction.atomic
def remove_photo(*, photo: PostingPhoto, by: Actor) -> None:
    """Take a photo away, with its sizes.

    Raises:
        Forbidden: It is not theirs.
    """
    authorize(by, "exchange.change_posting", photo.posting)
    small, large = photo.small, photo.large
    audit(by, "exchange.posting.photo-removed", photo.posting)
    photo.delete()
    small.delete()
    large.delete()


def _opened(content: bytes) -> Image.Image:
    """The picture in some bytes, upright, in colours that a browser shows.

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
        if picture.width * picture.height > MOST_PIXELS:
            raise ValueError("too many points")
        picture.draft("RGB", (LARGE, LARGE))
        picture.load()
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        raise Invalid(message, fields={"photo": [message]}) from None
    turned = ImageOps.exif_transpose(picture)
    clear = "A" in turned.getbands() or "transparency" in turned.info
    return turned.convert("RGBA" if clear else "RGB")


def _sized(picture: Image.Image, longest: int) -> Image.Image:
    copy = picture.copy()
    copy.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return copy


def _kept(picture: Image.Image, name: str, by: Actor) -> StoredFile:
    """The points, and nothing else of what the file said."""
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=76, method=4, exif=b"", xmp=b"", icc_profile=b"")
    out.seek(0)
    return files.store(
        out, name=name, purpose=PURPOSE, by=by, content_type="image/webp", limit=HEAVIEST
    )
