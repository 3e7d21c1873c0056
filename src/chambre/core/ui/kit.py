"""Invented figures for the living page of components (``/ui/``, demonstration only)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from chambre.core.ui import figures, slots
from chambre.core.ui.forms import AmountField, DayField
from chambre.lib.charts import Bar, Bars, ChartPair, Sankey, SankeyLink, SankeyNode, draw_pair

ICONS = [
    "home", "register", "resource", "people", "person", "structure", "chamber", "public",
    "accounts", "rooms", "house", "book", "statement", "balance", "rule", "flow", "chart",
    "coin", "clock", "calendar", "seal", "history", "job", "document", "table", "label", "place",
    "tree", "tool", "bottle", "basket", "learn", "search", "filter", "add", "remove", "check", "cross",
    "edit", "trash", "upload", "download", "import", "export", "print", "copy", "link", "open",
    "eye", "refresh", "sort", "left", "right", "up", "down", "arrow", "menu", "more", "send",
    "mail", "key", "lock", "phone", "leave", "shield", "hand", "info", "warning", "help", "sun",
    "moon", "contrast", "language", "code", "bell", "scan",
]  # fmt: skip
"""Every drawing of the sprite ``static/ui/icons.svg``."""


class KitForm(forms.Form):
    """One of each kind of field."""

    name = forms.CharField(label=lazy("Name of the resource"), help_text=lazy("As people say it."))
    kind = forms.ChoiceField(
        label=lazy("Kind"),
        choices=[("", "—"), ("land", lazy("land")), ("tool", lazy("tool"))],
    )
    standing = forms.ChoiceField(
        label=lazy("Standing"),
        widget=forms.RadioSelect,
        choices=[("candidate", lazy("candidate")), ("commons", lazy("commons"))],
        help_text=lazy("A candidate becomes a commons when its rules are agreed."),
    )
    since = DayField(label=lazy("Since"))
    value = AmountField(label=lazy("Value"), min_value=0, required=False)
    account = forms.FileField(label=lazy("Accounting export (FEC)"), required=False)
    notes = forms.CharField(label=lazy("Notes"), widget=forms.Textarea, required=False)
    public = forms.BooleanField(
        label=lazy("Show it to everybody"),
        help_text=lazy("Never lines of accounts, never names of third parties."),
    )


def _tab(words: Any) -> Callable[[HttpRequest, Any], str]:
    return lambda request, obj: format_html("<p>{}</p>", words)


slots.add_tab("kit", slots.Tab("uses", lazy("Uses"), _tab(lazy("Who used it, and when.")), 10))
slots.add_tab("kit", slots.Tab("rules", lazy("Rules"), _tab(lazy("What was agreed.")), 20))
slots.add_tab("kit", slots.Tab("empty", lazy("Care"), lambda request, obj: "", 30))


def _statement() -> list[dict[str, Any]]:
    """A small balance sheet: level, account, label, this year and the year before, in cents."""
    rows = [
        (0, "", _("What the orchard owns"), None, None, ""),
        (1, "21", _("Tangible assets"), 18_640_00, 19_980_00, ""),
        (2, "213", _("Cold store"), 11_200_00, 12_000_00, ""),
        (2, "215", _("Juice press"), 7_440_00, 7_980_00, ""),
        (1, "51", _("Money at the bank"), 4_812_35, 3_119_08, ""),
        (0, "", _("Total of assets"), 23_452_35, 23_099_08, "total"),
        (0, "", _("What the orchard owes"), None, None, ""),
        (1, "16", _("Loan of the club"), 6_000_00, 8_000_00, ""),
        (1, "12", _("Result of the year"), 2_353_27, -412_60, ""),
        (1, "10", _("Own funds"), 15_099_08, 15_511_68, ""),
        (0, "", _("Total of liabilities"), 23_452_35, 23_099_08, "total"),
    ]
    names = ("level", "account", "label", "now", "before", "kind")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _crossed() -> dict[str, Any]:
    """A table wider than the page: resources across, lines down."""
    heads = [_("Orchard"), _("Juice press"), _("Workshop"), _("Training course"), _("Town hall")]
    heads += [_("Cold store"), _("Deposit scheme"), _("Farm cooperative"), _("Total")]
    labels = [_("Sales of juice"), _("Grant of the region"), _("Work"), _("Upkeep of the press")]
    rows = []
    for line, label in enumerate(labels):
        cells = [(column * 7919 + line * 104729) % 1_900_000 for column in range(len(heads) - 1)]
        cells[line] = 0
        rows.append({"label": label, "cells": [*cells, sum(cells)]})
    columns = zip(*(row["cells"] for row in rows), strict=True)
    rows.append({"label": _("Total"), "cells": [sum(column) for column in columns]})
    return {"heads": heads, "rows": rows}


def _sankey() -> ChartPair:
    nodes = [
        SankeyNode("juice", _("Sales of juice"), layer=0),
        SankeyNode("region", _("Grant of the region"), layer=0),
        SankeyNode("farm", _("Farm cooperative"), layer=1),
        SankeyNode("friends", _("Friends of the orchard"), layer=1),
        SankeyNode("work", _("Work"), layer=2),
        SankeyNode("press", _("Upkeep of the press"), layer=2),
        SankeyNode("kept", _("Kept for next year"), layer=2),
    ]
    links = [
        SankeyLink("juice", "farm", 14_210_00),
        SankeyLink("region", "friends", 6_000_00),
        SankeyLink("farm", "work", 9_850_00),
        SankeyLink("farm", "press", 2_910_00),
        SankeyLink("farm", "kept", 1_450_00),
        SankeyLink("friends", "work", 4_200_00),
        SankeyLink("friends", "kept", 1_800_00),
    ]
    return draw_pair(
        Sankey(
            title=_("From whom, through whom, to what"),
            description=_("Sales pay most of the work; the grant covers the rest."),
            empty=_("Nothing has flowed yet."),
            header=(_("From"), _("To"), _("Amount")),
            nodes=nodes,
            links=links,
            format=figures.money,
            others=_("{count} others"),
            columns=(_("From whom"), _("Through"), _("To what")),
        ),
        prefix="kit-flow",
    )


def _bars() -> ChartPair:
    spec = Bars(
        title=_("How long it can go on"),
        description=_("Months of running costs that are covered, by resource."),
        empty=_("No resource yet."),
        header=(_("Resource"), _("Months")),
        bars=[
            Bar(_("Orchard"), 14, href="#charts"),
            Bar(_("Workshop"), 9),
            Bar(_("Training course"), 5),
            Bar(_("Deposit scheme"), 3),
        ],
        format=figures.integer,
    )
    return draw_pair(spec, prefix="kit-bars")


def examples(request: HttpRequest) -> dict[str, Any]:
    """What the living page shows: forms (fresh and refused), figures, charts, a list."""
    typed = {"name": "", "kind": "tool", "since": "31/02/2026", "value": "12,345"}
    refused = KitForm({f"refused-{key}": value for key, value in typed.items()}, prefix="refused")
    return {
        "form": KitForm(initial={"value": 1_250_00}),
        "refused": refused,
        "statement": _statement(),
        "crossed": _crossed(),
        "sankey": _sankey(),
        "bars": _bars(),
        "page": Paginator(range(1, 1241), 50).get_page(request.GET.get("page", 3)),
        "icons": ICONS,
        "cents": 1_234_567_89,
        "minus": -4_205,
        "zero": 0,
        "minutes": 725,
        "today": dt.date(2026, 3, 1),
        "now": dt.datetime(2026, 3, 1, 13, 5, tzinfo=dt.UTC),
        "text": _(
            "# Rules of the press\n\nWho presses **cleans**. The day is shared:\n\n"
            "1. members first,\n2. then neighbours.\n\n| Hour | Who |\n|---|---|\n| 9 | school |\n"
        ),
    }
