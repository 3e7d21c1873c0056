"""Photos that people send: opened with bounds, upright, made smaller, and nothing of what the camera noted.

A picture says where and when it was taken, and by what; of what is shown again only the points and their
colour profile stay. A bomb (a small file of very many points) is refused before its points are read.
"""

from __future__ import annotations

import io
import warnings
from typing import NamedTuple

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from chambre.core.errors import Invalid

FORMATS = ("JPEG", "PNG", "WEBP")
HEAVIEST = 20 * 1024 * 1024
"""Bytes of a picture as it comes."""
MOST_PIXELS = 60_000_000
CONTENT_TYPE = "image/webp"
"""What :func:`sized` gives."""
QUALITY = 76


class Sized(NamedTuple):
    """A picture as it is shown: WebP, and its size in pixels."""

    content: bytes
    width: int
    height: int


def opened(content: bytes, *, longest: int, field: str) -> tuple[Image.Image, str]:
    """The picture in some bytes, upright, in colours that a browser shows; and its content type.

    Args:
        content: JPEG, PNG or WebP of at most :data:`HEAVIEST` bytes.
        longest: Longest side that will be shown, in pixels: a camera's picture is read at the smallest
            scale that is still large enough.
        field: Of the form, where a refusal belongs.

    Raises:
        Invalid: It is no picture that we know, or it is too large.
    """
    if len(content) > HEAVIEST:
        words = _("A photo has at most %(most)d megabytes.") % {"most": HEAVIEST // 1024 // 1024}
        raise Invalid(words, fields={field: [words]})
    try:
        with warnings.catch_warnings():
            # How large a picture may be is decided below, before its points are read.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture: Image.Image = Image.open(io.BytesIO(content), formats=FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            raise Image.DecompressionBombError
        kind = Image.MIME.get(picture.format or "", "application/octet-stream")
        picture.draft("RGB", (longest, longest))
        picture.load()
    except Image.DecompressionBombError:
        most = MOST_PIXELS // 1_000_000
        words = _("This photo has too many points: at most %(most)d million.") % {"most": most}
        raise Invalid(words, fields={field: [words]}) from None
    except (OSError, ValueError, SyntaxError, EOFError):
        words = _("This is not a photo that we can show: JPEG, PNG or WebP.")
        raise Invalid(words, fields={field: [words]}) from None
    turned = ImageOps.exif_transpose(picture)
    clear = "A" in turned.getbands() or "transparency" in turned.info
    return turned.convert("RGBA" if clear else "RGB"), kind


def sized(picture: Image.Image, longest: int) -> Sized:
    """A copy that is at most ``longest`` pixels long; a small picture is not made larger."""
    copy = picture.copy()
    copy.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    profile = copy.info.get("icc_profile") or b""
    copy.save(out, "WEBP", quality=QUALITY, method=4, exif=b"", xmp=b"", icc_profile=profile)
    return Sized(out.getvalue(), copy.width, copy.height)
