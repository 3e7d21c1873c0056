"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from chambre import __version__
from chambre.core.ui import slots

THEME_COOKIE = "chambre_theme"
LETTERS_AS_FILES = "chambre.core.letters.FileBackend"
THEMES = ("light", "dark")


def theme_of(request: HttpRequest) -> str:
    """``light`` or ``dark`` as this browser was told to stay; empty: as the system says."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else ""


def ui(request: HttpRequest) -> dict[str, Any]:
    """The menu that this person sees, the theme, and whether this is the demonstration."""
    actor = getattr(request, "actor", None)
    return {
        "menu": SimpleLazyObject(lambda: slots.menu_sections(actor, request.path) if actor else []),
        "demo": settings.CHAMBRE_DEMO,
        "letters_are_files": settings.EMAIL_BACKEND == LETTERS_AS_FILES,
        "theme": theme_of(request),
        "chambre_version": __version__,
        "signup_open": getattr(settings, "CHAMBRE_SIGNUP", "open") == "open",
    }
