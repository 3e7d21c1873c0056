"""Addresses of the shop. What is below ``/boutique/`` is public."""

from __future__ import annotations

from django.urls import path

from chambre.rooms.shop.views import orders

app_name = "shop"
prefix = ""

urlpatterns = [
    path("boutique/<slug:slug>/commande/<str:public_id>/", orders.order, name="order"),
]
