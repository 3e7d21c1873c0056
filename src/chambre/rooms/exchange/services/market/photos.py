"""Photos of what is offered or needed: turned as the camera was held, without what it noted.

Only the two smaller sizes are kept: no place, no time, no name of what the camera wrote stays anywhere.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core import files, photos
from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.core.models import StoredFile
from chambre.rooms.exchange.models import Posting, PostingPhoto
from chambre.rooms.exchange.queries.market.errors import NoPosting
from chambre.rooms.exchange.queries.market.postings import posting_for

PURPOSE = "exchange.posting-photo"
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
        content: The picture: JPEG, PNG or WebP, at most :data:`.photos.HEAVIEST` bytes.
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
    picture, _kind = photos.opened(content, longest=LARGE, field="photo")
    stem = (name.rpartition(".")[0] or name)[:120] or "photo"
    small, large = photos.sized(picture, SMALL), photos.sized(picture, LARGE)
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


def _kept(picture: photos.Sized, name: str, by: Actor) -> StoredFile:
    return files.store(
        [picture.content], name=name, purpose=PURPOSE, by=by, content_type=photos.CONTENT_TYPE,
        limit=photos.HEAVIEST,
    )  # fmt: skip
