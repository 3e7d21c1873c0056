"""The states of legs and of an exchange, as a machine without a database.

    promised → deposited → released | returned

An exchange is a *draft*, is *signing*, is *open* once all have signed, perhaps *disputed*, and ends
*settled*, *part-settled*, *returned* or *abandoned*. Each act gives a new standing or refuses: nothing
is half done.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from chambre.lib.exchange.errors import ExchangeRefusal
from chambre.lib.exchange.model import Exchange
from chambre.lib.exchange.possible import Facts, holds, missing, ready_parts


class LegState(StrEnum):
    """Where a leg is."""

    PROMISED = "promised"
    DEPOSITED = "deposited"
    RELEASED = "released"
    RETURNED = "returned"


class State(StrEnum):
    """Where an exchange is."""

    DRAFT = "draft"
    SIGNING = "signing"
    OPEN = "open"
    DISPUTED = "disputed"
    SETTLED = "settled"
    PART_SETTLED = "part-settled"
    RETURNED = "returned"
    ABANDONED = "abandoned"


HELD = (State.OPEN, State.DISPUTED)
"""States in which the Chamber may hold something."""
ENDED = (State.SETTLED, State.PART_SETTLED, State.RETURNED, State.ABANDONED)
"""States in which nothing moves any more."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where an exchange and its legs are.

    Attributes:
        state: Of the exchange.
        legs: Of each leg, by its name.
        told: Documents, confirmations and inspections that are there.
        deadline: Last day, extended or not.
    """

    state: State
    legs: Mapping[str, LegState]
    told: frozenset[str] = frozenset()
    deadline: dt.date = dt.date.max

    @property
    def facts(self) -> Facts:
        """What conditions look at."""
        there = (LegState.DEPOSITED, LegState.RELEASED)
        return Facts({name for name, state in self.legs.items() if state in there}, set(self.told))


@dataclass(frozen=True, slots=True)
class Moves:
    """What an act moves: legs to their takers, and legs back to their givers.

    Attributes:
        released, returned: Names of legs, in the order of the text.
    """

    released: tuple[str, ...] = field(default=())
    returned: tuple[str, ...] = field(default=())


def opened(exchange: Exchange) -> Stand:
    """An exchange that everybody has signed: all is promised."""
    legs = {leg.name: LegState.PROMISED for leg in exchange.legs}
    return Stand(State.OPEN, legs, deadline=exchange.deadline)


def _in(stand: Stand, *states: State) -> None:
    if stand.state not in states:
        raise ExchangeRefusal("not-now", state=stand.state.value)


def check_deposit(exchange: Exchange, stand: Stand, leg: str, day: dt.date) -> None:
    """Whether a leg can be deposited on a day.

    Raises:
        ExchangeRefusal: Not now, too late, or what comes before it is not there.
    """
    _in(stand, State.OPEN)
    found = exchange.leg(leg)
    if found is None:
        raise ExchangeRefusal("no-such-leg", leg=leg)
    if stand.legs[leg] is not LegState.PROMISED:
        raise ExchangeRefusal("leg-not-now", leg=leg, state=stand.legs[leg].value)
    last = found.by or stand.deadline
    if day > max(last, stand.deadline if stand.deadline > exchange.deadline else last):
        raise ExchangeRefusal("too-late", day=last)
    waiting = [name for name in found.after if not holds(exchange, name, day, stand.facts)]
    if waiting:
        raise ExchangeRefusal("waits", leg=leg, missing=", ".join(waiting))


def turn_on(exchange: Exchange, stand: Stand, leg: str, day: dt.date) -> dt.date | None:
    """From which day what comes before a leg is there, if nothing else comes to pass.

    Args:
        exchange: What was signed.
        stand: Where it stands.
        leg: Name of the leg.
        day: The first day that is asked about.

    Returns:
        ``day`` itself, a later day that the words name, or None: something else has to come first.
    """
    found = exchange.leg(leg)
    after = found.after if found is not None else ()
    begins = {each.since for each in exchange.conditions if each.since is not None}
    for each in (day, *sorted(since for since in begins if since > day)):
        if all(holds(exchange, name, each, stand.facts) for name in after):
            return each
    return None


def deposit(exchange: Exchange, stand: Stand, leg: str, day: dt.date) -> Stand:
    """A leg is with the Chamber.

    Raises:
        ExchangeRefusal: See :func:`check_deposit`.
    """
    check_deposit(exchange, stand, leg, day)
    return replace(stand, legs={**stand.legs, leg: LegState.DEPOSITED})


def withheld(exchange: Exchange, stand: Stand, day: dt.date) -> tuple[str, ...]:
    """What is still missing for settling everything on a day, by name; empty: it can be settled."""
    return missing(exchange, day, stand.facts)


def settle(exchange: Exchange, stand: Stand, day: dt.date) -> tuple[Stand, Moves]:
    """Release every leg, or nothing.

    Raises:
        ExchangeRefusal: Not open, or something is missing.
    """
    _in(stand, State.OPEN)
    if day > stand.deadline:
        raise ExchangeRefusal("too-late", day=stand.deadline)
    left = withheld(exchange, stand, day)
    if left:
        raise ExchangeRefusal("not-ready", missing=", ".join(left))
    return _end(exchange, stand, State.SETTLED, {leg.name for leg in exchange.legs})


def _end(
    exchange: Exchange, stand: Stand, state: State, release: Iterable[str]
) -> tuple[Stand, Moves]:
    """Everything that is deposited goes to its taker or back; what was only promised is owed no more."""
    wanted = set(release)
    legs = dict(stand.legs)
    moves: dict[LegState, list[str]] = {LegState.RELEASED: [], LegState.RETURNED: []}
    for leg in exchange.legs:
        if stand.legs[leg.name] is LegState.DEPOSITED:
            to = LegState.RELEASED if leg.name in wanted else LegState.RETURNED
            legs[leg.name] = to
            moves[to].append(leg.name)
    ended = replace(stand, state=state, legs=legs)
    return ended, Moves(tuple(moves[LegState.RELEASED]), tuple(moves[LegState.RETURNED]))


def settle_parts(exchange: Exchange, stand: Stand, day: dt.date) -> tuple[Stand, Moves]:
    """Release the parts that are ready, each wholly, and give the rest back; with none, all goes back.

    Raises:
        ExchangeRefusal: Neither open nor disputed.
    """
    _in(stand, *HELD)
    ready = set(ready_parts(exchange, day, stand.facts))
    legs = {name for part in exchange.parts if part.name in ready for name in part.legs}
    return _end(exchange, stand, State.PART_SETTLED if legs else State.RETURNED, legs)


def give_back(exchange: Exchange, stand: Stand) -> tuple[Stand, Moves]:
    """Give everything back that is deposited.

    Raises:
        ExchangeRefusal: Neither open nor disputed.
    """
    _in(stand, *HELD)
    return _end(exchange, stand, State.RETURNED, ())


def expire(exchange: Exchange, stand: Stand, day: dt.date) -> tuple[Stand, Moves]:
    """What was agreed for when the deadline has passed: back, parts, or to the mediator.

    What was all there on the last day goes as a whole, also when nobody pushed the button.

    Raises:
        ExchangeRefusal: Not open, or the deadline has not passed.
    """
    _in(stand, State.OPEN)
    if day <= stand.deadline:
        raise ExchangeRefusal("not-now", state=stand.state.value)
    if not withheld(exchange, stand, stand.deadline):
        return settle(exchange, stand, stand.deadline)
    if exchange.otherwise == "mediate":
        return replace(stand, state=State.DISPUTED), Moves()
    if exchange.otherwise == "parts":
        return settle_parts(exchange, stand, stand.deadline)
    return give_back(exchange, stand)


def withdraw(exchange: Exchange, stand: Stand) -> tuple[Stand, Moves]:
    """A party steps back before everything is deposited: all goes back, to everybody.

    Raises:
        ExchangeRefusal: Not open, or all is deposited.
    """
    _in(stand, State.OPEN)
    if all(state is LegState.DEPOSITED for state in stand.legs.values()):
        raise ExchangeRefusal("all-deposited")
    return give_back(exchange, stand)


def dispute(stand: Stand) -> Stand:
    """A party disagrees: nothing moves until it is decided.

    Raises:
        ExchangeRefusal: Not open.
    """
    _in(stand, State.OPEN)
    return replace(stand, state=State.DISPUTED)


def extend(stand: Stand, until: dt.date) -> Stand:
    """All agreed to a later deadline; a dispute is over with it.

    Raises:
        ExchangeRefusal: Nothing is held any more, or it is not later.
    """
    _in(stand, *HELD)
    if until <= stand.deadline:
        raise ExchangeRefusal("not-later", day=stand.deadline)
    return replace(stand, state=State.OPEN, deadline=until)


def decide(exchange: Exchange, stand: Stand, decision: str, day: dt.date) -> tuple[Stand, Moves]:
    """The mediator decides, within what was signed.

    ``release`` stands for the conditions, never for what is not deposited.

    Raises:
        ExchangeRefusal: Not disputed, not among what was agreed, or legs are missing.
    """
    _in(stand, State.DISPUTED)
    may = exchange.mediator.may if exchange.mediator is not None else ("return",)
    if decision not in may or decision == "extend":
        raise ExchangeRefusal("not-agreed", what=decision)
    if decision == "return":
        return give_back(exchange, stand)
    if decision == "parts":
        return settle_parts(exchange, stand, day)
    left = [name for name, state in stand.legs.items() if state is not LegState.DEPOSITED]
    if left:
        raise ExchangeRefusal("not-ready", missing=", ".join(left))
    return _end(exchange, stand, State.SETTLED, {leg.name for leg in exchange.legs})
