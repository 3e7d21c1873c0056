"""Addresses of the shop. What is below ``/boutique/`` is public."""

from __future__ import annotations

from chambre.rooms.shop.views.baskets.keeping import KEEPING_BASKETS
from chambre.rooms.shop.views.baskets.public import BASKETS
from chambre.rooms.shop.views.baskets.reductions import REDUCTIONS
from chambre.rooms.shop.views.baskets.solidarity import SOLIDARITY
from chambre.rooms.shop.views.front.browsing import BROWSING
from chambre.rooms.shop.views.front.buying import BUYING
from chambre.rooms.shop.views.front.ordered import ORDERED
from chambre.rooms.shop.views.front.photos import PHOTOS
from chambre.rooms.shop.views.front.speaking import SPEAKING
from chambre.rooms.shop.views.keeping import KEEPING
from chambre.rooms.shop.views.moving import MOVING

app_name = "shop"
prefix = ""

urlpatterns = [
    *KEEPING,
    *MOVING,
    *KEEPING_BASKETS,
    *REDUCTIONS,
    *PHOTOS,
    *ORDERED,  # « mes-commandes » is no shop
    *SPEAKING,
    *BROWSING,
    *BUYING,
    *BASKETS,
    *SOLIDARITY,
]
