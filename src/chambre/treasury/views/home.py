"""The treasury of a structure: what came in, what is not matched, what is due, what goes out."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_safe

from chambre.core.actors import Actor, authorize
from chambre.ledger.models import Book
from chambre.treasury import cards
from chambre.treasury.queries.structures import book_of, structures_of


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
    """One structure's treasury: a card for each counter that has something to say."""
    book = readable(request, slug)
    shown = [(card.name, card.render(request, book)) for card in cards.cards()]
    context = {
        "book": book,
        "structure": book.structure,
        "cards": [(name, body) for name, body in shown if body],
    }
    return render(request, "treasury/home.html", context)


HOME = [
    path("", index, name="index"),
    path("<slug:slug>/", home, name="home"),
]
