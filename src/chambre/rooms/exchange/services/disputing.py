"""A later deadline by consent of all; disputes, evidence, and a decision within what was signed."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.core.models import StoredFile
from chambre.lib.exchange import ExchangeRefusal, states
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.exchange.models import (
    ChargeBack,
    Evidence,
    Exchange,
    ExchangeTurn,
    Extension,
    ExtensionVoice,
)
from chambre.rooms.exchange.queries.errors import NotForParty, NotNow, refused
from chambre.rooms.exchange.queries.exchanges import agents_named, current_of, parties_of, said_by
from chambre.rooms.exchange.queries.people import speaks_for
from chambre.rooms.exchange.services import letters, settling
from chambre.rooms.exchange.services.locking import Alone, alone, must_be_party
from chambre.rooms.exchange.services.offering import note_turn

DECIDE_WITHIN = 30
"""Days until everything goes back when the words name no mediator."""
MAX_TEXT = 8000


@transaction.atomic
def propose_extension(
    *, exchange: Exchange, agent: Agent, until: dt.date, by: Actor, reason: str = ""
) -> Extension:
    """Propose a later deadline; the party that proposes it says yes with that.

    Raises:
        NotForParty: ``by`` cannot bind the party.
        NotNow: Nothing is held any more, the day is not later, or another proposal waits.
    """
    must_be_party(exchange, agent, by)
    here = alone(exchange)
    try:
        states.extend(here.stand, until)
    except ExchangeRefusal as refusal:
        raise refused(refusal) from refusal
    if until < registry.today():
        raise NotNow(_("This day has passed."))
    if here.exchange.extensions.filter(state=Extension.State.OPEN).exists():
        raise NotNow(_("Another deadline is being decided already."))
    row: Extension = Extension.objects.create(
        exchange=here.exchange, until=until, reason=reason.replace("\0", "").strip()[:4000],
        by=by.label[:254],
    )  # fmt: skip
    audit(by, "exchange.extension.proposed", here.exchange, until=until.isoformat())
    _voice(here, row, agent, True, by)
    letters.tell_extension(row, by)
    return row


@transaction.atomic
def speak(*, extension: Extension, agent: Agent, yes: bool, by: Actor) -> Extension:
    """Say yes or no to a later deadline, once for a party. It holds with the last yes; one no ends it.

    Raises:
        NotForParty: ``by`` cannot bind the party.
        NotNow: It was decided already.
    """
    must_be_party(extension.exchange, agent, by)
    here = alone(extension.exchange)
    row = Extension.objects.select_for_update().get(pk=extension.pk)
    if row.state != Extension.State.OPEN:
        raise NotNow(_("This was decided already."))
    if not row.voices.filter(agent=agent).exists():
        _voice(here, row, agent, yes, by)
        if not yes:
            letters.tell_extension(row, by)
    return row


def _voice(here: Alone, row: Extension, agent: Agent, yes: bool, by: Actor) -> None:
    ExtensionVoice.objects.create(extension=row, agent=agent, yes=yes, by=by.label[:254])
    said = set(row.voices.filter(yes=True).values_list("agent_id", flat=True))
    if not yes:
        row.state = Extension.State.REFUSED
    elif said >= {party.agent_id for party in parties_of(current_of(here.exchange))}:
        row.state = Extension.State.ACCEPTED
        _extend(here, row, by)
    row.save(update_fields=["state"])


def _extend(here: Alone, row: Extension, by: Actor) -> None:
    try:
        stand = states.extend(here.stand, row.until)
    except ExchangeRefusal as refusal:
        raise refused(refusal) from refusal
    here.exchange.state, here.exchange.deadline = stand.state.value, stand.deadline
    here.exchange.decide_by = None
    here.exchange.save(update_fields=["state", "deadline", "decide_by"])
    note_turn(here.exchange, ExchangeTurn.Kind.EXTENDED, by, reason=row.reason, until=row.until)
    audit(by, "exchange.extended", here.exchange, until=row.until.isoformat())


@transaction.atomic
def dispute(*, exchange: Exchange, agent: Agent, reason: str, by: Actor) -> Exchange:
    """Say that something is wrong: nothing moves until the mediator has decided, or their time is over.

    Raises:
        NotForParty: ``by`` cannot bind the party.
        Invalid: No reason.
        NotNow: It is not open.
    """
    must_be_party(exchange, agent, by)
    if not reason.strip():
        raise Invalid(_("Say what is wrong."), fields={"reason": [_("Say what is wrong.")]})
    here = alone(exchange)
    try:
        stand = states.dispute(here.stand)
    except ExchangeRefusal as refusal:
        raise refused(refusal) from refusal
    days = here.said.mediator.days if here.said.mediator is not None else DECIDE_WITHIN
    here.exchange.state = stand.state.value
    here.exchange.decide_by = registry.today() + dt.timedelta(days=days)
    here.exchange.save(update_fields=["state", "decide_by"])
    note_turn(
        here.exchange, ExchangeTurn.Kind.DISPUTED, by, reason=reason, about=agent,
        until=here.exchange.decide_by,
    )  # fmt: skip
    audit(by, "exchange.disputed", here.exchange, party=agent.slug)
    return here.exchange


@transaction.atomic
def add_evidence(
    *, exchange: Exchange, agent: Agent, text: str, by: Actor, file: StoredFile | None = None
) -> Evidence:
    """Say or show something in a dispute, or about what a bank took back and its giver owes; it stays.

    What had gone is not decided about any more: about a debt that is left of it, the mediator says their
    word here, too.

    Raises:
        NotForParty: ``by`` cannot bind the party (of a debt: or the mediator).
        Invalid: Neither words nor a document.
        NotNow: There is no dispute, and nothing is owed.
    """
    claims = ChargeBack.objects.filter(leg__exchange=exchange, state=ChargeBack.State.CLAIMED)
    owed = claims.exists()
    if not (owed and _mediates(exchange, agent, by)):
        must_be_party(exchange, agent, by)
    text = text.replace("\0", "").strip()[:MAX_TEXT]
    if not text and file is None:
        raise Invalid(_("Say what happened."), fields={"text": [_("Say what happened.")]})
    here = alone(exchange)
    if here.stand.state is not states.State.DISPUTED and not owed:
        raise NotNow(_("There is no dispute."))
    row: Evidence = Evidence.objects.create(
        exchange=here.exchange, agent=agent, text=text, file=file, by=by.label[:254]
    )
    audit(by, "exchange.evidence", here.exchange, party=agent.slug)
    return row


def _mediates(exchange: Exchange, agent: Agent, by: Actor) -> bool:
    """Whether an agent is the mediator whom the parties named, and ``by`` may speak for them."""
    mediator = said_by(exchange).mediator
    named = mediator is not None and mediator.agent == agent.slug
    return named and not by.is_system and speaks_for(by, agent)


@transaction.atomic
def decide(*, exchange: Exchange, decision: str, reason: str, by: Actor) -> Exchange:
    """The mediator decides, within what the parties signed; nobody else does, whatever their office.

    Args:
        exchange: Which.
        decision: ``return``, ``release`` (only where all is deposited), ``parts``, or ``extend`` (the
            exchange is open again until the deadline; a later one the parties agree among themselves).
        reason: Why; the parties read it.
        by: The mediator, or who may bind them.

    Raises:
        NotForParty: ``by`` is not the mediator.
        Invalid: No reason.
        NotNow: There is no dispute, or the parties did not agree that this may be decided.
    """
    here = alone(exchange)
    mediator = here.said.mediator
    agent = agents_named([mediator.agent]).get(mediator.agent) if mediator is not None else None
    if agent is None or by.is_system or not speaks_for(by, agent):
        raise NotForParty(_("Only the mediator whom the parties named decides."))
    if not reason.strip():
        raise Invalid(_("Say why."), fields={"reason": [_("Say why.")]})
    if decision == "extend":
        _open_again(here, by, reason, agent)
        return here.exchange
    try:
        stand, moves = states.decide(here.said, here.stand, decision, registry.today())
    except ExchangeRefusal as refusal:
        raise refused(refusal) from refusal
    settling.apply(here, stand, moves, by)
    note_turn(here.exchange, ExchangeTurn.Kind.DECIDED, by, reason=reason, about=agent)
    note_turn(here.exchange, stand.state.value, by)
    audit(by, "exchange.decided", here.exchange, decision=decision)
    return here.exchange


def _open_again(here: Alone, by: Actor, reason: str, agent: Agent) -> None:
    may = here.said.mediator.may if here.said.mediator is not None else ()
    if here.stand.state is not states.State.DISPUTED:
        raise refused(ExchangeRefusal("not-now", state=here.exchange.get_state_display()))
    if "extend" not in may:
        raise refused(ExchangeRefusal("not-agreed", what="extend"))
    today = registry.today()
    lasted = (today - _disputed_on(here)).days
    until = max(here.exchange.deadline, today) + dt.timedelta(days=max(lasted, 1))
    stand = states.extend(here.stand, until)
    here.exchange.state, here.exchange.deadline = stand.state.value, stand.deadline
    here.exchange.decide_by = None
    here.exchange.save(update_fields=["state", "deadline", "decide_by"])
    note_turn(here.exchange, ExchangeTurn.Kind.DECIDED, by, reason=reason, about=agent, until=until)
    audit(by, "exchange.decided", here.exchange, decision="extend", until=until.isoformat())


def _disputed_on(here: Alone) -> dt.date:
    """The day on which the dispute began: what it took is given back to the deadline."""
    if here.exchange.decide_by is None or here.said.mediator is None:
        return registry.today()
    return here.exchange.decide_by - dt.timedelta(days=here.said.mediator.days)
