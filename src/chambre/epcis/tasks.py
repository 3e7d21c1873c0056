"""Work of the repository in the background: captures, subscribers, states computed again."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chambre.core.jobs import Report, Run, job
from chambre.epcis.services import capturing


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
