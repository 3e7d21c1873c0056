"""Offering a contract for signing, taking it back, and what follows when all have signed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.registry.models import Agent
from chambre.rooms.reciprocity.models import (
    Amendment,
    Contract,
    ContractLetter,
    Party,
    Turn,
    Version,
)
from chambre.rooms.reciprocity.queries.binding import capacities, hands_of
from chambre.rooms.reciprocity.queries.contracts import offered_version, signed_by_all
from chambre.rooms.reciprocity.queries.errors import NotForParty, NotNow
from chambre.rooms.reciprocity.services.letters import tell_parties

MOST_PARTIES = 200
State = Contract.State


@dataclass(frozen=True, slots=True)
class Bound:
    """Somebody who shall be bound.

    Attributes:
        agent: A person, structure, public body or chamber.
        name: Theirs in the contract's words; empty: their short name.
        hands: How many people must sign for them; a structure's own rule is never undercut.
    """

    agent: Agent
    name: str = ""
    hands: int = 1


def write_turn(
    contract: Contract, kind: str, by: Actor, *, version: Version | None = None,
    about: Agent | None = None, reason: str = "", until: dt.date | None = None,
) -> Turn:  # fmt: skip
    """Write down what became of a locked contract."""
    turn = Turn.objects.create(
        contract=contract, version=version, kind=kind, about=about, reason=reason.strip(),
        until=until, by=by.label[:254], at=timezone.now(),
    )  # fmt: skip
    audit(by, f"reciprocity.contract.{kind}", contract, reason=reason.strip()[:300])
    return turn


def lock(contract: Contract) -> Contract:
    """The contract's row, held until the transaction ends."""
    return Contract.objects.select_for_update().get(pk=contract.pk)


@transaction.atomic
def offer(*, contract: Contract, parties: Sequence[Bound], by: Actor) -> Version:
    """Offer the words of a draft for signing: they are frozen with their digest and their parties.

    Everybody who may bind one of the parties gets a letter.

    Raises:
        Forbidden: ``by`` does not work on it.
        NotNow: It is no draft.
        Invalid: No parties, somebody twice, a name twice; no resource was chosen.
    """
    authorize(by, "reciprocity.change_contract", contract)
    locked = lock(contract)
    if locked.state != State.DRAFT:
        raise NotNow(_("Only a draft can be offered for signing."))
    if locked.resource_id is None:
        words = _("Choose first which resource the contract is about.")
        raise Invalid(words, fields={"resource": [words]})
    version = locked.current
    rows = freeze(version, parties)
    turn = write_turn(locked, Turn.Kind.OFFERED, by, version=version)
    locked.state = State.SIGNING
    locked.save(update_fields=["state"])
    contract.state = locked.state
    tell_parties(locked, ContractLetter.Kind.OFFERED, rows, about=str(version.pk), turn=turn)
    return version


def freeze(version: Version, parties: Sequence[Bound]) -> list[Party]:
    """Write down who is bound by a version; one that was offered before keeps its parties.

    Raises:
        Invalid: No parties, too many, somebody twice, a name twice; other ones than before.
    """
    _check(parties)
    rules = hands_of(each.agent for each in parties)
    wanted = {
        each.agent.pk: (
            (each.name or each.agent.slug)[:80],
            1 if each.agent.kind == Agent.Kind.PERSON
            else max(1, each.hands, rules.get(each.agent.pk, 1)),
        )
        for each in parties
    }  # fmt: skip
    before = list(version.parties.select_related("agent"))
    if before:
        if {row.agent_id: (row.name, row.hands) for row in before} != wanted:
            words = _("These words were offered to other parties before: change the draft first.")
            raise Invalid(words, fields={"parties": [words]})
        return before
    return [
        Party.objects.create(version=version, agent=each.agent, name=name, hands=hands)
        for each in parties
        for name, hands in (wanted[each.agent.pk],)
    ]


def _check(parties: Sequence[Bound]) -> None:
    words = ""
    names = [each.name or each.agent.slug for each in parties]
    if not parties:
        words = _("Say who shall sign.")
    elif len(parties) > MOST_PARTIES:
        words = _("No more than %(most)d parties.") % {"most": MOST_PARTIES}
    elif len({each.agent.pk for each in parties}) < len(parties):
        words = _("Somebody is named twice.")
    elif len(set(names)) < len(names):
        words = _("Two parties have the same name in the contract.")
    elif any(each.hands < 1 or each.hands > 20 for each in parties):
        words = _("From 1 to %(most)d people sign for a party.") % {"most": 20}
    if words:
        raise Invalid(words, fields={"parties": [words]})


@transaction.atomic
def take_back(*, contract: Contract, by: Actor, reason: str = "") -> Turn:
    """Take an offered contract back, to change it: what was signed binds nobody.

    Raises:
        Forbidden: ``by`` does not work on it.
        NotNow: It is not being signed.
    """
    authorize(by, "reciprocity.change_contract", contract)
    return _back(contract, by, reason, None)


@transaction.atomic
def decline(*, party: Party, by: Actor, reason: str) -> Turn:
    """Say no for a party to what is offered, and why: the contract goes back to those who drafted it.

    Raises:
        NotForParty: ``by`` may not bind the party.
        NotNow: It is not being signed.
        Invalid: No reason.
    """
    contract = party.version.contract
    if not capacities(by, [party.agent], contract):
        raise NotForParty
    if not reason.strip():
        words = _("Say why, so that the words can be changed.")
        raise Invalid(words, fields={"reason": [words]})
    return _back(contract, by, reason, party)


def _back(contract: Contract, by: Actor, reason: str, party: Party | None) -> Turn:
    locked = lock(contract)
    version = offered_version(locked)
    if version is None or (party is not None and party.version_id != version.pk):
        raise NotNow(_("It is not being signed (any more)."))
    about = party.agent if party is not None else None
    turn = write_turn(locked, Turn.Kind.WITHDRAWN, by, version=version, about=about, reason=reason)
    if locked.state == State.SIGNING:
        locked.state = State.DRAFT
        locked.save(update_fields=["state"])
    else:  # the change falls, what was signed before goes on
        close_amendment(Amendment.objects.get(version=version), Amendment.State.WITHDRAWN)
    contract.state = locked.state
    parties = list(version.parties.select_related("agent"))
    tell_parties(locked, ContractLetter.Kind.WITHDRAWN, parties, about=str(turn.pk), turn=turn)
    return turn


def close_amendment(row: Amendment, state: str) -> None:
    """Say how a proposal ended, under the contract's lock."""
    row.state, row.closed_at = state, timezone.now()
    row.save(update_fields=["state", "closed_at"])


def enter_into_force(contract: Contract, version: Version, by: Actor) -> bool:
    """Have a version bind, once, when all have signed it; under the contract's lock.

    A version that was accepted as a change takes the place of the one before. Whether it came into
    force now.
    """
    if offered_version(contract) != version or not signed_by_all(version):
        return False
    first = contract.state == State.SIGNING
    turn = write_turn(contract, Turn.Kind.IN_FORCE, by, version=version)
    contract.number = version.number
    if first:
        contract.state = State.IN_FORCE
    else:
        close_amendment(Amendment.objects.get(version=version), Amendment.State.DONE)
    contract.save(update_fields=["number", "state"])
    parties = list(version.parties.select_related("agent"))
    tell_parties(contract, ContractLetter.Kind.IN_FORCE, parties, about=str(turn.pk), turn=turn)
    return True
