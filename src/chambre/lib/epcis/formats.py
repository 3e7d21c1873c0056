"""Formats of texts, as strict as their standards: URI (RFC 3986) and date-time (RFC 3339)."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re

_SIGNS = r"A-Za-z0-9\-._~!$&'()*+,;="


def _run(signs: str) -> str:
    """Any number of these signs and of percent-encoded octets, matched without backtracking."""
    return f"[{signs}]*(?:%[0-9A-Fa-f]{{2}}[{signs}]*)*"


_URI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.\-]*:"
    rf"(?://(?:{_run(_SIGNS + ':')}@)?"
    rf"(?:\[(?P<literal>[^\]]*)\]|{_run(_SIGNS)})"
    r"(?::[0-9]*)?(?=[/?#]|\Z)|(?!//))"
    + _run(_SIGNS + ":@/")
    + rf"(?:\?{_run(_SIGNS + ':@/?')})?(?:\#{_run(_SIGNS + ':@/?')})?"
)
_FUTURE = re.compile(rf"[Vv][0-9A-Fa-f]+\.[{_SIGNS}:]+")
_TIME = re.compile(
    r"([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]"
    r"([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]|60)(\.[0-9]+)?"
    r"(?:[Zz]|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))"
)
_PLAIN_TIME = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}"
    r"(?:\.[0-9]+)?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
).fullmatch
"""Times that need no calendar: day 1 to 28, no leap second."""
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_known: set[str] = set()
_KNOWN_MOST = 20_000


def is_uri(text: str) -> bool:
    """Whether a text is an absolute URI with scheme (RFC 3986, section 3)."""
    found = _URI.fullmatch(text)
    if found is None:
        return False
    return "[" not in text or _is_address(found["literal"])


def _is_address(literal: str) -> bool:
    """Whether an IP literal is one (RFC 3986, section 3.2.2)."""
    if _FUTURE.fullmatch(literal):
        return True
    if "%" in literal or not literal.isascii():
        return False
    try:
        ipaddress.IPv6Address(literal)
    except ValueError:
        return False
    return True


def is_known_uri(text: str) -> bool:
    """The same for texts that come again and again: names, places, words."""
    if text in _known:
        return True
    if not is_uri(text):
        return False
    if len(_known) >= _KNOWN_MOST:
        _known.clear()
    _known.add(text)
    return True


def is_time(text: str) -> bool:
    """Whether a text is a date-time with offset (RFC 3339, section 5.6).

    A leap second is one only where it would be 23:59 in UTC.
    """
    if _PLAIN_TIME(text):
        return True
    found = _TIME.fullmatch(text)
    if found is None:
        return False
    if found[3] > "28" and not _is_day(int(found[1]), int(found[2]), int(found[3])):
        return False
    return found[6] != "60" or _ends_the_day(found)


def _is_day(year: int, month: int, day: int) -> bool:
    if month == 2 and day == 29:
        return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return day <= _MONTH_DAYS[month - 1]


def _ends_the_day(found: re.Match[str]) -> bool:
    minutes = int(found[4]) * 60 + int(found[5])
    if found[8]:
        offset = int(found[9]) * 60 + int(found[10])
        minutes -= offset if found[8] == "+" else -offset
    return minutes % 1440 == 1439


def read_time(text: str) -> dt.datetime:
    """The instant that a valid date-time names, aware, cut to microseconds.

    A leap second is read as the last microsecond before the next day.

    Raises:
        ValueError: It lies outside the years 1 to 9999, or is no date-time.
    """
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        found = _TIME.fullmatch(text)
        if found is None:
            raise
    fraction = "" if found[7] is None else found[7][:7]
    seconds, fraction = ("59", ".999999") if found[6] == "60" else (found[6], fraction)
    zone = f"{found[8]}{found[9]}:{found[10]}" if found[8] else "+00:00"
    day = f"{found[1]}-{found[2]}-{found[3]}T{found[4]}:{found[5]}:{seconds}{fraction}{zone}"
    return dt.datetime.fromisoformat(day)
