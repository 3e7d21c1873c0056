"""Regular work of the core: send the letters of the day, forget what is no longer needed."""

from __future__ import annotations

import datetime as dt

from django.contrib.sessions.models import Session
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from chambre.core import confiding, dayletters, files, pulse, ratelimit
from chambre.core.models import CacheRow, DayLetter, Delivery, Job, OutboxEvent
from chambre.core.schedule import every

KEPT = dt.timedelta(days=90)
"""How long delivered events, results of tasks and letters of the day are kept, for looking into them."""


@every("core.day-letters", minutes=5)
def send_day_letters() -> None:
    """Send the letters of the day whose hour has come."""
    dayletters.send_due()


@every("core.forget-old", hours=1)
def forget_old() -> None:
    """Remove ended sessions, old counts, delivered events, results of tasks, letters of old days."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    CacheRow.objects.filter(expires__lt=now).delete()
    ratelimit.forget_old()
    confiding.forget_unclaimed()
    DayLetter.objects.filter(sent_at__lt=now - KEPT).delete()
    waiting = Delivery.objects.exclude(state=Delivery.State.DONE).values("event")
    OutboxEvent.objects.filter(emitted_at__lt=now - KEPT).exclude(pk__in=waiting).delete()
    over = (TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED)
    DBTaskResult.objects.filter(status__in=over, finished_at__lt=now - KEPT).delete()


@every("core.sweep-files", hours=24)
def sweep_files() -> None:
    """Remove contents of files that nobody has any more, and traces of ended jobs."""
    files.sweep()
    week = timezone.now() - dt.timedelta(days=7)
    for job in Job.objects.filter(state__in=Job.ENDED, ended_at__gte=week):
        pulse.forget(job)
