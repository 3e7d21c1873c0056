"""Moments as EPCIS writes them (RFC 3339), and as it gets them back."""

from __future__ import annotations

import datetime as dt
import re

_LEAP = re.compile(r":60(?=[.Zz+-])")


def moment(text: str) -> dt.datetime:
    """A moment, in UTC; digits beyond the microsecond are dropped, a leap second is the one before.

    Raises:
        ValueError: It is not a moment with its offset, or lies outside the years 1 to 9999.
    """
    try:
        try:
            found = dt.datetime.fromisoformat(text)
        except ValueError:  # small letters, a leap second
            found = dt.datetime.fromisoformat(_LEAP.sub(":59", text.strip().upper()))
        if found.tzinfo is None:
            raise ValueError(text)
        return found if found.tzinfo is dt.UTC else found.astimezone(dt.UTC)
    except OverflowError:
        raise ValueError(text) from None


_FIRST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def microseconds(at: dt.datetime) -> int:
    """A moment as PostgreSQL counts it: microseconds since the year 2000."""
    since = at - _FIRST
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def counted(at: int) -> dt.datetime:
    """The moment that is so many microseconds after the year 2000 began; the inverse."""
    return _FIRST + dt.timedelta(microseconds=at)


def written(at: dt.datetime) -> str:
    """A moment as EPCIS writes it: UTC, milliseconds when that is all there is."""
    precision = "microseconds" if at.microsecond % 1000 else "milliseconds"
    return at.astimezone(dt.UTC).isoformat(timespec=precision).replace("+00:00", "Z")
