"""What machines are told of an object: the link set of a resolver, and data of the web.

GS1-Conformant resolver 1.2.0: one default link, ``linkType=linkset`` or ``all`` gives them all
(RFC 9264) without redirection, an absent link type is not found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from chambre.core.errors import NotFound
from chambre.rooms.deposit.models import ItemType, Place
from chambre.rooms.deposit.queries.looking import Life

VOC = "https://ref.gs1.org/voc/"
LINKSET = "application/linkset+json"
JSON_LD = "application/ld+json"
WHOLE = ("linkset", "all")


@dataclass(frozen=True, slots=True)
class Link:
    """A link of an object: type in GS1's vocabulary, address, title, media type."""

    kind: str
    href: str
    title: str
    type: str = "text/html"


@dataclass(frozen=True, slots=True)
class Subject:
    """What the links are of: an object, or a class of objects.

    Attributes:
        uri: Its address.
        scheme: Short name of its scheme.
        data: The same as data of the web.
    """

    uri: str
    scheme: str
    data: dict[str, Any]


def links_of(request: HttpRequest, subject: Subject) -> list[Link]:
    """Where an object leads to. The first one is the default."""
    base = request.build_absolute_uri
    page = base(request.path)
    where = base(reverse("deposit:map")) + f"?commun={subject.scheme}"
    events = base(f"/epcis/epcs/{quote(subject.uri, safe='')}/events")
    return [
        Link("pip", page, _("What it is, and its life")),
        Link("locationInfo", where, _("Where to bring it back")),
        Link("epcis", events, _("What happened to it, for machines"), "application/json"),
    ]


def answer_machine(request: HttpRequest, subject: Subject) -> HttpResponse | None:
    """What a machine asked for, by ``linkType`` or by its ``Accept`` header; None: a person asks.

    Raises:
        NotFound: A link type that this object does not have.
    """
    wanted = request.GET.get("linkType", "").removeprefix("gs1:")
    accept = request.headers.get("Accept", "")
    links = links_of(request, subject)
    if wanted in WHOLE or (not wanted and LINKSET in accept):
        return with_cors(JsonResponse(_linkset(subject, links), content_type=LINKSET))
    if wanted and wanted != "defaultLink":
        found = next((link for link in links if link.kind == wanted), None)
        if found is None:
            raise NotFound(_("This object has no link of this type."))
        if found is not links[0]:
            return with_cors(HttpResponseRedirect(_with_query(request, found.href), status=307))
        return None
    if JSON_LD in accept or "application/json" in accept:
        return with_cors(JsonResponse(subject.data, content_type=JSON_LD))
    return None


def _with_query(request: HttpRequest, href: str) -> str:
    """The query is passed on, as the standard asks, but for what chose the link."""
    query = request.GET.copy()
    query.pop("linkType", None)
    mark = "&" if "?" in href else "?"
    return f"{href}{mark}{query.urlencode()}" if query else href


def with_cors(response: HttpResponse) -> HttpResponse:
    """Let pages of any site read an answer that anybody may read."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "Link, Content-Length"
    return response


def _linkset(subject: Subject, links: list[Link]) -> dict[str, Any]:
    told: dict[str, Any] = {"anchor": subject.uri}
    targets = {
        link.kind: {
            "href": link.href,
            "title": link.title,
            "type": link.type,
            "hreflang": ["fr", "en"],
        }
        for link in links
    }
    told[f"{VOC}defaultLink"] = [targets[links[0].kind]]
    told |= {f"{VOC}{kind}": [target] for kind, target in targets.items()}
    return {"linkset": [told]}


def link_header(links: list[Link], anchor: str) -> str:
    """The same as a header (RFC 8288), for the page."""
    parts = [f'<{link.href}>; rel="{VOC}{link.kind}"; type="{link.type}"' for link in links]
    parts.append(f'<{anchor}>; rel="linkset"; type="{LINKSET}"')
    return ", ".join(parts)


def json_ld(life: Life, places: list[Place]) -> dict[str, Any]:
    """An object as data of the web (schema.org): nothing that the page does not say."""
    item = life.item
    return {
        "@context": "https://schema.org",
        "@type": "IndividualProduct",
        "@id": item.uri,
        "serialNumber": item.serial,
        "name": item.type.name,
        "isPartOf": {"@type": "Collection", "name": item.scheme.name},
        "material": item.type.material or None,
        "additionalProperty": [
            {"@type": "PropertyValue", "name": "rotations", "value": item.rotations},
            {"@type": "PropertyValue", "name": "state", "value": item.state},
        ],
        "subjectOf": [
            {"@type": "Event", "name": step.kind, "startDate": step.day.isoformat(),
             "location": step.place or None}
            for step in life.steps
        ],
        "availableAtOrFrom": [place_data(place) for place in places],
    }  # fmt: skip


def class_data(type_: ItemType, places: list[Place]) -> dict[str, Any]:
    """A type of object as data of the web."""
    return {
        "@context": "https://schema.org",
        "@type": "ProductModel",
        "@id": type_.uri,
        "name": type_.name,
        "material": type_.material or None,
        "weight": _weight(type_),
        "isPartOf": {"@type": "Collection", "name": type_.scheme.name},
        "availableAtOrFrom": [place_data(place) for place in places],
    }


def _weight(type_: ItemType) -> dict[str, Any] | None:
    """What one weighs; GRM is the unit code of the gram (UN/CEFACT recommendation 20)."""
    if not type_.grams:
        return None
    return {"@type": "QuantitativeValue", "value": type_.grams, "unitCode": "GRM"}


def place_data(place: Place) -> dict[str, Any]:
    """A place as data of the web."""
    told: dict[str, Any] = {
        "@type": "Place",
        "@id": place.uri,
        "name": place.name,
        "address": place.address or None,
        "openingHours": place.hours or None,
    }
    if place.latitude is not None and place.longitude is not None:
        told["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": place.latitude / 1e6,
            "longitude": place.longitude / 1e6,
        }
    return told
