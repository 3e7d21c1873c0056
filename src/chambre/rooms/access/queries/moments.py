"""What time it is, and times as people say them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core import clock
from chambre.core.errors import Invalid
from chambre.lib.booking import PARIS

_pretended: ContextVar[dt.datetime | None] = ContextVar("access.moment", default=None)


def now() -> dt.datetime:
    """This moment."""
    return _pretended.get() or timezone.now()


@contextmanager
def pretend(moment: dt.datetime) -> Iterator[None]:
    """Let it be another moment for what this thread does inside: for demonstration data alone."""
    token = _pretended.set(moment)
    try:
        with clock.pretend(local(moment).date()):
            yield
    finally:
        _pretended.reset(token)


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
