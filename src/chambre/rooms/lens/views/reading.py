"""What every page of accounts begins and ends with: who may read, which days, and files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.errors import ChambreError, Forbidden, NotFound, TooLarge
from chambre.core.ui import figures as shown
from chambre.lib import exports
from chambre.registry.models import Agent
from chambre.rooms.lens import queries
from chambre.rooms.lens.forms.statements import PeriodForm
from chambre.rooms.lens.views.sheets import Sheet


class NoBooks(ChambreError):
    """No structure is in the register yet, so there are no accounts to read."""

    code = "lens.no-books"
    status = 404
    default_message = gettext_lazy(
        "There are no accounts yet. Add a structure to the register, then bring its accounts in."
    )


def readable(by: Actor) -> list[Agent]:
    """The structures whose accounts the reader may see.

    Raises:
        Forbidden: The reader answers for none.
        NoBooks: The reader may see them all, and there is none yet.
    """
    structures = queries.readable_structures(by)
    if not structures:
        raise NoBooks if by.may("lens.read_books") else Forbidden
    return structures


def language() -> Any:
    """The reader's language, as tables and layouts name it: ``fr`` or ``en``."""
    return "en" if (get_language() or "fr").startswith("en") else "fr"


def period(request: HttpRequest, structures: list[Agent]) -> PeriodForm:
    """The form as it was filled in, or with the last financial year."""
    first, last = queries.last_year(structures)
    data = {
        "by": request.GET.get("by") or "resource",
        "first": request.GET.get("first") or first.isoformat(),
        "last": request.GET.get("last") or last.isoformat(),
        "known_on": request.GET.get("known_on", ""),
    }
    return PeriodForm(data)


def known_query(form: PeriodForm) -> dict[str, str]:
    """The days, and the state of knowledge, as addresses carry them on."""
    data = form.cleaned_data
    query = {"first": data["first"].isoformat(), "last": data["last"].isoformat()}
    if data["known_on"]:
        query["known_on"] = data["known_on"].isoformat()
    return query


def report_of(
    title: str, subject: str, sheets: Sequence[Sheet], form: PeriodForm, *, provisional: bool
) -> exports.Report:
    """Sheets as a report for a file.

    Args:
        title: What it is.
        subject: Whom or what it is about.
        sheets: Its tables.
        form: The period, and as known on which day.
        provisional: Whether some year is open.
    """
    data = form.cleaned_data
    known = data["known_on"]
    return exports.Report(
        title=title,
        subject=subject,
        tables=[sheet.table() for sheet in sheets],
        issued=timezone.localtime(),
        period=f"{shown.day(data['first'])} – {shown.day(data['last'])}",
        language=language(),
        provisional=provisional,
        provenance=[(_("As known on"), shown.day(known))] if known else [],
    )


def exported(kind: str, name: str, table: exports.Table) -> HttpResponse:
    """A table as a file.

    Raises:
        NotFound: There is no such format.
    """
    report = exports.Report(
        title=table.title,
        subject=name,
        tables=[table],
        issued=timezone.localtime(),
        language=language(),
    )
    return exported_report(kind, name, report)


_MEDIA = {
    "html": "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "zip": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "json": "application/json",
}


def exported_report(
    kind: str, name: str, report: exports.Report, *, data: Any = None, table: str = ""
) -> HttpResponse:
    """A report as a file.

    Args:
        kind: ``html``, ``csv`` (one table), ``zip`` (every table as CSV), ``xlsx``, ``pdf``,
            ``json``.
        name: Name of the file, without its ending.
        report: What it says.
        data: What the JSON begins with; without it, the report alone.
        table: Key of the table of a ``csv``; the first one when there is none of that name.

    Raises:
        NotFound: There is no such format.
        TooLarge: It is too long for paper.
    """
    if kind not in _MEDIA:
        raise NotFound
    if kind == "json":
        body = _json(report, data)
    elif kind == "csv":
        chosen = next((each for each in report.tables if each.key == table), report.tables[0])
        body = exports.csv_bytes(chosen, language=report.language)
        name = f"{name}-{chosen.key}" if len(report.tables) > 1 else name
    else:
        write: dict[str, Any] = {
            "html": exports.html_bytes,
            "zip": exports.csv_zip,
            "xlsx": exports.xlsx_bytes,
            "pdf": _on_paper,
        }
        body = write[kind](report)
    response = HttpResponse(body, content_type=_MEDIA[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def _on_paper(report: exports.Report) -> bytes:
    try:
        return exports.pdf_bytes(report)
    except exports.PaperRefusal as error:
        raise TooLarge(error.message(get_language() or "fr"), **error.data) from error


def _json(report: exports.Report, data: Any) -> bytes:
    """The statement's own object first, then every table of the report."""
    if data is None:
        return exports.json_bytes(report)
    tables = json.loads(exports.json_bytes(report))["tables"]
    return json.dumps({**data, "tables": tables}, ensure_ascii=False).encode()
