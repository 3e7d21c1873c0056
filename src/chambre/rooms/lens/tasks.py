"""Work of the lens in the background: checks, imports, attributions."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from chambre.core import files
from chambre.core.errors import NotFound
from chambre.core.jobs import Report, Run, job
from chambre.core.models import StoredFile
from chambre.registry import api as registry
from chambre.rooms.lens import services


@contextmanager
def _brought(run: Run, stored: Sequence[str]) -> Iterator[list[Path]]:
    """The files that the person brought in, under the names that they have for that person."""
    with tempfile.TemporaryDirectory(prefix="chambre-fec-") as folder:
        paths = []
        for number, key in enumerate(stored):
            file = StoredFile.objects.filter(pk=key).first()
            if file is None or not files.may_read(run.by, file):
                raise NotFound
            place = Path(folder) / str(number)
            place.mkdir()
            path = place / Path(file.name).name
            try:
                path.symlink_to(files.path_of(file.digest))
            except OSError:
                with files.open_file(file) as content, path.open("wb") as copy:
                    shutil.copyfileobj(content, copy)
            paths.append(path)
        yield paths


def _source(paths: list[Path]) -> Any:
    return paths if len(paths) > 1 else paths[0]


@job("lens.import", title=gettext_lazy("Accounts brought in"), resumable=True)
def bring_in(run: Run, *, stored: Sequence[str], structure: str, replace: bool = False) -> Report:
    """Bring a FEC into the book of a structure; all of it or nothing, and never twice."""
    with _brought(run, stored) as paths:
        outcome = services.import_fec(
            source=_source(paths),
            structure=registry.structure(structure),
            by=run.by,
            replace=replace,
            stored=list(StoredFile.objects.filter(pk__in=stored)),
            progress=run.progress,
        )
    record = outcome.record
    url = reverse("lens:import", args=[structure, record.pk])
    if outcome.already:
        text = _("The same content is here already, as %(name)s. Nothing was done.")
        return Report(summary=text % {"name": record.name}, url=url, facts={"already": 1})
    taken = services.after_import(by=run.by, structure=registry.structure(structure))
    summary = ngettext(
        "%(n)d entry was brought in.", "%(n)d entries were brought in.", outcome.added
    ) % {"n": outcome.added}
    if taken is not None:
        summary += " " + _(
            "The rules in force took %(yes)d lines of these books, %(no)d are left."
        ) % {
            "yes": taken.attributed,
            "no": taken.unattributed,
        }
    facts = {
        "import": record.pk,
        "added": outcome.added,
        "reversed": outcome.reversed,
        "kept": outcome.kept,
    }
    return Report(summary=summary, url=url, facts=dict(facts))


@job("lens.check", title=gettext_lazy("Accounting export checked"), resumable=True)
def check(run: Run, *, stored: Sequence[str], structure: str = "") -> Report:
    """Give the administration's verdict on a file, and apart from it what it does not look at."""
    agent = registry.structure(structure) if structure else None
    language = (get_language() or "fr")[:2]
    with _brought(run, stored) as paths:
        found, result = services.check_fec(
            source=_source(paths), by=run.by, name=paths[0].name, structure=agent
        )
    report = Report(
        summary=_("Accepted by the rules of the administration.")
        if found.verdict == "accepted"
        else _("Rejected by the rules of the administration."),
        facts={"result": json.dumps(result, ensure_ascii=False)},
        url=reverse("lens:check_result", args=[run.job.pk]),
    )
    for finding in found.errors:
        report.refuse(
            finding.message(language), why=finding.todo(language), line=finding.line or None
        )
    return report


@job("lens.attribute", title=gettext_lazy("Lines attributed to resources"), resumable=True)
def attribute(
    run: Run,
    *,
    rules: list[dict[str, Any]] | None = None,
    note: str = "",
    base: int | None = None,
) -> Report:
    """Attribute every line by the chamber's rules, new or in force."""
    chamber = registry.home_chamber()
    wanted = None if rules is None else services.check_rules(rules, chamber=chamber)
    done = services.apply_rules(
        rules=wanted, chamber=chamber, by=run.by, note=note, base=base, progress=run.progress
    )
    services.after_import(by=run.by)
    services.count_survey(chamber=chamber, by=run.by, progress=run.progress, force=True)
    report = Report(
        summary=_("%(yes)d lines are attributed, %(no)d are left; %(changed)d changed.")
        % {"yes": done.attributed, "no": done.unattributed, "changed": done.changed},
        facts={
            "attributed": done.attributed,
            "unattributed": done.unattributed,
            "changed": done.changed,
        },
        url=reverse("lens:rules"),
    )
    for rule in [done.by_hand, *done.rules]:
        report.did(f"{rule.name} · {rule.lines}")
    return report


@job("lens.count", title=gettext_lazy("Lines counted by rule"), resumable=True)
def count(run: Run, *, what: str = "left") -> Report:
    """Read every line for a page of figures that would take too long while somebody waits."""
    chamber = registry.home_chamber()
    if what == "draft":
        working = services.working_rules(chamber=chamber, by=run.by)
        compared = services.compare_rules(
            rules=working.rules, chamber=chamber, by=run.by, progress=run.progress, force=True
        )
        summary = _("%(n)d lines would change.") % {"n": compared.changed}
        facts = {"changed": compared.changed}
        return Report(summary=summary, url=reverse("lens:draft"), facts=dict(facts))
    if what == "suggestions":
        found = services.suggestions(chamber=chamber, by=run.by, progress=run.progress, force=True)
        number = len(found.proposals)
        summary = _("%(n)d suggestions were found.") % {"n": number}
        return Report(
            summary=summary, url=reverse("lens:suggestions"), facts={"suggestions": number}
        )
    survey = services.count_survey(chamber=chamber, by=run.by, progress=run.progress, force=True)
    yes, no = survey.report.attributed, survey.report.unattributed
    summary = _("%(yes)d lines are attributed, %(no)d are left.") % {"yes": yes, "no": no}
    page = "lens:rules" if what == "rules" else "lens:left"
    return Report(summary=summary, url=reverse(page), facts={"attributed": yes, "unattributed": no})
