"""Which financial year a file covers, and which of its days fall outside.

The closing date in the name says it; a year has twelve months, and up to twenty-four when it is the
first or a changed one. Names are sometimes wrong: when not one entry is within the year of the
name, the entries are believed and the name is found wrong: the year then takes the whole months
from their first day to their last. When some are within and some outside, the ones outside are
errors.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from .columns import NO_DAY
from .findings import Findings
from .runs import Runs

_MAX_DAYS = 5000
_PLACES = 50
_FIRST, _LAST = date(10, 1, 1), date(9990, 12, 31)


class Days:
    """How many lines each day has, and where the first entries of each day are."""

    def __init__(self) -> None:
        self.lines: dict[date, int] = {}
        self.places: dict[date, list[int]] = {}

    def add(self, day: date, first_line: int, lines: int) -> None:
        """Take a run of lines of one day; those without a day do not count."""
        if day == NO_DAY:
            return
        if day in self.lines:
            self.lines[day] += lines
            places = self.places[day]
            if len(places) < _PLACES:
                places.append(first_line)
        elif len(self.lines) < _MAX_DAYS:
            self.lines[day] = lines
            self.places[day] = [first_line]

    def add_runs(self, runs: Runs) -> None:
        """Take runs of lines, each of one day."""
        days = [key[2] for key in runs.keys]
        if (
            days
            and days.count(days[0]) == len(days)
            and len(self.places.get(days[0], ())) >= _PLACES
        ):
            self.lines[days[0]] += sum(runs.counts)
            return
        for day, line, lines in zip(days, runs.first_lines, runs.counts, strict=True):
            self.add(day, line, lines)

    @property
    def first(self) -> date | None:
        """The first day, or None when there is none."""
        return min(self.lines, default=None)

    @property
    def last(self) -> date | None:
        """The last day, or None when there is none."""
        return max(self.lines, default=None)

    def within(self, start: date, end: date) -> int:
        """How many lines are of days from ``start`` to ``end``."""
        return sum(lines for day, lines in self.lines.items() if start <= day <= end)


@dataclass(frozen=True, slots=True)
class Year:
    """A financial year, both days included."""

    start: date
    end: date


def months_before(day: date, months: int) -> date:
    """The day that begins the year of so many months which ends on ``day``."""
    day = min(max(day, _FIRST), _LAST)
    following = day + timedelta(days=1)
    number = following.year * 12 + following.month - 1 - months
    year, month = divmod(number, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(following.day, last))


def last_of_month(day: date) -> date:
    """The last day of the month of a day."""
    if (day.year, day.month) == (date.max.year, 12):
        return date.max
    return date(day.year + day.month // 12, day.month % 12 + 1, 1) - timedelta(days=1)


def find_year(
    days: Days,
    findings: Findings,
    *,
    closing: date | None,
    start: date | None = None,
    end: date | None = None,
) -> Year | None:
    """Decide which financial year the file covers; find the days outside.

    Args:
        days: The days of its entries.
        findings: Takes ``W_DATE_OUTSIDE_YEAR``, ``W_NAME_YEAR``, ``W_LONG_YEAR``.
        closing: The closing date in the name, if any.
        start: First day of the year, when known for sure.
        end: Last day of the year, when known for sure.

    Returns:
        The year, or None when the file has no entry and its name no date.
    """
    first, last = days.first, days.last
    if first is None or last is None:
        stated = end or closing
        return Year(start or months_before(stated, 12), stated) if stated else None
    year = _decide(days, findings, closing, start, end, first, last)
    for day in sorted(days.lines):
        if not year.start <= day <= year.end:
            for line in days.places[day]:
                findings.add(
                    "W_DATE_OUTSIDE_YEAR",
                    line,
                    "EcritureDate",
                    day.isoformat(),
                    day=day,
                    first=year.start,
                    last=year.end,
                )
    return year


def _decide(
    days: Days,
    findings: Findings,
    closing: date | None,
    start: date | None,
    end: date | None,
    first: date,
    last: date,
) -> Year:
    stated = end or closing
    if stated is not None:
        begin = start or months_before(stated, 12)
        if start or end or days.within(begin, stated):
            if not start:
                begin = _longer(days, findings, begin, stated)
            return Year(begin, stated)
        findings.add("W_NAME_YEAR", expected=stated, first=first, last=last)
    elif start is not None:
        return Year(start, _year_from(start))
    if first >= months_before(last, 24):
        return Year(first.replace(day=1), last_of_month(last))
    best = max(days.lines, key=lambda day: (days.within(months_before(day, 12), day), day))
    return Year(months_before(best, 12), best)


def _year_from(start: date) -> date:
    """The last day of the twelve months that begin on a day."""
    leap = start.month == 2 and start.day == 29
    following = date(start.year + 1, 3, 1) if leap else start.replace(year=start.year + 1)
    return following - timedelta(days=1)


def _longer(days: Days, findings: Findings, begin: date, end: date) -> date:
    """Let the year begin up to a year earlier, when its months are plainly those of one year.

    That takes entries in every month from the first on, twenty days of them and one line in
    twenty at least: a single stray date does not make a long year.
    """
    earliest = months_before(end, 24)
    early = sorted(day for day in days.lines if earliest <= day < begin)
    if not early:
        return begin
    lines = sum(days.lines[day] for day in early)
    months = {(day.year, day.month) for day in early}
    wanted = (begin.year - early[0].year) * 12 + begin.month - early[0].month
    plain = begin.day == 1 and len(months) == wanted
    if plain and len(early) >= 20 and lines * 20 >= sum(days.lines.values()):
        findings.add("W_LONG_YEAR", first=early[0], last=end)
        return early[0]
    return begin
