"""What may happen to an order of a shop, to which by whom, and until when it may be changed.

Each happening leads from one state to exactly one other; what the table does not name is refused.

Example::

    >>> state = follow([Event.PLACED, Event.CONFIRMED, Event.PREPARED, Event.HANDED])
    >>> state.value, state.is_open
    ('handed', True)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import ClassVar

from chambre.lib.shopping.cycles import check_change as check_time
from chambre.lib.shopping.wording import ShoppingRefusal
from chambre.lib.units.decimals import is_french


class State(StrEnum):
    """Where an order stands.

    ``PLACED``: goods are held, it waits to be paid or to be accepted unpaid. ``CONFIRMED``: it will
    be prepared. ``PREPARED``: weighed and ready. ``HANDED``: over to the buyer, something may still
    be to settle. ``NOT_FETCHED``: ready, and nobody came. ``CLOSED``: all is settled.
    """

    PLACED = "placed"
    CONFIRMED = "confirmed"
    PREPARED = "prepared"
    HANDED = "handed"
    NOT_FETCHED = "not-fetched"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def is_open(self) -> bool:
        """Whether something is still expected of somebody."""
        return self not in {State.CLOSED, State.CANCELLED, State.EXPIRED}

    @property
    def holds_goods(self) -> bool:
        """Whether stock is kept for it that is not handed over."""
        return self in {State.PLACED, State.CONFIRMED, State.PREPARED, State.NOT_FETCHED}

    def words(self, language: str = "fr") -> str:
        """What a person reads: an order that is …"""
        english, french = _STATES[self]
        return french if is_french(language) else english


class Event(StrEnum):
    """What happens to an order.

    ``REOPENED``: prepared by mistake, or something is to be added. ``TAKEN_BACK``: handed over by
    mistake. ``EXPIRED``: the hold ran out before it was paid.
    """

    PLACED = "placed"
    CHANGED = "changed"
    CONFIRMED = "confirmed"
    PREPARED = "prepared"
    REOPENED = "reopened"
    HANDED = "handed"
    TAKEN_BACK = "taken-back"
    NOT_FETCHED = "not-fetched"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    def words(self, language: str = "fr") -> str:
        """What a person reads: it cannot be … any more."""
        english, french = _EVENTS[self]
        return french if is_french(language) else english


class By(StrEnum):
    """Who makes it happen: the buyer, somebody of the shop, or the clock."""

    BUYER = "buyer"
    SHOP = "shop"
    CLOCK = "clock"


_STATES: Mapping[State, tuple[str, str]] = {
    State.PLACED: ("placed", "passée"),
    State.CONFIRMED: ("confirmed", "confirmée"),
    State.PREPARED: ("prepared", "préparée"),
    State.HANDED: ("handed over", "remise"),
    State.NOT_FETCHED: ("not fetched", "non retirée"),
    State.CLOSED: ("closed", "close"),
    State.CANCELLED: ("cancelled", "annulée"),
    State.EXPIRED: ("expired", "expirée"),
}
_EVENTS: Mapping[Event, tuple[str, str]] = {
    Event.PLACED: ("placed", "passée"),
    Event.CHANGED: ("changed", "modifiée"),
    Event.CONFIRMED: ("confirmed", "confirmée"),
    Event.PREPARED: ("prepared", "préparée"),
    Event.REOPENED: ("reopened", "rouverte"),
    Event.HANDED: ("handed over", "remise"),
    Event.TAKEN_BACK: ("taken back", "reprise"),
    Event.NOT_FETCHED: ("marked as not fetched", "notée comme non retirée"),
    Event.CLOSED: ("closed", "close"),
    Event.CANCELLED: ("cancelled", "annulée"),
    Event.EXPIRED: ("left to expire", "laissée expirer"),
}
_ACTORS: Mapping[By, tuple[str, str]] = {
    By.BUYER: ("the buyer", "la personne qui a commandé"),
    By.SHOP: ("the shop", "la boutique"),
    By.CLOCK: ("the clock", "l’horloge"),
}

_S, _E = State, Event
FLOW: Mapping[tuple[State | None, Event], State] = {
    (None, _E.PLACED): _S.PLACED,
    (_S.PLACED, _E.CHANGED): _S.PLACED,
    (_S.PLACED, _E.CONFIRMED): _S.CONFIRMED,
    (_S.PLACED, _E.CANCELLED): _S.CANCELLED,
    (_S.PLACED, _E.EXPIRED): _S.EXPIRED,
    (_S.CONFIRMED, _E.CHANGED): _S.CONFIRMED,
    (_S.CONFIRMED, _E.CANCELLED): _S.CANCELLED,
    (_S.CONFIRMED, _E.PREPARED): _S.PREPARED,
    # At a stall an order is put together while its buyer waits.
    (_S.CONFIRMED, _E.HANDED): _S.HANDED,
    (_S.PREPARED, _E.REOPENED): _S.CONFIRMED,
    (_S.PREPARED, _E.CANCELLED): _S.CANCELLED,
    (_S.PREPARED, _E.HANDED): _S.HANDED,
    (_S.PREPARED, _E.NOT_FETCHED): _S.NOT_FETCHED,
    (_S.NOT_FETCHED, _E.HANDED): _S.HANDED,
    (_S.NOT_FETCHED, _E.CANCELLED): _S.CANCELLED,
    # It was given on to others; whether it is paid all the same is the shop's rule.
    (_S.NOT_FETCHED, _E.CLOSED): _S.CLOSED,
    (_S.HANDED, _E.TAKEN_BACK): _S.PREPARED,
    (_S.HANDED, _E.CLOSED): _S.CLOSED,
}
"""What leads where."""

ACTORS: Mapping[Event, frozenset[By]] = {
    Event.PLACED: frozenset({By.BUYER, By.SHOP}),
    Event.CHANGED: frozenset({By.BUYER, By.SHOP}),
    Event.CONFIRMED: frozenset({By.SHOP, By.CLOCK}),
    Event.PREPARED: frozenset({By.SHOP}),
    Event.REOPENED: frozenset({By.SHOP}),
    Event.HANDED: frozenset({By.SHOP}),
    Event.TAKEN_BACK: frozenset({By.SHOP}),
    Event.NOT_FETCHED: frozenset({By.SHOP, By.CLOCK}),
    Event.CLOSED: frozenset({By.SHOP, By.CLOCK}),
    Event.CANCELLED: frozenset({By.BUYER, By.SHOP}),
    Event.EXPIRED: frozenset({By.CLOCK}),
}
"""Who may make what happen. ``CLOCK`` is whatever happens by itself, a payment that comes in too."""

_BUYER_STATES = frozenset({State.PLACED, State.CONFIRMED})


class OrderFlowRefusal(ShoppingRefusal):
    """Something cannot happen to an order (any more)."""

    texts: ClassVar = {
        "order-not-now": (
            "An order that is {state} cannot be {event}.",
            "Une commande {state_fr} ne peut pas être {event_fr}.",
        ),
        "order-not-placed": (
            "There is no such order yet.",
            "Cette commande n’existe pas encore.",
        ),
        "order-placed-twice": (
            "This order has been placed already.",
            "Cette commande est déjà passée.",
        ),
        "order-not-by": (
            "It is not for {actor} to say that an order is {event}.",
            "Ce n’est pas à {actor_fr} de dire qu’une commande est {event_fr}.",
        ),
        "order-in-preparation": (
            "This order has been prepared already; please ask the shop.",
            "Cette commande est déjà préparée ; adressez-vous à la boutique.",
        ),
    }


def step(state: State | None, event: Event, *, by: By = By.SHOP) -> State:
    """The state after something happens.

    Args:
        state: Where the order stands; None: it does not exist yet.
        event: What happens.
        by: Who makes it happen.

    Raises:
        OrderFlowRefusal: It cannot happen there, or not by them.
    """
    if by not in ACTORS[event]:
        english, french = _ACTORS[by]
        facts = {"event": event.words("en"), "event_fr": event.words("fr")}
        raise OrderFlowRefusal("order-not-by", actor=english, actor_fr=french, **facts)
    if state is not None and event is Event.PLACED:
        raise OrderFlowRefusal("order-placed-twice")
    following = FLOW.get((state, event))
    if following is None:
        raise _not_now(state, event)
    if by is By.BUYER and state is not None and state not in _BUYER_STATES:
        raise OrderFlowRefusal("order-in-preparation")
    return following


def _not_now(state: State | None, event: Event) -> OrderFlowRefusal:
    if state is None:
        return OrderFlowRefusal("order-not-placed")
    return OrderFlowRefusal(
        "order-not-now",
        state=state.words("en"),
        state_fr=state.words("fr"),
        event=event.words("en"),
        event_fr=event.words("fr"),
    )


def follow(events: Iterable[Event]) -> State:
    """The state after all that happened, in order, whoever made it happen.

    Raises:
        OrderFlowRefusal: Something in it cannot have happened there.
        ValueError: Nothing happened.
    """
    state: State | None = None
    for event in events:
        state = step(state, event, by=By.SHOP if By.SHOP in ACTORS[event] else By.CLOCK)
    if state is None:
        raise ValueError("nothing happened")
    return state


def allowed(state: State | None, by: By = By.SHOP) -> tuple[Event, ...]:
    """What somebody can make happen now, in the order of :class:`Event`."""
    mine = state is None or by is not By.BUYER or state in _BUYER_STATES
    return tuple(
        event for event in Event if mine and by in ACTORS[event] and (state, event) in FLOW
    )


def check_change(
    state: State,
    *,
    moment: dt.datetime,
    until: dt.datetime,
    by: By = By.BUYER,
    event: Event = Event.CHANGED,
) -> State:
    """Say whether an order may still be changed or cancelled, and where it stands then.

    The shop may do so after the last moment too: somebody calls because they are ill.

    Args:
        state: Where it stands.
        moment: Now.
        until: First moment at which the buyer cannot any more.
        by: Who wants to.
        event: ``CHANGED`` or ``CANCELLED``.

    Raises:
        OrderFlowRefusal: It cannot in that state.
        CycleRefusal: ``change-late``.
    """
    following = step(state, event, by=by)
    if by is By.BUYER:
        check_time(moment, until)
    return following
