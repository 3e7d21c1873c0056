"""What the pages share: who asks, the key of a form, acts that may be refused."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from chambre.core.actors import Actor
from chambre.core.errors import ChambreError, Forbidden


def person_asking(request: HttpRequest) -> Actor:
    """Who asks, signed in and member of a chamber.

    Raises:
        Forbidden: Nobody is signed in, or they are nobody's member.
    """
    by: Actor = request.actor  # type: ignore[attr-defined]
    if by.user is None or not by.may("clearing.use"):
        raise Forbidden(permission="clearing.use")
    return by


def key_of(request: HttpRequest) -> str:
    """The key of a form that was sent; a new one for a form that is shown."""
    sent = request.POST.get("key", "")[:40].replace("\0", "")
    return sent or uuid.uuid4().hex


def done(request: HttpRequest, act: Callable[[], Any], success: str) -> None:
    """Do what a button asks, and say what came of it at the top of the next page."""
    try:
        act()
    except Forbidden:
        raise
    except ChambreError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, success)
