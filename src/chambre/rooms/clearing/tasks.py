"""What the room does in the background, and by the clock."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chambre.core.jobs import Report, Run, job
from chambre.core.schedule import every
from chambre.core.ui import figures
from chambre.rooms.clearing.models import Round
from chambre.rooms.clearing.services import rounds


@job(rounds.JOB, title=gettext_lazy("Clearing worked out"), resumable=True)
def compute(run: Run, *, round: int, number: int) -> Report:
    """Work a round out; running it twice changes nothing."""
    row = Round.objects.get(pk=round)
    run.progress(0, 1, _("Looking for the largest set-off"))
    found = rounds.work_out(round_=row, number=number)
    report = Report(url=reverse("clearing:round", args=[row.pk]))
    if found is not None:
        report.summary = _("%(cleared)s of %(total)s can be set off.") % {
            "cleared": figures.money(found.cleared),
            "total": figures.money(found.total),
        }
        report.facts = {"cleared": found.cleared, "total": found.total}
    return report


@every("clearing.silence", hours=1)
def silence() -> None:
    """Work rounds out without those who did not answer in time."""
    rounds.settle_due()
