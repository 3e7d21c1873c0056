"""What becomes of a booking: approved, refused, cancelled, kept for the next one."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.rooms.access.models import AccessLetter, Booking, BookingStep, Offer, Wait
from chambre.rooms.access.queries.errors import NotNow
from chambre.rooms.access.queries.moments import now
from chambre.rooms.access.services import deposits
from chambre.rooms.access.services.booking import lock
from chambre.rooms.access.services.letters import write_to
from chambre.rooms.access.services.waiting import give_on

State = Booking.State
SYSTEM = Actor.system("access")
_WAITING = (State.ASKED, State.HELD, State.CONFIRMED)


def turn(row: Booking, state: str, by: Actor, reason: str = "") -> Booking:
    """Write what became of a booking, under the lock of its offer."""
    row.state = state
    row.save(update_fields=["state", "changed_at"])
    BookingStep.objects.create(booking=row, state=state, reason=reason[:300], by=by.label[:254])
    audit(by, f"access.booking.{state}", row, reason=reason[:300])
    return row


def locked(booking: Booking) -> tuple[Booking, Offer]:
    """A booking as it is now, its offer locked."""
    offer = lock(booking.offer)
    return Booking.objects.select_related("person__user", "terms").get(pk=booking.pk), offer


@transaction.atomic
def approve(*, booking: Booking, by: Actor) -> Booking:
    """Approve a booking that waits for it. Approving it again changes nothing.

    Raises:
        Forbidden: ``by`` does not keep the thing.
        NotNow: It was refused or cancelled meanwhile.
    """
    authorize(by, "access.keep", booking.offer)
    row, offer = locked(booking)
    if row.state == State.CONFIRMED:
        return row
    if row.state != State.ASKED:
        raise NotNow
    turn(row, State.CONFIRMED, by)
    write_to([row.person], AccessLetter.Kind.BOOKED, offer, about=str(row.pk), booking=row)
    return row


@transaction.atomic
def refuse(*, booking: Booking, by: Actor, reason: str = "") -> Booking:
    """Do not approve a booking that waits for it; the time goes to the next one who waits.

    Raises:
        Forbidden: ``by`` does not keep the thing.
        NotNow: It does not wait for approval.
    """
    authorize(by, "access.keep", booking.offer)
    row, offer = locked(booking)
    if row.state == State.REFUSED:
        return row
    if row.state != State.ASKED:
        raise NotNow
    turn(row, State.REFUSED, by, reason)
    write_to([row.person], AccessLetter.Kind.REFUSED, offer, about=str(row.pk), booking=row)
    give_on(offer)
    return row


@transaction.atomic
def cancel(*, booking: Booking, by: Actor, reason: str = "") -> Booking:
    """Cancel a booking that has not begun; the time goes to the next one who waits.

    Its person may until as long before as the rules say, whoever keeps the thing always. A deposit that
    was paid goes back. Cancelling it again changes nothing.

    Raises:
        Forbidden: ``by`` is neither.
        NotNow: It is out already, or it is too late.
    """
    authorize(by, "access.read_booking", booking)
    row, offer = locked(booking)
    if row.state == State.CANCELLED:
        return row
    if row.state not in _WAITING:
        raise NotNow(_("It is in use or over: it cannot be cancelled any more."))
    keeper = by.may("access.keep", offer)
    latest = row.starts_at - dt.timedelta(minutes=row.terms.cancel_minutes)
    if not keeper and row.state == State.CONFIRMED and now() > latest:
        raise NotNow(
            _(
                "It is too late to cancel: the rules say %(minutes)d minutes before. Tell whoever keeps it."
            )
            % {"minutes": row.terms.cancel_minutes}
        )
    if row.state == State.HELD:
        Wait.objects.filter(booking=row).update(state=Wait.State.LEFT)
    turn(row, State.CANCELLED, by, reason)
    deposits.let_go(row, offer)
    if by.user is None or row.person.user_id != by.user.pk:
        write_to([row.person], AccessLetter.Kind.CANCELLED, offer, about=str(row.pk), booking=row)
    give_on(offer)
    return row


@transaction.atomic
def take(*, booking: Booking, by: Actor) -> Booking:
    """Take a time that became free and is kept for somebody. Taking it again changes nothing.

    Raises:
        Forbidden: It is somebody else's.
        NotNow: It is not kept any more.
    """
    authorize(by, "access.read_booking", booking)
    row, _offer = locked(booking)
    if row.state == State.CONFIRMED:
        return row
    if row.state != State.HELD or (row.held_until is not None and row.held_until < now()):
        raise NotNow(
            _("It is not kept for you any more. Join the list again, or choose another time.")
        )
    state = State.ASKED if row.terms.approval else State.CONFIRMED
    turn(row, state, by)
    Wait.objects.filter(booking=row).update(state=Wait.State.TAKEN)
    return row


def lapse_due() -> int:
    """Give on what was kept and not taken in time; how many."""
    done = 0
    for row in Booking.objects.filter(state=State.HELD, held_until__lt=now()).select_related(
        "offer"
    ):
        with transaction.atomic():
            found, offer = locked(row)
            if found.state != State.HELD:
                continue
            turn(found, State.LAPSED, SYSTEM)
            Wait.objects.filter(booking=found).update(state=Wait.State.LAPSED)
            give_on(offer)
            done += 1
    return done
