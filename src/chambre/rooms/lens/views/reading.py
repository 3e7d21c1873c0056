"""What every page of accounts begins and ends with: who may read, which days, and files."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, NotFound
from chambre.lib import exports
from chambre.registry.models import Agent
from chambre.rooms.lens import queries
from chambre.rooms.lens.forms.statements import PeriodForm


def readable(by: Actor) -> list[Agent]:
    """The structures whose accounts the reader may see.

    Raises:
        Forbidden: There is none.
    """
    structures = queries.readable_structures(by)
    if not structures:
        raise Forbidden
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
    }
    return PeriodForm(data)


def exported(kind: str, name: str, table: exports.Table, data: Any) -> HttpResponse:
    """A table as a file.

    Raises:
        NotFound: There is no such format.
    """
    spoken = language()
    if kind == "json":
        body: Any = json.dumps(data, ensure_ascii=False)
        response = HttpResponse(body, content_type="application/json")
    elif kind == "csv":
        response = HttpResponse(
            exports.csv_bytes(table, language=spoken), content_type="text/csv; charset=utf-8"
        )
    elif kind in ("xlsx", "pdf"):
        report = exports.Report(
            title=table.title,
            subject=name,
            tables=[table],
            issued=timezone.localtime(),
            language=spoken,
        )
        if kind == "xlsx":
            media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            response = HttpResponse(exports.xlsx_bytes(report), content_type=media)
        else:
            response = HttpResponse(exports.pdf_bytes(report), content_type="application/pdf")
    else:
        raise NotFound
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response
