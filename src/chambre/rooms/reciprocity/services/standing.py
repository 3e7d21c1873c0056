"""What becomes of a signed contract: a breach, its delay, suspension, the end; the mediator; the review.

A breach is of one party, and so is what follows: the others go on together. When fewer than two are left
who are neither suspended nor out, the contract itself is suspended, or ended.
"""

from __future__ import annotations

import datetime as dt

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.errors import ChambreError, Invalid
from chambre.lib.reciprocity import model
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.reciprocity.models import Contract, ContractLetter, Turn
from chambre.rooms.reciprocity.queries.binding import capacities
from chambre.rooms.reciprocity.queries.contracts import BINDING, parties_of, party_states
from chambre.rooms.reciprocity.queries.errors import NotForParty, NotNow
from chambre.rooms.reciprocity.queries.language import read
from chambre.rooms.reciprocity.services.letters import tell_mediator, tell_parties
from chambre.rooms.reciprocity.services.offering import lock, write_turn

log = structlog.get_logger("chambre.reciprocity")
SYSTEM = Actor.system("every hour")
Kind = Turn.Kind
_LETTERS = {
    Kind.BREACH: ContractLetter.Kind.BREACH,
    Kind.REMEDIED: ContractLetter.Kind.REMEDIED,
    Kind.SUSPENDED: ContractLetter.Kind.SUSPENDED,
    Kind.RESUMED: ContractLetter.Kind.RESUMED,
    Kind.ENDED: ContractLetter.Kind.ENDED,
}


def may_watch(by: Actor, contract: Contract, *, beside: Agent | None = None) -> bool:
    """Whether somebody may note a breach or its remedy: who works on it, or binds a party.

    Args:
        by: Who asks.
        contract: Which.
        beside: A party whose own word does not count.
    """
    if by.may("reciprocity.change_contract", contract):
        return True
    agents = [party.agent for party in parties_of(contract)]
    others = [agent for agent in agents if beside is None or agent.pk != beside.pk]
    return bool(capacities(by, others, contract))


@transaction.atomic
def note_breach(*, contract: Contract, about: Agent, reason: str, by: Actor) -> Turn:
    """Write down that a party did not keep the contract; from that day runs the delay to mend it.

    The parties' people get a letter, and so does the mediator. Where the contract says nothing about
    breaches, nothing follows by itself.

    Raises:
        NotForParty: ``by`` neither works on the contract nor binds a party.
        NotNow: It does not bind now, or that party is in breach already, or out.
        Invalid: No reason, or somebody who is no party.
    """
    if not may_watch(by, contract):
        raise NotForParty
    locked = lock(contract)
    if locked.state not in BINDING:
        raise NotNow(_("Only a contract in force can be broken."))
    _reasoned(reason)
    state = party_states(locked).get(about.pk)
    if about.pk not in {party.agent_id for party in parties_of(locked)}:
        raise Invalid(fields={"about": [_("This is no party of the contract.")]})
    if state is not None and state.kind != "good":
        raise NotNow(_("A breach by this party is noted already."))
    said = read(locked.current.text)
    until = None
    if said.breach is not None:
        until = registry.today() + dt.timedelta(days=said.breach.delay_days)
    turn = _turn(locked, Kind.BREACH, about, by, reason, until)
    if said.mediator is not None:
        tell_mediator(locked, said.mediator.contact, about=str(turn.pk), turn=turn)
    return turn


@transaction.atomic
def remedy(*, contract: Contract, about: Agent, reason: str, by: Actor) -> Turn:
    """Write down that a breach is mended: the party has its rights again.

    Raises:
        NotForParty: ``by`` may not say so, or speaks for that party alone.
        NotNow: The party is neither in breach nor suspended.
        Invalid: No reason.
    """
    if not may_watch(by, contract, beside=about):
        raise NotForParty(
            _("Another party says that it is mended, or whoever works on the contract.")
        )
    locked = lock(contract)
    _reasoned(reason)
    state = party_states(locked).get(about.pk)
    if locked.state not in BINDING or state is None or state.kind not in ("breach", "suspended"):
        raise NotNow(_("No breach by this party is open."))
    kind = Kind.REMEDIED if state.kind == "breach" else Kind.RESUMED
    turn = _turn(locked, kind, about, by, reason, None)
    _follow(locked, by)
    contract.state = locked.state
    return turn


def _reasoned(reason: str) -> None:
    if not reason.strip():
        words = _("Say what happened.")
        raise Invalid(words, fields={"reason": [words]})


def _turn(
    contract: Contract, kind: str, about: Agent | None, by: Actor, reason: str,
    until: dt.date | None,
) -> Turn:  # fmt: skip
    """A turn about a party, and the letters about it."""
    turn = write_turn(
        contract, kind, by, version=contract.current, about=about, reason=reason, until=until
    )
    letter = _LETTERS.get(Kind(kind))
    if letter is not None:
        tell_parties(contract, letter, parties_of(contract), about=str(turn.pk), turn=turn)
    return turn


