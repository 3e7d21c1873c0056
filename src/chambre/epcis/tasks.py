"""Work of the repository in the background: captures, subscribers, states computed again."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tasks import task

from chambre.core.jobs import Report, Run, job
from chambre.core.schedule import every
from chambre.epcis.services import capturing, delivering

MINUTE = dt.timedelta(minutes=1)


@job("epcis.capture", title=gettext_lazy("Events captured"), resumable=True)
def capture(run: Run, *, capture: str) -> Report:
    """Capture a document that was sent in."""
    row = capturing.run(capture=capturing.capture_of(capture), by=run.by, progress=run.progress)
    facts = {
        "read": row.read,
        "stored": row.stored,
        "already": row.already,
        "refused": row.refused,
    }
    text = _("%(stored)d events recorded, %(already)d known before, %(refused)d refused.")
    report = Report(summary=text % facts, facts=dict(facts))
    for error in row.errors:
        report.refuse(error["detail"], why=error["title"])
    report.refused_count = row.refused
    return report


@task()
def tell_subscribers() -> None:
    """Tell everybody who follows a query and is due."""
    delivering.deliver_due()


@every("epcis.tell", minutes=1)
def tell_by_the_clock() -> None:
    """Have those told whose time comes within the next minute, each at its second."""
    now = timezone.now()
    for at in delivering.coming(MINUTE):
        wanted = tell_subscribers.using(run_after=at) if at > now else tell_subscribers
        wanted.enqueue()
