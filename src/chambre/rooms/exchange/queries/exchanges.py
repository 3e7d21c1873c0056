"""Which exchanges there are for somebody, and where one stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import F, Max, Q, QuerySet

from chambre.core.actors import Actor
from chambre.lib import exchange as lib
from chambre.lib.exchange import states
from chambre.registry.api import roles_held
from chambre.registry.models import Agent, Role
from chambre.rooms.exchange.models import (
    ConditionTold,
    Exchange,
    ExchangeParty,
    ExchangeSignature,
    ExchangeVersion,
    Leg,
)
from chambre.rooms.exchange.queries import questions
from chambre.rooms.exchange.queries.errors import NoExchange
from chambre.rooms.exchange.queries.language import read
from chambre.rooms.exchange.queries.people import bound_by

TOLD_KINDS = ("document", "confirm", "inspector")
"""Conditions that hold because somebody says so."""
STAFF = (Role.Kind.ADMINISTRATOR, Role.Kind.TREASURER)
"""Offices of a chamber that look after what it holds; they read, and move nothing by themselves."""


def chambers_kept(by: Actor) -> set[int]:
    """The chambers, by their id, for what is held in which somebody answers."""
    return {
        held.in_agent
        for held in roles_held(by.user)
        if held.kind in STAFF and held.in_agent and held.in_agent == held.chamber
    }


def exchanges_visible_to(by: Actor, bound: Collection[int] | None = None) -> QuerySet[Exchange]:
    """The exchanges that concern somebody.

    Those of which they are a party, inspector, keeper or mediator (themselves or for a structure), those
    that they drafted, and, beyond drafts, those of a chamber in which they keep what is deposited.
    ``bound`` says whom they bind, where it is known already (:func:`bound_by`).
    """
    rows = Exchange.objects.select_related("chamber")
    if by.is_system:
        return rows
    if by.user is None or not by.may("exchange.list"):
        return rows.none()
    chambers = chambers_kept(by)
    named = ExchangeParty.objects.filter(
        agent__in=bound_by(by) if bound is None else bound,
        version__number=F("version__exchange__number"),
    )
    return rows.filter(
        Q(made_by__user_id=by.user.pk)
        | (Q(pk__in=named.values("version__exchange")) & ~Q(state=Exchange.State.DRAFT))
        | (Q(chamber__in=chambers) & ~Q(state=Exchange.State.DRAFT))
    )


def exchange_named(slug: str, by: Actor, bound: Collection[int] | None = None) -> Exchange:
    """The exchange of that short name, if it concerns somebody.

    Raises:
        NoExchange: There is none, or it does not concern them.
    """
    found = (
        exchanges_visible_to(by, bound)
        .select_related("made_by")
        .filter(slug=slug.replace("\0", ""))
        .first()
    )
    if found is None:
        raise NoExchange(slug=slug)
    return found


def next_number(exchange: Exchange) -> int:
    """The number of the next version; under the exchange's lock nobody else takes it."""
    return int(exchange.versions.aggregate(last=Max("number"))["last"] or 0) + 1


def current_of(exchange: Exchange) -> ExchangeVersion:
    """The version that counts."""
    version: ExchangeVersion = questions.VERSION(exchange.pk, exchange.number)[0]
    return version


def said_by(exchange: Exchange) -> lib.Exchange:
    """What the version that counts says."""
    return read(current_of(exchange).text)


def parties_of(version: ExchangeVersion) -> list[ExchangeParty]:
    """Those who sign a version, each once, in the order of the text."""
    return questions.PARTIES(version.pk)


def signatures_of(version: ExchangeVersion) -> dict[int, ExchangeSignature]:
    """Who has signed a version, by the id of the party."""
    rows = ExchangeSignature.objects.filter(party__version=version).select_related("signer")
    return {row.party_id: row for row in rows}


def agents_named(slugs: Iterable[str]) -> dict[str, Agent]:
    """Agents of the register by their short names; those who are not there are left out."""
    return {agent.slug: agent for agent in questions.AGENTS(sorted(set(slugs)))}


def told_now(exchange: Exchange, said: lib.Exchange) -> frozenset[str]:
    """Names of the documents, confirmations and inspections that hold now: each one's last word counts."""
    if not any(each.kind in TOLD_KINDS for each in said.conditions):
        return frozenset()
    last: dict[tuple[str, int], bool] = {}
    for told in _words_on(exchange):
        last[told.condition, told.agent_id] = told.holds
    counts: dict[str, int] = {}
    for (name, _agent), holds in last.items():
        counts[name] = counts.get(name, 0) + holds
    return frozenset(
        each.name
        for each in said.conditions
        if counts.get(each.name, 0) >= (each.quorum if each.kind == "confirm" else 1)
    )


def _words_on(exchange: Exchange) -> list[ConditionTold]:
    """All that was told about the conditions, the last word last; a page has read it already."""
    if "told" in getattr(exchange, "_prefetched_objects_cache", {}):
        return sorted(exchange.told.all(), key=lambda each: each.pk)
    return questions.TOLD(exchange.pk)


def stand_of(
    exchange: Exchange, said: lib.Exchange, legs: Iterable[Leg] | None = None
) -> states.Stand:
    """Where an exchange stands, as the machine of states knows it."""
    rows = exchange.legs.all() if legs is None else legs
    found: Mapping[str, states.LegState] = {leg.name: states.LegState(leg.state) for leg in rows}
    if not found:
        found = {leg.name: states.LegState.PROMISED for leg in said.legs}
    return states.Stand(
        states.State(exchange.state), found, told_now(exchange, said), exchange.deadline
    )


@dataclass(frozen=True, slots=True)
class Missing:
    """What still has to come before everything can go.

    Attributes:
        legs: Names of legs that are not deposited.
        conditions: Names of conditions that do not hold.
    """

    legs: tuple[str, ...]
    conditions: tuple[str, ...]

    @property
    def nothing(self) -> bool:
        """Whether everything can go now."""
        return not (self.legs or self.conditions)


def missing_of(said: lib.Exchange, stand: states.Stand, day: dt.date) -> Missing:
    """What an exchange waits for on a day."""
    names = states.withheld(said, stand, day)
    legs = {leg.name for leg in said.legs}
    return Missing(
        tuple(name for name in names if name in legs),
        tuple(name for name in names if name not in legs),
    )
