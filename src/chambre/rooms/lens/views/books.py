"""Books: what there is, what was brought in, and the check of an accounting export."""

from __future__ import annotations

import json
import tempfile
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chambre.core import files, pulse
from chambre.core.actors import Actor, authorize
from chambre.core.errors import NotFound
from chambre.core.jobs import start_job
from chambre.core.models import Job
from chambre.ledger.models import FinancialYear
from chambre.lib import exports, fec
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.lens import queries, services
from chambre.rooms.lens.forms.books import CheckForm, ImportForm
from chambre.rooms.lens.models import FecImport
from chambre.rooms.lens.queries import entries


def actor_of(request: HttpRequest) -> Actor:
    """Who asks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def readable(request: HttpRequest, slug: str) -> Agent:
    """A structure whose books the reader may see.

    Raises:
        Forbidden: They may not.
    """
    structure = registry.structure(slug)
    authorize(actor_of(request), "lens.read_books", structure)
    return structure


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The books that the reader may see."""
    by = actor_of(request)
    authorize(by, "core.see_jobs")
    mine = [
        each
        for each in Agent.objects.filter(kind="structure").order_by("name")
        if by.may("lens.read_books", each)
    ]
    years: dict[int, list[FinancialYear]] = {}
    for year in FinancialYear.objects.filter(book__structure__in=mine).select_related("book"):
        years.setdefault(year.book.structure_id, []).append(year)
    rows = [{"structure": each, "years": years.get(each.pk, [])} for each in mine]
    begin = not rows and by.may("registry.create_agent")
    return render(request, "lens/books/index.html", {"rows": rows, "begin": begin})


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """One book: its years and what was brought in."""
    structure = readable(request, slug)
    context = {
        "structure": structure,
        "years": FinancialYear.objects.filter(book__structure=structure).order_by("-start"),
        "imports": FecImport.objects.filter(book__structure=structure).select_related("year"),
        "form": ImportForm(),
    }
    return render(request, "lens/books/show.html", context)


def _stored(request: HttpRequest, uploads: list[Any], purpose: str) -> list[str]:
    """Keep what was uploaded; the keys of the kept files."""
    by = actor_of(request)
    return [str(files.store(each, name=each.name, purpose=purpose, by=by).pk) for each in uploads]


@require_http_methods(["GET", "POST"])
def bring_in(request: HttpRequest, slug: str) -> HttpResponse:
    """Bring the accounts of a year in, as work in the background."""
    structure = readable(request, slug)
    by = actor_of(request)
    authorize(by, "lens.import_fec", structure)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        stored = _stored(request, form.cleaned_data["files"], "lens.fec")
        started = start_job("lens.import", by, stored=stored, structure=slug)
        return redirect("lens:import_job", slug=slug, job=started.pk)
    context = {"structure": structure, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "lens/books/bring_in.html", context, status=status)


def _job(request: HttpRequest, key: Any, kind: str) -> Job:
    """A job of the reader's, of a kind."""
    row = get_object_or_404(Job, pk=key, kind=kind)
    authorize(actor_of(request), "core.see_job", row)
    return pulse.look(row)


@require_safe
def import_job(request: HttpRequest, slug: str, job: Any) -> HttpResponse:
    """How far an import is; why it was refused; or what replacing would change."""
    structure = readable(request, slug)
    row = _job(request, job, "lens.import")
    if row.params.get("structure") != slug:
        raise NotFound
    if row.state == Job.State.DONE and row.report:
        messages.success(request, row.report["summary"])
        return redirect(row.report["url"])
    data = (row.report or {}).get("data", {})
    difference = data.get("difference")
    context = {
        "structure": structure,
        "job": row,
        "findings": data.get("findings", []),
        "difference": difference,
        "accounts": sorted((difference or {}).get("by_account", {}).items()),
    }
    return render(request, "lens/books/import_job.html", context)


@require_POST
def replace(request: HttpRequest, slug: str, job: Any) -> HttpResponse:
    """Take over from the former export, after its difference was shown."""
    structure = readable(request, slug)
    by = actor_of(request)
    authorize(by, "lens.import_fec", structure)
    row = _job(request, job, "lens.import")
    if row.params.get("structure") != slug or row.error_code != services.YearAlreadyImported.code:
        raise NotFound
    params = {**row.params, "replace": True}
    started = start_job("lens.import", by, **params)
    return redirect("lens:import_job", slug=slug, job=started.pk)


