"""Addresses of the Chamber: each app that has a ``urls.py`` is included under its own prefix."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("compte/", include("allauth.urls")),
]
