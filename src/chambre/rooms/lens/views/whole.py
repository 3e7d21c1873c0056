"""Everything at once, as sheets: the groups, what is eliminated, and the reconciliation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from chambre.core.ui import figures as shown
from chambre.ledger import api as ledger
from chambre.lib.consolidation import AccountFigures, Elimination
from chambre.registry.models import Agent
from chambre.rooms.lens.views.sheets import TOTAL, Sheet, SheetColumn, SheetRow

REST = "-"
MOST_COLUMNS = 12
"""Groups shown one by one on a page and on paper; more are only added up there."""
_SIX = ("assets", "liabilities", "equity", "income", "expenses", "result")


def titles() -> dict[str, str]:
    """The six figures of a group in words, the accounting term beside them."""
    return {
        "assets": _("owns (assets)"),
        "liabilities": _("owes (liabilities)"),
        "equity": _("own funds (equity)"),
        "income": _("receives (income)"),
        "expenses": _("spends (expenses)"),
        "result": _("left over (result)"),
    }


def group_sheet(found: ledger.Statement, query: dict[str, str]) -> Sheet:
    """The groups, one row each."""
    words = titles()
    rows = [
        SheetRow(
            (group.name,),
            tuple(getattr(group.totals, key) for key in _SIX),
            address=group_address(found.by, group.key, query),
        )
        for group in found.groups
    ]
    sums = tuple(sum(getattr(each.totals, key) for each in found.groups) for key in _SIX)
    by_resource = found.by == "resource"
    return Sheet(
        "groups",
        _("Resource by resource") if by_resource else _("Structure by structure"),
        tuple(SheetColumn(key, words[key].capitalize(), key == "equity") for key in _SIX),
        rows,
        names=(("name", _("Resource") if by_resource else _("Structure")),),
        totals=[SheetRow((_("Together"),), sums, role=TOTAL)] if rows else (),
    )


def group_address(by: str, key: str | None, query: dict[str, str], **more: str) -> str:
    """Where the accounts of a group are."""
    return f"{reverse('lens:statement', args=[by, key or REST])}?{urlencode({**query, **more})}"


def eliminated_sheet(
    found: ledger.Statement, structures: Sequence[Agent], query: dict[str, str]
) -> Sheet:
    """What structures say of each other about one resource, taken off its accounts."""
    names = {each.book.pk: each for each in structures}
    resources = {group.pk: group.name for group in found.groups}
    rows = [
        SheetRow(
            (
                resources.get(each.resource, ""),
                each.account,
                names[each.book].name,
                names[each.partner].name,
            ),
            (each.amount,),
            address=_lines(query, found.resources.get(each.resource, ""), each.account,
                           names[each.book].slug),
        )
        for each in found.eliminations
    ]  # fmt: skip
    return Sheet(
        "eliminations",
        _("Between structures about the same resource"),
        (SheetColumn("amount", _("Taken off")),),
        rows,
        term=_("Eliminations"),
        names=(
            ("resource", _("Resource")),
            ("account", _("Account")),
            ("book", _("In the books of")),
            ("partner", _("About")),
        ),
        lede=_(
            "These amounts are taken off the accounts of the resource: what one of its structures"
            " sells to another is neither received nor spent by it."
        ),
    )


def gap_sheet(found: ledger.Statement, structures: Sequence[Agent]) -> Sheet:
    """Opening entries that say otherwise than the closing of the year before."""
    names = {each.book.pk: each.name for each in structures}
    rows = [
        SheetRow((names[gap.book], shown.day(gap.day, "short"), gap.account), (gap.amount,))
        for gap in found.gaps
    ]
    return Sheet(
        "gaps",
        _("Opening entries that say otherwise than the year before"),
        (SheetColumn("amount", _("Difference")),),
        rows,
        names=(("book", _("In the books of")), ("day", _("Day")), ("account", _("Account"))),
        lede=_("The difference is not attributed to any resource."),
    )


# The reconciliation --------------------------------------------------------------------------

_Part = tuple[SheetColumn, Callable[[str], int], Callable[[str], str]]
"""A column, the amount of an account in it, and where that leads."""


def reconciliation_sheet(
    found: ledger.Statement,
    structures: Sequence[Agent],
    figure: str,
    query: dict[str, str],
    kind: str = "",
) -> Sheet:
    """Resources + not attributed + what was eliminated = structures, account by account.

    Args:
        found: A statement by resource of these structures.
        structures: Whose books.
        figure: ``opening``, ``debit``, ``credit`` or ``closing``.
        query: What the addresses of lines begin with.
        kind: The file that it is for, empty for the page.
    """
    on_paper = kind in ("", "pdf", "html")
    left = _resource_columns(found, figure, query)
    right = _structure_columns(found, structures, figure, query)
    parts = _shown(left, _("All resources and the rest"), "resources", on_paper)
    taken = _eliminated(found.eliminations, figure)
    books = _shown(right, _("All structures"), "structures", on_paper)
    accounts = sorted({*found.codes, *(a for group in found.own.values() for a in group.accounts)})
    rows = []
    sums = [0] * (len(parts) + len(books) + 4)
    for account in accounts:
        cells, links = _account(account, left, right, parts, books, taken)
        for at, amount in enumerate(cells):
            sums[at] += amount
        label = found.labels.get(account, "")
        rows.append(SheetRow((account, label), tuple(cells), links=tuple(links)))
    return Sheet(
        "reconciliation",
        _("Account by account, both ways"),
        (
            *(column for column, _of, _to in parts),
            SheetColumn("taken", _("Eliminated")),
            SheetColumn("by_resource", _("Sum by resource")),
            *(column for column, _of, _to in books),
            SheetColumn("by_structure", _("Sum by structure")),
            SheetColumn("difference", _("Difference")),
        ),
        rows,
        term=_("Reconciliation"),
        names=(("account", _("Account")), ("label", _("Label"))),
        totals=[SheetRow((_("Together"), ""), tuple(sums), role=TOTAL)] if rows else (),
        notes=(
            _(
                "What concerns each resource, what is not attributed and what was eliminated"
                " between structures make, account by account, the structures’ own accounts."
            ),
        ),
        wide=True,
    )


def _account(
    account: str,
    left: list[_Part],
    right: list[_Part],
    parts: list[_Part],
    books: list[_Part],
    taken: dict[str, int],
) -> tuple[list[int], list[str]]:
    """The cells of one account, and where they lead."""
    gone = taken.get(account, 0)
    one = sum(of(account) for _column, of, _to in left) + gone
    other = sum(of(account) for _column, of, _to in right)
    cells = [of(account) for _column, of, _to in parts] + [gone, one]
    cells += [of(account) for _column, of, _to in books] + [other, one - other]
    links = [to(account) if of(account) else "" for _column, of, to in parts] + ["", ""]
    links += [to(account) if of(account) else "" for _column, of, to in books] + ["", ""]
    return cells, links


def _resource_columns(found: ledger.Statement, figure: str, query: dict[str, str]) -> list[_Part]:
    """A column for each resource and for what is not attributed."""
    return [
        (
            SheetColumn(f"r{group.pk}", group.name),
            _of(group.figures.accounts, figure),
            _to(query, group.key or REST, ""),
        )
        for group in found.groups
    ]


def _structure_columns(
    found: ledger.Statement, structures: Sequence[Agent], figure: str, query: dict[str, str]
) -> list[_Part]:
    """A column for each structure."""
    return [
        (
            SheetColumn(f"s{each.book.pk}", each.name),
            _of(found.own[each.book.pk].accounts, figure),
            _to(query, "", each.slug),
        )
        for each in structures
        if each.book.pk in found.own
    ]


def _shown(columns: list[_Part], name: str, key: str, on_paper: bool) -> list[_Part]:
    """The columns one by one, or only added up where they would not fit."""
    if len(columns) <= MOST_COLUMNS or not on_paper:
        return columns
    together: _Part = (
        SheetColumn(key, name),
        lambda account: sum(of(account) for _column, of, _to in columns),
        lambda _account: "",
    )
    return [together]


def _of(accounts: dict[str, AccountFigures], figure: str) -> Callable[[str], int]:
    """Reads one figure of an account."""

    def amount(account: str) -> int:
        found = accounts.get(account)
        return getattr(found, figure) if found else 0

    return amount


def _to(query: dict[str, str], resource: str, structure: str) -> Callable[[str], str]:
    """Where the lines of an account are."""
    return lambda account: _lines(query, resource, account, structure)


def _lines(query: dict[str, str], resource: str, account: str, structure: str) -> str:
    named: dict[str, Any] = {"resource": resource, "structure": structure, "account": account}
    kept = {key: value for key, value in named.items() if value}
    return f"{reverse('lens:lines')}?{urlencode({**query, **kept})}"


def _eliminated(eliminations: Sequence[Elimination], figure: str) -> dict[str, int]:
    """What was taken off one figure of each account."""
    taken: dict[str, int] = {}
    for each in eliminations:
        amount = {
            "closing": each.amount,
            "debit": max(each.amount, 0),
            "credit": max(-each.amount, 0),
        }.get(figure, 0)
        taken[each.account] = taken.get(each.account, 0) + amount
    return taken
