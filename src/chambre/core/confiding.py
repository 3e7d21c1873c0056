"""What a job is told in confidence: keys of somebody else's service, for one run.

They lie sealed in the row of the job until a worker takes it, and are taken out of the row by the very
statement that takes it. Nothing keeps them after that: no parameter, no log, no report. A job that nobody
takes within an hour loses them, and with them its purpose: it is cancelled.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping

from django.utils import timezone

from chambre.core import sealing
from chambre.core.models import Job

PURPOSE = b"job"
KEPT = dt.timedelta(hours=1)
"""How long what was confided waits for a worker."""


def confide(told: Mapping[str, str]) -> str:
    """Words by name, as they lie in the row of a job; empty when there are none."""
    return sealing.seal(json.dumps(dict(told)), PURPOSE) if told else ""


def confided(sealed: str) -> dict[str, str]:
    """The words again; none when the key of the house was changed meanwhile."""
    opened = sealing.unseal(sealed, PURPOSE) if sealed else None
    found: dict[str, str] = json.loads(opened) if opened else {}
    return found


def forget_unclaimed() -> int:
    """Cancel jobs that wait with a secret for too long; how many."""
    late = Job.objects.filter(
        state=Job.State.WAITING, created_at__lt=timezone.now() - KEPT
    ).exclude(sealed="")
    return late.update(sealed="", state=Job.State.CANCELLED, ended_at=timezone.now())
