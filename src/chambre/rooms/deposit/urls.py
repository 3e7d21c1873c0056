"""Addresses of the deposit room. Those that labels hold never change."""

from __future__ import annotations

from django.urls import path

from chambre.rooms.deposit.views import (
    account,
    acts,
    devices,
    figures,
    labels,
    objects,
    places,
    pwa,
    scan,
)
from chambre.rooms.deposit.views.handing import HANDOVERS
from chambre.rooms.deposit.views.recounts import RECOUNTS
from chambre.rooms.deposit.views.stewardbooks import BOOKS
from chambre.rooms.deposit.views.stewardcases import CASES
from chambre.rooms.deposit.views.stewardcontracts import CONTRACTS
from chambre.rooms.deposit.views.stewardlots import LOTS
from chambre.rooms.deposit.views.stewardobjects import ITEMS
from chambre.rooms.deposit.views.stewardplaces import PLACES
from chambre.rooms.deposit.views.stewards import SCHEMES
from chambre.rooms.deposit.views.stewardtags import TAGS
from chambre.rooms.deposit.views.stewardtypes import TYPES
from chambre.rooms.deposit.views.takers import TAKERS

app_name = "deposit"
prefix = ""

OPEN = [
    path(".well-known/gs1resolver", objects.resolver, name="resolver"),
    path("8003/<path:rest>", objects.digital_link, name="digital_link"),
    path("consigne/o/<str:serial>", objects.own, name="object"),
    path("consigne/types/<slug:slug>", objects.type_page, name="type_public"),
    path("consigne/lieux/<slug:slug>", places.place_public, name="place_public"),
    path("consigne/carte/", places.places_map, name="map"),
]
SCAN = [
    path("consigne/scan/", scan.scan, name="scan"),
    path("consigne/scan/moi/", acts.me, name="me"),
    path("consigne/scan/objet/", acts.look, name="look"),
    path("consigne/scan/actes/", acts.acts, name="acts"),
    path("consigne/scan/manifeste.webmanifest", pwa.manifest, name="manifest"),
    path("consigne/scan/sw.js", pwa.service_worker, name="service_worker"),
    path("consigne/scan/decodeur.js", pwa.decoder, name="decoder"),
]
ACCOUNT = [
    path("consigne/compte/", account.account, name="account"),
    path("consigne/compte/<str:number>", account.card, name="account_card"),
]
STEWARDS = [
    path("consigne/etiquettes/", labels.labels, name="labels"),
    path("consigne/<slug:slug>/chiffres/", figures.scheme_figures, name="figures"),
]
DEVICES = [
    path("consigne/appareils/", devices.devices, name="devices"),
    path("consigne/nouvel-appareil/", devices.enrol, name="device_enrol"),
    path("consigne/appareils/<slug:name>/", devices.device, name="device"),
    path("consigne/appareils/<slug:name>/demander/", devices.ask, name="device_ask"),
    path("consigne/appareils/<slug:name>/cle/", devices.another_key, name="device_rekey"),
    path("consigne/appareils/<slug:name>/revoquer/", devices.revoke, name="device_revoke"),
]
urlpatterns = [
    *OPEN, *SCAN, *ACCOUNT, *TAKERS, *STEWARDS, *DEVICES,
    # The last: these begin with the short name of a scheme.
    *SCHEMES, *TYPES, *PLACES, *CONTRACTS, *ITEMS, *LOTS, *TAGS, *HANDOVERS, *RECOUNTS, *CASES, *BOOKS,
]  # fmt: skip
