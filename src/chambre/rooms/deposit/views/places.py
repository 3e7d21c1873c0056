"""Where to bring things back: a map drawn here, a list with hours, a page for each place."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chambre.lib.placemap import Spot, draw
from chambre.rooms.deposit.models import Place, Scheme
from chambre.rooms.deposit.queries.looking import open_places
from chambre.rooms.deposit.views.frame import open_page
from chambre.rooms.deposit.views.linking import JSON_LD, place_data

MOST = 300
"""Places on one map; a larger network is looked at by scheme."""
GEOLOCATION = "camera=(), geolocation=(self), microphone=(), payment=(), usb=()"


@require_safe
@open_page
def places_map(request: HttpRequest) -> HttpResponse:
    """All places, or those of a scheme, on a map and as a list."""
    slug = request.GET.get("commun", "")
    scheme = get_object_or_404(Scheme, slug=slug) if slug else None
    places = list(open_places(scheme)[: MOST + 1])
    for number, place in enumerate(places, 1):
        place.number = number  # type: ignore[attr-defined]
    spots = [
        Spot(number, place.name, place.latitude, place.longitude, f"#lieu-{place.slug}")
        for number, place in enumerate(places[:MOST], 1)
        if place.latitude is not None and place.longitude is not None
    ]
    context = {
        "scheme": scheme,
        "schemes": Scheme.objects.order_by("name").only("slug", "name"),
        "places": places[:MOST],
        "more": len(places) > MOST,
        "drawing": draw(spots, title=_("Places, drawn to scale"), north=_("N")),
        "located": bool(spots),
    }
    response = render(request, "deposit/map.html", context)
    response["Permissions-Policy"] = GEOLOCATION
    return response


@require_safe
@open_page
def place_public(request: HttpRequest, slug: str) -> HttpResponse:
    """One place: where it is, when it is open, what it takes."""
    place = get_object_or_404(Place.objects.select_related("scheme"), slug=slug)
    if JSON_LD in request.headers.get("Accept", ""):
        data = {"@context": "https://schema.org", **place_data(place)}
        return JsonResponse(data, content_type=JSON_LD)
    types = place.scheme.types.order_by("name")
    return render(request, "deposit/place_public.html", {"place": place, "types": types})
