"""Invented lives of a fleet of reusable objects, with all that goes wrong in them.

A story is drawn from a seed: people take objects and bring most of them back, some late, some broken, some
never; machines go dark and tell later what they saw, some twice; clocks lie; codes are photographed,
copied, made up. Each return carries its truth, so that whoever plays the story knows how it should have
ended::

    for day in Story(objects=500, places=4, seed=1).days(dt.date(2026, 1, 1), 30):
        play(day)

Objects and places are numbers from 0. Nothing here reads a clock, and nothing here is real.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from chambre.lib.deposits.deciding import Condition, Outcome, Presence, Reason

HUB = 0
"""The place where objects are washed; it issues nothing and takes nothing back."""


class Trick(StrEnum):
    """What somebody tries."""

    NONE = "none"
    AGAIN = "again"
    PICTURE = "picture"
    MADE_UP = "made-up"
    STOLEN = "stolen"


@dataclass(frozen=True, slots=True)
class Habits:
    """How likely things are, in thousandths, unless said otherwise.

    Attributes:
        stay: Median days that people keep an object.
        never: Issued objects that never come back.
        broken: Returned objects that are broken.
        elsewhere: Returns at another place than that of the issue.
        at_machine: Returns at a machine rather than at a counter.
        dark: Machine days on which a machine loses its network.
        twice: Messages that a machine sends again although they arrived.
        wrong_clock: Machines whose clock is wrong by hours.
        tricks: Returns after which somebody tries to be paid for nothing.
        idle_days: Mean days (of ``weekdays``) that a clean object waits at a place.
        weekdays: Days on which places are open, Monday is 0; market days are a few of them.
        care: Weekdays on which what came back is washed.
        weeks: Places are open, and objects are washed, in every so many-th week.
    """

    stay: int = 9
    never: int = 25
    broken: int = 12
    elsewhere: int = 250
    at_machine: int = 400
    dark: int = 40
    twice: int = 20
    wrong_clock: int = 200
    tricks: int = 15
    idle_days: int = 4
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    care: tuple[int, ...] = (1, 4)
    weeks: int = 1


@dataclass(frozen=True, slots=True)
class Issued:
    """Somebody takes an object and pays its deposit."""

    at: dt.datetime
    place: int
    item: int


@dataclass(frozen=True, slots=True)
class Returned:
    """Somebody brings an object back, or says so.

    Attributes:
        key: The same act has the same key, however often it is told.
        at: When it happened.
        said: When the machine says that it happened; its clock may lie.
        place: Where.
        item: The object; None: the code is made up.
        machine: Number of the machine's place; None: at the counter or from anywhere.
        presence: What says that the object is there.
        condition: In which condition it is.
        trick: What somebody tries.
        outcome: How it ends when told in this order.
        reason: Why.
        again: The same message, told once more: it gets the answer that the first one got.
    """

    key: str
    at: dt.datetime
    said: dt.datetime
    place: int
    item: int | None
    machine: int | None
    presence: Presence
    condition: Condition
    trick: Trick
    outcome: Outcome
    reason: Reason
    again: bool = False


@dataclass(frozen=True, slots=True)
class Cared:
    """Objects are washed and looked at in the hub, then carried to a place; broken ones are taken out."""

    at: dt.datetime
    items: tuple[int, ...]
    broken: tuple[int, ...]
    target: int


@dataclass(slots=True)
class Day:
    """One day, in the order in which it becomes known: care in the morning, returns, issues."""

    day: dt.date
    cared: Cared | None = None
    returned: list[Returned] = field(default_factory=list)
    issued: list[Issued] = field(default_factory=list)
    dark: list[int] = field(default_factory=list)


class Story:
    """One invented fleet. The same arguments tell the same story.

    Its scheme pays no code alone at a distance, keeps a part of the deposit of what is broken, and takes
    everything back everywhere: under other rules some of these returns end otherwise.

    Args:
        objects: Objects put in service before the first day.
        places: Places that issue and take back, beside the hub; at least 1.
        seed: What chance begins with.
        habits: How likely things are.

    Raises:
        ValueError: No object or no place.
    """

    def __init__(
        self, *, objects: int, places: int, seed: int, habits: Habits | None = None
    ) -> None:
        if objects < 1 or places < 1:
            raise ValueError((objects, places))
        self.chance = random.Random(seed)  # noqa: S311 - a story, not a secret
        self.seed, self.objects, self.places = seed, objects, places
        self.habits = habits or Habits()
        self.clean: list[list[int]] = [[] for _ in range(places + 1)]
        for item in range(objects):
            self.clean[1 + item % places].append(item)
        self.dirty: list[list[int]] = [[] for _ in range(places + 1)]
        self.broken: set[int] = set()
        self.owed: set[int] = set()
        self.issued_once: set[int] = set()
        self.coming: dict[dt.date, list[tuple[int, int]]] = {}
        self.skew = [self._skew() for _ in range(places + 1)]
        self.dark_until: list[dt.date | None] = [None] * (places + 1)
        self.kept_back: list[list[Returned]] = [[] for _ in range(places + 1)]
        self.number = 0

    def days(self, first: dt.date, count: int) -> Iterator[Day]:
        """Tell ``count`` days from ``first`` on; what machines still keep back is told on the last one."""
        for step in range(count):
            day = Day(first + dt.timedelta(days=step))
            is_open = self._is_on(day.day, self.habits.weekdays)
            if self._is_on(day.day, self.habits.care):
                self._care(day)
            if is_open or step == count - 1:
                self._weather(day, last=step == count - 1)
            for item, origin in self.coming.pop(day.day, ()):
                self._bring(day, item, origin)
            if is_open:
                self._issue(day)
            yield day

    def _is_on(self, day: dt.date, weekdays: tuple[int, ...]) -> bool:
        weeks = (day.toordinal() - 1) // 7
        return day.weekday() in weekdays and weeks % self.habits.weeks == 0

    def _open_day(self, day: dt.date) -> dt.date:
        """The day itself, or the next one on which places are open."""
        while not self._is_on(day, self.habits.weekdays):
            day += dt.timedelta(days=1)
        return day

    def _likely(self, thousandths: int) -> bool:
        return self.chance.randrange(1000) < thousandths

    def _skew(self) -> dt.timedelta:
        hours = self.chance.choice((-3, -1, 3)) if self._likely(self.habits.wrong_clock) else 0
        return dt.timedelta(hours=hours, seconds=self.chance.randint(-40, 40))

    def _moment(self, day: dt.date) -> dt.datetime:
        """A moment while places are open, 8 to 20 h."""
        second = 8 * 3600 + self.chance.randrange(12 * 3600)
        return dt.datetime.combine(day, dt.time(), dt.UTC) + dt.timedelta(seconds=second)

    def _weather(self, day: Day, *, last: bool) -> None:
        """Which machines have no network today, and what those tell that have it again."""
        for place in range(1, self.places + 1):
            until = self.dark_until[place]
            if until is not None and (last or day.day >= until):
                self.dark_until[place] = None
                for told in self.kept_back[place]:
                    self._tell(day, told)
                self.kept_back[place].clear()
            elif until is None and not last and self._likely(self.habits.dark):
                self.dark_until[place] = day.day + dt.timedelta(days=self.chance.randint(1, 4))
            if self.dark_until[place] is not None:
                day.dark.append(place)

    def _bring(self, day: Day, item: int, origin: int) -> None:
        elsewhere = self._likely(self.habits.elsewhere)
        place = self.chance.randint(1, self.places) if elsewhere else origin
        broken = self._likely(self.habits.broken)
        machine = place if not broken and self._likely(self.habits.at_machine) else None
        self.dirty[place].append(item)
        if broken:
            self.broken.add(item)
        told = self._said(day.day, item, place, machine, broken=broken)
        self._hear(day, told)
        if self._likely(self.habits.tricks):
            self._trick(day, item, place)

    def _said(
        self,
        day: dt.date,
        item: int | None,
        place: int,
        machine: int | None,
        *,
        broken: bool = False,
        trick: Trick = Trick.NONE,
    ) -> Returned:
        """What is told of a return; how it ends is known when it is heard."""
        self.number += 1
        at = self._moment(day)
        presence = Presence.COUNTER if machine is None else Presence.MACHINE
        return Returned(
            key=f"story-{self.seed}-{self.number}",
            at=at,
            said=at if machine is None else at + self.skew[machine],
            place=place,
            item=item,
            machine=machine,
            presence=Presence.DISTANCE if trick is Trick.PICTURE else presence,
            condition=Condition.DAMAGED if broken else Condition.GOOD,
            trick=trick,
            outcome=Outcome.CASE,
            reason=Reason.UNKNOWN,
        )

    def _hear(self, day: Day, told: Returned) -> None:
        if told.machine is not None and self.dark_until[told.machine] is not None:
            self.kept_back[told.machine].append(told)
        else:
            self._tell(day, told)

    def _tell(self, day: Day, told: Returned) -> None:
        """It becomes known: the first one who is heard is paid."""
        outcome, reason = self._truth(told)
        if outcome is Outcome.REFUNDED and told.item is not None:
            self.owed.discard(told.item)
        heard = _ended(told, outcome, reason)
        day.returned.append(heard)
        if told.machine is not None and self._likely(self.habits.twice):
            day.returned.append(_ended(told, outcome, reason, again=True))

    def _truth(self, told: Returned) -> tuple[Outcome, Reason]:
        if told.item is None:
            return Outcome.CASE, Reason.UNKNOWN
        if told.item not in self.owed:
            if told.item in self.issued_once:
                return Outcome.ALREADY, Reason.ALREADY
            return Outcome.CASE, Reason.NEVER_ISSUED
        if told.presence is Presence.DISTANCE:
            return Outcome.CASE, Reason.DISTANCE
        damaged = told.condition is Condition.DAMAGED
        return Outcome.REFUNDED, Reason.DAMAGED if damaged else Reason.WHOLE

    def _trick(self, day: Day, item: int, place: int) -> None:
        trick = self.chance.choice((Trick.AGAIN, Trick.PICTURE, Trick.MADE_UP, Trick.STOLEN))
        other = self.chance.randint(1, self.places)
        if trick is Trick.MADE_UP:
            self._hear(day, self._said(day.day, None, other, other, trick=trick))
        elif trick is Trick.STOLEN:
            stock = self.clean[other]
            fresh = next((one for one in stock if one not in self.owed), None)
            if fresh is not None:
                self._hear(day, self._said(day.day, fresh, other, other, trick=trick))
        elif trick is Trick.PICTURE:
            self._hear(day, self._said(day.day, item, other, None, trick=trick))
        else:
            self._hear(day, self._said(day.day, item, other, other, trick=trick))

    def _care(self, day: Day) -> None:
        """What is known to be back is washed in the hub and carried to a place."""
        # What a dark machine took in is not known yet, or its slip would be told of the next holder.
        unknown = {told.item for machine in self.kept_back for told in machine} | self.owed
        ready: list[int] = []
        for place in range(1, self.places + 1):
            ready += [item for item in self.dirty[place] if item not in unknown]
            self.dirty[place] = [item for item in self.dirty[place] if item in unknown]
        if not ready:
            return
        broken = tuple(item for item in ready if item in self.broken)
        good = tuple(item for item in ready if item not in self.broken)
        self.broken.difference_update(broken)
        target = self.chance.randint(1, self.places)
        self.clean[target].extend(good)
        at = dt.datetime.combine(day.day, dt.time(5), dt.UTC)
        day.cared = Cared(at, good, broken, target)

    def _issue(self, day: Day) -> None:
        for place in range(1, self.places + 1):
            stock = self.clean[place]
            wanted = sum(1 for _ in stock if not self.chance.randrange(self.habits.idle_days))
            for _ in range(wanted):
                spot = self.chance.randrange(len(stock))
                stock[spot], stock[-1] = stock[-1], stock[spot]
                item = stock.pop()
                day.issued.append(Issued(self._moment(day.day), place, item))
                self.owed.add(item)
                self.issued_once.add(item)
                if self._likely(self.habits.never):
                    continue
                stay = max(1, round(self.chance.lognormvariate(0, 0.7) * self.habits.stay))
                back = self._open_day(day.day + dt.timedelta(days=stay))
                self.coming.setdefault(back, []).append((item, place))
        day.issued.sort(key=lambda one: one.at)


def _ended(told: Returned, outcome: Outcome, reason: Reason, *, again: bool = False) -> Returned:
    return Returned(
        told.key,
        told.at,
        told.said,
        told.place,
        told.item,
        told.machine,
        told.presence,
        told.condition,
        told.trick,
        outcome,
        reason,
        again,
    )
