"""Letters about bookings: written down with what happened, sent by the worker, each once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import structlog
from django.core.mail import EmailMessage
from django.db.models import F
from django.utils import timezone, translation

from chambre.registry.models import Agent
from chambre.rooms.access.models import AccessLetter, Booking, Offer
from chambre.rooms.access.queries.letters import wording

log = structlog.get_logger("chambre.access")
TRIES = 5
"""Times that a letter is tried before it is left alone."""
PAUSE = dt.timedelta(minutes=10)
"""How long a try is left alone before the next one."""
AT_ONCE = 200
"""Letters that are sent in one go."""


def write_to(
    people: Iterable[Agent], kind: str, offer: Offer, *, about: str, booking: Booking | None = None
) -> int:
    """Write down a letter to each of these people who has an account; how many. Each once.

    Args:
        people: To whom.
        kind: An :class:`AccessLetter.Kind` value.
        offer: Of the thing.
        about: Tells this event from another of the same kind, for the key.
        booking: Which it is about.
    """
    rows = [
        AccessLetter(
            kind=kind, person=person, offer=offer, booking=booking,
            key=f"{offer.pk}:{kind}:{about}:{person.pk}",
        )
        for person in {one.pk: one for one in people}.values()
        if person.user_id is not None
    ]  # fmt: skip
    AccessLetter.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def send_waiting() -> int:
    """Send the letters that wait, the oldest first; how many went."""
    now = timezone.now()
    rows = AccessLetter.objects.filter(sent_at=None, tries__lt=TRIES)
    sent = 0
    for letter in rows.order_by("id")[:AT_ONCE]:
        if letter.tries and now < letter.created_at + letter.tries * PAUSE:
            continue
        sent += send(letter)
    return sent


def send(letter: AccessLetter) -> bool:
    """Send a letter, if nobody else is at it; whether it went.

    A claim is taken first, so that two workers do not send it twice.
    """
    rows = AccessLetter.objects.filter(pk=letter.pk)
    if not rows.filter(sent_at=None, tries=letter.tries).update(tries=F("tries") + 1):
        return False
    row = rows.select_related(
        "offer__resource", "booking__terms", "booking__offer", "person__user"
    ).get()
    user = row.person.user
    if user is None or not user.is_active or not user.email:
        rows.update(sent_at=timezone.now(), error="no address")
        return False
    try:
        with translation.override(user.language or "fr"):
            subject, body = wording(row)
        EmailMessage(subject, body, to=[user.email]).send()
    except OSError as error:  # the mail server: every error of smtplib is one
        log.warning("access.letter-failed", letter=row.pk, error=type(error).__name__)
        rows.update(error=f"{type(error).__name__}: {error}"[:254])
        return False
    rows.update(sent_at=timezone.now(), error="")
    return True
