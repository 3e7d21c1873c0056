"""What the pages of the room share."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from chambre.core.actors import Actor
from chambre.core.errors import ChambreError, Forbidden, NotFound
from chambre.registry.models import Agent
from chambre.rooms.credit.models import Community
from chambre.rooms.credit.queries.communities import community_of, membership_of
from chambre.treasury.models import CreditAccount


def person_asking(request: HttpRequest) -> Actor:
    """Who asks, signed in.

    Raises:
        Forbidden: Nobody is, or they are nobody's member and have no account.
    """
    by: Actor = request.actor  # type: ignore[attr-defined]
    if by.user is None or not by.may("credit.use_credit"):
        raise Forbidden(permission="credit.use_credit")
    return by


def community_for(by: Actor, slug: str, unit: str) -> Community:
    """A community that somebody may look at.

    Raises:
        NotFound: There is none.
        Forbidden: They have nothing to do with it.
    """
    chamber = Agent.objects.filter(slug=slug, kind=Agent.Kind.CHAMBER).first()
    if chamber is None:
        raise NotFound
    row = community_of(chamber, unit)
    if not by.may("credit.read_group", row):
        raise Forbidden(permission="credit.read_group")
    return row


def key_of(request: HttpRequest) -> str:
    """The key of a form that was sent; a new one for a form that is shown."""
    sent = request.POST.get("key", "")[:40].replace("\0", "")
    return sent or uuid.uuid4().hex


def own_account(by: Actor, pk: int) -> CreditAccount:
    """An account whose units somebody may give, by its id.

    Raises:
        NotFound: There is none, or nobody joined with it.
        Forbidden: It is not theirs.
    """
    row = CreditAccount.objects.select_related("agent", "chamber").filter(pk=pk).first()
    if row is None or membership_of(row) is None:
        raise NotFound
    if not by.may("credit.use_account", row):
        raise Forbidden(permission="credit.use_account")
    return row


def tried(form: Any, act: Callable[[], Any]) -> Any:
    """Do what a form asks; what is refused is shown in it.

    Returns:
        What came of it; None: it was refused.
    """
    try:
        return act()
    except Forbidden:
        raise
    except ChambreError as refusal:
        form.note(refusal.data.get("fields", {}), str(refusal.message))
        return None


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
