"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from chambre.core.ui.slots import menu_for


def ui(request: HttpRequest) -> dict[str, Any]:
    """The menu that this person sees, and whether this is the demonstration."""
    actor = getattr(request, "actor", None)
    return {"menu": menu_for(actor) if actor else [], "demo": settings.CHAMBRE_DEMO}
