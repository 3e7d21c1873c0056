"""The treasury of a structure: what came in, what is not matched, what is due, what goes out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chambre.core.actors import Actor, authorize
from chambre.ledger import api as ledger
from chambre.ledger.models import Book
from chambre.registry import api as registry
from chambre.treasury import cards
from chambre.treasury.queries.structures import NoBook, book_of, chart_for, structures_of


def actor_of(request: HttpRequest) -> Actor:
    """Who asks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def readable(request: HttpRequest, slug: str) -> Book:
    """The book of a structure whose money the reader answers for.

    Raises:
        NotFound: There is no such structure.
        Forbidden: They don't.
    """
    return book_of(slug, actor_of(request))


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The structures whose money the reader answers for; the only one is shown at once."""
    by = actor_of(request)
    authorize(by, "treasury.read")
    mine = structures_of(by)
    if len(mine) == 1:
        return redirect("treasury:home", slug=mine[0].slug)
    return render(request, "treasury/index.html", {"structures": mine})


@require_safe
def home(request: HttpRequest, slug: str) -> HttpResponse:
    """One structure's treasury: a card for each counter that has something to say.

    A structure without accounts is offered to open them.
    """
    try:
        book = readable(request, slug)
    except NoBook:
        structure = registry.structure(slug)
        context = {"structure": structure, "chart": chart_for(structure), "charts": Book.Chart}
        return render(request, "treasury/no_book.html", context)
    shown = [(card.name, card.render(request, book)) for card in cards.cards()]
    context = {
        "book": book,
        "structure": book.structure,
        "cards": [(name, body) for name, body in shown if body],
    }
    return render(request, "treasury/home.html", context)


@require_POST
def open_accounts(request: HttpRequest, slug: str) -> HttpResponse:
    """Open the accounts of a structure, with the chart that was chosen."""
    by, structure = actor_of(request), registry.structure(slug)
    authorize(by, "treasury.manage", structure)
    chart = request.POST.get("chart") or chart_for(structure)
    ledger.open_book(structure=structure, chart=chart, by=by)
    messages.success(request, _("The accounts are open."))
    return redirect("treasury:home", slug=slug)


HOME = [
    path("", index, name="index"),
    path("<slug:slug>/", home, name="home"),
    path("<slug:slug>/ouvrir/", open_accounts, name="open"),
]