def _follow(contract: Contract, by: Actor) -> None:
    """What the parties' standing makes of the contract itself, under its lock."""
    states = party_states(contract)
    parties = parties_of(contract)
    kinds = [
        states[party.agent_id].kind if party.agent_id in states else "good" for party in parties
    ]
    enough = min(2, len(parties))
    wanted = Contract.State.IN_FORCE
    if sum(kind != "ended" for kind in kinds) < enough:
        wanted = Contract.State.ENDED
    elif sum(kind not in ("ended", "suspended") for kind in kinds) < enough:
        wanted = Contract.State.SUSPENDED
    if wanted == contract.state:
        return
    kind = {
        Contract.State.IN_FORCE: Kind.RESUMED,
        Contract.State.SUSPENDED: Kind.SUSPENDED,
        Contract.State.ENDED: Kind.ENDED,
    }[wanted]
    reason = _("Fewer than two parties are left.") if wanted != Contract.State.IN_FORCE else ""
    write_turn(contract, kind, by, version=contract.current, reason=reason)
    contract.state = wanted
    contract.save(update_fields=["state"])


@transaction.atomic
def move_on(*, contract: Contract, by: Actor = SYSTEM) -> list[Turn]:
    """Do what is due today by the contract's own words: suspend, end, hand over to the mediator.

    Idempotent: called again the same day, nothing happens.
    """
    locked = lock(contract)
    if locked.state not in BINDING:
        return []
    said = read(locked.current.text)
    today = registry.today()
    if said.term.until is not None and today > said.term.until:
        turn = end(locked, by, _("The term of the contract is over."))
        contract.state = locked.state
        return [turn]
    done = []
    for state in party_states(locked).values():
        turn_before = state.turn
        if turn_before is None or turn_before.until is None or today <= turn_before.until:
            continue
        done.append(_next(locked, said, state.kind, turn_before, by))
    if done:
        _follow(locked, by)
        contract.state = locked.state
    return done


def _next(contract: Contract, said: model.Contract, kind: str, before: Turn, by: Actor) -> Turn:
    """What follows for a party whose day has passed."""
    breach = said.breach or model.Breach()
    about = before.about
    if kind == "breach" and breach.suspension_days:
        until = registry.today() + dt.timedelta(days=breach.suspension_days)
        return _turn(
            contract, Kind.SUSPENDED, about, by, _("The breach was not mended in time."), until
        )
    if breach.then == "mediation":
        turn = _turn(
            contract, Kind.MEDIATION, about, by, _("The breach was not mended in time."), None
        )
        if said.mediator is not None:
            tell_mediator(contract, said.mediator.contact, about=str(turn.pk), turn=turn)
        return turn
    return _turn(contract, Kind.ENDED, about, by, _("The breach was not mended in time."), None)


def end(contract: Contract, by: Actor, reason: str) -> Turn:
    """End a locked contract for everybody; what survives it goes on by its own words."""
    turn = _turn(contract, Kind.ENDED, None, by, reason, None)
    contract.state = Contract.State.ENDED
    contract.save(update_fields=["state"])
    return turn


def watch_all(by: Actor = SYSTEM) -> int:
    """Do for every contract that binds what is due today, and remind of days of review; how many moved."""
    moved = 0
    for contract in Contract.objects.filter(state__in=BINDING).order_by("pk").iterator(200):
        try:
            moved += len(move_on(contract=contract, by=by))
            remind(contract)
        except ChambreError as error:
            log.warning("reciprocity.not-watched", contract=contract.slug, reason=error.code)
    return moved


def remind(contract: Contract) -> int:
    """Remind the parties' people of the day of review, once it has come; how many letters."""
    review = read(contract.current.text).term.review
    if review is None or registry.today() < review:
        return 0
    about = f"{contract.number}:{review.isoformat()}"
    return tell_parties(contract, ContractLetter.Kind.REVIEW, parties_of(contract), about=about)


def ended_by_hand(contract: Contract, by: Actor) -> bool:
    """Whether somebody may end it without asking: nobody but who drafted it, while nobody is bound."""
    authorize(by, "reciprocity.change_contract", contract)
    return contract.state == Contract.State.DRAFT


@transaction.atomic
def drop(*, contract: Contract, by: Actor, reason: str = "") -> Turn:
    """Give a draft up: it stays readable for those who worked on it, and is not offered any more.

    Raises:
        Forbidden: ``by`` does not work on it.
        NotNow: It is no draft.
    """
    locked = lock(contract)
    if not ended_by_hand(locked, by):
        raise NotNow(_("A signed contract ends by its own words, or by a decision of its parties."))
    turn = write_turn(locked, Kind.ENDED, by, version=locked.current, reason=reason)
    locked.state = Contract.State.ENDED
    locked.save(update_fields=["state"])
    contract.state = locked.state
    return turn
