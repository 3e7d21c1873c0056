"""When an attempt to pay is looked at again by itself, should no notice come."""

from __future__ import annotations

import datetime as dt

from chambre.lib.paymentstates import Stage
from chambre.treasury.models import PaymentAttempt

FOLLOWED = dt.timedelta(days=120)
"""How long a paid attempt is looked at for refunds and disputes: card schemes' usual limit."""
GIVEN_UP = dt.timedelta(days=40)
"""After that an attempt that never ended is looked at no more."""


def next_look(attempt: PaymentAttempt, now: dt.datetime) -> dt.datetime | None:
    """When an attempt is looked at again by itself: soon at first, daily later, then no more."""
    age = now - attempt.created_at
    if attempt.stage == Stage.ENDED:
        return None if age > dt.timedelta(days=2) else now + dt.timedelta(hours=12)
    if attempt.stage == Stage.PAID:
        return now + dt.timedelta(days=1) if age < FOLLOWED else None
    if age > GIVEN_UP:
        return None
    return now + min(max(age / 4, dt.timedelta(minutes=2)), dt.timedelta(days=1))
