"""Pictures of photos that have only an address or a file name: out of a folder, or from their address."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.errors import ChambreError
from chambre.core.fetching import NotFetched, fetch
from chambre.core.photos import HEAVIEST
from chambre.rooms.shop.models import Photo, Shop
from chambre.rooms.shop.services.photos import bring_in

MOST_HOPS = 3
"""Redirections that are followed; each is looked at like the first address."""
_SIZED = re.compile(r"-(?:\d+x\d+|scaled|rotated)$")
Progress = Callable[[int, int, str], None]


@dataclass(slots=True)
class Pictured:
    """What became of photos: how many have their picture now, and why others have not."""

    brought: int = 0
    missing: list[dict[str, Any]] = field(default_factory=list)


def waiting_photos(shop: Shop) -> Any:
    """Photos of a shop whose picture is still to be brought in."""
    return Photo.objects.filter(shop=shop, file__isnull=True).exclude(source="").order_by("id")


def bring_pictures(
    *,
    shop: Shop,
    by: Actor,
    folder: Path | None = None,
    from_addresses: bool = False,
    progress: Progress | None = None,
) -> Pictured:
    """Give photos their pictures; each by itself, so that one that fails stops no other.

    Args:
        shop: Whose photos.
        by: Who does it.
        folder: Where files of their names lie, also deeper in it.
        from_addresses: Fetch those that are not in the folder from where they are in the web.
        progress: Called with done, total and a message.

    Raises:
        Forbidden: ``by`` does not manage the shop.
    """
    authorize(by, "shop.manage", shop)
    files = _files(folder) if folder is not None else {}
    photos = list(waiting_photos(shop).select_related("shop__book__structure", "product"))
    found = Pictured()
    for number, photo in enumerate(photos, 1):
        if progress is not None:
            progress(number, len(photos), _("Photos"))
        try:
            content = _content(photo.source, files, from_addresses)
            bring_in(photo=photo, content=content, by=by)
        except (ChambreError, OSError) as error:
            reason = str(getattr(error, "message", "") or error)
            found.missing.append({"photo": photo.source, "reason": reason})
        else:
            found.brought += 1
    return found


def _content(source: str, files: dict[str, Path], from_addresses: bool) -> bytes:
    """The picture of a source.

    Raises:
        OSError: There is none.
    """
    path = files.get(_stem(source))
    if path is not None:
        if path.stat().st_size > HEAVIEST:
            raise NotFetched(_("The file is too large."))
        return path.read_bytes()
    if not from_addresses:
        raise NotFetched(_("There is no file of this name."))
    return fetch_picture(source)


def fetch_picture(address: str) -> bytes:
    """A picture from the web: only from public machines, at most as heavy as a photo may be.

    Raises:
        NotFetched: It is not there, is no picture, or is too large.
    """
    for _hop in range(MOST_HOPS + 1):
        answer = fetch("GET", address, {"Accept": "image/*"}, {}, public=True, limit=HEAVIEST)
        if answer.status not in (301, 302, 303, 307, 308):
            break
        address = urljoin(address, answer.header("Location"))
    if answer.status != 200:
        raise NotFetched(_("The answer is %(status)d.") % {"status": answer.status})
    if not answer.header("Content-Type").lower().startswith("image/"):
        raise NotFetched(_("This is not a picture."))
    return answer.body


def _files(folder: Path) -> dict[str, Path]:
    """The files of a folder, by their names in one form; links that lead out of it are left alone."""
    root = folder.resolve()
    found: dict[str, Path] = {}
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.resolve().is_relative_to(root):
            found.setdefault(_stem(path.name), path)
    return found


def _stem(source: str) -> str:
    """The name of a picture without its folder, its size and its ending: those differ in backups."""
    name = unquote(urlsplit(source).path if "://" in source else source).rpartition("/")[2]
    stem = name.rpartition(".")[0] or name
    return _SIZED.sub("", stem).casefold()
