"""What the open pages share: the same for everybody, kept for a minute, in the language asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import conditional_page

LANGUAGE = "langue"
"""Parameter of the language: these pages set no cookie."""
KEPT = "public, max-age=60"
View = Callable[..., HttpResponse]


def speak(request: HttpRequest) -> None:
    """Go on in the language that the address asks for, if it asks for one of ours."""
    chosen = request.GET.get(LANGUAGE, "")
    if chosen in dict(settings.LANGUAGES):
        translation.activate(chosen)


def open_page(view: View) -> View:
    """For a page that is the same for everybody: nobody's session is read, and it may be kept.

    ``?langue=en`` chooses the language for this page alone.
    """

    @conditional_page
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        speak(request)
        response = view(request, *args, **kwargs)
        if response.status_code == 200:
            response.headers.setdefault("Cache-Control", KEPT)
        patch_vary_headers(response, ["Accept"])
        return response

    return answered
