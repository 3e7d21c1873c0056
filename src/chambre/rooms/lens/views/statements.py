"""Statements: what each resource, or each structure, owns, owes, receives and spends.

A reader sees the accounts of the structures whose books they may read; what others see of a
resource is what its structures disclose (the tab on its page).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chambre.core.errors import NotFound
from chambre.ledger import api as ledger
from chambre.lib import accounting, exports
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.lens.views.books import actor_of
from chambre.rooms.lens.views.reading import exported, language, period, readable


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All groups over a period, reconciled."""
    structures = readable(actor_of(request))
    form = period(request, structures)
    context: dict[str, Any] = {"form": form, "structures": structures}
    if not form.is_valid():
        return render(request, "lens/statements/index.html", context, status=422)
    found = ledger.statement(structures=structures, **form.cleaned_data)
    name = f"comptes-{found.first}-{found.last}"
    if request.GET.get("format"):
        return exported(request.GET["format"], name, _summary(found), found.as_json())
    names = {each.slug: each.name for each in structures}
    context |= {
        "statement": found,
        "eliminated": [
            (each, names.get(each["structures"][0]), names.get(each["structures"][1]))
            for each in found.as_json()["eliminated"]
        ],
        "query": f"first={found.first}&last={found.last}",
    }
    return render(request, "lens/statements/index.html", context)


@require_safe
def group(request: HttpRequest, by: str, slug: str) -> HttpResponse:
    """The statements of one resource, of one structure, or of what is not attributed (``-``)."""
    structures = readable(actor_of(request))
    form = period(request, structures)
    if not form.is_valid():
        return render(request, "lens/statements/index.html", {"form": form}, status=422)
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    found, one = _one(by, slug, structures, first, last)
    charts = {each.book.chart for each in structures if by == "resource" or each.slug == slug}
    layout = accounting.layout("associatif" if "associatif" in charts else "pcg", first)
    sheet = accounting.balance_sheet(layout, _closings(one))
    income = accounting.income_statement(layout, _movements(one))
    if request.GET.get("format"):
        data = [each for each in found.as_json()["groups"] if each["key"] == one.key]
        name = f"{by}-{slug}-{first}-{last}"
        return exported(request.GET["format"], name, _trial(found, one), data[0] if data else {})
    context = {
        "by": by,
        "group": one,
        "statement": found,
        "query": f"first={first}&last={last}",
        "sections": _sections(sheet, income),
        "accounts": [
            (each, found.labels.get(each.account, each.account)) for each in one.figures.listed()
        ],
        "scope": f"resource={slug}" if by == "resource" else f"structure={slug}",
    }
    return render(request, "lens/statements/group.html", context)


def _one(
    by: str, slug: str, structures: list[Agent], first: dt.date, last: dt.date
) -> tuple[ledger.Statement, ledger.StatementGroup]:
    """The statement of one group; an empty group when there is nothing in it."""
    options: dict[str, Any] = {"structures": structures}
    if by == "resource" and slug == "-":
        options["unattributed"] = None
    elif by == "resource":
        options["resources"] = [registry.resource(slug)]
    else:
        options["structures"] = [each for each in structures if each.slug == slug]
        if not options["structures"]:
            raise NotFound
    found = ledger.statement(by=by, first=first, last=last, **options)
    wanted = None if slug == "-" else slug
    for each in found.groups:
        if each.key == wanted:
            return found, each
    empty = ledger.empty_group(wanted, _("Not attributed") if wanted is None else slug)
    return found, empty


def _closings(group: ledger.StatementGroup) -> dict[str, int]:
    """Balances at the end; the result before the period counts among equity."""
    balances: dict[str, int] = {}
    for each in group.figures.listed():
        if each.account[:1] in "67":
            balances[each.account] = each.debit - each.credit
            if each.opening:
                key = accounting.PROFIT_ACCOUNT
                balances[key] = balances.get(key, 0) + each.opening
        else:
            balances[each.account] = balances.get(each.account, 0) + each.closing
    return balances


def _movements(group: ledger.StatementGroup) -> dict[str, int]:
    """Income, expenses and contributions in kind of the period."""
    return {
        each.account: each.debit - each.credit
        for each in group.figures.listed()
        if each.account[:1] in "678"
    }


def _sections(sheet: Any, income: Any) -> list[dict[str, Any]]:
    """The two statements as a page shows them."""
    spoken = language()
    titles = {
        "assets": _("What it owns (assets)"),
        "liabilities": _("What it owes and what it was given (liabilities)"),
        "income": _("What it received and spent (income statement)"),
        "memo": _("Contributions in kind"),
    }
    sections = []
    for name, source in (
        ("assets", sheet),
        ("liabilities", sheet),
        ("income", income),
        ("memo", income),
    ):
        rows = [row for row in source.visible() if row.section == name]
        if any(row.net or row.previous for row in rows):
            shown = [
                (row, row.plain.get(spoken) or row.label.get(spoken), row.label.get(spoken))
                for row in rows
            ]
            sections.append({"title": titles[name], "rows": shown})
    return sections


# Exports -----------------------------------------------------------------------------------------


def _summary(found: ledger.Statement) -> exports.Table:
    """The groups as a table."""
    figures = ("assets", "liabilities", "equity", "income", "expenses", "result")
    titles = (_("Assets"), _("Liabilities"), _("Equity"), _("Income"), _("Expenses"), _("Result"))
    columns = [
        exports.Column("name", _("Name")),
        *(
            exports.Column(key, title, kind=exports.Kind.AMOUNT)
            for key, title in zip(figures, titles, strict=True)
        ),
    ]
    rows = [
        exports.Row((each.name, *(getattr(each.totals, key) for key in figures)))
        for each in found.groups
    ]
    return exports.Table("groups", _("Accounts"), columns, rows)


def _trial(found: ledger.Statement, one: ledger.StatementGroup) -> exports.Table:
    """A group's trial balance as a table."""
    columns = [
        exports.Column("account", _("Account")),
        exports.Column("label", _("Label")),
        *(
            exports.Column(key, title, kind=exports.Kind.AMOUNT)
            for key, title in (
                ("opening", _("Opening")),
                ("debit", _("Debit")),
                ("credit", _("Credit")),
                ("closing", _("Closing")),
            )
        ),
    ]
    rows = [
        exports.Row(
            (
                each.account,
                found.labels.get(each.account, ""),
                each.opening,
                each.debit,
                each.credit,
                each.closing,
            )
        )
        for each in one.figures.listed()
    ]
    return exports.Table("trial", one.name, columns, rows)
