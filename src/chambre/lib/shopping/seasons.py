"""When a product is there: months or days of the year, also over new year, and how that is said."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass

from chambre.lib.shopping.wording import day_words, month_words
from chambre.lib.units.decimals import is_french

LEAP = 2000  # a year that has every day
MonthDay = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the year, both ends in; ``(11, 1)`` to ``(2, 28)`` goes over new year.

    What ends on the 28th of February ends on the 29th where there is one.

    Attributes:
        first: Month and day.
        last: Month and day.
    """

    first: MonthDay
    last: MonthDay

    def __post_init__(self) -> None:
        for month, day in (self.first, self.last):
            dt.date(LEAP, month, day)  # refuses the 31st of April

    def has(self, day: dt.date) -> bool:
        """Whether a day is in it."""
        at = (day.month, day.day)
        last = (2, 29) if self.last == (2, 28) else self.last
        if self.first <= last:
            return self.first <= at <= last
        return at >= self.first or at <= last

    @property
    def whole_months(self) -> bool:
        """Whether it is made of whole months; a February may end on the 28th or the 29th."""
        month, day = self.last
        end = monthrange(LEAP, month)[1]
        return self.first[1] == 1 and (day == end or (month, day) == (2, 28))

    def words(self, language: str = "fr") -> str:
        """``de juin à octobre``, ``en juin``, ``du 15 juin au 3 octobre``."""
        french = is_french(language)
        (month, day), (last_month, last_day) = self.first, self.last
        if self.whole_months:
            begin, end = month_words(month, language), month_words(last_month, language)
            if month == last_month and self.first <= self.last:
                return f"en {begin}" if french else f"in {begin}"
            if french:
                return f"{'d’' if begin[0] in 'ao' else 'de '}{begin} à {end}"
            return f"from {begin} to {end}"
        begin, end = day_words(month, day, language), day_words(last_month, last_day, language)
        if self.first == self.last:
            return f"le {begin}" if french else f"on {begin}"
        return f"du {begin} au {end}" if french else f"from {begin} to {end}"


@dataclass(frozen=True, slots=True)
class Season:
    """When a product is there; without spans, all year.

    Attributes:
        spans: Stretches of the year, in the order in which they are said.
    """

    spans: tuple[Span, ...] = ()

    @classmethod
    def of_months(cls, months: Iterable[int]) -> Season:
        """The season of whole months: ``{11, 12, 1, 6}`` is November to January, and June.

        Raises:
            ValueError: Something that is no month, or no month at all.
        """
        chosen = set(months)
        if not chosen or not chosen <= set(range(1, 13)):
            raise ValueError(sorted(chosen))
        if len(chosen) == 12:
            return cls()
        starts = [month for month in sorted(chosen) if (month - 2) % 12 + 1 not in chosen]
        return cls(tuple(_months_from(start, chosen) for start in starts))

    def has(self, day: dt.date) -> bool:
        """Whether the product is there on a day."""
        return not self.spans or any(span.has(day) for span in self.spans)

    def next_day(self, day: dt.date) -> dt.date:
        """The first day, from ``day`` on, on which the product is there."""
        if self.has(day):
            return day
        return min(_next(span.first, day) for span in self.spans)

    def words(self, language: str = "fr") -> str:
        """``de juin à octobre``, ``en mai et de novembre à janvier``, ``toute l’année``."""
        french = is_french(language)
        if not self.spans:
            return "toute l’année" if french else "all year"
        *before, last = [span.words(language) for span in self.spans]
        if not before:
            return last
        return f"{', '.join(before)} {'et' if french else 'and'} {last}"


def _months_from(start: int, chosen: set[int]) -> Span:
    end = start
    while end % 12 + 1 in chosen:
        end = end % 12 + 1
    return Span((start, 1), (end, monthrange(LEAP, end)[1]))


def _next(at: MonthDay, day: dt.date) -> dt.date:
    """The next time that a day of the year comes round; what is not there is the day after."""
    year = day.year
    while True:
        try:
            found = dt.date(year, *at)
        except ValueError:
            found = dt.date(year, 3, 1)  # the 29th of February
        if found >= day:
            return found
        year += 1
