"""The panel of the dashboard for people who answer for books; nothing for anybody else."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from chambre.rooms.lens import queries
from chambre.rooms.lens.queries import looking
from chambre.rooms.lens.queries.looking import Cover, View
from chambre.rooms.lens.views.books import actor_of

FEW = 12
"""Structures up to which figures are shown; who answers for more goes to the pages."""
SHOWN = 6
"""Resources and structures in each list."""


def accounts(request: HttpRequest) -> str:
    """How to begin; then last imports, lines left, and each resource's result of the last year."""
    by = actor_of(request)
    if not by.may("lens.read_books"):
        return ""
    structures = queries.readable_structures(by)
    if not structures:
        begins = by.may("registry.create_agent")
        return render_to_string("lens/panels/begin.html", request=request) if begins else ""
    first, last = queries.last_year(structures)
    context: dict[str, Any] = {
        "imports": list(queries.imports_in(structures)[:3]),
        "first": first,
        "last": last,
        "query": f"first={first}&last={last}",
    }
    if len(structures) <= FEW:
        view = View(structures, None, first, last)
        context |= {"results": _results(view), "left": _left(view)}
    return render_to_string("lens/panels/accounts.html", context, request=request)


def _results(view: View) -> list[dict[str, Any]]:
    """Income − expenses by resource, in cents.

    What structures sell to each other about a resource raises its income and its expenses alike,
    so that the result is that of the statement.
    """
    found: dict[str, dict[str, Any]] = {}
    for slug, name, _book, _account, net in looking.by_resource(view):
        if slug:
            row = found.setdefault(slug, {"slug": slug, "name": name, "result": 0})
            row["result"] -= net
    return sorted(found.values(), key=lambda row: str(row["name"]).casefold())[:SHOWN]


def _left(view: View) -> list[dict[str, Any]]:
    """Lines of income and expense that no resource has any part of, by structure."""
    covers: dict[int, Cover] = {}
    for (book, account), cover in looking.coverage(view).items():
        if account[:1] in "67":
            covers[book] = covers.get(book, Cover()).plus(cover)
    rows: list[dict[str, Any]] = [
        {"structure": view.books[book].structure, "lines": cover.lines - cover.taken}
        for book, cover in covers.items()
        if cover.lines > cover.taken
    ]
    return sorted(rows, key=lambda row: -row["lines"])[:SHOWN]
