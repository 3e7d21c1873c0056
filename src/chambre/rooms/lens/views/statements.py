"""All accounts at once: by resource or by structure, reconciled, and one set against the other.

A reader sees the accounts of the structures whose books they may read; what others see of a
resource is what its structures disclose (the tab on its page).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chambre.ledger import api as ledger
from chambre.rooms.lens.forms.statements import CrossForm, FigureForm
from chambre.rooms.lens.queries.periods import exercises, quick_periods
from chambre.rooms.lens.views.books import actor_of
from chambre.rooms.lens.views.crossing import cross_sheet
from chambre.rooms.lens.views.reading import (
    NoBooks,
    exported_report,
    known_query,
    period,
    readable,
    report_of,
)
from chambre.rooms.lens.views.whole import (
    eliminated_sheet,
    gap_sheet,
    group_sheet,
    reconciliation_sheet,
)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All groups over a period, reconciled."""
    try:
        structures = readable(actor_of(request))
    except NoBooks:
        return render(request, "lens/statements/index.html", {"begin": True})
    form = period(request, structures)
    context: dict[str, Any] = {"form": form, "structures": structures, "lenses": True}
    if not form.is_valid():
        return render(request, "lens/statements/index.html", context, status=422)
    years = exercises(structures)
    found = ledger.statement(structures=structures, exercises=years, **form.cleaned_data)
    query = known_query(form)
    sheets = [
        group_sheet(found, query),
        gap_sheet(found, structures),
        eliminated_sheet(found, structures, query),
    ]
    if kind := request.GET.get("format"):
        if found.by == "resource":
            sheets.append(reconciliation_sheet(found, structures, "closing", query, kind))
        return _file(request, f"comptes-{found.first}-{found.last}", found, sheets, form)
    context |= {
        "statement": found,
        "sheets": [sheet for sheet in sheets if sheet.rows],
        "query": urlencode(query),
        "known_on": form.cleaned_data["known_on"],
        "quick": quick_periods(years),
    }
    return render(request, "lens/statements/index.html", context)


@require_safe
def reconciliation(request: HttpRequest) -> HttpResponse:
    """Account by account: resources + not attributed + eliminations = structures."""
    structures = readable(actor_of(request))
    form = period(request, structures)
    chosen = FigureForm({"figure": request.GET.get("figure") or "closing"})
    context: dict[str, Any] = {"form": form, "chosen": chosen, "page": "reconciliation"}
    if not form.is_valid() or not chosen.is_valid():
        return render(request, "lens/statements/whole.html", context, status=422)
    years = exercises(structures)
    asked = {**form.cleaned_data, "by": "resource"}
    found = ledger.statement(structures=structures, exercises=years, **asked)
    query = known_query(form)
    kind = request.GET.get("format", "")
    sheets = [
        reconciliation_sheet(found, structures, chosen.cleaned_data["figure"], query, kind),
        eliminated_sheet(found, structures, query),
        gap_sheet(found, structures),
    ]
    if kind:
        return _file(request, f"rapprochement-{found.first}-{found.last}", found, sheets, form)
    context |= {"statement": found, **_shared(sheets, form, years, query)}
    return render(request, "lens/statements/whole.html", context)


@require_safe
def crossed(request: HttpRequest) -> HttpResponse:
    """Each resource in each structure, with totals that agree with both lenses."""
    structures = readable(actor_of(request))
    form = period(request, structures)
    chosen = CrossForm({"figure": request.GET.get("figure") or "result"})
    context: dict[str, Any] = {"form": form, "chosen": chosen, "page": "crossed"}
    if not form.is_valid() or not chosen.is_valid():
        return render(request, "lens/statements/whole.html", context, status=422)
    years = exercises(structures)
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    scope = ledger.scope(
        part=ledger.Part.ALL,
        structures=structures,
        known_on=form.cleaned_data["known_on"],
        exercises=years,
    )
    query = known_query(form)
    sheet = cross_sheet(scope, scope.crossed(first, last), chosen, query)
    if kind := request.GET.get("format"):
        report = report_of(
            _("Resources and structures"),
            chosen.title,
            [sheet],
            form,
            provisional=scope.provisional(first, last),
        )
        return exported_report(kind, f"croise-{first}-{last}", report)
    context |= {"provisional": scope.provisional(first, last)}
    context |= _shared([sheet], form, years, query)
    return render(request, "lens/statements/whole.html", context)


def _shared(
    sheets: list[Any], form: Any, years: list[Any], query: dict[str, str]
) -> dict[str, Any]:
    """What the pages over everything have in common."""
    return {
        "sheets": [sheet for sheet in sheets if sheet.rows],
        "query": urlencode(query),
        "known_on": form.cleaned_data["known_on"],
        "quick": quick_periods(years),
    }


def _file(
    request: HttpRequest, name: str, found: ledger.Statement, sheets: list[Any], form: Any
) -> HttpResponse:
    """The page as a file; JSON as ``chambre statement`` gives it, then the tables."""
    kept = [sheet for at, sheet in enumerate(sheets) if sheet.rows or not at]
    title = _("Accounts by resource") if found.by == "resource" else _("Accounts by structure")
    report = report_of(title, _("All together"), kept, form, provisional=found.provisional)
    return exported_report(
        request.GET["format"],
        name,
        report,
        data=found.as_json(),
        table=request.GET.get("table", kept[0].key),
    )
