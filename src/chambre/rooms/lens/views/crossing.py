"""Resources set against structures: one figure of every resource in every structure."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from chambre.ledger import api as ledger
from chambre.lib.consolidation import Group, add_groups, take_off
from chambre.registry.models import Resource
from chambre.rooms.lens.forms.statements import CrossForm
from chambre.rooms.lens.views.sheets import SUBTOTAL, TOTAL, Sheet, SheetColumn, SheetRow
from chambre.rooms.lens.views.whole import group_address


def cross_sheet(
    scope: ledger.Scope, found: ledger.PeriodFigures, chosen: CrossForm, query: dict[str, str]
) -> Sheet:
    """One figure of each resource in each structure, with the totals of both lenses.

    Cells of income, expenses and equity add up to the lenses but for what is eliminated between
    structures. Of what is owned and owed, a sum of cells counts what a resource and its structure
    owe each other, and claims that stand against debts elsewhere; the column and the row of what
    is set off say how much.

    Args:
        scope: The structures.
        found: Every cell over the period.
        chosen: The form that says which figure.
        query: What the addresses of groups begin with.
    """
    figure = chosen.cleaned_data["figure"]
    cells = {cell: _amount(group, figure) for cell, group in found.cells.items() if group.listed()}
    resources = _resources({resource for _book, resource in cells})
    books = [pk for pk in scope.books if any(book == pk for book, _resource in cells)]
    books.sort(key=lambda pk: scope.books[pk].structure.name.casefold())
    by_resource = _lens(found, figure, 1)
    by_book = _lens(found, figure, 0)
    rows = [
        _row(
            [(scope.books[book].structure.slug, cells.get((book, pk))) for book in books],
            (slug, name),
            by_resource[pk],
            query,
        )
        for pk, slug, name in resources
    ]
    return Sheet(
        "crossed",
        chosen.title,
        (
            *(SheetColumn(f"s{pk}", scope.books[pk].structure.name) for pk in books),
            SheetColumn("sum", _("Sum")),
            SheetColumn("off", _("Set off")),
            SheetColumn("lens", _("By resource")),
        ),
        rows,
        names=(("name", _("Resource")),),
        totals=_totals(rows, books, by_book) if rows else (),
        notes=(
            _(
                "Set off: what a resource and its structures owe each other, what structures sell"
                " to each other about one resource, and claims that stand against debts on the"
                " same account. “By resource” and “by structure” are the figures of the two"
                " lenses."
            ),
        ),
        wide=True,
    )


def _amount(group: Group, figure: str) -> int:
    """One of the six figures of a group."""
    amount: int = getattr(group.totals(), figure)
    return amount


def _resources(present: set[int | None]) -> list[tuple[int | None, str | None, str]]:
    """Id, slug and name, by name; what is not attributed comes last."""
    named = Resource.objects.filter(pk__in=[pk for pk in present if pk]).order_by()
    listed: list[tuple[int | None, str | None, str]] = [
        (each.pk, each.slug, each.name) for each in named
    ]
    listed.sort(key=lambda each: each[2].casefold())
    if None in present:
        listed.append((None, None, _("Not attributed")))
    return listed


def _lens(found: ledger.PeriodFigures, figure: str, axis: int) -> dict[Any, int]:
    """The figure of each group of a lens; by resource, what is eliminated is taken off."""
    groups: Mapping[Hashable, Group] = add_groups(found.cells, key=lambda cell: cell[axis])
    if axis == 1:
        for each in found.eliminations:
            if each.resource in groups:
                take_off(groups[each.resource], each)
    return {key: _amount(group, figure) for key, group in groups.items()}


def _row(
    amounts: list[tuple[str, int | None]],
    resource: tuple[str | None, str],
    lens: int,
    query: dict[str, str],
) -> SheetRow:
    """One resource in each structure; an empty cell where it has nothing at all."""
    slug, name = resource
    total = sum(amount or 0 for _structure, amount in amounts)
    links = [
        "" if amount is None else group_address("resource", slug, query, structure=structure)
        for structure, amount in amounts
    ]
    whole = group_address("resource", slug, query)
    return SheetRow(
        (name,),
        (*(amount for _structure, amount in amounts), total, lens - total, lens),
        address=whole,
        links=(*links, "", "", whole),
    )


def _totals(rows: list[SheetRow], books: list[int], by_book: dict[Any, int]) -> list[SheetRow]:
    """Sums of the cells, what is set off, and the figures of the structures."""
    width = len(books)
    sums = [sum(row.cells[at] or 0 for row in rows) for at in range(width + 3)]
    lens = [by_book.get(pk, 0) for pk in books]
    off = [amount - total for amount, total in zip(lens, sums[:width], strict=True)]
    return [
        SheetRow((_("Sum"),), tuple(sums), role=SUBTOTAL),
        SheetRow((_("Set off"),), (*off, sum(off), None, None)),
        SheetRow((_("By structure"),), (*lens, sum(lens), None, None), role=TOTAL),
    ]
