"""Letters about contracts: written down with what happened, sent by the worker, each once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import structlog
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db.models import F
from django.utils import timezone, translation

from chambre.registry.models import Agent
from chambre.rooms.reciprocity.models import Contract, ContractLetter, Party, Turn
from chambre.rooms.reciprocity.queries.binding import binders
from chambre.rooms.reciprocity.queries.letters import wording

log = structlog.get_logger("chambre.reciprocity")
TRIES = 5
"""Times that a letter is tried before it is left alone."""
PAUSE = dt.timedelta(minutes=10)
"""How long a try is left alone before the next one."""
AT_ONCE = 200
"""Letters that are sent in one go."""


def tell_parties(
    contract: Contract, kind: str, parties: Iterable[Party], *, about: str, turn: Turn | None = None
) -> int:
    """Write down a letter to everybody who may bind one of these parties; how many. Each once.

    Args:
        contract: What it is about.
        kind: A :class:`ContractLetter.Kind` value.
        parties: Whose people are told.
        about: Tells this event from another of the same kind, for the key.
        turn: The turn that it tells of.
    """
    people: dict[int, Agent] = {}
    for found in binders([party.agent for party in parties], contract).values():
        people |= {one.pk: one for one in found if one.user is not None}
    rows = [
        ContractLetter(
            contract=contract, kind=kind, person=one, turn=turn,
            key=f"{contract.pk}:{kind}:{about}:{one.pk}",
        )
        for one in people.values()
    ]  # fmt: skip
    ContractLetter.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def tell_mediator(contract: Contract, contact: str, *, about: str, turn: Turn | None) -> bool:
    """Write down a letter to the contract's mediator, when their contact is an e-mail address."""
    address = contact.strip().removeprefix("mailto:")
    try:
        validate_email(address)
    except ValidationError:
        return False
    row = ContractLetter(
        contract=contract, kind=ContractLetter.Kind.MEDIATION, address=address, turn=turn,
        key=f"{contract.pk}:mediation:{about}",
    )  # fmt: skip
    ContractLetter.objects.bulk_create([row], ignore_conflicts=True)
    return True


def send_waiting() -> int:
    """Send the letters that wait, the oldest first; how many went."""
    now = timezone.now()
    rows = ContractLetter.objects.filter(sent_at=None, tries__lt=TRIES)
    sent = 0
    for letter in rows.order_by("id")[:AT_ONCE]:
        if letter.tries and now < letter.created_at + letter.tries * PAUSE:
            continue
        sent += send(letter)
    return sent


def send(letter: ContractLetter) -> bool:
    """Send a letter, if nobody else is at it; whether it went.

    A claim is taken first, so that two workers do not send it twice.
    """
    rows = ContractLetter.objects.filter(pk=letter.pk)
    if not rows.filter(sent_at=None, tries=letter.tries).update(tries=F("tries") + 1):
        return False
    row = rows.select_related(
        "contract__chamber", "contract__resource", "person__user", "turn__about"
    ).get()
    user = row.person.user if row.person is not None else None
    address = row.address or (user.email if user is not None and user.is_active else "")
    if not address:
        rows.update(sent_at=timezone.now(), error="no address")
        return False
    language = user.language if user is not None and user.language else "fr"
    try:
        with translation.override(language):
            subject, body = wording(row)
        EmailMessage(subject, body, to=[address]).send()
    except OSError as error:  # the mail server: every error of smtplib is one
        log.warning("reciprocity.letter-failed", letter=row.pk, error=type(error).__name__)
        rows.update(error=f"{type(error).__name__}: {error}"[:254])
        return False
    rows.update(sent_at=timezone.now(), error="")
    return True
