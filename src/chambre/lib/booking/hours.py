"""Opening hours as people write them, and when that is, daylight saving included.

A line is either weekdays with hours (``mon-fri 09:00-12:00, 14:00-18:00``), in English or French, or a
day with its own hours or ``closed`` (``2026-12-25 closed``), which counts instead of those of its weekday.
No line at all: always open. Lines end with a line break or a semicolon.

A time that the clock skips in spring is read with the offset before, one that comes twice in autumn
is the first of both (RFC 5545, section 3.3.5).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from chambre.lib.booking.spans import Span, merged
from chambre.lib.booking.wording import BookingRefusal

PARIS = ZoneInfo("Europe/Paris")
_NAMES = (
    ("mon", "lun"), ("tue", "mar"), ("wed", "mer"), ("thu", "jeu"), ("fri", "ven"), ("sat", "sam"),
    ("sun", "dim"),
)  # fmt: skip
_DAYS = {name: day for day, names in enumerate(_NAMES) for name in names}
_DAY = "|".join(_DAYS)
_HOURS = r"\d{1,2}[:h]\d{2}\s*-\s*\d{1,2}[:h]\d{2}"
_LIST = rf"{_HOURS}(?:\s*,\s*{_HOURS})*"
_WEEK = re.compile(
    rf"(?P<days>(?:{_DAY})[a-z]*(?:\s*[-,]\s*(?:{_DAY})[a-z]*)*)\.?\s+(?P<hours>{_LIST})"
)
_DATE = re.compile(rf"(?P<day>\d{{4}}-\d\d-\d\d)\s+(?P<hours>{_LIST}|closed|ferm[eé])")
_LONGEST = 4_000

Hours = tuple[tuple[int, int], ...]
"""Minutes after midnight, from and to (1440: the next midnight)."""


@dataclass(frozen=True, slots=True)
class Opening:
    """When a thing may be used.

    Attributes:
        week: Hours by weekday, 0 for Monday; a day that is absent is closed.
        days: Hours of days that are not like others; no hours: closed.
        always: Open at any time of days that are not in ``days``.
    """

    week: Mapping[int, Hours] = field(default_factory=dict)
    days: Mapping[dt.date, Hours] = field(default_factory=dict)
    always: bool = True

    def of(self, day: dt.date) -> Hours:
        """The hours of a day."""
        if day in self.days:
            return self.days[day]
        return ((0, 1440),) if self.always else self.week.get(day.weekday(), ())


def read_opening(text: str) -> Opening:
    """Opening hours from lines of text.

    Raises:
        BookingRefusal: ``hours-text``, with the number of the line.
    """
    week: dict[int, list[tuple[int, int]]] = {}
    days: dict[dt.date, Hours] = {}
    always = True
    for number, line in enumerate(re.split(r"[\n;]", text[:_LONGEST]), 1):
        words = " ".join(line.strip().lower().replace("–", "-").split())
        if not words:
            continue
        if found := _DATE.fullmatch(words):
            days[_day(found["day"], number, words)] = _hours(found["hours"], number, words)
        elif found := _WEEK.fullmatch(words):
            always = False
            for day in _weekdays(found["days"]):
                week.setdefault(day, []).extend(_hours(found["hours"], number, words))
        else:
            raise BookingRefusal("hours-text", line=number, text=words[:80])
    return Opening({day: tuple(sorted(hours)) for day, hours in week.items()}, days, always)


def _day(text: str, line: int, words: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise BookingRefusal("hours-text", line=line, text=words[:80]) from None


def _weekdays(text: str) -> list[int]:
    days: list[int] = []
    for part in text.split(","):
        ends = [_DAYS[name.strip()[:3]] for name in part.split("-")]
        span = (ends[-1] - ends[0]) % 7
        days += [(ends[0] + step) % 7 for step in range(span + 1)]
    return days


def _hours(text: str, line: int, words: str) -> Hours:
    out = []
    for part in re.findall(_HOURS, text):
        start, end = (_minutes(time) for time in part.split("-"))
        if start is None or end is None or start >= end:
            raise BookingRefusal("hours-text", line=line, text=words[:80])
        out.append((start, end))
    return tuple(sorted(out))


def _minutes(text: str) -> int | None:
    hour, minute = (int(each) for each in re.split("[:h]", text.strip()))
    total = hour * 60 + minute
    return total if minute < 60 and total <= 1440 else None


def write_opening(opening: Opening, language: str = "en") -> str:
    """The same as text that :func:`read_opening` reads to the same; weekdays with alike hours together."""
    which, closed = (1, "fermé") if language == "fr" else (0, "closed")
    lines = [
        f"{_run(days, which)} {_written(hours)}"
        for days, hours in _runs(opening)
        if hours and not opening.always
    ]
    lines += [
        f"{day.isoformat()} {_written(hours) if hours else closed}"
        for day, hours in sorted(opening.days.items())
    ]
    return "\n".join(lines)


def _runs(opening: Opening) -> list[tuple[list[int], Hours]]:
    """Weekdays that follow one another and have the same hours."""
    out: list[tuple[list[int], Hours]] = []
    for day, hours in sorted(opening.week.items()):
        if out and out[-1][1] == hours and out[-1][0][-1] == day - 1:
            out[-1][0].append(day)
        else:
            out.append(([day], hours))
    return out


def _run(days: list[int], which: int) -> str:
    first, last = _NAMES[days[0]][which], _NAMES[days[-1]][which]
    return first if first == last else f"{first}-{last}"


def _written(hours: Hours) -> str:
    def clock(minutes: int) -> str:
        return f"{minutes // 60:02}:{minutes % 60:02}"

    return ", ".join(f"{clock(start)}-{clock(end)}" for start, end in hours)


def moment(day: dt.date, minutes: int, zone: ZoneInfo = PARIS) -> dt.datetime:
    """The moment in UTC of so many minutes after midnight on the clock of a place."""
    day, minutes = day + dt.timedelta(days=minutes // 1440), minutes % 1440
    local = dt.datetime.combine(day, dt.time(minutes // 60, minutes % 60), zone)
    return local.astimezone(dt.UTC)


def openings(opening: Opening, first: dt.date, last: dt.date, zone: ZoneInfo = PARIS) -> list[Span]:
    """When it is open from one day to another, both included; what touches is one span."""
    spans = []
    for offset in range((last - first).days + 1):
        day = first + dt.timedelta(days=offset)
        for start, end in opening.of(day):
            spans.append(Span(moment(day, start, zone), moment(day, end, zone)))
    return merged(spans)


def is_open(opening: Opening, span: Span, *, through: bool = False, zone: ZoneInfo = PARIS) -> bool:
    """Whether a span lies in the opening hours.

    Args:
        opening: The hours.
        span: The time that is asked for.
        through: It may last over closed hours, as long as it begins and ends in open ones.
        zone: Whose clock the hours are.
    """
    first = span.start.astimezone(zone).date() - dt.timedelta(days=1)
    last = span.end.astimezone(zone).date() + dt.timedelta(days=1)
    found = openings(opening, first, last, zone)
    if not through:
        return any(each.covers(span) for each in found)
    begins = any(each.start <= span.start < each.end for each in found)
    return begins and any(each.start < span.end <= each.end for each in found)
