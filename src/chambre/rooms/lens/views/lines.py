"""The lines behind a figure, only of books that the reader may see."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chambre.core.errors import Forbidden, TooLarge
from chambre.lib import accounting, exports
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.lens import queries
from chambre.rooms.lens.forms.lines import LinesForm
from chambre.rooms.lens.queries import lines as reading_lines
from chambre.rooms.lens.queries.lines import Found, Scope
from chambre.rooms.lens.views.books import actor_of
from chambre.rooms.lens.views.reading import exported, language, readable

PAGE = 50
MOST_EXPORTED = 50_000
"""Lines in one file; more are asked for in parts."""


@require_safe
def lines(request: HttpRequest) -> HttpResponse:
    """The lines behind a figure: sums, balances, and the way to each journal entry."""
    structures = readable(actor_of(request))
    form = _form(request, structures)
    if not form.is_valid():
        return render(request, "lens/lines/index.html", {"form": form}, status=422)
    scope = _scope(request, form.cleaned_data, structures)
    newest_first = form.cleaned_data["sort"] == "-day"
    if kind := request.GET.get("format", ""):
        return _file(kind, scope, newest_first)
    number = _page_number(request)
    found = reading_lines.find_lines(
        scope, at=(number - 1) * PAGE, size=PAGE, newest_first=newest_first
    )
    context = {
        "form": form,
        "scope": scope,
        "found": found,
        "page": _Counted(found.count).get_page(number),
        "exportable": found.count <= MOST_EXPORTED,
        "net": found.debit - found.credit,
        "title": _title(scope),
        **_balances(scope, found, number, newest_first),
    }
    return render(request, "lens/lines/index.html", context)


def _form(request: HttpRequest, structures: list[Agent]) -> LinesForm:
    """What was asked for, or the last financial year."""
    first, last = queries.last_year(structures)
    data = request.GET.dict()
    data["account"] = ",".join(request.GET.getlist("account"))
    data["first"] = data.get("first") or first.isoformat()
    data["last"] = data.get("last") or last.isoformat()
    return LinesForm(data, journals=reading_lines.journals_of(structures))


def _scope(request: HttpRequest, data: dict[str, Any], structures: list[Agent]) -> Scope:
    """Which lines are asked for.

    Raises:
        Forbidden: Those of a structure whose books the reader may not see.
        NotFound: There is no such resource.
    """
    if data["structure"] and all(each.slug != data["structure"] for each in structures):
        raise Forbidden(permission="lens.read_books")
    if data["resource"] not in ("", reading_lines.NOT_ATTRIBUTED):
        registry.resource(data["resource"])
    return Scope(
        structures=structures,
        first=data["first"],
        last=data["last"],
        accounts=tuple(each for each in data["account"].split(",") if each),
        resource=data["resource"],
        structure=data["structure"],
        journal=data["journal"],
        text=data["text"].strip(),
        opening=data["opening"],
        standing=data["standing"],
    )


class _Counted(Paginator[Any]):
    """Pages of a list whose length is known and whose page is read elsewhere."""

    def __init__(self, count: int) -> None:
        super().__init__(range(count), PAGE)


def _page_number(request: HttpRequest) -> int:
    """Which page is asked for; the first when it is no number."""
    given = request.GET.get("page", "1")
    return min(max(int(given), 1), 1_000_000) if given.isdecimal() and len(given) < 8 else 1


def _balances(scope: Scope, found: Found, number: int, newest_first: bool) -> dict[str, Any]:
    """The rows with the running balance, where one account is read in the order of its days."""
    plain = [(line, debit, credit, None) for line, debit, credit in found.rows]
    if scope.journal or scope.text or scope.opening or scope.standing:
        return {"rows": plain}
    opening = reading_lines.opening_balance(scope)
    if opening is None:
        return {"rows": plain}
    closing = opening + found.debit - found.credit
    known = {"opening": opening, "closing": closing}
    if newest_first:
        return {"rows": plain, **known}
    before = reading_lines.net_before(scope, count=(number - 1) * PAGE)
    running = start = opening + before
    rows = []
    for line, debit, credit in found.rows:
        running += debit - credit
        rows.append((line, debit, credit, running))
    return {"rows": rows, "start": start, "running": True, **known}


def _title(scope: Scope) -> str:
    """What is read, in words."""
    account = accounting.bare(scope.one_account)
    if not account:
        return ", ".join(accounting.bare(each) for each in scope.accounts)
    kinds = {each.book.chart for each in scope.chosen}
    kind = "associatif" if "associatif" in kinds else "pcg"
    label = accounting.account_label(account, kind, scope.first, language())
    return f"{account} {label}"


def _file(kind: str, scope: Scope, newest_first: bool) -> HttpResponse:
    """The lines as a file.

    Raises:
        TooLarge: There are more than :data:`MOST_EXPORTED`.
    """
    if reading_lines.count_lines(scope) > MOST_EXPORTED:
        raise TooLarge(
            _("A file holds at most %(most)d lines: choose fewer days or one account.")
            % {"most": MOST_EXPORTED},
            limit=MOST_EXPORTED,
        )
    table = _table(scope, newest_first)
    name = "-".join(("lignes", *filter(None, (scope.structure, scope.resource.strip("-")))))
    return exported(kind, f"{name}-{scope.first}-{scope.last}", table)


def _table(scope: Scope, newest_first: bool) -> exports.Table:
    """Lines as a table."""
    columns = [
        exports.Column("day", _("Day"), exports.Kind.DATE),
        exports.Column("structure", _("Structure")),
        exports.Column("journal", _("Journal")),
        exports.Column("number", _("Entry")),
        exports.Column("account", _("Account")),
        exports.Column("account_label", _("Name of the account")),
        exports.Column("piece", _("Piece")),
        exports.Column("label", _("Label")),
        exports.Column("third_party", _("Third party")),
        exports.Column("debit", _("Debit"), exports.Kind.AMOUNT),
        exports.Column("credit", _("Credit"), exports.Kind.AMOUNT),
        exports.Column("entry", _("Number in the ledger"), exports.Kind.QUANTITY),
    ]
    rows = [
        exports.Row(tuple("" if cell is None else cell for cell in row))
        for row in reading_lines.each_line(scope, newest_first=newest_first)
    ]
    return exports.Table("lines", _("Lines"), columns, rows)
