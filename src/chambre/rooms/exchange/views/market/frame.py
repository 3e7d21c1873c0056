"""What the pages of the market share: who asks, acts that may be refused."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest

from chambre.core.actors import Actor
from chambre.core.errors import ChambreError, Forbidden

BASE = "echanges/marche/"
PER_PAGE = 24


def actor_of(request: HttpRequest) -> Actor:
    """Who asks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def page_of(request: HttpRequest, rows: Any) -> Any:
    """The page of a list that was asked for."""
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


def asked(request: HttpRequest, name: str) -> str:
    """A word of the address, cut and clean."""
    return request.GET.get(name, "")[:80].replace("\0", "").strip()


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
        lines = [each for texts in refusal.data.get("fields", {}).values() for each in texts]
        messages.error(request, " ".join(lines) or str(refusal.message))
        return False
    if success:
        messages.success(request, success)
    return True


def told_by(form: Form, act: Callable[[], Any]) -> Any:
    """What an act gives; what it refuses is said beside the field, and nothing is given."""
    try:
        return act()
    except Forbidden:
        raise
    except ChambreError as refusal:
        fields = refusal.data.get("fields") or {None: [str(refusal.message)]}
        for name, texts in fields.items():
            for text in texts:
                form.add_error(name if name in form.fields else None, str(text))
        return None
