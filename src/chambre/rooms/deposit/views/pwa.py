"""What makes the scanning page an application on a phone: manifest, worker of the page, decoder."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chambre import __version__

DECODER = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; base-uri 'none'"
)
"""Policy of the worker that decodes, and of nothing else: compiled code (WASM) may run in it."""
VENDOR = "vendor/zxing-wasm-3.1.6/"
SHELL = (
    "django_htmx/htmx-4.min.js", "ui/chambre.css", "ui/charts.css", "ui/chambre.js",
    "ui/favicon.svg", "ui/icons.svg",
    "vendor/radio-canada-5.3.0/radio-canada-latin-wght-normal.woff2", "ui/fine.woff",
    "deposit/open.css", "deposit/scan.css", "deposit/scan.js", "deposit/queue.js",
    "deposit/camera.js", "deposit/icon-192.png", f"{VENDOR}zxing_reader.js",
    f"{VENDOR}zxing_reader.wasm",
)  # fmt: skip
"""What the page needs without a network."""


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to know to put the page on its first screen."""
    home = reverse("deposit:scan")
    icons = [
        {"src": static(f"deposit/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png",
         "purpose": purpose}
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]  # fmt: skip
    told = {
        "id": home,
        "name": _("Scan objects on deposit"),
        "short_name": _("Deposit"),
        "description": _("Issue and take back reusable objects, also without a network."),
        "lang": get_language(),
        "start_url": home,
        "scope": home,
        "display": "standalone",
        "background_color": "#faf6ec",
        "theme_color": "#2438c2",
        "icons": icons,
    }
    response = JsonResponse(told, content_type="application/manifest+json")
    response["Cache-Control"] = "public, max-age=3600"
    return response


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """Keeps the page and what it needs, so that it opens without a network."""
    files = [static(name) for name in SHELL] + [reverse("deposit:decoder")]
    told = hashlib.sha256("\n".join((__version__, *files)).encode()).hexdigest()[:12]
    page = reverse("deposit:scan")
    context = {"files": files, "kept": "consigne-", "version": told, "page": page}
    return _script(request, "core/worker.js", context)


@require_safe
def decoder(request: HttpRequest) -> HttpResponse:
    """Reads codes from pictures, beside the page, where the browser cannot do it itself."""
    context = {
        "script": static(f"{VENDOR}zxing_reader.js"),
        "wasm": static(f"{VENDOR}zxing_reader.wasm"),
    }
    response = _script(request, "deposit/decoder.js", context)
    response["Content-Security-Policy"] = DECODER
    return response


def _script(request: HttpRequest, template: str, context: Mapping[str, object]) -> HttpResponse:
    response = render(
        request, template, dict(context), content_type="text/javascript; charset=utf-8"
    )
    response["Cache-Control"] = "no-cache"
    return response
