"""A month of a structure's treasury: what to do before it is closed, and its money in one table."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core.errors import ChambreError
from chambre.ledger.models import Book
from chambre.registry import api as registry
from chambre.treasury import cards
from chambre.treasury.queries import months as queries
from chambre.treasury.services.months import close_month, open_month
from chambre.treasury.views.home import actor_of, readable


@require_safe
def months(request: HttpRequest, slug: str) -> HttpResponse:
    """The last months, and which of them are closed."""
    book = readable(request, slug)
    marks = queries.marks_of(book)
    this = queries.month_of(registry.today())
    rows = [
        {"month": month, "mark": marks.get(month), "over": month < this}
        for month in queries.months_shown(book)
    ]
    return render(
        request, "treasury/months/index.html", {"structure": book.structure, "rows": rows}
    )


def _month(year: int, month: int) -> dt.date:
    try:
        return dt.date(year, month, 1)
    except ValueError:
        raise Http404 from None


def _checks(book: Book, month: dt.date, waiting: int) -> list[cards.Looked]:
    """What every counter says is done, or is left to do, in a month; cents that are unexplained."""
    found = cards.look(cards.checks(), book, month, queries.last_day(month))
    words = (
        _("The suspense account is not at zero: something is not explained yet.")
        if waiting
        else _("Nothing waits on the suspense account.")
    )
    return [*found, cards.Looked(not waiting, words, "")]


@require_http_methods(["GET", "POST"])
def month(request: HttpRequest, slug: str, year: int, number: int) -> HttpResponse:
    """One month: the list to go through, its money, and the button that closes it."""
    book = readable(request, slug)
    first = _month(year, number)
    status = 200
    if request.method == "POST":
        act = open_month if request.POST.get("open") == "1" else close_month
        try:
            act(book=book, month=first, by=actor_of(request), note=request.POST.get("note", ""))
        except ChambreError as refusal:
            messages.error(request, str(refusal.message))
            status = refusal.status
        else:
            return redirect("treasury:month", slug=slug, year=year, number=number)
    mark = queries.mark_of(book, first)
    asked = queries.MONEY + queries.WAITING
    every = queries.money_of(book, first, queries.last_day(first), asked)
    lines = [line for line in every if not line.account.startswith(queries.WAITING)]
    waiting = sum(line.closing for line in every if line.account.startswith(queries.WAITING))
    context = {
        "structure": book.structure,
        "month": first,
        "over": queries.last_day(first) < registry.today(),
        "mark": mark,
        "changed": bool(
            mark and mark.closed and mark.figures != queries.figures_from(every, book, first)
        ),
        "checks": _checks(book, first, waiting),
        "lines": lines,
        "total": {
            name: sum(getattr(line, name) for line in lines)
            for name in ("opening", "came", "went", "closing")
        },
    }
    return render(request, "treasury/months/month.html", context, status=status)


MONTHS = [
    path("<slug:slug>/mois/", months, name="months"),
    path("<slug:slug>/mois/<int:year>-<int:number>/", month, name="month"),
]
