"""My statement: a year, for oneself, for the tax office or for the employment service; and erasure."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core.actors import authorize
from chambre.core.errors import NotFound
from chambre.lib import exports
from chambre.lib.exports import Column, Kind, Row, Table
from chambre.registry import api as registry
from chambre.rooms.reciprocity.queries.contributing.statement import (
    Statement,
    statement_of,
    years_of,
)
from chambre.rooms.reciprocity.services.contributing import erasing
from chambre.rooms.reciprocity.views.contributing.frame import (
    actor_of,
    asked,
    done,
    language,
    measure_of,
    person_asking,
)

MEDIA = {"csv": "application/zip", "json": "application/json", "pdf": "application/pdf"}


def purposes() -> dict[str, tuple[str, str]]:
    """For whom a statement is: what it is called, and how to read it."""
    return {
        "moi": (
            _("For oneself"),
            _("Everything: what you gave, what you asked for, what you were paid."),
        ),
        "impots": (
            _("For the tax office"),
            _(
                "What you were paid, by whom and when: it is declared as the document of each payment"
                " says (wages, fees, self-employed income). Time given is no income; money given to a"
                " body of general interest opens a reduction only with its own tax receipt."
            ),
        ),
        "emploi": (
            _("For the employment service (France Travail)"),
            _(
                "Hours given and hours for which something is asked, month by month. Volunteering with a"
                " non-profit body goes with being registered; paid activity is declared each month."
            ),
        ),
    }


@require_safe
def statement(request: HttpRequest) -> HttpResponse:
    """A year of mine, as a page or a file."""
    by = person_asking(request)
    agent = registry.person_of(by.user)  # type: ignore[arg-type]
    authorize(by, "reciprocity.read_statement", agent)
    years = years_of(agent)
    this = registry.today().year
    year = _year(asked(request, "annee"), this)
    purpose = asked(request, "pour") or "moi"
    told = purposes()
    if purpose not in told:
        raise NotFound
    found = statement_of(agent, year)
    tables = tables_of(found, purpose)
    if kind := asked(request, "format"):
        return _file(kind, found, tables, *told[purpose])
    context = {
        "statement": found, "years": sorted({*years, this, year}, reverse=True), "year": year,
        "purpose": purpose, "purposes": [(key, name) for key, (name, _note) in told.items()],
        "note": told[purpose][1], "tables": [_shown(table) for table in tables],
    }  # fmt: skip
    return render(request, "reciprocity/contributing/statement.html", context)


def _year(text: str, default: int) -> int:
    """The year that was asked for.

    Raises:
        NotFound: It is none.
    """
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not 1900 <= int(text[:5]) <= 2200:
        raise NotFound
    return int(text)


def tables_of(found: Statement, purpose: str) -> list[Table]:
    """The tables of a statement for somebody."""
    if purpose == "impots":
        return [_paid(found), _given_money(found)]
    if purpose == "emploi":
        return [_months(found)]
    return [_contributions(found), _months(found), _paid(found), _shared(found)]


def _contributions(found: Statement) -> Table:
    states = {True: _("recognised"), False: _("declined"), None: _("waiting")}
    return Table(
        key="contributions",
        title=_("Contributions"),
        columns=[
            Column("day", _("Day"), Kind.DATE),
            Column("resource", _("Resource"), width=24),
            Column("kind", _("Kind"), width=14),
            Column("what", _("What"), width=34),
            Column("much", _("How much"), width=14),
            Column("state", _("State"), width=12),
            Column("asked", _("Asked for"), Kind.AMOUNT, dash=True),
        ],
        rows=[
            Row([
                row.until, row.resource.name, str(row.get_kind_display()), row.words.what,
                measure_of(row), states[getattr(getattr(row, "recognition", None), "counts", None)],
                row.asked,
            ])
            for row in found.contributions
        ],
    )  # fmt: skip


def _months(found: Statement) -> Table:
    return Table(
        key="months",
        title=_("Month by month"),
        columns=[
            Column("month", _("Month"), width=18),
            Column("given", _("Time given"), Kind.AMOUNT, unit="HUR", dash=True),
            Column("asked", _("Time for which something is asked"), Kind.AMOUNT, unit="HUR", dash=True),
            Column("paid", _("Paid"), Kind.AMOUNT, dash=True),
        ],
        rows=[
            Row([str(MONTHS[month.month]), month.given, month.asked, month.paid])
            for month in found.months
        ],
        totals=[
            Row([
                _("Year"), found.given, found.minutes - found.given, found.received,
            ])
        ],
    )  # fmt: skip


def _paid(found: Statement) -> Table:
    return Table(
        key="paid",
        title=_("Paid from contributive budgets"),
        columns=[
            Column("day", _("Day"), Kind.DATE),
            Column("structure", _("Paid by"), width=26),
            Column("siren", _("SIREN"), width=10),
            Column("budget", _("Budget"), width=24),
            Column("what", _("What"), width=26),
            Column("document", _("Document"), width=18),
            Column("amount", _("Amount"), Kind.AMOUNT),
        ],
        rows=[
            Row([
                row.day, row.retribution.budget.structure.name,
                row.retribution.budget.structure.siren, row.retribution.budget.name,
                row.retribution.words.what, row.reference, row.minor,
            ])
            for row in found.paid
        ],
        totals=[Row([None, _("Year"), "", "", "", "", found.received])],
    )  # fmt: skip


def _given_money(found: Statement) -> Table:
    return Table(
        key="given",
        title=_("Money given"),
        columns=[
            Column("day", _("Day"), Kind.DATE),
            Column("resource", _("Resource"), width=30),
            Column("what", _("What"), width=34),
            Column("amount", _("Amount"), Kind.AMOUNT),
        ],
        rows=[
            Row([row.until, row.resource.name, row.words.what, row.cents])
            for row in found.contributions if row.cents
        ],
        totals=[Row([None, _("Year"), "", found.money])],
    )  # fmt: skip


def _shared(found: Statement) -> Table:
    return Table(
        key="shared",
        title=_("Budgets that were shared because too much was asked"),
        columns=[
            Column("budget", _("Budget"), width=26),
            Column("asked", _("Asked for"), Kind.AMOUNT),
            Column("paid", _("Paid"), Kind.AMOUNT),
            Column("carried", _("Kept as a claim"), Kind.AMOUNT, dash=True),
            Column("given", _("Volunteered"), Kind.AMOUNT, dash=True),
            Column("waived", _("Let go"), Kind.AMOUNT, dash=True),
        ],
        rows=[
            Row([
                row.overrun.budget.name, row.asked, row.paid, row.carried, row.given, row.waived,
            ])
            for row in found.outcomes
        ],
    )  # fmt: skip


def _file(kind: str, found: Statement, tables: list[Table], name: str, note: str) -> HttpResponse:
    if kind not in MEDIA:
        raise NotFound
    report = exports.Report(
        title=_("Statement of contributions"), subject=found.agent.name, tables=tables,
        issued=timezone.localtime(), period=str(found.year), issuer=str(found.agent.chamber or ""),
        language=language(), lead=(name, note),
    )  # fmt: skip
    make = {"csv": exports.csv_zip, "json": exports.json_bytes, "pdf": exports.pdf_bytes}[kind]
    response = HttpResponse(make(report), content_type=MEDIA[kind])
    ending = "zip" if kind == "csv" else kind
    response["Content-Disposition"] = f'attachment; filename="contributions-{found.year}.{ending}"'
    return response


def _shown(table: Table) -> dict[str, Any]:
    """A table as the page writes it."""
    return {
        "title": table.title,
        "columns": table.columns,
        "rows": [list(zip(table.columns, row.cells, strict=True)) for row in table.rows],
        "totals": [list(zip(table.columns, row.cells, strict=True)) for row in table.totals],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def blank(request: HttpRequest) -> HttpResponse:
    """Blank the words that I wrote."""
    by = person_asking(request)
    agent = registry.person_of(by.user)  # type: ignore[arg-type]
    back = reverse("reciprocity:statement")
    if request.method == "POST":
        act = lambda: erasing.blank_words(agent=agent, by=actor_of(request))  # noqa: E731
        done(request, act, _("Your words are blanked."))
        return redirect(back)
    context = {
        "title": _("Blank my words"),
        "consequences": [
            _("What you wrote with your contributions, objections and positions becomes empty."),
            _("How much, when and for which resource stays: accounts and distributions stand on it."),
            _("Your name stays in the register, where you change it."),
        ],
        "irreversible": _("This cannot be undone."),
        "confirm": _("Blank them"), "back": back, "danger": True,
    }  # fmt: skip
    return render(request, "ui/confirm.html", context)


STATEMENTS = [
    path("contributions/releve/", statement, name="statement"),
    path("contributions/effacer/", blank, name="contribution_blank"),
]
