"""Hours of work that are owed for a use: somebody who keeps the thing confirms that they were given."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Forbidden, Invalid
from chambre.ledger import api as ledger
from chambre.ledger.models import Event
from chambre.rooms.access.models import Booking
from chambre.rooms.access.queries.errors import NotNow
from chambre.rooms.access.queries.moments import now
from chambre.rooms.access.queries.returns import hours_key, hours_of
from chambre.rooms.access.services.changing import locked

SYSTEM = Actor.system("access")


@transaction.atomic
def confirm(*, booking: Booking, by: Actor, note: str = "") -> Event:
    """Say that the work that the rules ask for was given: an event ``work`` of the ledger, once.

    Args:
        booking: Brought back, under rules that ask for hours.
        by: Who keeps the thing; not the person themselves.
        note: What was done, at most 300 characters.

    Returns:
        The event, from the person to who keeps the thing; the first one when it was confirmed before.

    Raises:
        Forbidden: ``by`` does not keep it, or it is their own work.
        NotNow: No hours are owed, or the thing is not back.
        Invalid: A text that is too long.
    """
    authorize(by, "access.keep", booking.offer)
    if by.user is not None and booking.person.user_id == by.user.pk:
        raise Forbidden(_("Somebody else confirms one's own work."))
    row, offer = locked(booking)
    owed = hours_of(row)
    if owed is None or not owed.is_due:
        raise NotNow(_("No hours are owed for this booking, or the thing is not back yet."))
    if owed.event is not None:
        return owed.event
    if len(note) > 300 or "\0" in note:
        words = _("This text is too long.")
        raise Invalid(words, fields={"reason": [words]})
    event = ledger.record_event(
        action="work", provider=row.person, receiver=offer.custodian, effort=owed.minutes,
        concerns=offer.resource, key=hours_key(row), by=SYSTEM, at=now(), note=note.strip(),
    )  # fmt: skip
    audit(by, "access.hours.confirmed", row, minutes=owed.minutes, note=note[:300])
    return event
