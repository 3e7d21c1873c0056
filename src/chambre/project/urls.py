"""Addresses of the Chamber.

Each app that has a ``urls.py`` is included under its own prefix: ``prefix`` of that module, or the
app's label. Its ``app_name`` is the namespace. Example::

    app_name = "lens"
    prefix = "comptes/"
    urlpatterns = [path("", views.index, name="index")]
"""

from __future__ import annotations

from typing import Any

from django.urls import include, path

from chambre.core.discovery import discover


def app_urls() -> list[Any]:
    """One include per app of the house that has addresses."""
    return [
        path(getattr(module, "prefix", f"{label}/"), include(module))
        for label, module in discover("urls")
        if label != "project"
    ]


urlpatterns = [
    path("", include("chambre.core.ui.urls")),
    path("compte/", include("allauth.urls")),
    *app_urls(),
]
