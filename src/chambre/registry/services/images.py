"""The picture of a resource. Looked at before it is kept: a picture is what its first bytes say."""

from __future__ import annotations

from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core import files
from chambre.core.actors import Actor, authorize
from chambre.registry.cleaning import clean_column
from chambre.registry.errors import mistakes
from chambre.registry.models import Resource
from chambre.registry.services import history, resources
from chambre.registry.versions import latest_record

PURPOSE = "registry.image"
LIMIT = 2 * 1024 * 1024
"""Largest picture, in bytes."""


def picture_type(head: bytes) -> str:
    """The media type of a picture by its first bytes; empty when it is none that we show."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return ""


@transaction.atomic
def set_image(*, resource: Resource, source: IO[bytes], name: str, alt: str, by: Actor) -> Resource:
    """Give a resource a picture, in place of the one that it has.

    Args:
        resource: Which.
        source: JPEG, PNG or WebP; at most two megabytes.
        name: Name of the file.
        alt: What it shows, in words.
        by: Who does it.

    Raises:
        Forbidden: ``by`` may not change the resource.
        Invalid: It is no picture, or nothing says what it shows.
        TooLarge: It is larger.
    """
    authorize(by, "registry.change_resource", resource)
    alt = str(clean_column(Resource, "image_alt", alt))
    media = picture_type(source.read(12))
    source.seek(0)
    wrong = {}
    if not media:
        wrong["file"] = [_("This is not a JPEG, PNG or WebP picture.")]
    if not alt:
        wrong["image_alt"] = [_("Say what the picture shows.")]
    if wrong:
        raise mistakes(wrong)
    resource = resources.lock(resource)
    before = latest_record(resource)
    resource.image = files.store(
        source, name=name, purpose=PURPOSE, by=by, content_type=media, limit=LIMIT
    )
    resource.image_alt = alt
    after = {**before, "image": str(resource.image.pk), "image_alt": alt}
    return resources.write_version(
        resource, before, after, action=history.Action.CHANGED, by=by, reason=""
    )


@files.readable_by(PURPOSE)
def _anybody(by: Actor, file: object) -> bool:
    """Resources are public, and so are their pictures."""
    return True
