"""Baskets by subscription: who gets what on which day, over absences, moved baskets and shared ones.

A season is a row of distribution days. A subscription plans some of them (:func:`planned_days`);
absences take days out, moves put a basket on another day, and where several people share a
subscription they take turns (:func:`calendar`). What somebody announces is checked in
:mod:`chambre.lib.shopping.announcing`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from chambre.lib.shopping.wording import ShoppingRefusal


class SubscriptionRefusal(ShoppingRefusal):
    """An absence or a move that the rules of the season do not allow."""

    texts: ClassVar = {
        "absence-late": (
            "Absences are announced {notice} days before: until {until}.",
            "Une absence s’annonce {notice} jours avant : jusqu’au {until}.",
        ),
        "absence-outside": (
            "Absences are possible from {first} to {last}.",
            "Les absences sont possibles du {first} au {last}.",
        ),
        "absence-too-many": (
            "{asked} baskets would be left out in all; {allowed} are allowed per season.",
            "Cela ferait {asked} paniers non pris en tout ; la saison en permet {allowed}.",
        ),
        "absence-nothing": (
            "There is no basket to leave out from {first} to {last}.",
            "Il n’y a pas de panier à ne pas prendre du {first} au {last}.",
        ),
        "move-no-basket": (
            "There is no basket of yours on {day}.",
            "Vous n’avez pas de panier le {day}.",
        ),
        "move-no-distribution": (
            "There is no distribution on {day} that you could come to.",
            "Il n’y a pas de distribution le {day} pour vous.",
        ),
        "absence-none": (
            "No such absence was announced.",
            "Aucune absence de ce genre n’est annoncée.",
        ),
        "move-none": (
            "No such move was announced.",
            "Aucun déplacement de ce genre n’est annoncé.",
        ),
        "back-late": (
            "A basket is taken up again {notice} days before: until {until}.",
            "Un panier se reprend {notice} jours avant : jusqu’au {until}.",
        ),
        "move-late": (
            "A basket is moved {notice} days before: until {until}.",
            "Un panier se déplace {notice} jours avant : jusqu’au {until}.",
        ),
        "basket-twice": (
            "On {day} this half of the subscription already has a basket.",
            "Le {day}, cette moitié de l’abonnement a déjà un panier.",
        ),
    }


class Frequency(StrEnum):
    """How often there is a basket.

    ``EVEN`` and ``ODD`` are every second week: weeks are named after the number (ISO 8601) of the
    week in which the season begins and alternate strictly from there, so that a year of 53 weeks
    (53 and 1 are both odd) gives nobody two in a row. ``MONTHLY`` is the first distribution of each
    month of the season.
    """

    WEEKLY = "weekly"
    EVEN = "even"
    ODD = "odd"
    MONTHLY = "monthly"


class Turns(StrEnum):
    """How people who share a subscription take turns.

    ``TAKEN``: by the baskets that are really taken; a turn that falls on an absence is not lost.
    ``PLANNED``: by the planned days; who is absent has had their turn.
    """

    TAKEN = "taken"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True)
class BasketSeason:
    """The distributions that subscriptions are for, and what is allowed.

    Attributes:
        days: Days with a distribution, in order, each once.
        absences: Baskets that one subscription may leave out.
        absence_first: First day on which that is allowed; None: from the beginning.
        absence_last: Last day on which that is allowed; None: to the end.
        notice: Days before the distribution by which an absence or a move must be announced.
    """

    days: tuple[dt.date, ...]
    absences: int = 0
    absence_first: dt.date | None = None
    absence_last: dt.date | None = None
    notice: int = 0

    def __post_init__(self) -> None:
        if not self.days or list(self.days) != sorted(set(self.days)):
            raise ValueError("the days of a season are in order, each once")
        if min(self.absences, self.notice) < 0:
            raise ValueError((self.absences, self.notice))

    def of(self, frequency: Frequency) -> tuple[dt.date, ...]:
        """The days on which somebody with this frequency has a basket."""
        if frequency is Frequency.WEEKLY:
            return self.days
        if frequency is Frequency.MONTHLY:
            firsts: dict[tuple[int, int], dt.date] = {}
            for day in self.days:
                firsts.setdefault((day.year, day.month), day)
            return tuple(firsts.values())
        odd = frequency is Frequency.ODD
        return tuple(day for day in self.days if self._is_odd(day) == odd)

    def _is_odd(self, day: dt.date) -> bool:
        start = self.days[0]
        weeks = (day - dt.timedelta(day.weekday())) - (start - dt.timedelta(start.weekday()))
        return (start.isocalendar().week + weeks.days // 7) % 2 == 1


@dataclass(frozen=True, slots=True)
class Absence:
    """Days, both ends in, on which no basket is taken."""

    first: dt.date
    last: dt.date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError((self.first, self.last))

    def has(self, day: dt.date) -> bool:
        """Whether a day is in it."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Move:
    """A basket that is taken on another day."""

    planned: dt.date
    instead: dt.date


