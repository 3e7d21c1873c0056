"""Addresses of the room."""

from __future__ import annotations

from chambre.rooms.exchange.views.acting import ACTING
from chambre.rooms.exchange.views.market import MARKET
from chambre.rooms.exchange.views.showing import SHOWING
from chambre.rooms.exchange.views.signing import SIGNING
from chambre.rooms.exchange.views.writing import WRITING

app_name = "exchange"
prefix = ""

urlpatterns = [*MARKET, *WRITING, *SIGNING, *ACTING, *SHOWING]
