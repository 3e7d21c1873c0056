"""What a season of baskets costs, how it is paid, and what an absence gives back."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from chambre.lib.money import shares
from chambre.lib.shopping.subscriptions import BasketSeason, Subscription, planned_days


@dataclass(frozen=True, slots=True)
class SeasonCost:
    """What a subscription costs, in cents with VAT.

    Attributes:
        baskets: Number of baskets that are paid.
        basket: Of one.
        complements: Key, how many in all, cents of one.
    """

    baskets: int
    basket: int
    complements: tuple[tuple[str, int, int], ...]

    @property
    def amount(self) -> int:
        """In all."""
        return self.baskets * self.basket + sum(
            many * price for _key, many, price in self.complements
        )


def season_cost(
    season: BasketSeason, subscription: Subscription, prices: Mapping[str, int]
) -> SeasonCost:
    """What the planned baskets of a subscription cost.

    Who joins late or leaves early pays for the baskets in between, so this is pro rata by itself. An
    absence changes nothing here: see :func:`give_back`.

    Args:
        season: Its days.
        subscription: What was agreed.
        prices: Cents of one basket by size, and of one complement by key.

    Raises:
        KeyError: A price is missing.
    """
    days = planned_days(season, subscription)
    besides = []
    for one in subscription.complements:
        many = one.quantity * len(set(days).intersection(season.of(one.frequency)))
        besides.append((one.key, many, prices[one.key]))
    return SeasonCost(len(days), prices[subscription.size], tuple(besides))


def cost_of_leaving(
    season: BasketSeason, subscription: Subscription, prices: Mapping[str, int], last: dt.date
) -> int:
    """Cents that are not owed any more by who leaves after ``last``.

    Raises:
        KeyError: A price is missing.
        ValueError: The last day is before the first.
    """
    shorter = replace(subscription, last=min(last, subscription.last))
    return (
        season_cost(season, subscription, prices).amount
        - season_cost(season, shorter, prices).amount
    )


def pro_rata(amount: int, part: int, whole: int) -> int:
    """A part of a price for a whole season, to the nearest cent, halves up.

    Args:
        amount: Cents of the whole season.
        part: Baskets that somebody gets.
        whole: Baskets of the whole season.

    Raises:
        ValueError: A negative amount, or a part that is none.
    """
    if amount < 0 or not 0 <= part <= whole or not whole:
        raise ValueError((amount, part, whole))
    return (2 * amount * part + whole) // (2 * whole)


@dataclass(frozen=True, slots=True)
class Minimum:
    """What a season asks for at least: baskets, cents; 0: nothing."""

    baskets: int = 0
    amount: int = 0

    def for_part(self, part: int, whole: int) -> Minimum:
        """The minimum of who has only a part of the season before them; rounded down, for them.

        Args:
            part: Distributions that are left for them.
            whole: Distributions of the season.

        Raises:
            ValueError: A part that is none.
        """
        if not 0 <= part <= whole or not whole:
            raise ValueError((part, whole))
        return Minimum(self.baskets * part // whole, self.amount * part // whole)

    def missing(self, baskets: int, amount: int) -> Minimum:
        """What is missing of it; nothing missing is two zeros."""
        return Minimum(max(0, self.baskets - baskets), max(0, self.amount - amount))


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of what is owed, in cents, and its day."""

    day: dt.date
    amount: int


def instalments(
    amount: int, count: int, *, first: dt.date, least: int = 1
) -> tuple[Instalment, ...]:
    """Share an amount into monthly instalments that differ by at most a cent.

    There are fewer than asked for if one would be below ``least``; none is ever 0.

    Args:
        amount: Cents in all.
        count: How many are wished.
        first: Day of the first; the others follow on the same day of the month, or on the last day
            of a month that is shorter.
        least: Smallest instalment in cents (unless all is less than that).

    Raises:
        ValueError: A negative amount, no instalment, or a smallest one below a cent.
    """
    if amount < 0 or count < 1 or least < 1:
        raise ValueError((amount, count, least))
    if not amount:
        return ()
    many = max(1, min(count, amount // least))
    parts = shares(amount, [1] * many)
    return tuple(Instalment(months_after(first, at), part) for at, part in enumerate(parts))


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day some months later, or the last of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


class Absent(StrEnum):
    """What becomes of a basket that is not taken.

    ``NOTHING``: its price stays with the grower. ``CREDIT``: to the member's credit. ``GIFT``: to
    the suspended baskets. ``OTHER_DAY``: it is taken on another day
    (:func:`chambre.lib.shopping.announcing.other_days`).
    """

    NOTHING = "nothing"
    CREDIT = "credit"
    GIFT = "gift"
    OTHER_DAY = "other-day"


@dataclass(frozen=True, slots=True)
class GivenBack:
    """Where the price of baskets that were not taken goes, in cents; it sums to that price.

    Attributes:
        credit: To the member.
        gift: To the suspended baskets.
        kept: With the grower.
        to_move: Baskets that can be moved to another day; their price stays where it is, in ``kept``.
    """

    credit: int = 0
    gift: int = 0
    kept: int = 0
    to_move: int = 0


def give_back(prices: Sequence[int], what: Absent, *, percent: int = 100) -> GivenBack:
    """What baskets that are not taken give back.

    Args:
        prices: Cents of each basket that is not taken, with what comes besides.
        what: The rule of the season, or what the member chose.
        percent: How much of the price is given back; the cent left over too.

    Raises:
        ValueError: A negative price, or a percentage out of bounds.
    """
    if min(prices, default=0) < 0 or not 0 <= percent <= 100:
        raise ValueError((prices, percent))
    whole = sum(prices)
    if what is Absent.NOTHING:
        return GivenBack(kept=whole)
    if what is Absent.OTHER_DAY:
        return GivenBack(kept=whole, to_move=len(prices))
    kept = whole * (100 - percent) // 100
    if what is Absent.CREDIT:
        return GivenBack(credit=whole - kept, kept=kept)
    return GivenBack(gift=whole - kept, kept=kept)
