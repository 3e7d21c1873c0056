"""When a shop takes orders, when it hands them over, and until when an order may be changed.

Moments are aware; days and hours are read on the clock of the place (Paris unless said otherwise),
so a cycle that closes on Wednesdays at 20:00 does so in winter and in summer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar
from zoneinfo import ZoneInfo

from chambre.lib.shopping.wording import PARIS, ShoppingRefusal


class CycleRefusal(ShoppingRefusal):
    """No order now, or not for that slot."""

    texts: ClassVar = {
        "cycle-early": (
            "Orders can be placed from {opens} on.",
            "Les commandes ouvrent le {opens}.",
        ),
        "cycle-closed": (
            "Orders closed on {closes}.",
            "Les commandes sont closes depuis le {closes}.",
        ),
        "cycle-full": (
            "Everything there was for this distribution has been ordered.",
            "Tout ce qu’il y avait pour cette distribution est commandé.",
        ),
        "slot-full": (
            "There is no room left from {start} to {end}.",
            "Il n’y a plus de place de {start} à {end}.",
        ),
        "change-late": (
            "This order could be changed until {until}.",
            "Cette commande pouvait être modifiée jusqu’au {until}.",
        ),
    }


def moment_at(day: dt.date, time: dt.time, zone: ZoneInfo = PARIS) -> dt.datetime:
    """The moment, in UTC, at which the clock of a place shows a time.

    An hour that the change to summer time leaves out is the same while later; of the hour that comes
    twice in autumn it is the first.

    Raises:
        ValueError: The time has a time zone of its own.
    """
    if time.tzinfo is not None:
        raise ValueError(time)
    return dt.datetime.combine(day, time, tzinfo=zone).astimezone(dt.UTC)


def day_of(moment: dt.datetime, zone: ZoneInfo = PARIS) -> dt.date:
    """The day that the calendar of a place shows at a moment.

    Raises:
        ValueError: The moment has no time zone.
    """
    _aware(moment)
    return moment.astimezone(zone).date()


def _aware(*moments: dt.datetime | None) -> None:
    for moment in moments:
        if moment is not None and moment.tzinfo is None:
            raise ValueError(f"{moment} has no time zone")


class Stage(StrEnum):
    """Where a cycle stands: not open yet, open, closed by the clock, or all has been ordered."""

    EARLY = "early"
    OPEN = "open"
    CLOSED = "closed"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Ordered:
    """What has been ordered in a cycle so far: baskets or orders, and cents."""

    baskets: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Cycle:
    """A stretch of time in which orders are taken for one distribution.

    Attributes:
        opens: First moment at which one can order.
        closes: First moment at which one cannot any more.
        full_at: It closes early when one of these is reached, and is open again when an order is
            cancelled; 0: no such bound.
        worth_from: It is worth while from these on; 0: no such bound.
    """

    opens: dt.datetime
    closes: dt.datetime
    full_at: Ordered = Ordered()
    worth_from: Ordered = Ordered()

    def __post_init__(self) -> None:
        _aware(self.opens, self.closes)
        if self.opens >= self.closes:
            raise ValueError((self.opens, self.closes))

    def stage(self, moment: dt.datetime, ordered: Ordered) -> Stage:
        """Where it stands at a moment."""
        _aware(moment)
        if moment < self.opens:
            return Stage.EARLY
        if moment >= self.closes:
            return Stage.CLOSED
        full = self.full_at
        if full.baskets and ordered.baskets >= full.baskets:
            return Stage.FULL
        if full.amount and ordered.amount >= full.amount:
            return Stage.FULL
        return Stage.OPEN

    def check_open(self, moment: dt.datetime, ordered: Ordered) -> None:
        """Say whether one can order at a moment.

        Raises:
            CycleRefusal: ``cycle-early``, ``cycle-closed`` or ``cycle-full``.
        """
        stage = self.stage(moment, ordered)
        if stage is Stage.EARLY:
            raise CycleRefusal("cycle-early", opens=self.opens)
        if stage is Stage.CLOSED:
            raise CycleRefusal("cycle-closed", closes=self.closes)
        if stage is Stage.FULL:
            raise CycleRefusal("cycle-full")

    def missing(self, ordered: Ordered) -> Ordered:
        """What is missing for it to be worth while; nothing missing is two zeros."""
        return Ordered(
            max(0, self.worth_from.baskets - ordered.baskets),
            max(0, self.worth_from.amount - ordered.amount),
        )


class Every(StrEnum):
    """How often there is a distribution."""

    WEEK = "week"
    TWO_WEEKS = "two-weeks"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Days that come again.

    Attributes:
        every: Each week, every second week counted from the first day, or once a month.
        weekday: 0 is Monday, 6 is Sunday.
        first: From this day on.
        last: Until this day, that day too.
        nth: For months: 1 to 4, or -1 for the last such day of the month.
        left_out: Days without a distribution (holidays).
        added: Days with one besides, also outside ``first`` and ``last``.
    """

    every: Every
    weekday: int
    first: dt.date
    last: dt.date
    nth: int = 1
    left_out: frozenset[dt.date] = frozenset()
    added: frozenset[dt.date] = frozenset()

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6 or self.nth not in {1, 2, 3, 4, -1}:
            raise ValueError((self.weekday, self.nth))

    def days(self) -> tuple[dt.date, ...]:
        """All its days, each once, in order."""
        found = set(self._monthly() if self.every is Every.MONTH else self._weekly())
        return tuple(sorted((found - self.left_out) | self.added))

    def _weekly(self) -> Iterable[dt.date]:
        day = self.first + dt.timedelta((self.weekday - self.first.weekday()) % 7)
        step = dt.timedelta(7 if self.every is Every.WEEK else 14)
        while day <= self.last:
            yield day
            day += step

    def _monthly(self) -> Iterable[dt.date]:
        year, month = self.first.year, self.first.month
        while (year, month) <= (self.last.year, self.last.month):
            day = nth_weekday(year, month, self.weekday, self.nth)
            if self.first <= day <= self.last:
                yield day
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> dt.date:
    """The first to fourth, or last (-1), such day of a month; 0 is Monday."""
    if nth > 0:
        start = dt.date(year, month, 1)
        return start + dt.timedelta((weekday - start.weekday()) % 7 + 7 * (nth - 1))
    after = dt.date(year + month // 12, month % 12 + 1, 1)
    end = after - dt.timedelta(1)
    return end - dt.timedelta((end.weekday() - weekday) % 7)


@dataclass(frozen=True, slots=True)
class Slot:
    """A while in which orders are handed over.

    Attributes:
        start: On the clock of the place.
        end: On the clock of the place.
        capacity: Most orders; None: no bound.
    """

    start: dt.time
    end: dt.time
    capacity: int | None = None

    def __post_init__(self) -> None:
        if self.start >= self.end or (self.capacity or 0) < 0:
            raise ValueError((self.start, self.end, self.capacity))

    def room(self, taken: int) -> int | None:
        """Orders that still fit, never below 0; None: no bound."""
        return None if self.capacity is None else max(0, self.capacity - taken)

    def check_room(self, taken: int) -> None:
        """Say whether one more order fits.

        Raises:
            CycleRefusal: ``slot-full``.
        """
        if self.room(taken) == 0:
            raise CycleRefusal("slot-full", start=self.start, end=self.end)


def cut_slots(
    start: dt.time, end: dt.time, *, minutes: int, capacity: int | None = None
) -> tuple[Slot, ...]:
    """Cut a distribution into slots of the same length; the last one may be shorter.

    Raises:
        ValueError: It ends before it begins, or slots without length.
    """
    if minutes < 1 or start >= end:
        raise ValueError((start, end, minutes))
    first, last = start.hour * 60 + start.minute, end.hour * 60 + end.minute
    return tuple(
        Slot(_time(at), _time(min(at + minutes, last)), capacity)
        for at in range(first, last, minutes)
    )


def _time(minutes: int) -> dt.time:
    return dt.time(*divmod(minutes, 60))


def first_free(slots: Sequence[Slot], taken: Mapping[Slot, int]) -> Slot | None:
    """The earliest slot that has room; None: all are full."""
    free = (slot for slot in slots if slot.room(taken.get(slot, 0)) != 0)
    return min(free, key=lambda slot: slot.start, default=None)


def change_until(
    distribution: dt.date,
    *,
    days_before: int,
    time: dt.time,
    closes: dt.datetime | None = None,
    zone: ZoneInfo = PARIS,
) -> dt.datetime:
    """The first moment, in UTC, at which an order cannot be changed any more.

    Args:
        distribution: Day on which it is handed over.
        days_before: So many days before.
        time: At this time of the clock of the place.
        closes: Its cycle closes then; the earlier of both holds. None: it has no cycle.
        zone: The clock of the place.

    Raises:
        ValueError: A negative number of days.
    """
    if days_before < 0:
        raise ValueError(days_before)
    _aware(closes)
    until = moment_at(distribution - dt.timedelta(days_before), time, zone)
    return until if closes is None else min(until, closes.astimezone(dt.UTC))


def check_change(moment: dt.datetime, until: dt.datetime) -> None:
    """Say whether an order may still be changed.

    Raises:
        CycleRefusal: ``change-late``.
    """
    _aware(moment, until)
    if moment >= until:
        raise CycleRefusal("change-late", until=until)


@dataclass(frozen=True, slots=True)
class Hold:
    """Goods that are kept for a cart, for a while.

    Attributes:
        since: From this moment on.
        minutes: So long.
    """

    since: dt.datetime
    minutes: int

    def __post_init__(self) -> None:
        _aware(self.since)
        if self.minutes < 1:
            raise ValueError(self.minutes)

    @property
    def ends(self) -> dt.datetime:
        """First moment at which the goods are free again."""
        return self.since + dt.timedelta(minutes=self.minutes)

    def ran_out(self, moment: dt.datetime) -> bool:
        """Whether the goods are free again at a moment."""
        _aware(moment)
        return moment >= self.ends
