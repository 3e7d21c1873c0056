"""Addresses of the room."""

from __future__ import annotations

from chambre.rooms.credit.views.beginning import BEGINNING
from chambre.rooms.credit.views.group import GROUP
from chambre.rooms.credit.views.mine import MINE
from chambre.rooms.credit.views.partners import PARTNERS
from chambre.rooms.credit.views.tickets import TICKETS

app_name = "credit"
prefix = ""

urlpatterns = [*MINE, *TICKETS, *BEGINNING, *GROUP, *PARTNERS]
