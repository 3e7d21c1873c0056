"""A shop's catalogue for other platforms of local food: linked data of the Data Food Consortium."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import path
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from chambre.rooms.shop.queries.errors import NoShop
from chambre.rooms.shop.queries.finding import shop_named
from chambre.rooms.shop.queries.linked import linked_catalogue

JSONLD = "application/ld+json"
FRESH = 300
"""Seconds for which an answer may be kept by others."""


def _document(request: HttpRequest, slug: str) -> dict[str, Any]:
    """The catalogue of an open shop.

    Raises:
        NoShop: There is none.
    """
    shop = shop_named(slug)
    if not shop.is_open:
        raise NoShop
    return linked_catalogue(shop, request.build_absolute_uri("/").rstrip("/"))


def _answer(request: HttpRequest, document: dict[str, Any]) -> HttpResponse:
    content = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    known = request.headers.get("If-None-Match", "").replace("W/", "")
    if tag in (each.strip() for each in known.split(",")):
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = HttpResponse(content, content_type=JSONLD)
    answer["ETag"] = tag
    answer["Cache-Control"] = f"public, max-age={FRESH}"
    answer["Access-Control-Allow-Origin"] = "*"  # open data: also for pages elsewhere
    return answer


@gzip_page
@require_safe
def linked(request: HttpRequest, slug: str) -> HttpResponse:
    """All that a shop has on sale."""
    return _answer(request, _document(request, slug))


@gzip_page
@require_safe
def thing(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """One thing of the catalogue, at the address that names it."""
    document = _document(request, slug)
    address = request.build_absolute_uri()
    for node in document["@graph"]:
        if node["@id"] == address:
            return _answer(request, {"@context": document["@context"], **node})
    raise NoShop


LINKED = [
    path("boutique/<slug:slug>/dfc/catalogue.jsonld", linked, name="dfc"),
    path("boutique/<slug:slug>/dfc/<path:name>", thing, name="dfc_thing"),
    path("dfc/enterprises/<slug:slug>/catalog_items", linked, name="dfc_items"),
]
