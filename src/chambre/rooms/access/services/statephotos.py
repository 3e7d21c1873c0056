"""Photos of a thing's state: turned, made smaller, and nothing kept of what the camera noted."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from chambre.core import files
from chambre.core.actors import Actor
from chambre.core.errors import Invalid
from chambre.core.models import StoredFile
from chambre.rooms.access.models import Handover, StatePhoto

PURPOSE = "access.photo"
FORMATS = ("JPEG", "PNG", "WEBP")
HEAVIEST = 20 * 1024 * 1024
"""Bytes of a picture as it comes."""
MOST_PIXELS = 60_000_000
MOST = 6
"""Photos of one hand-over."""
LONGEST = 1400
"""Pixels of the longer side of what is kept."""


@files.readable_by(PURPOSE)
def _who_may(by: Actor, file: StoredFile) -> bool:
    """Who keeps or owns the thing, and whose booking it was."""
    photo = StatePhoto.objects.filter(file=file).select_related("handover__offer").first()
    if photo is None:
        return False
    handover = photo.handover
    return (
        by.may("access.keep", handover.offer)
        or by.may("access.own", handover.offer)
        or (handover.booking is not None and by.may("access.read_booking", handover.booking))
    )


def cleaned(content: bytes) -> tuple[bytes, tuple[int, int]]:
    """A picture as it is kept: WebP of at most :data:`LONGEST` pixels, without EXIF; and its size.

    Raises:
        Invalid: No picture that we know, or one too large.
    """
    message = _("This is not a photo that we can show: JPEG, PNG or WebP.")
    if len(content) > HEAVIEST:
        message = _("A photo has at most %(most)d megabytes.") % {"most": HEAVIEST // 1024 // 1024}
        raise Invalid(message, fields={"photos": [message]})
    try:
        with warnings.catch_warnings():
            # How large a picture may be is decided before its points are read.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture: Image.Image = Image.open(io.BytesIO(content), formats=FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            raise Invalid(message, fields={"photos": [message]})
        picture.draft("RGB", (LONGEST, LONGEST))
        picture.load()
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        raise Invalid(message, fields={"photos": [message]}) from None
    picture = ImageOps.exif_transpose(picture).convert("RGB")
    picture.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=76, method=4, exif=b"", xmp=b"")
    return out.getvalue(), picture.size


def keep(handover: Handover, pictures: Sequence[tuple[bytes, tuple[int, int]]], by: Actor) -> None:
    """Keep cleaned pictures with a hand-over; its service has authorized it."""
    for number, (content, size) in enumerate(pictures, 1):
        stored = files.store(
            [content], name=f"etat-{handover.pk}-{number}.webp", purpose=PURPOSE, by=by,
            content_type="image/webp", limit=HEAVIEST,
        )  # fmt: skip
        StatePhoto.objects.create(handover=handover, file=stored, width=size[0], height=size[1])
