"""Pages of structures that take objects on their own account: deposits paid, back and lost."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core.actors import authorize
from chambre.core.errors import ChambreError
from chambre.ledger.models import Book, JournalEntry
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.deposit.queries.held import books_of_takers, open_of
from chambre.rooms.deposit.services import losses, taking
from chambre.rooms.deposit.services.ownbooks import Fact
from chambre.rooms.deposit.views.stewards import actor_of, page_of


@dataclass(slots=True)
class Shown:
    """Deposits of a day that were paid, came back or were lost, as the page shows them; cents."""

    day: dt.date
    what: str
    lost: bool
    booked: bool
    many: int = 0
    amount: int = 0


@require_safe
@login_required
def takers(request: HttpRequest) -> HttpResponse:
    """The structures with deposits of their own for whose money the person answers."""
    by = actor_of(request)
    books = [book for book in books_of_takers() if by.may("treasury.manage", book)]
    held = open_of([book.structure_id for book in books])
    rows = [(book.structure, *held.get(book.structure_id, (0, 0))) for book in books]
    return render(
        request, "deposit/takers.html", {"rows": rows, "may_read": by.may("deposit.read")}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def taker(request: HttpRequest, slug: str) -> HttpResponse:
    """What a structure paid, got back and lost on deposits; it is written into its book here."""
    by = actor_of(request)
    structure = registry.structure(slug)
    authorize(by, "treasury.manage", structure)
    book = Book.objects.filter(structure=structure).first()
    status = 200
    if request.method == "POST":
        try:
            paid = taking.book_taken(structure=structure, by=by)
            lost = losses.book_losses(structure=structure, by=by)
        except ChambreError as refusal:
            messages.error(request, str(refusal.message))
            status = refusal.status
        else:
            done = paid.entries + lost.entries + lost.undone
            words = _("It is in the book.") if done else _("Everything was in the book already.")
            messages.success(request, words)
            return redirect("deposit:taker", slug=slug)
    rows = _rows(structure, book)
    context = {
        "structure": structure,
        "book": book,
        "page": page_of(request, rows),
        "waiting": sum(row.many for row in rows if not row.booked),
        "held": open_of([structure.pk]).get(structure.pk, (0, 0)),
        "lost": sum(row.amount for row in rows if row.lost),
    }
    return render(request, "deposit/taker.html", context, status=status)


def _rows(structure: Agent, book: Book | None) -> list[Shown]:
    """What happened, the newest first, and whether the book has it; the same of one day together."""
    keys: frozenset[str] = frozenset()
    if book is not None:
        known = JournalEntry.objects.filter(book=book, key__startswith="deposit:")
        keys = frozenset(known.values_list("key", flat=True))
    found: dict[tuple[dt.date, str, bool, bool], Shown] = {}
    facts: list[tuple[Fact, bool]] = [
        *((each, False) for each in taking.claims_of(structure)),
        *((each, True) for each in losses.losses_of(structure)),
    ]
    for each, lost in facts:
        sort = (each.day, each.what, lost, each.key in keys)
        row = found.setdefault(sort, Shown(*sort))
        row.many += 1
        row.amount += abs(each.amount)
    return sorted(found.values(), key=lambda row: row.day, reverse=True)


TAKERS = [
    path("consigne/structures/", takers, name="takers"),
    path("consigne/structures/<slug:slug>/", taker, name="taker"),
]
