"""Letters about bookings: written down with what happened, sent by the worker, each once."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.mail import EmailMessage

from chambre.core.mailing import Postman, letter_to
from chambre.registry.models import Agent
from chambre.rooms.access.models import AccessLetter, Booking, Offer
from chambre.rooms.access.queries.letters import wording
from chambre.rooms.access.queries.sorts import SORT_OF


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
    return LETTERS.note(
        AccessLetter(
            kind=kind, person=person, offer=offer, booking=booking,
            key=f"{offer.pk}:{kind}:{about}:{person.pk}",
        )
        for person in {one.pk: one for one in people}.values()
        if person.user_id is not None
    )  # fmt: skip


def _write(letter: AccessLetter) -> EmailMessage | str:
    return letter_to(letter.person.user, lambda: wording(letter))


LETTERS = Postman(
    AccessLetter,
    _write,
    related=("offer__resource", "booking__terms", "booking__offer", "person__user"),
    sort=lambda letter: SORT_OF[letter.kind],
    reader=lambda letter: letter.person.user,
)
