"""Addresses of the repository: the REST binding below ``/epcis/``, pages for people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.errors import NotFound
from chambre.epcis.binding import browse, capture, events, named
from chambre.epcis.binding.frame import resource


def nothing(_request: HttpRequest, _by: Actor, _rest: str) -> HttpResponse:
    """There is no such path."""
    raise NotFound(_("There is no such resource."))


app_name = "epcis"
prefix = ""
BINDING = [
    *browse.addresses(),
    *events.addresses(),
    *capture.addresses(),
    *named.addresses(),
    path("<path:_rest>", resource(get=nothing)),
]
urlpatterns = [path("epcis", BINDING[0].callback), path("epcis/", include(BINDING))]
