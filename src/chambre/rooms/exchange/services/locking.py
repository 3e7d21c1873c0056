"""An exchange with its legs alone until the transaction ends, and what everybody may do with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from chambre.core.actors import Actor
from chambre.core.db.rows import insert_all, update
from chambre.core.models import AuditEntry
from chambre.lib import exchange as lib
from chambre.lib.exchange import states
from chambre.registry.models import Agent
from chambre.rooms.exchange.models import Exchange, ExchangeParty, Leg, LegMove
from chambre.rooms.exchange.queries import questions
from chambre.rooms.exchange.queries.errors import NoExchange, NotForParty
from chambre.rooms.exchange.queries.exchanges import (
    current_of,
    exchanges_visible_to,
    parties_of,
    said_by,
    stand_of,
)
from chambre.rooms.exchange.queries.people import speaks_for
from chambre.rooms.exchange.services.holding import Written
from chambre.rooms.exchange.services.offering import lock


@dataclass(slots=True)
class Alone:
    """A locked exchange.

    Attributes:
        exchange: Its row.
        said: What was signed.
        legs: Its legs by name, locked.
        stand: Where all of it stands.
    """

    exchange: Exchange
    said: lib.Exchange
    legs: dict[str, Leg]
    stand: states.Stand


def alone(exchange: Exchange) -> Alone:
    """Lock an exchange and then its legs, always in this order."""
    row = lock(exchange)
    said = said_by(row)
    legs = {leg.name: leg for leg in questions.LEGS_LOCKED(row.pk)}
    _give_people(legs.values())
    for leg in legs.values():
        leg.exchange = row
    return Alone(row, said, legs, stand_of(row, said, legs.values()))


def _give_people(legs: Iterable[Leg]) -> None:
    """Let legs know who gives, takes and keeps: the same few people, each read once."""
    ids = {pk for leg in legs for pk in (leg.giver_id, leg.taker_id, leg.keeper_id)}
    agents = {agent.pk: agent for agent in questions.AGENTS_WITH_IDS(sorted(ids))}
    for leg in legs:
        leg.giver, leg.taker = agents[leg.giver_id], agents[leg.taker_id]
        leg.keeper = agents[leg.keeper_id]


def must_concern(exchange: Exchange, by: Actor) -> None:
    """Let somebody act whom an exchange concerns.

    Raises:
        NoExchange: It does not concern them.
    """
    if not by.is_system and not exchanges_visible_to(by).filter(pk=exchange.pk).exists():
        raise NoExchange(slug=exchange.slug)


def must_be_party(exchange: Exchange, agent: Agent, by: Actor) -> ExchangeParty:
    """The party that somebody speaks for.

    Raises:
        NotForParty: The agent is no party, or ``by`` cannot bind them. The system speaks for nobody.
    """
    parties = parties_of(current_of(exchange))
    found = next((each for each in parties if each.agent_id == agent.pk), None)
    if found is None or by.is_system or not speaks_for(by, agent):
        raise NotForParty
    return found


def write_move(
    leg: Leg,
    kind: str,
    by: Actor,
    written: Written,
    note: str = "",
    trail: AuditEntry | None = None,
) -> LegMove:
    """A leg moved: the row, where the leg is now, and what the trail says of it."""
    leg.state = kind
    update(leg, "state")
    move = LegMove(
        leg=leg, kind=kind, round=leg.bounced, event=written.event, entry=written.entry, units=written.units,
        note=note.replace("\0", "")[:500], by=by.label[:254], at=timezone.now(),
    )  # fmt: skip
    insert_all(move, *([trail] if trail is not None else []))
    return move


__all__ = ["Alone", "alone", "must_be_party", "must_concern", "write_move"]
