"""The first page, the language and theme switches, and the pages that the footer links to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language, get_language
from django.views.decorators.http import require_POST, require_safe

from chambre.core.actors import Actor
from chambre.core.audit import audit
from chambre.core.errors import NotFound
from chambre.core.ui import slots
from chambre.core.ui.archive import source_zip
from chambre.core.ui.context import THEME_COOKIE, THEMES
from chambre.core.ui.kit import examples

YEAR = 365 * 24 * 60 * 60


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page that the form names, if it is one of ours; else to the first page."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(target if safe else reverse("home"))


def _keep(response: HttpResponse, name: str, value: str, request: HttpRequest) -> None:
    """A cookie that holds a choice and nothing about the person."""
    response.set_cookie(
        name, value, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure()
    )


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is and how to come in; for those who are in, what waits for them."""
    if request.user.is_authenticated:
        return render(request, "ui/dashboard.html")
    people = slots.demo_people() if settings.CHAMBRE_DEMO else []
    return render(request, "ui/home.html", {"people": people})


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the language that was chosen, in a cookie."""
    response = _back(request)
    code = request.POST.get("language", "")
    if code in dict(settings.LANGUAGES) and check_for_language(code):
        _keep(response, settings.LANGUAGE_COOKIE_NAME, code, request)
    return response


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep light or dark, or go back to what the device says."""
    response = _back(request)
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        _keep(response, THEME_COOKIE, chosen, request)
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the invented people. Only in the demonstration.

    Raises:
        Http404: This is not the demonstration, or nobody invented has this address.
    """
    email = request.POST.get("email", "")
    if not settings.CHAMBRE_DEMO or all(person.email != email for person in slots.demo_people()):
        raise Http404
    user = get_user_model().objects.filter(email=email, is_active=True).first()
    if user is None:
        raise Http404
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    audit(Actor.of(user), "core.demo.signed-in")
    return redirect("home")


def _page_text(name: str) -> str:
    """A text that the administrator put in ``CHAMBRE_HOME/pages/NAME.LANGUAGE.md``, or nothing."""
    folder = Path(settings.CHAMBRE_HOME) / "pages"
    for language_code in (get_language() or "fr", "fr"):
        path = folder / f"{name}.{language_code[:2]}.md"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    return ""


@require_safe
def legal(request: HttpRequest) -> HttpResponse:
    """Who publishes this site and what it keeps about people."""
    return render(request, "ui/legal.html", {"text": _page_text("legal")})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """How far the site can be used by everybody, and whom to tell when it cannot."""
    return render(request, "ui/accessibility.html", {"text": _page_text("accessibility")})


@require_safe
def source(request: HttpRequest) -> HttpResponse:
    """The licence, and the very source that runs here (AGPL-3.0, section 13)."""
    return render(request, "ui/source.html")


@require_safe
def source_archive(request: HttpRequest) -> FileResponse:
    """The source of the running program, as it is installed here, changes included."""
    return FileResponse(source_zip(), as_attachment=True, filename="chambre.zip")


@require_safe
def kit(request: HttpRequest) -> HttpResponse:
    """The living page of components. Only in the demonstration.

    Raises:
        NotFound: This is not the demonstration.
    """
    if not settings.CHAMBRE_DEMO:
        raise NotFound
    context: dict[str, Any] = examples(request)
    return render(request, "ui/kit.html", context)
