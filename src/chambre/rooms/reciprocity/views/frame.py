"""What the pages of the room share: who asks, acts that may be refused."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.translation import get_language

from chambre.core.actors import Actor
from chambre.core.errors import ChambreError, Forbidden

PER_PAGE = 50


def actor_of(request: HttpRequest) -> Actor:
    """Who asks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def language() -> str:
    """``fr`` or ``en``."""
    return "fr" if (get_language() or "fr").startswith("fr") else "en"


def page_of(request: HttpRequest, rows: Any, many: int = PER_PAGE) -> Any:
    """The page of a list that was asked for."""
    return Paginator(rows, many).get_page(request.GET.get("page"))


def key_of(request: HttpRequest) -> str:
    """The key of a form that was sent; a new one for a form that is shown."""
    sent = request.POST.get("key", "")[:40].replace("\0", "")
    return sent or uuid.uuid4().hex


def done(request: HttpRequest, act: Callable[[], Any], success: str = "") -> bool:
    """Do what a button asks; what was refused is said at the top of the next page."""
    try:
        act()
    except Forbidden:
        raise
    except ChambreError as refusal:
        messages.error(request, str(refusal.message))
        return False
    if success:
        messages.success(request, success)
    return True
