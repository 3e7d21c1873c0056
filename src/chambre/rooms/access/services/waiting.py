"""The waiting list: who waits for a time that is taken, and what goes to them when it becomes free."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import ChambreError
from chambre.lib.booking import Span, Waiting, in_order
from chambre.registry.models import Agent, Resource
from chambre.rooms.access.models import AccessLetter, Booking, Offer, Wait
from chambre.rooms.access.queries.errors import BookingRefused, NotNow
from chambre.rooms.access.queries.moments import now
from chambre.rooms.access.queries.offers import USABLE, offer_of, rank_of
from chambre.rooms.access.services.booking import (
    authorize_for,
    decide,
    lock,
    terms_in_force,
    write_booking,
)
from chambre.rooms.access.services.letters import write_to

KEPT = dt.timedelta(hours=12)
"""How long a time that became free is kept for somebody, at most until it begins."""
SYSTEM = Actor.system("access")


@transaction.atomic
def join(
    *, resource: Resource, person: Agent, start: dt.datetime, end: dt.datetime, by: Actor,
    purpose: str = "",
) -> Wait:  # fmt: skip
    """Wait for a time that is taken. Joining twice gives the place that is there.

    Raises:
        NotOffered, Forbidden, NotForYou, NotTrained: As for booking.
        BookingRefused, OutOfUse: Another rule than being taken says no.
        NotNow: It is free: book it.
    """
    found = offer_of(resource)
    authorize_for(by, found, person)
    offer = lock(found)
    terms = terms_in_force(offer)
    try:
        decide(offer, terms, person, Span(start, end))
    except BookingRefused as refusal:
        if refusal.code != "access.full":
            raise
    else:
        raise NotNow(_("It is free at that time: book it."))
    times = {"offer": offer, "person": person, "starts_at": start, "ends_at": end}
    there = Wait.objects.filter(**times, state=Wait.State.WAITING).first()
    if there is not None:
        return there
    row = Wait.objects.create(
        **times, priority=rank_of(offer, terms, person), purpose=purpose.strip()[:300]
    )
    audit(by, "access.wait.joined", row)
    return row


@transaction.atomic
def leave(*, wait: Wait, by: Actor) -> Wait:
    """Leave the list. What is kept for somebody is given on when its booking is cancelled.

    Raises:
        Forbidden: It is somebody else's place.
        NotNow: They do not wait any more.
    """
    authorize(by, "access.read_booking", wait)
    lock(wait.offer)
    row = Wait.objects.get(pk=wait.pk)
    if row.state == Wait.State.LEFT:
        return row
    if row.state != Wait.State.WAITING:
        raise NotNow
    row.state = Wait.State.LEFT
    row.save(update_fields=["state"])
    audit(by, "access.wait.left", row)
    return row


def give_on(offer: Offer) -> list[Booking]:
    """Keep what is free for those who wait for it, in their order; the offer is locked."""
    if offer.state not in USABLE:
        return []
    rows = {
        row.pk: row
        for row in Wait.objects.filter(
            offer=offer, state=Wait.State.WAITING, starts_at__gt=now()
        ).select_related("person__user")
    }
    order = in_order(
        Waiting(row.pk, row.priority, row.since, Span(row.starts_at, row.ends_at))
        for row in rows.values()
    )
    made = [_keep(offer, rows[each.id]) for each in order]
    return [row for row in made if row is not None]


def _keep(offer: Offer, wait: Wait) -> Booking | None:
    """Keep a time for somebody if it is free and still theirs to have."""
    terms, span = offer.terms, Span(wait.starts_at, wait.ends_at)
    try:
        with transaction.atomic():
            rules = decide(offer, terms, wait.person, span)
            row = write_booking(
                offer, terms, rules, wait.person, span, state=Booking.State.HELD,
                key=f"wait:{wait.pk}", by=SYSTEM, purpose=wait.purpose,
                held_until=min(now() + KEPT, wait.starts_at),
            )  # fmt: skip
    except ChambreError:
        return None  # still taken, or not for them any more: they go on waiting
    wait.state, wait.booking = Wait.State.OFFERED, row
    wait.save(update_fields=["state", "booking"])
    write_to([wait.person], AccessLetter.Kind.KEPT, offer, about=str(row.pk), booking=row)
    return row
