"""Photos of a thing's state: turned, made smaller, and nothing kept of what the camera noted."""

from __future__ import annotations

from collections.abc import Sequence

from chambre.core import files, photos
from chambre.core.actors import Actor
from chambre.core.models import StoredFile
from chambre.rooms.access.models import Handover, StatePhoto

PURPOSE = "access.photo"
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


def cleaned(content: bytes) -> photos.Sized:
    """A picture as it is kept: at most :data:`LONGEST` pixels, without what the camera noted.

    Raises:
        Invalid: No picture that we know, or one too large.
    """
    picture, _kind = photos.opened(content, longest=LONGEST, field="photos")
    return photos.sized(picture, LONGEST)


def keep(handover: Handover, pictures: Sequence[photos.Sized], by: Actor) -> None:
    """Keep cleaned pictures with a hand-over; its service has authorized it."""
    for number, picture in enumerate(pictures, 1):
        stored = files.store(
            [picture.content], name=f"etat-{handover.pk}-{number}.webp", purpose=PURPOSE, by=by,
            content_type=photos.CONTENT_TYPE, limit=photos.HEAVIEST,
        )  # fmt: skip
        StatePhoto.objects.create(
            handover=handover, file=stored, width=picture.width, height=picture.height
        )
