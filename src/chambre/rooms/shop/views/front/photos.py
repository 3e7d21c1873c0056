"""Photos as visitors get them: small and large, for ever the same under their address."""

from __future__ import annotations

from typing import Any, cast

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import path
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from chambre.core import files
from chambre.rooms.shop.queries.errors import NoShop
from chambre.rooms.shop.queries.pictures import photo_for

FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def photo(request: HttpRequest, number: int, size: str, digest: str) -> HttpResponse:
    """A photo of what a shop shows; its address holds the beginning of its digest.

    Raises:
        NoShop: There is none, or it is of a product that is not on sale.
    """
    row = photo_for(number, request.actor)  # type: ignore[attr-defined]
    file = {"s": row.small, "l": row.large}.get(size)
    if file is None or not file.digest.startswith(digest):
        raise NoShop
    etag = f'"{file.digest[:32]}"'
    answer: Any
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        answer = HttpResponseNotModified()
    else:
        answer = FileResponse(files.open_file(file), content_type=file.content_type)
        answer["Content-Length"] = str(file.size)
    answer["ETag"] = etag
    answer["Cache-Control"] = FOR_EVER
    return cast(HttpResponse, answer)


PHOTOS = [
    path("boutique/photos/<int:number>-<slug:size>-<slug:digest>.webp", photo, name="photo"),
]
