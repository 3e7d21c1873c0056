"""Letters about contracts: written down with what happened, sent by the worker, each once."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email

from chambre.core.mailing import Postman, letter_to
from chambre.registry.models import Agent
from chambre.rooms.reciprocity.models import Contract, ContractLetter, Party, Turn
from chambre.rooms.reciprocity.queries.binding import binders
from chambre.rooms.reciprocity.queries.letters import wording
from chambre.rooms.reciprocity.queries.sorts import SORT_OF


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
    return LETTERS.note(
        ContractLetter(
            contract=contract, kind=kind, person=one, turn=turn,
            key=f"{contract.pk}:{kind}:{about}:{one.pk}",
        )
        for one in people.values()
    )  # fmt: skip


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
    LETTERS.note([row])
    return True


def _write(letter: ContractLetter) -> EmailMessage | str:
    user = letter.person.user if letter.person is not None else None
    return letter_to(user, lambda: wording(letter), address=letter.address)


LETTERS = Postman(
    ContractLetter,
    _write,
    related=("contract__chamber", "contract__resource", "person__user", "turn__about"),
    sort=lambda letter: SORT_OF[letter.kind],
    reader=lambda letter: letter.person.user if letter.person is not None else None,
)
