"""Telling a busy database from a broken question."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import OperationalError, connection

Result = TypeVar("Result")
# serialization failure, deadlock, lock not available, server going down or not reachable
PASSING = ("40001", "40P01", "55P03", "57P0", "08")


def is_busy(error: BaseException) -> bool:
    """Whether the same statement may well succeed a moment later."""
    if not isinstance(error, OperationalError):
        return False
    state = str(getattr(error.__cause__, "sqlstate", "") or "")
    if state:
        return state.startswith(PASSING)
    text = str(error)
    return "locked" in text or "busy" in text or "closed" in text or "connection" in text


def patiently(function: Callable[..., Result], *args: Any, seconds: float = 60) -> Result:
    """Call a short write that must not be lost, again and again while the database is busy.

    Raises:
        OperationalError: It is still busy after ``seconds``; or the connection is gone in the
            middle of the caller's transaction, which only the caller can begin again.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            return function(*args)
        except OperationalError as error:
            if not is_busy(error) or time.monotonic() >= deadline:
                raise
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
            elif not connection.is_usable():
                raise
            time.sleep(0.2)
