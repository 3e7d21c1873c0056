"""A pick-up as a file for calendars (iCalendar, RFC 5545)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.rooms.shop.models import Order

WIDEST = 75
"""Octets of a line; longer ones are folded (§3.1)."""


def calendar_of(order: Order, address: str) -> str:
    """One event: when and where an order is fetched, with a reminder two hours before.

    Args:
        order: Which one.
        address: Full address of its page.
    """
    place = order.distribution.place
    at = order.slot or order.distribution
    where = ", ".join(
        each
        for each in (place.name, place.address, f"{place.postcode} {place.city}".strip())
        if each
    )
    title = _("Fetch the order %(code)s – %(shop)s") % {"code": order.code, "shop": order.shop.name}
    gone = order.state in (Order.State.CANCELLED, Order.State.EXPIRED)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Chambre//Shop//FR",
        "BEGIN:VEVENT",
        f"UID:{order.public_id}@chambre",
        f"DTSTAMP:{_moment(timezone.now())}",
        f"DTSTART:{_moment(at.starts_at)}",
        f"DTEND:{_moment(at.ends_at)}",
        f"SUMMARY:{_text(title)}",
        f"LOCATION:{_text(where)}",
        f"DESCRIPTION:{_text(place.instructions)}",
        f"URL:{address}",
        f"SEQUENCE:{order.version}",
        f"STATUS:{'CANCELLED' if gone else 'CONFIRMED'}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_text(title)}",
        "TRIGGER:-PT2H",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """A text with what has a meaning in the format escaped (§3.3.11)."""
    value = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return value.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "")


def _folded(line: str) -> str:
    """A line in pieces of at most 75 octets, never cut inside a letter."""
    parts, size = [""], 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > WIDEST:
            parts.append(" ")
            size = 1
        parts[-1] += letter
        size += octets
    return "\r\n".join(parts)
