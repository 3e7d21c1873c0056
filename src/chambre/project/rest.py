"""The REST interface of the whole house, at ``/api/``."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from chambre.core.discovery import discover
from chambre.core.errors import ChambreError
from chambre.core.rest.frame import HouseAPI
from chambre.core.rest.reading import readable

api = HouseAPI(
    title="Chambre",
    description="Shared resources, their ledger and their accounts. Amounts are integers in the "
    "smallest part of their unit (cents, minutes). Errors are problem documents (RFC 9457).",
    openapi_extra={
        "info": {
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        }
    },
)
for _label, _module in discover("rest"):
    api.add_router(f"/{getattr(_module, 'prefix', _label)}/", _module.router)


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document; it does not change while the program runs."""
    return dict(api.get_openapi_schema(path_prefix="api/"))


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document, for machines."""
    return JsonResponse(document(), json_dumps_params={"ensure_ascii": False})


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The same, for people: one page, nothing loaded from elsewhere."""
    return render(request, "core/api_docs.html", {"api": readable(document())})


def _all_errors() -> list[type[ChambreError]]:
    """Every business error of the installed apps, by its code."""
    found: dict[str, type[ChambreError]] = {}
    todo: list[type[ChambreError]] = [ChambreError]
    while todo:
        cls = todo.pop()
        found.setdefault(cls.code, cls)
        todo += cls.__subclasses__()
    return [found[code] for code in sorted(found)]


@require_safe
def explained(request: HttpRequest) -> HttpResponse:
    """What each error code means."""
    errors = [
        {
            "code": cls.code,
            "status": cls.status,
            "message": cls.default_message,
            "text": (cls.__doc__ or "").strip().split("\n\n")[0],
        }
        for cls in _all_errors()
    ]
    return render(request, "core/api_problems.html", {"errors": errors})


urlpatterns: list[URLPattern | URLResolver] = [
    path("openapi.json", openapi, name="openapi"),
    path("docs", docs, name="api_docs"),
    path("problems", explained, name="api_problems"),
    path("", RedirectView.as_view(pattern_name="api_docs")),
    path("", api.urls),  # type: ignore[arg-type]
]
