"""Calendars of others: which times are taken. The subset of RFC 5545 that says so.

Read are VEVENT with UID, DTSTART, DTEND or DURATION, RRULE (DAILY, WEEKLY, MONTHLY, YEARLY is refused),
EXDATE, STATUS, TRANSP, SUMMARY and RECURRENCE-ID; other properties and components are passed over. A
TZID is a name of the IANA time zones; a time without one is that of the place. What cannot be read is
refused with its line, because a time that is silently lost would be given away.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

from chambre.lib.booking.hours import PARIS
from chambre.lib.booking.spans import Span
from chambre.lib.booking.wording import BookingRefusal

MOST_EVENTS = 20_000
_LONGEST, _LAST_YEAR = dt.timedelta(days=366 * 5), 9_900
MOST_TIMES = 2_000
"""Times of one repetition that are looked at."""
_WEEKDAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_NAME = re.compile(
    r'(?P<name>[A-Za-z0-9-]+)(?P<parameters>(?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:]*))*):'
)


class TakenTime(NamedTuple):
    """A time that somebody else's calendar says is taken."""

    uid: str
    span: Span
    summary: str


class _Line(NamedTuple):
    number: int
    name: str
    parameters: dict[str, str]
    value: str


def _refuse(line: int, why: str, why_fr: str) -> BookingRefusal:
    return BookingRefusal("ical", line=line, why=why, why_fr=why_fr)


