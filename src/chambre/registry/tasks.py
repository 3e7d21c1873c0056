"""Work of the register in the background."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chambre.core.jobs import Report, Run, job
from chambre.registry import queries, services


@job("registry.import", title=gettext_lazy("A register brought in"), resumable=True)
def bring_in(run: Run, *, number: int) -> Report:
    """Apply an import that was looked at; all of it or nothing, and never twice."""
    row = services.apply_import(row=queries.register_import(number, run.by), by=run.by)
    report = Report(
        summary=_("%(created)d brought in, %(changed)d changed, %(same)d the same,"
                  " %(refused)d refused.") % row.report,
        facts={name: row.report[name] for name in ("created", "changed", "same", "refused")},
        url=reverse("registry:import", args=[row.pk]),
    )  # fmt: skip
    for line in row.report["lines"]:
        if line["action"] == "refused":
            report.refuse(line["slug"], why=" ".join(line["problems"]), line=line["line"])
        elif line["action"] != "same":
            report.did(line["slug"], line=line["line"])
    return report
