"""Addresses of the room."""

from __future__ import annotations

from chambre.rooms.reciprocity.views.contracts import CONTRACTS
from chambre.rooms.reciprocity.views.contributing import CONTRIBUTING
from chambre.rooms.reciprocity.views.distributing import DISTRIBUTING
from chambre.rooms.reciprocity.views.simulating import SIMULATING

app_name = "reciprocity"
prefix = ""

urlpatterns = [*CONTRACTS, *DISTRIBUTING, *CONTRIBUTING, *SIMULATING]
