"""Calendars as files (RFC 5545): written so that phones and mail programs read them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

PRODUCT = "-//Chambre//Bookings//FR"
_FOLD = 75


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """An event of a calendar.

    Attributes:
        uid: Its name for ever, the same in each version of it.
        start, end: Aware moments.
        summary: What it is, in a line.
        description: More about it.
        location: Where.
        url: Where more is to be read.
        status: ``CONFIRMED``, ``TENTATIVE`` or ``CANCELLED``.
        stamp: When it was last written; aware.
        sequence: Number of the change.
    """

    uid: str
    start: dt.datetime
    end: dt.datetime
    summary: str = ""
    description: str = ""
    location: str = ""
    url: str = ""
    status: str = "CONFIRMED"
    stamp: dt.datetime | None = None
    sequence: int = 0


def escaped(text: str) -> str:
    """Text as a value: backslash, semicolon, comma and line break are written so that they stay."""
    plain = "".join(
        c for c in text.replace("\r\n", "\n").replace("\r", "\n") if c == "\n" or c >= " "
    )
    for mark, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        plain = plain.replace(mark, written)
    return plain


def folded(line: str) -> str:
    """A content line in pieces of at most 75 octets, never within a letter."""
    pieces, piece, size = [], "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > _FOLD:
            pieces.append(piece)
            piece, size = "", 1  # the blank that goes before counts
        piece += letter
        size += width
    return "\r\n ".join([*pieces, piece])


def utc(moment: dt.datetime) -> str:
    """A moment as a value in UTC."""
    return moment.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def write_calendar(name: str, events: Iterable[CalendarEvent], *, now: dt.datetime) -> bytes:
    """A calendar as the bytes of its file.

    Args:
        name: As a calendar program shows it.
        events: What is in it; moments are written in UTC.
        now: Stamps events that have none.
    """
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH", f"X-WR-CALNAME:{escaped(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ]  # fmt: skip
    for event in events:
        lines += [
            "BEGIN:VEVENT", f"UID:{escaped(event.uid)}", f"DTSTAMP:{utc(event.stamp or now)}",
            f"DTSTART:{utc(event.start)}", f"DTEND:{utc(event.end)}",
            f"SEQUENCE:{event.sequence}", f"STATUS:{event.status}",
        ]  # fmt: skip
        for label, text in (
            ("SUMMARY", event.summary), ("DESCRIPTION", event.description),
            ("LOCATION", event.location),
        ):  # fmt: skip
            if text:
                lines.append(f"{label}:{escaped(text)}")
        if event.url:
            lines.append(f"URL:{event.url}")
        lines.append("END:VEVENT")
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines).encode()
