"""Work that is done by the clock: an app's ``tasks.py`` declares it, worker and ``tick`` do it.

Example::

    @every("core.forget-old", minutes=60)
    def forget_old() -> None:
        ...
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from chambre.core.discovery import discover
from chambre.core.models import Schedule

log = structlog.get_logger("chambre.schedule")


@dataclass(frozen=True, slots=True)
class Regular:
    """A piece of regular work."""

    name: str
    interval: dt.timedelta
    run: Callable[[], None]


_regular: dict[str, Regular] = {}


def every(
    name: str, *, minutes: int = 0, hours: int = 0, days: int = 0
) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Have a function called at this interval by whichever worker is free. It must be idempotent.

    Raises:
        TypeError: The name is taken.
        ValueError: The interval is not positive.
    """
    interval = dt.timedelta(minutes=minutes, hours=hours, days=days)
    if not interval:
        raise ValueError(f"{name} needs an interval")

    def register(function: Callable[[], None]) -> Callable[[], None]:
        known = _regular.get(name)
        if known is not None and known.run.__qualname__ != function.__qualname__:
            raise TypeError(f"{name} is already {known.run.__qualname__}")
        _regular[name] = Regular(name, interval, function)
        return function

    return register


def regular_work() -> list[Regular]:
    """All regular work of the installed apps, by name."""
    discover("tasks")
    return [_regular[name] for name in sorted(_regular)]


def tick(*, force: bool = False) -> dict[str, str]:
    """Do what is due, each once among all processes.

    Args:
        force: Do everything now.

    Returns:
        For each piece of work that was done now: empty, or why it failed.
    """
    done = {}
    for regular in regular_work():
        if _claim(regular, force=force):
            done[regular.name] = _run(regular)
    return done


def _claim(regular: Regular, *, force: bool) -> bool:
    """Take a piece of work that is due, unless another process did."""
    now = timezone.now()
    taken = {"next_at": now + regular.interval, "started_at": now, "ended_at": None, "error": ""}
    rows = Schedule.objects.filter(name=regular.name)
    due = rows if force else rows.filter(next_at__lte=now)
    if due.update(**taken):
        return True
    if rows.exists():
        return False
    try:
        with transaction.atomic():
            Schedule.objects.create(name=regular.name, **taken)
    except IntegrityError:
        return False  # another process was faster
    return True


def _run(regular: Regular) -> str:
    """Do it; a failure is written down and does not keep the rest from being done."""
    error = ""
    try:
        regular.run()
    except Exception as failure:  # one piece of work must not stop the others
        log.exception("schedule.failed", name=regular.name)
        error = f"{type(failure).__name__}: {failure}"[:2000]
    Schedule.objects.filter(name=regular.name).update(ended_at=timezone.now(), error=error)
    return error
