"""Addresses of the repository: the REST binding below ``/epcis/``, pages for people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.errors import NotFound
from chambre.epcis.binding import browse, capture, events, named
from chambre.epcis.binding.frame import resource
from chambre.epcis.views import captures, pages


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
PAGES = [
    path("", pages.index, name="index"),
    path("objet/", pages.thing, name="object"),
    path("evenements/<int:number>/", pages.event, name="event"),
    path("captures/", captures.captures, name="captures"),
    path("captures/<uuid:capture>/", captures.capture, name="capture"),
    path("abonnements/", captures.subscriptions, name="subscriptions"),
    path(
        "abonnements/<uuid:subscription>/fin/",
        captures.subscription_end,
        name="subscription_end",
    ),
]
urlpatterns = [
    path("tracabilite/", include(PAGES)),
    path("epcis", BINDING[0].callback),
    path("epcis/", include(BINDING)),
]