@require_safe
def import_record(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What an import brought: totals, findings, regroupings."""
    structure = readable(request, slug)
    record = get_object_or_404(FecImport, pk=number, book__structure=structure)
    language = (get_language() or "fr")[:2]
    regroupings = [{**each, "why": each["why"].get(language)} for each in record.regroupings]
    context = {
        "structure": structure,
        "record": record,
        "regroupings": regroupings,
        "files": entries.files_of(record),
    }
    return render(request, "lens/books/import.html", context)


@require_safe
def export(request: HttpRequest, slug: str, year: int) -> FileResponse:
    """The FEC of a financial year."""
    structure = registry.structure(slug)
    out = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    name = services.export_fec(structure=structure, year=year, out=out, by=actor_of(request))
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=name, content_type="text/plain")


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Check an accounting export; nothing is brought in."""
    by = actor_of(request)
    authorize(by, "core.see_jobs")
    structures = queries.readable_structures(by)
    form = CheckForm(request.POST or None, request.FILES or None, structures=structures)
    if request.method == "POST" and form.is_valid():
        stored = _stored(request, form.cleaned_data["files"], "lens.check")
        started = start_job(
            "lens.check", by, stored=stored, structure=form.cleaned_data["structure"]
        )
        return redirect("lens:check_result", job=started.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "lens/books/check.html", {"form": form}, status=status)


def _result(row: Job) -> dict[str, Any] | None:
    """What a check found, once it has ended well."""
    facts = (row.report or {}).get("facts", {})
    result: dict[str, Any] | None = json.loads(facts["result"]) if "result" in facts else None
    return result


@require_safe
def check_result(request: HttpRequest, job: Any) -> HttpResponse:
    """The verdict, and apart from it what the administration does not look at."""
    row = _job(request, job, "lens.check")
    result = _result(row)
    context: dict[str, Any] = {"job": row, "result": result}
    if result:
        context["errors"] = [each for each in result["findings"] if each["rejects"]]
        context["others"] = [each for each in result["findings"] if not each["rejects"]]
        context["error_count"], context["other_count"] = _counts(result)
    return render(request, "lens/books/check_result.html", context)


def _counts(result: dict[str, Any]) -> tuple[int, int]:
    """How much there is of what makes the verdict, and of the rest, shown or not."""
    rejecting = sum(n for rule, n in result["counts"].items() if fec.RULES[rule].rejects)
    return rejecting, sum(result["counts"].values()) - rejecting


@require_safe
def check_file(request: HttpRequest, job: Any, form: str) -> HttpResponse:
    """The result of a check as PDF or JSON."""
    result = _result(_job(request, job, "lens.check"))
    if result is None or form not in {"pdf", "json"}:
        raise NotFound
    if form == "json":
        content = json.dumps(result, ensure_ascii=False, indent=1).encode()
        kind = "application/json"
    else:
        content, kind = exports.pdf_bytes(_paper(result)), "application/pdf"
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="verification.{form}"'
    return response


def _left_out(result: dict[str, Any]) -> list[str]:
    """Says that not everything is listed, when it is not."""
    shown, found = len(result["findings"]), sum(result["counts"].values())
    if found <= shown:
        return []
    text = _("The first %(shown)s of %(all)s are shown.")
    return [text % {"shown": shown, "all": found}]


def _paper(result: dict[str, Any]) -> exports.Report:
    """A check as a report to be printed."""
    columns = [
        exports.Column("line", _("Line"), exports.Kind.QUANTITY),
        exports.Column("column", _("Column"), width=13),
        exports.Column("value", _("Value"), width=14),
        exports.Column("message", _("What was found"), width=44),
        exports.Column("todo", _("What to do"), width=36),
        exports.Column("rule", _("Rule"), width=26),
    ]
    tables = []
    for key, title, rejects in (
        ("errors", _("What the administration refuses"), True),
        ("others", _("Other remarks"), False),
    ):
        rows = [
            exports.Row([each[column.key] or None for column in columns])
            for each in result["findings"]
            if each["rejects"] is rejects
        ]
        tables.append(exports.Table(key, title, columns, rows))
    accepted = result["verdict"] == "accepted"
    verdict = _("Verdict: accepted") if accepted else _("Verdict: rejected")
    language = (get_language() or "fr")[:2]
    debit, credit = (fec.Cents(result[side]).shown(language) for side in ("debit", "credit"))
    figures = _("%(lines)d lines, debit %(debit)s, credit %(credit)s.") % {
        "lines": result["lines"],
        "debit": debit,
        "credit": credit,
    }
    can = _("It can be brought in.")
    cannot = _("It cannot be brought in as it is.")
    return exports.Report(
        title=_("Check of an accounting export (FEC)"),
        subject=result["name"],
        tables=tables,
        issued=timezone.localtime(),
        language=language,
        lead=[verdict, figures, can if result["importable"] else cannot, *_left_out(result)],
        landscape=True,
    )
