"""An exchange with its legs alone until the transaction ends, and what everybody may do with it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from chambre.core.actors import Actor
from chambre.lib import exchange as lib
from chambre.lib.exchange import states
from chambre.registry.models import Agent
from chambre.rooms.exchange.models import Exchange, ExchangeParty, Leg, LegMove
from chambre.rooms.exchange.queries.errors import NoExchange, NotForParty
from chambre.rooms.exchange.queries.exchanges import (
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
    found = Leg.objects.filter(exchange=row).select_for_update(of=("self",))
    legs = {
        leg.name: leg
        for leg in found.select_related("giver__user", "taker__user", "keeper").order_by("pk")
    }
    for leg in legs.values():
        leg.exchange = row
    return Alone(row, said, legs, stand_of(row, said, legs.values()))


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
    found = next((each for each in parties_of(exchange.current) if each.agent_id == agent.pk), None)
    if found is None or by.is_system or not speaks_for(by, agent):
        raise NotForParty
    return found


def write_move(leg: Leg, kind: str, by: Actor, written: Written, note: str = "") -> LegMove:
    """A leg moved: the row, and where the leg is now."""
    leg.state = kind
    leg.save(update_fields=["state"])
    return LegMove.objects.create(
        leg=leg, kind=kind, event=written.event, entry=written.entry, units=written.units,
        note=note.replace("\0", "")[:500], by=by.label[:254], at=timezone.now(),
    )  # fmt: skip


__all__ = ["Alone", "alone", "must_be_party", "must_concern", "write_move"]
