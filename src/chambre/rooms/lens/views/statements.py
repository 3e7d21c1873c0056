"""Statements: what each resource, or each structure, owns, owes, receives and spends.

A reader sees the accounts of the structures whose books they may read; what others see of a
resource is what its structures disclose (the tab on its page).
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chambre.ledger import api as ledger
from chambre.lib import exports
from chambre.rooms.lens.views.books import actor_of
from chambre.rooms.lens.views.reading import exported, period, readable


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
