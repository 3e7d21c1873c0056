"""What the pages of the room share."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.errors import ChambreError, Forbidden
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.access.models import Booking, Offer
from chambre.rooms.access.queries.errors import NoBooking, NotOffered
from chambre.rooms.access.queries.offers import last_offer_of


def actor_of(request: HttpRequest) -> Actor:
    """Who asks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def person_of(request: HttpRequest) -> Agent:
    """The person who is signed in.

    Raises:
        Forbidden: Nobody is.
    """
    user = actor_of(request).user
    if user is None:
        raise Forbidden(_("Sign in first."))
    return registry.person_of(user)


def known_person(request: HttpRequest) -> Agent | None:
    """The person who is signed in, if the register knows them: looking at a page brings nobody in.

    Raises:
        Forbidden: Nobody is signed in.
    """
    user = actor_of(request).user
    if user is None:
        raise Forbidden(_("Sign in first."))
    return Agent.objects.filter(user=user).first()


def key_of(request: HttpRequest) -> str:
    """The key of a form that was sent; a new one for a form that is shown."""
    sent = request.POST.get("key", "")[:40].replace("\0", "")
    return sent or uuid.uuid4().hex


def offer_for(request: HttpRequest, slug: str, permission: str = "access.read_offer") -> Offer:
    """The offer of a thing, or the last one that ended, for somebody who may do something with it.

    Raises:
        NotOffered: There never was one.
        Forbidden: Not for this person.
    """
    offer = last_offer_of(registry.resource(slug))
    if offer is None:
        raise NotOffered(resource=slug)
    authorize(actor_of(request), permission, offer)
    return offer


def booking_for(
    request: HttpRequest, number: int, permission: str = "access.read_booking"
) -> Booking:
    """A booking for somebody who may do something with it.

    Raises:
        NoBooking: There is none.
        Forbidden: It is somebody else's.
    """
    rows = Booking.objects.select_related(
        "offer__resource", "offer__owner", "offer__custodian", "offer__chamber", "terms",
        "person__user", "resource",
    )  # fmt: skip
    if number > 2**62:
        raise Http404
    row = rows.filter(pk=number).first()
    if row is None:
        raise NoBooking(number=number)
    authorize(actor_of(request), permission, row)
    return row


def done(request: HttpRequest, act: Callable[[], Any], success: str = "") -> bool:
    """Do what a button asks; what was refused is said at the top of the next page."""
    try:
        act()
    except ChambreError as refusal:
        if isinstance(refusal, Forbidden) and refusal.code == Forbidden.code:
            raise
        lines = [each for texts in refusal.data.get("fields", {}).values() for each in texts]
        messages.error(request, " ".join(map(str, lines)) or str(refusal.message))
        return False
    if success:
        messages.success(request, success)
    return True


def frame(request: HttpRequest, offer: Offer, **more: Any) -> dict[str, Any]:
    """What every page of a thing shows: its tabs, and whose sides this person acts for."""
    by = actor_of(request)
    keeps, owns = by.may("access.keep", offer), by.may("access.own", offer)
    slug = offer.resource.slug
    names = [(_("Calendar"), "thing"), (_("Rules"), "terms")]
    if by.may("access.read_use", offer):
        names.append((_("Use and history"), "use"))
    if keeps:
        names.append((_("Keeping it"), "keep"))
    links = [(label, reverse(f"access:{name}", args=[slug])) for label, name in names]
    return {
        "offer": offer, "resource": offer.resource, "links": links, "keeps": keeps, "owns": owns,
        "here": max(
            (url for _label, url in links if request.path.startswith(url)), key=len, default=""
        ),
        "key": key_of(request), "usable": offer.number > 0 and offer.state != Offer.State.ENDED,
        **more,
    }  # fmt: skip
