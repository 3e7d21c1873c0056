"""The accounts of one resource, of one structure, of all together, or of the rest, in full."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chambre.core.errors import NotFound
from chambre.core.ui import figures as shown
from chambre.ledger import api as ledger
from chambre.lib import accounting, exports
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.lens.queries.periods import exercises, quick_periods
from chambre.rooms.lens.views.balance import (
    Reading,
    statement_sheets,
    trial_sheet,
    year_before,
)
from chambre.rooms.lens.views.books import actor_of
from chambre.rooms.lens.views.cash import cash_sheet, elimination_sheet, link_sheet
from chambre.rooms.lens.views.reading import exported_report, language, period, readable
from chambre.rooms.lens.views.sheets import Sheet

REST = "-"
"""Stands in addresses for what is not attributed."""


class Group(NamedTuple):
    """Whose accounts a page shows.

    Attributes:
        name: What people call it.
        scope: Its lines.
        query: What the address of its lines begins with.
    """

    name: str
    scope: ledger.Scope
    query: dict[str, str]


@require_safe
def group(request: HttpRequest, by: str, slug: str) -> HttpResponse:
    """The statements of one resource, of one structure, or of ``-``.

    That stands for what is not attributed to a resource, and for all structures together.
    """
    structures = readable(actor_of(request))
    form = period(request, structures)
    years = exercises(structures)
    context: dict[str, Any] = {"form": form, "quick": quick_periods(years), "by": by}
    if not form.is_valid():
        return render(request, "lens/statements/index.html", context, status=422)
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    structure = request.GET.get("structure", "")
    one = _group(by, slug, structure, structures, years, form.cleaned_data["known_on"])
    read = _read(one, first, last)
    sheets = _sheets(read)
    if kind := request.GET.get("format"):
        name = "-".join(part for part in (by, slug.strip("-") or "rest", structure) if part)
        return exported_report(
            kind,
            f"{name}-{first}-{last}",
            _report(one, read, sheets),
            data=_json(read, slug, one.name),
            table=request.GET.get("table", "trial"),
        )
    context |= {
        "name": one.name,
        "slug": slug,
        "structure": structure,
        "read": read,
        "sheets": sheets,
        "figures": _headline(read),
        "provisional": one.scope.provisional(first, last),
        "query": f"first={first}&last={last}",
        "known_on": form.cleaned_data["known_on"],
        "cumulated": by == "structure" and slug == REST,
    }
    return render(request, "lens/statements/group.html", context)


def _group(
    by: str,
    slug: str,
    only: str,
    structures: list[Agent],
    years: list[Any],
    known_on: dt.date | None,
) -> Group:
    """Whose accounts are asked for.

    Raises:
        NotFound: No such resource, or no such structure among those that may be read.
    """
    wanted = only if by == "resource" else "" if slug == REST else slug
    kept = [each for each in structures if wanted in ("", each.slug)]
    if not kept or by not in ("resource", "structure"):
        raise NotFound
    query = {"structure": wanted} if wanted else {}
    resource = registry.resource(slug) if by == "resource" and slug != REST else None
    if by == "structure":
        part, name = ledger.Part.ALL, kept[0].name if wanted else _("All structures together")
    elif resource is None:
        part, name, query["resource"] = ledger.Part.REST, _("Not attributed"), REST
    else:
        part, name, query["resource"] = ledger.Part.RESOURCE, resource.name, slug
    if only and by == "resource":
        name = _("%(resource)s in the books of %(structure)s") % {
            "resource": name,
            "structure": kept[0].name,
        }
    scope = ledger.scope(
        part=part, structures=kept, resource=resource, known_on=known_on, exercises=years
    )
    return Group(name, scope, query)


def _read(one: Group, first: dt.date, last: dt.date) -> Reading:
    """The period and its year before."""
    before = year_before(one.scope, first, last)
    now, past = one.scope.figures([(first, last), before])
    query = {"first": first.isoformat(), "last": last.isoformat(), **one.query}
    return Reading(one.scope, now, None if past.empty else past, query)


def _sheets(read: Reading) -> list[Sheet]:
    """Every table of the page, in order."""
    found = [
        *statement_sheets(read),
        cash_sheet(read),
        link_sheet(read, read.scope.links(read.now.last)),
        elimination_sheet(read),
        trial_sheet(read),
    ]
    return [sheet for sheet in found if sheet and sheet.rows]


def _headline(read: Reading) -> list[dict[str, Any]]:
    """The few figures that matter, in plain words, with those of the year before."""
    totals = read.group.totals()
    past = read.earlier.totals() if read.earlier else None
    words = (
        ("assets", _("Owns"), _("assets"), "assets"),
        ("liabilities", _("Owes"), _("liabilities"), "liabilities"),
        ("income", _("Receives"), _("income"), "income"),
        ("expenses", _("Spends"), _("expenses"), "income"),
        ("result", _("Left over"), _("result"), "income"),
    )
    return [
        {
            "plain": plain,
            "term": term,
            "amount": getattr(totals, key),
            "before": getattr(past, key) if past else None,
            "at": at,
        }
        for key, plain, term, at in words
    ]


def _report(one: Group, read: Reading, sheets: list[Sheet]) -> exports.Report:
    """Everything on the page, for a file."""
    scope = read.scope
    names = ", ".join(sorted(book.structure.name for book in scope.books.values()))
    provenance = [(_("Books"), names), (_("Layout"), _layout_name(read))]
    if scope.known_on:
        provenance.append((_("As known on"), shown.day(scope.known_on)))
    return exports.Report(
        title=_("Accounts"),
        subject=one.name,
        tables=[sheet.table() for sheet in sheets] or [trial_sheet(read).table()],
        issued=timezone.localtime(),
        period=f"{shown.day(read.now.first)} – {shown.day(read.now.last)}",
        language=language(),
        provisional=scope.provisional(read.now.first, read.now.last),
        provenance=provenance,
        seal=_last_seal(scope),
    )


def _last_seal(scope: ledger.Scope) -> str:
    """The digest that vouches for all that was sealed so far, for the foot of every page."""
    chamber = next((book.chamber_id for book in scope.books.values()), None)
    last = ledger.last_seal(chamber) if chamber else None
    return bytes(last.digest).hex() if last else ""


def _layout_name(read: Reading) -> str:
    """The model of the statements in words."""
    return accounting.CHARTS[read.layout.key].name.get(language())


def _json(read: Reading, slug: str, name: str) -> dict[str, Any]:
    """The group as ``chambre statement`` gives it."""
    totals = read.group.totals()
    keys = ("assets", "liabilities", "equity", "income", "expenses", "result")
    columns = ("opening", "debit", "credit", "closing")
    return {
        "key": None if slug == REST else slug,
        "name": name,
        **{key: getattr(totals, key) for key in keys},
        "accounts": [
            {
                "account": each.account,
                "label": read.labels.get(each.account, each.account),
                **{key: getattr(each, key) for key in columns},
            }
            for each in read.group.listed()
        ],
    }
