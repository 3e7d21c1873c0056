"""Addresses of the shop. What is below ``/boutique/`` is public."""

from __future__ import annotations

from django.urls import path

from chambre.rooms.shop.views import orders
from chambre.rooms.shop.views.front.photos import PHOTOS

app_name = "shop"
prefix = ""

urlpatterns = [
    *PHOTOS,
    path("boutique/<slug:slug>/commande/<str:public_id>/", orders.order, name="order"),
]
