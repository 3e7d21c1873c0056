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
    ]


urlpatterns = [
    path("", include("chambre.core.ui.urls")),
    path("compte/", include("allauth.urls")),
    path("api/", include("chambre.project.rest")),
    *app_urls(),
]
handler400 = "chambre.core.views.bad_request"
handler403 = "chambre.core.views.permission_denied"
handler404 = "chambre.core.views.page_not_found"
handler429 = "chambre.core.views.too_many"  # allauth asks for it
handler500 = "chambre.core.views.server_error"
