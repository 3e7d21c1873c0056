"""Letters about exchanges: written down with what happened, sent by the worker, each once.

Who pushed the button is not told what they know; how an exchange ended is told to everybody.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.core.mail import EmailMessage
from django.db.models import Q

from chambre.core.actors import Actor
from chambre.core.mailing import Postman, letter_to
from chambre.lib import exchange as lib
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.exchange.models import (
    Exchange,
    ExchangeLetter,
    ExchangeTurn,
    Extension,
    ExtensionVoice,
)
from chambre.rooms.exchange.queries import questions
from chambre.rooms.exchange.queries.asking import asks_of
from chambre.rooms.exchange.queries.exchanges import current_of, parties_of
from chambre.rooms.exchange.queries.letters import not_any_more, wording
from chambre.rooms.exchange.queries.people import binders
from chambre.rooms.exchange.queries.sorts import SORT_OF

AHEAD = dt.timedelta(days=3)
"""How long before a last day people are reminded of what is asked of them."""
Kind, Turn = ExchangeLetter.Kind, ExchangeTurn.Kind
TOLD: dict[str, str] = {
    Turn.OFFERED: Kind.SIGN,
    Turn.TAKEN_BACK: Kind.TAKEN_BACK,
    Turn.ABANDONED: Kind.ABANDONED,
    Turn.OPENED: Kind.OPENED,
    Turn.EXTENDED: Kind.EXTENDED,
    Turn.WITHDRAWN: Kind.WITHDRAWN,
    Turn.DISPUTED: Kind.DISPUTED,
    Turn.DECIDED: Kind.DECIDED,
    Turn.SETTLED: Kind.SETTLED,
    Turn.PART_SETTLED: Kind.PART_SETTLED,
    Turn.RETURNED: Kind.RETURNED,
    Turn.MONEY_GONE: Kind.MONEY_GONE,
}
"""Which turns a letter tells of. That the last day has passed is told with what comes of it."""
SIGNERS_ONLY = (Kind.SIGN, Kind.AGAIN, Kind.TAKEN_BACK, Kind.ABANDONED)
EVERYBODY = (Kind.OPENED, Kind.MONEY_GONE, Kind.SETTLED, Kind.PART_SETTLED, Kind.RETURNED)
"""Told to who did it, too: it says what comes next, or what they get."""


def tell_turn(exchange: Exchange, turn: ExchangeTurn, by: Actor) -> int:
    """Write down the letters about what became of an exchange; how many."""
    kind = TOLD.get(turn.kind)
    if turn.kind == Turn.DECIDED and turn.until is None:
        kind = None  # it is told with what comes of it
    if kind in (Kind.SIGN, Kind.ABANDONED):
        before = exchange.turns.filter(kind=Turn.OFFERED).exclude(pk=turn.pk).exists()
        if kind == Kind.ABANDONED and not before:
            return 0
        kind = Kind.AGAIN if kind == Kind.SIGN and before else kind
    if kind is None:
        return 0
    agents = _signers(exchange) if kind in SIGNERS_ONLY else _concerned(exchange)
    return _note(exchange, kind, agents, f"turn:{turn.pk}", by, turn=turn)


def tell_extension(extension: Extension, by: Actor) -> int:
    """Write down that somebody asks for more time, or that it was refused; how many letters."""
    exchange = extension.exchange
    agents = _signers(exchange)
    if extension.state == Extension.State.OPEN:
        said = ExtensionVoice.objects.filter(extension=extension).values_list("agent_id", flat=True)
        agents = [agent for agent in agents if agent.pk not in set(said)]
        kind = Kind.LATER
    elif extension.state == Extension.State.REFUSED:
        kind = Kind.REFUSED
    else:
        return 0  # the turn tells it
    return _note(exchange, kind, agents, f"{kind}:{extension.pk}", by, extension=extension)


def tell_next(exchange: Exchange, said: lib.Exchange, came: str, by: Actor) -> int:
    """Write to those of whom something is asked now because a leg or a condition came; how many."""
    firsts = [each.after for each in said.legs] + [each.after for each in said.conditions]
    if not any(came in names for names in firsts):
        return 0
    asks = asks_of(exchange, registry.today(), "fr")
    agents = [ask.agent for ask in asks if came in ask.after]
    return _note(exchange, Kind.NEXT, agents, f"next:{came}", by)


def remind() -> int:
    """Write to those of whom something is asked shortly before a last day; how many. Each once a day."""
    today = registry.today()
    states = Exchange.State
    near = [today, today + AHEAD]
    rows = Exchange.objects.filter(
        Q(state__in=(states.SIGNING, states.OPEN), deadline__range=near)
        | Q(state=states.DISPUTED, decide_by__range=near)
    )
    made = 0
    for exchange in rows.select_related("chamber").order_by("pk"):
        agents = [ask.agent for ask in asks_of(exchange, today, "fr")]
        day = exchange.decide_by if exchange.state == states.DISPUTED else exchange.deadline
        about = f"near:{exchange.state}:{day}"
        made += _note(exchange, Kind.NEAR, agents, about, Actor.system("exchange"))
    return made


def _signers(exchange: Exchange) -> list[Agent]:
    return [party.agent for party in parties_of(current_of(exchange))]


def _concerned(exchange: Exchange) -> list[Agent]:
    """Parties, inspectors, the mediator, and whoever keeps the place of a thing."""
    things = questions.THINGS(exchange.pk)
    concerned = questions.CONCERNED(current_of(exchange).pk)
    return [*(row.agent for row in concerned), *(leg.keeper for leg in things)]


def _note(
    exchange: Exchange, kind: str, agents: Collection[Agent], about: str, by: Actor,
    *, turn: ExchangeTurn | None = None, extension: Extension | None = None,
) -> int:  # fmt: skip
    """Write a letter down to everybody who may bind one of these agents; each once for each event."""
    people = {one.pk: one for found in binders(agents).values() for one in found}
    knows = by.user.pk if by.user is not None and kind not in EVERYBODY else None
    return LETTERS.note(
        ExchangeLetter(
            exchange=exchange, kind=kind, person=one, turn=turn, extension=extension,
            key=f"{exchange.pk}:{about}:{one.pk}",
        )
        for one in _with_account(people.values())
        if one.user_id != knows
    )  # fmt: skip


def _with_account(people: Iterable[Agent]) -> list[Agent]:
    return [one for one in people if one.user_id is not None]


def _write(letter: ExchangeLetter) -> EmailMessage | str:
    return not_any_more(letter) or letter_to(letter.person.user, lambda: wording(letter))


LETTERS = Postman(
    ExchangeLetter,
    _write,
    related=("exchange__chamber", "person__user", "turn__about", "extension"),
    sort=lambda letter: SORT_OF[letter.kind],
    reader=lambda letter: letter.person.user,
)
