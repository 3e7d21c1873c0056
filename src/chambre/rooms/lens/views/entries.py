"""The page of one journal entry: the end of every drill."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from chambre.core.actors import authorize
from chambre.lib import accounting
from chambre.rooms.lens.queries import entries
from chambre.rooms.lens.views.books import actor_of
from chambre.rooms.lens.views.reading import language


@require_safe
def show(request: HttpRequest, number: int) -> HttpResponse:
    """A journal entry with everything that is known of it.

    An attribution has no page of its own: it is part of the history of the entry it is about.
    """
    entry = entries.find_entry(number)
    authorize(actor_of(request), "lens.read_books", entry.book.structure)
    if entry.about_id is not None:
        return redirect("lens:entry", number=entry.about_id)
    read = entries.read_entry(entry)
    chart = accounting.chart(entry.book.chart, entry.day)
    debit = sum(each.line.amount for each in read.lines if each.line.side == "D")
    context = {
        "read": read,
        "entry": entry,
        "structure": entry.book.structure,
        "lines": [(each, chart.label(each.line.account.code, language())) for each in read.lines],
        "debit": debit,
        "credit": -sum(each.line.amount for each in read.lines if each.line.side == "C"),
        "query": f"first={entry.day.replace(month=1, day=1)}&last={entry.day.replace(month=12, day=31)}",
    }
    return render(request, "lens/entries/show.html", context)