@dataclass(frozen=True, slots=True)
class Complement:
    """Something besides the basket (eggs, bread), as often as is said.

    Attributes:
        key: Which.
        frequency: Of those days, it comes on the ones on which the subscription has a basket.
        quantity: How many each time.
    """

    key: str
    frequency: Frequency = Frequency.WEEKLY
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Subscription:
    """What was agreed with one household, or with several that share.

    Attributes:
        key: Which.
        people: Who: one, or several who take turns in this order.
        size: Size of the basket.
        first: From this day on.
        last: Until this day, that day too.
        frequency: How often.
        complements: What comes besides.
        turns: How those who share take turns.
        absences: What was announced.
        moves: What was announced.
    """

    key: str
    people: tuple[str, ...]
    size: str
    first: dt.date
    last: dt.date
    frequency: Frequency = Frequency.WEEKLY
    complements: tuple[Complement, ...] = ()
    turns: Turns = Turns.TAKEN
    absences: tuple[Absence, ...] = ()
    moves: tuple[Move, ...] = ()

    def __post_init__(self) -> None:
        if not self.people or len(set(self.people)) != len(self.people):
            raise ValueError(self.people)
        if self.first > self.last:
            raise ValueError((self.first, self.last))

    @property
    def shared(self) -> bool:
        """Whether several take turns."""
        return len(self.people) > 1

    def absent(self, day: dt.date) -> bool:
        """Whether an absence was announced for a day."""
        return any(absence.has(day) for absence in self.absences)


@dataclass(frozen=True, slots=True)
class Basket:
    """One basket that somebody gets.

    Attributes:
        day: When.
        person: Who fetches it.
        subscription: Key of the subscription.
        size: Size of the basket.
        complements: What comes besides: key and quantity.
        planned: The day for which it was planned; another one than ``day`` if it was moved.
    """

    day: dt.date
    person: str
    subscription: str
    size: str
    complements: tuple[tuple[str, int], ...]
    planned: dt.date


def planned_days(season: BasketSeason, subscription: Subscription) -> tuple[dt.date, ...]:
    """The days that a subscription pays for, before absences and moves."""
    return tuple(
        day
        for day in season.of(subscription.frequency)
        if subscription.first <= day <= subscription.last
    )


def missed_days(season: BasketSeason, subscription: Subscription) -> tuple[dt.date, ...]:
    """The planned days on which no basket is taken. What was moved is not missed."""
    moved = {move.planned for move in subscription.moves}
    return tuple(
        day
        for day in planned_days(season, subscription)
        if subscription.absent(day) and day not in moved
    )


def calendar(season: BasketSeason, subscription: Subscription) -> tuple[Basket, ...]:
    """Every basket of a subscription, by day.

    A basket that is moved keeps its turn and what comes with it. A subscription of one household may
    have two baskets on a day to which one was moved; of those who share, nobody ever has.

    Raises:
        SubscriptionRefusal: A move does not fit: ``move-no-basket``, ``move-no-distribution`` or
            ``basket-twice``.
    """
    planned = planned_days(season, subscription)
    moves = _moves(season, subscription, planned)
    missed = set(missed_days(season, subscription))
    besides = {one.key: set(season.of(one.frequency)) for one in subscription.complements}
    found, turn = [], 0
    for day in planned:
        if day in missed:
            turn += subscription.turns is Turns.PLANNED
            continue
        person = subscription.people[turn % len(subscription.people)]
        turn += 1
        extras = tuple(
            (one.key, one.quantity) for one in subscription.complements if day in besides[one.key]
        )
        when = moves.get(day, day)
        found.append(Basket(when, person, subscription.key, subscription.size, extras, day))
    if subscription.shared:
        _once_each(found)
    return tuple(sorted(found, key=lambda basket: (basket.day, basket.planned)))


def _moves(
    season: BasketSeason, subscription: Subscription, planned: Sequence[dt.date]
) -> dict[dt.date, dt.date]:
    found: dict[dt.date, dt.date] = {}
    for move in subscription.moves:
        if move.planned not in planned or move.planned in found:
            raise SubscriptionRefusal("move-no-basket", day=move.planned)
        if move.instead not in season.days or subscription.absent(move.instead):
            raise SubscriptionRefusal("move-no-distribution", day=move.instead)
        found[move.planned] = move.instead
    return found


def _once_each(baskets: Iterable[Basket]) -> None:
    for (day, _person), many in Counter((one.day, one.person) for one in baskets).items():
        if many > 1:
            raise SubscriptionRefusal("basket-twice", day=day)


def baskets_on(
    day: dt.date, season: BasketSeason, subscriptions: Iterable[Subscription]
) -> tuple[Basket, ...]:
    """Who gets what on a day, by size and person.

    Raises:
        SubscriptionRefusal: A move of one of them does not fit.
    """
    found = [
        basket
        for subscription in subscriptions
        for basket in calendar(season, subscription)
        if basket.day == day
    ]
    return tuple(sorted(found, key=lambda one: (one.size, one.person, one.subscription)))
