"""Letters that wait for the one letter of the day, as their readers chose."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from chambre.core.models import DayLetter, HeldLetter, User

HOUR = 7
"""The letter of the day goes at seven in the morning, where the Chamber is."""


def next_day(now: dt.datetime) -> dt.date:
    """The day whose letter takes what happens now: today's before its hour, else tomorrow's."""
    here = timezone.localtime(now)
    return here.date() + dt.timedelta(days=here.hour >= HOUR)


def hold(user: User, table: str, letter: int) -> None:
    """Put a room's letter into the next letter of the day, in the caller's transaction; once.

    A letter of the day that somebody began to send takes no more: then it is the day after.

    Args:
        user: Whose.
        table: Label of the letter's table.
        letter: Its number there.
    """
    if HeldLetter.objects.filter(table=table, letter=letter).exists():
        return
    day = next_day(timezone.now())
    while not (row := _open_on(user, day)):
        day += dt.timedelta(days=1)
    HeldLetter.objects.create(day_letter=row, table=table, letter=letter)


def _open_on(user: User, day: dt.date) -> DayLetter | None:
    """Somebody's letter of a day, locked; nothing where it is under way already."""
    due_at = timezone.make_aware(dt.datetime.combine(day, dt.time(HOUR)))
    row, _made = DayLetter.objects.get_or_create(
        key=f"{user.pk}:{day}", defaults={"user": user, "due_at": due_at}
    )
    locked = DayLetter.objects.select_for_update().get(pk=row.pk)
    return locked if locked.tries == 0 and locked.sent_at is None else None
