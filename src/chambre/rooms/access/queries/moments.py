"""What time it is, and times as people say them."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core import clock
from chambre.core.errors import Invalid
from chambre.lib.booking import PARIS

_MORNING = dt.time(8)


def now() -> dt.datetime:
    """This moment; eight in the morning of the day that a demonstration pretends."""
    day = clock.today()
    if day == timezone.localdate():
        return timezone.now()
    return dt.datetime.combine(day, _MORNING, PARIS).astimezone(dt.UTC)


def moment_of(text: str, field: str = "from") -> dt.datetime:
    """A moment from ISO 8601; without an offset it is the time on the clock of the place.

    Raises:
        Invalid: It is none; ``field`` says which was meant.
    """
    try:
        found = dt.datetime.fromisoformat(text.strip())
        if found.tzinfo is None:
            found = found.replace(tzinfo=PARIS)
        return found.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        words = _("“%(text)s” is no time. Write 2026-12-31T14:30.") % {"text": text[:40]}
        raise Invalid(words, fields={field: [words]}) from None


def local(moment: dt.datetime) -> dt.datetime:
    """A moment on the clock of the place."""
    return moment.astimezone(PARIS)
