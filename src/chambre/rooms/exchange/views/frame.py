"""What the pages of the room share: who asks, which exchange, acts that may be refused."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import get_language

from chambre.core.actors import Actor
from chambre.core.errors import ChambreError, Forbidden
from chambre.rooms.exchange.models import Exchange
from chambre.rooms.exchange.queries.exchanges import exchange_named


def actor_of(request: HttpRequest) -> Actor:
    """Who asks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def language() -> str:
    """``fr`` or ``en``."""
    return "fr" if (get_language() or "fr").startswith("fr") else "en"


def exchange_for(request: HttpRequest, slug: str, bound: Collection[int] | None = None) -> Exchange:
    """An exchange, for somebody whom it concerns.

    Raises:
        NoExchange: There is none, or it does not concern them.
    """
    return exchange_named(slug, actor_of(request), bound)


def posted(request: HttpRequest, name: str, longest: int = 80) -> str:
    """A word that was sent, cut and clean."""
    return request.POST.get(name, "")[:longest].replace("\0", "").strip()


def asked(request: HttpRequest, name: str, longest: int = 80) -> str:
    """A word of the address, cut and clean."""
    return request.GET.get(name, "")[:longest].replace("\0", "").strip()


def done(request: HttpRequest, act: Callable[[], Any], success: str = "") -> bool:
    """Do what a button asks; what was refused is said at the top of the next page."""
    try:
        act()
    except Forbidden:
        raise
    except ChambreError as refusal:
        lines = [each for texts in refusal.data.get("fields", {}).values() for each in texts]
        messages.error(request, " ".join(lines) or str(refusal.message))
        return False
    if success:
        messages.success(request, success)
    return True
