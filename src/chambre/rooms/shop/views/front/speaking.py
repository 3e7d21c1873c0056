"""The language of a shop's pages, chosen by a form that needs no cookie before."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language

from chambre.rooms.shop.views.front.frame import open_form

YEAR = 365 * 24 * 60 * 60


@open_form
def language(request: HttpRequest) -> HttpResponse:
    """Keep the language that was chosen, in a cookie, and go back."""
    then = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(then, {request.get_host()}, request.is_secure()):
        then = "/boutique/"
    answer = redirect(then)
    code = request.POST.get("language", "")
    if code in dict(settings.LANGUAGES) and check_for_language(code):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, code, max_age=YEAR, samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE, httponly=True,
        )  # fmt: skip
    return answer


SPEAKING = [path("boutique/commande/langue/", language, name="language")]
