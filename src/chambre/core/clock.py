"""Which day it is, where the Chamber is.

A demonstration tells half a year in a minute: it says which day it pretends to be, and services that
ask for today are told that day. Moments at which rows are written stay the true ones.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone

_pretended: ContextVar[dt.date | None] = ContextVar("pretended", default=None)


def today() -> dt.date:
    """Today, where the Chamber is."""
    return _pretended.get() or timezone.localdate()


@contextmanager
def pretend(day: dt.date) -> Iterator[None]:
    """Let it be another day for what this thread does inside: for demonstration data alone."""
    token = _pretended.set(day)
    try:
        yield
    finally:
        _pretended.reset(token)