def unfolded(content: bytes) -> Iterator[tuple[int, str]]:
    """The content lines, each with the number of the line on which it begins."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refuse(1, "this is not UTF-8 text", "ce n’est pas du texte UTF-8") from None
    number, held = 0, ""
    for at, raw in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        if raw[:1] in (" ", "\t") and held:
            held += raw[1:]
            continue
        if held:
            yield number, held
        number, held = at, raw
    if held:
        yield number, held


def _lines(content: bytes) -> Iterator[_Line]:
    for number, text in unfolded(content):
        if not text.strip():
            continue
        found = _NAME.match(text)
        if found is None:
            raise _refuse(number, "no name before a colon", "pas de nom avant un deux-points")
        parameters = {}
        for part in re.findall(r';([A-Za-z0-9-]+)=("[^"]*"|[^";:]*)', found["parameters"]):
            parameters[part[0].upper()] = part[1].strip('"')
        yield _Line(number, found["name"].upper(), parameters, text[found.end() :])


def plain(value: str) -> str:
    """The text of a value, without what protects its marks."""
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], value)


def read_calendar(content: bytes, within: Span, zone: ZoneInfo = PARIS) -> list[TakenTime]:
    """The times that a calendar says are taken and that meet a span, in order.

    Args:
        content: The bytes of the file.
        within: What is looked at; repetitions are worked out inside it only.
        zone: Of times without a zone of their own.

    Raises:
        BookingRefusal: ``ical``, with the number of the line.
    """
    out: list[TakenTime] = []
    moved: set[tuple[str, dt.datetime]] = set()
    repeated: list[tuple[dict[str, list[_Line]], int]] = []
    seen = False
    for event, number in _events(content):
        seen = True
        if number == 0:
            continue
        if "RECURRENCE-ID" in event:
            line = event["RECURRENCE-ID"][0]
            moved.add((_uid(event), _moment(line, zone)))
        repeated.append((event, number))
    if not seen:
        raise _refuse(1, "there is no VCALENDAR", "il n’y a pas de VCALENDAR")
    for event, number in repeated:
        own = set() if "RECURRENCE-ID" in event else moved
        out += _times(event, number, within, zone, own)
    return sorted(out, key=lambda each: (each.span, each.uid))


def _events(content: bytes) -> Iterator[tuple[dict[str, list[_Line]], int]]:
    """The properties of each VEVENT and its line; an empty one, line 0, for the calendar itself."""
    stack: list[str] = []
    held: dict[str, list[_Line]] = {}
    begun = count = last = 0
    for line in _lines(content):
        last = line.number
        if line.name == "BEGIN":
            stack.append(line.value.strip().upper())
            if stack == ["VCALENDAR"]:
                yield {}, 0
            elif stack == ["VCALENDAR", "VEVENT"]:
                held, begun, count = {}, line.number, count + 1
                if count > MOST_EVENTS:
                    raise _refuse(line.number, "too many events", "trop d’événements")
        elif line.name == "END":
            if not stack or stack[-1] != line.value.strip().upper():
                raise _refuse(line.number, "END without its BEGIN", "END sans son BEGIN")
            if stack == ["VCALENDAR", "VEVENT"]:
                yield held, begun
            stack.pop()
        elif stack == ["VCALENDAR", "VEVENT"]:
            held.setdefault(line.name, []).append(line)
    if stack:
        raise _refuse(
            last, f"the file ends within {stack[-1]}", f"le fichier finit dans {stack[-1]}"
        )


def _uid(event: dict[str, list[_Line]]) -> str:
    return plain(event["UID"][0].value)[:250] if "UID" in event else ""


def _times(
    event: dict[str, list[_Line]], number: int, within: Span, zone: ZoneInfo,
    moved: set[tuple[str, dt.datetime]],
) -> list[TakenTime]:  # fmt: skip
    if "DTSTART" not in event:
        raise _refuse(number, "an event without DTSTART", "un événement sans DTSTART")
    words = {
        name: event[name][0].value.strip().upper() for name in ("STATUS", "TRANSP") if name in event
    }
    if words.get("STATUS") == "CANCELLED" or words.get("TRANSP") == "TRANSPARENT":
        return []
    start = _moment(event["DTSTART"][0], zone)
    length = _length(event, start, zone)
    if length > _LONGEST or start.year > _LAST_YEAR:
        raise _refuse(number, "it lasts for years", "il dure des années")
    uid = _uid(event)
    summary = plain(event["SUMMARY"][0].value)[:200] if "SUMMARY" in event else ""
    starts = [start]
    if "RRULE" in event:
        starts = _repeated(event["RRULE"][0], event["DTSTART"][0], within, length, zone)
    gone = {
        _value(line, one, zone) for line in event.get("EXDATE", ()) for one in line.value.split(",")
    }
    found = [Span(each, each + length) for each in starts if each not in gone]
    return [
        TakenTime(uid, span, summary)
        for span in found
        if span.meets(within) and (uid, span.start) not in moved
    ]


def _length(event: dict[str, list[_Line]], start: dt.datetime, zone: ZoneInfo) -> dt.timedelta:
    whole = len(event["DTSTART"][0].value.strip()) == 8
    if "DTEND" in event:
        line = event["DTEND"][0]
        length = _moment(line, zone) - start
        if length < dt.timedelta(0):
            raise _refuse(line.number, "it ends before it begins", "il finit avant de commencer")
        return length
    if "DURATION" in event:
        line = event["DURATION"][0]
        found = _DURATION.fullmatch(line.value.strip())
        if found is None or not any(found.groups()):
            raise _refuse(line.number, "no duration", "pas une durée")
        weeks, days, hours, minutes, seconds = (int(each or 0) for each in found.groups())
        try:
            return dt.timedelta(
                weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds
            )
        except OverflowError:
            raise _refuse(line.number, "no duration", "pas une durée") from None
    return dt.timedelta(days=1) if whole else dt.timedelta(0)


def _moment(line: _Line, zone: ZoneInfo) -> dt.datetime:
    return _value(line, line.value, zone)


def _value(line: _Line, value: str, zone: ZoneInfo) -> dt.datetime:
    """A date or time in UTC; a whole day begins at midnight of the place."""
    text = value.strip()
    named = line.parameters.get("TZID", "")
    try:
        if named and not text.endswith("Z"):
            zone = ZoneInfo(named.removeprefix("/"))
        if re.fullmatch(r"\d{8}", text):
            local = dt.datetime.strptime(text, "%Y%m%d").replace(tzinfo=zone)
        elif re.fullmatch(r"\d{8}T\d{6}Z", text):
            return dt.datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
        else:
            local = dt.datetime.strptime(text, "%Y%m%dT%H%M%S").replace(tzinfo=zone)
        return local.astimezone(dt.UTC)
    except (ValueError, OverflowError, OSError, KeyError):
        why, why_fr = f"“{text[:40]}” is no time", f"« {text[:40]} » n’est pas une heure"
        if named:
            why, why_fr = f"{why} in {named[:40]}", f"{why_fr} dans {named[:40]}"
        raise _refuse(line.number, why, why_fr) from None


def _repeated(
    rule: _Line, first: _Line, within: Span, length: dt.timedelta, zone: ZoneInfo
) -> list[dt.datetime]:
    """The beginnings of a repetition that may meet a span."""
    parts = dict(
        part.split("=", 1) for part in rule.value.strip().upper().split(";") if "=" in part
    )
    unknown = set(parts) - {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST"}
    frequency = parts.get("FREQ", "")
    days = parts.get("BYDAY", "")
    wrong = unknown or frequency not in ("DAILY", "WEEKLY", "MONTHLY")
    weekdays = [_WEEKDAYS.get(day, -1) for day in days.split(",")] if days else []
    if wrong or -1 in weekdays or (days and frequency != "WEEKLY"):
        raise _refuse(rule.number, "a repetition of a kind that is not read here",
                      "une répétition d’une sorte qui n’est pas lue ici")  # fmt: skip
    try:
        interval, count = int(parts.get("INTERVAL", 1)), int(parts.get("COUNT", 0))
        if interval < 1 or interval > 1000 or count < 0:
            raise ValueError
    except ValueError:
        raise _refuse(rule.number, "no number", "pas un nombre") from None
    own = (
        ZoneInfo(first.parameters["TZID"].removeprefix("/")) if "TZID" in first.parameters else zone
    )
    if first.value.strip().endswith("Z"):
        own = ZoneInfo("UTC")
    start = _moment(first, zone).astimezone(own)
    last = within.end
    if "UNTIL" in parts:
        until = parts["UNTIL"]
        bound = _value(rule, until, own)
        last = min(
            last, bound + (dt.timedelta(days=1) if len(until) == 8 else dt.timedelta(seconds=1))
        )
    out: list[dt.datetime] = []
    for number, day in enumerate(_days(frequency, interval, weekdays, start.date()), 1):
        if count and number > count:
            break
        moment = dt.datetime.combine(day, start.timetz().replace(tzinfo=None), own).astimezone(
            dt.UTC
        )
        if moment >= last:
            break
        if moment + length > within.start:
            out.append(moment)
            if len(out) > MOST_TIMES:
                raise _refuse(rule.number, "too many times", "trop de fois")
    return out


def _days(frequency: str, interval: int, weekdays: list[int], first: dt.date) -> Iterator[dt.date]:
    """The days of a repetition until the calendar ends."""
    try:
        if frequency == "MONTHLY":
            months = first.year * 12 + first.month - 1
            while True:
                year, month = divmod(months, 12)
                try:
                    yield dt.date(year, month + 1, first.day)
                except ValueError:
                    if year > dt.MAXYEAR:
                        return
                months += interval
        elif frequency == "WEEKLY" and weekdays:
            monday = first - dt.timedelta(days=first.weekday())
            while True:
                for weekday in sorted(set(weekdays)):
                    day = monday + dt.timedelta(days=weekday)
                    if day >= first:
                        yield day
                monday += dt.timedelta(weeks=interval)
        else:
            step = dt.timedelta(days=interval * (7 if frequency == "WEEKLY" else 1))
            day = first
            while True:
                yield day
                day += step
    except OverflowError:
        return
