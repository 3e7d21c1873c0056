"""How a scheme does, in figures: for its people, and as files."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chambre.core import clock
from chambre.core.actors import Actor, authorize
from chambre.core.errors import NotFound
from chambre.core.ui import figures as written
from chambre.lib import exports
from chambre.rooms.deposit.models import Scheme
from chambre.rooms.deposit.queries.finding import scheme_named
from chambre.rooms.deposit.queries.managing import places_of_scheme
from chambre.rooms.deposit.views import figuretables, figuretimes, figurework
from chambre.rooms.deposit.views.stewards import frame

MEDIA = {
    "csv": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "pdf": "application/pdf",
}
WRITERS: dict[str, Any] = {
    "csv": exports.csv_zip,
    "xlsx": exports.xlsx_bytes,
    "json": exports.json_bytes,
    "pdf": exports.pdf_bytes,
}
YEAR = dt.timedelta(days=364)
PARTS = (*figuretables.PARTS, figuretimes.TIMES, figuretimes.WASHES, figuretimes.COSTS)


class PeriodForm(forms.Form):
    """From when to when; a year up to today when nothing is said."""

    first = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def period(self) -> tuple[dt.date, dt.date]:
        """First and last day, in order."""
        data = self.cleaned_data if self.is_valid() else {}
        last = data.get("last") or clock.today()
        first = data.get("first") or last - YEAR
        return min(first, last), max(first, last)


@require_safe
def scheme_figures(request: HttpRequest, slug: str) -> HttpResponse:
    """One part (``?tab=``) of how a scheme does; ``?format=`` gives it as a file.

    Raises:
        NoScheme: There is none of this name.
        Forbidden: Not for this person.
        NotFound: There is no such format.
    """
    by: Actor = request.actor  # type: ignore[attr-defined]
    scheme = scheme_named(slug)
    authorize(by, "deposit.read", scheme)
    form = PeriodForm(request.GET or None)
    first, last = form.period() if form.is_bound else PeriodForm({}).period()
    part = request.GET.get("tab", "")
    part = part if part in PARTS else figuretables.RETURNS
    place = request.GET.get("place", "")[:50].replace("\0", "")
    kind = request.GET.get("format", "")
    found = figuretables.gather(scheme, first, last, part)
    most = figuretimes.MOST_WASHES if kind else figuretimes.SHOWN
    timed = figuretimes.gather(scheme, first, last, part, place, most)
    worked = figurework.gather(scheme, first, last, part)
    turns = found.stock.rotations if found.stock else None
    tables = figuretables.tables(found) + figurework.tables(worked, turns)
    tables += figuretimes.tables(timed)
    if kind:
        name = f"consigne-{scheme.slug}-{part}-{first:%Y%m%d}-{last:%Y%m%d}"
        period = f"{written.day(first)} – {written.day(last)}"
        return file_of(kind, _("Figures of the deposit scheme"), scheme, tables, name, period)
    context = {
        "first": first,
        "last": last,
        "tiles": figuretables.tiles(found) + figurework.tiles(worked) + figuretimes.tiles(timed),
        "charts": figuretables.charts(found),
        "tables": [shown(table) for table in tables],
        "files": sorted(MEDIA),
        "part": part,
        "parts": [
            (figuretables.RETURNS, _("What comes back")),
            (figuretables.OBJECTS, _("The objects")),
            (figuretables.MONEY, _("Refunds and cases")),
            (figuretimes.TIMES, _("How long it takes")),
            (figuretimes.WASHES, _("The washes")),
            (figuretimes.COSTS, _("What it costs")),
        ],
        "place": place,
        "places": places_of_scheme(scheme) if part == figuretimes.WASHES else (),
        "costs_missing": part == figuretimes.COSTS and not tables,
    }
    return render(request, "deposit/figures.html", frame(request, scheme, **context))


def file_of(
    kind: str,
    title: str,
    scheme: Scheme,
    tables: list[exports.Table],
    name: str,
    period: str = "",
) -> HttpResponse:
    """Tables as a file to keep.

    Raises:
        NotFound: There is no such format.
    """
    if kind not in MEDIA:
        raise NotFound
    report = exports.Report(
        title=title,
        subject=scheme.name,
        tables=tables,
        issued=timezone.localtime(),
        period=period,
        language="fr" if (get_language() or "fr").startswith("fr") else "en",
    )
    response = HttpResponse(WRITERS[kind](report), content_type=MEDIA[kind])
    ending = "zip" if kind == "csv" else kind
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


def shown(table: exports.Table) -> dict[str, Any]:
    """A table as the page writes it: each cell in words, and whether it is a number."""
    return {
        "title": table.title,
        "notes": table.notes,
        "heads": [(column.title, column.numeric) for column in table.columns],
        "rows": [
            [
                (_cell(column, value), column.numeric)
                for column, value in zip(table.columns, row.cells, strict=True)
            ]
            for row in table.rows
        ],
    }


def _cell(column: exports.Column, value: exports.Value) -> str:
    if value is None:
        return "–"
    if isinstance(value, dt.date):
        return written.day(value)
    if isinstance(value, str):
        return value
    if column.kind is exports.Kind.AMOUNT:
        return written.money(value)
    if column.kind is exports.Kind.SHARE:
        return figuretables.percent(value)
    if column.decimals == 1:
        return figuretables.tenths(value)
    return written.integer(value)
