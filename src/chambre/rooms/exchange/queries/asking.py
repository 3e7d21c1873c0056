"""Of whom something is asked in an exchange: to sign, to deposit, to tell, to decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chambre.lib import exchange as lib
from chambre.lib.exchange import states
from chambre.registry.models import Agent
from chambre.rooms.exchange.models import Exchange, Leg
from chambre.rooms.exchange.queries.exchanges import (
    agents_named,
    current_of,
    parties_of,
    said_by,
    signatures_of,
    stand_of,
)

ATTESTED_BY = {
    Leg.Kind.HOURS: "taker", Leg.Kind.SERVICE: "taker", Leg.Kind.GOODS: "keeper",
    Leg.Kind.CUSTODY: "keeper", Leg.Kind.RIGHT: "giver",
}  # fmt: skip
"""Who says that a leg is there, where nothing else shows it."""


def attester(leg: Leg) -> Agent:
    """Who says that a leg is there: its taker, its keeper or its giver."""
    found: Agent = getattr(leg, ATTESTED_BY[Leg.Kind(leg.kind)])
    return found


def tellers(said: lib.Exchange, condition: str) -> tuple[str, ...]:
    """Short names, in the register, of those who may tell a condition; documents: all who receive."""
    found = said.condition(condition)
    if found is None:
        return ()
    if found.kind == "inspector":
        return (found.who,)
    names = {party.name: party.slug for party in said.parties}
    if found.kind == "confirm":
        return tuple(names[name] for name in found.of)
    return tuple(slug for name, slug in names.items() if name != found.who)


@dataclass(frozen=True, slots=True)
class Ask:
    """Something that is asked of somebody now.

    Attributes:
        agent: Of whom.
        name: Of the leg or the condition; empty for signing and deciding.
        words: What, in a sentence.
        after: Names of legs and conditions that come first and are there.
    """

    agent: Agent
    name: str
    words: str
    after: tuple[str, ...] = ()


def asks_of(exchange: Exchange, day: dt.date, language: str) -> list[Ask]:
    """What is asked of anybody in an exchange on a day; what waits for something else is asked later."""
    said = said_by(exchange)
    if exchange.state == Exchange.State.SIGNING:
        version = current_of(exchange)
        signed = signatures_of(version)
        waiting = [row for row in parties_of(version) if row.pk not in signed]
        return [
            Ask(row.agent, "", _("Sign for %(name)s.") % {"name": row.agent.name})
            for row in waiting
        ]
    if exchange.state == Exchange.State.OPEN:
        return [*_open(exchange, said, day, language)]
    if exchange.state == Exchange.State.DISPUTED and said.mediator is not None:
        known = agents_named([said.mediator.agent])
        return [Ask(agent, "", _("Decide the dispute.")) for agent in known.values()]
    return []


def _open(exchange: Exchange, said: lib.Exchange, day: dt.date, language: str) -> Iterator[Ask]:
    legs = list(exchange.legs.select_related("giver__user", "taker__user", "keeper__user"))
    stand = stand_of(exchange, said, legs)
    for leg in sorted(legs, key=lambda each: each.number):
        words = said.leg(leg.name)
        if leg.state == Leg.State.PROMISED and words and _free(said, stand, words.after, day):
            what = lib.leg_words(said, words, language)
            who = attester(leg) if leg.kind in ATTESTED_BY else leg.giver
            yield Ask(who, leg.name, _of_leg(leg, what), words.after)
    known = agents_named(slug for each in said.conditions for slug in tellers(said, each.name))
    reading = lib.plain_reading(said, language)[1].sentences[1:]
    told = {(row.condition, row.agent_id): row.holds for row in exchange.told.order_by("pk")}
    for each, sentence in zip(said.conditions, reading, strict=True):
        if each.kind not in ("document", "confirm", "inspector"):
            continue
        if lib.holds(said, each.name, day, stand.facts) or not _free(said, stand, each.after, day):
            continue
        for slug in tellers(said, each.name):
            if slug in known and not told.get((each.name, known[slug].pk)):
                text = _("Say whether this holds: %(what)s") % {"what": sentence}
                yield Ask(known[slug], each.name, text, each.after)


def _free(said: lib.Exchange, stand: states.Stand, after: tuple[str, ...], day: dt.date) -> bool:
    return all(lib.holds(said, name, day, stand.facts) for name in after)


def _of_leg(leg: Leg, what: str) -> str:
    facts = {"what": what, "giver": leg.giver.name, "place": leg.place}
    if leg.kind in (Leg.Kind.EUROS, Leg.Kind.CREDIT):
        text = _("Pay in for %(giver)s: %(what)s.")
    elif leg.kind == Leg.Kind.RIGHT:
        text = _("Grant for %(giver)s: %(what)s.")
    elif leg.kind in (Leg.Kind.GOODS, Leg.Kind.CUSTODY):
        text = _("Say when it is at its place: %(what)s, from %(giver)s.")
    else:
        text = _("Say when %(giver)s has done it: %(what)s.")
    return text % facts
