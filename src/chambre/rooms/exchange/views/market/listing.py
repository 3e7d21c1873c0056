"""What is offered and needed, found by words, category, place; one's own; the favourites."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from chambre.core.actors import authorize
from chambre.rooms.exchange.models import BarterRing, Posting
from chambre.rooms.exchange.queries.market import postings, rings, talks
from chambre.rooms.exchange.queries.people import agents_of
from chambre.rooms.exchange.views.market.frame import BASE, actor_of, asked, page_of


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What is open, with a search."""
    by = actor_of(request)
    authorize(by, "exchange.see_market")
    wanted = postings.Asked(
        words=asked(request, "q"), kind=asked(request, "genre"), place=asked(request, "lieu"),
        category=asked(request, "categorie"), favourites=asked(request, "favoris") == "1",
    )  # fmt: skip
    context: dict[str, Any] = {
        "page": page_of(request, postings.search(by, wanted)),
        "asked": wanted,
        "filtered": wanted != postings.Asked(),
        "kinds": Posting.Kind.choices,
        "categories": Posting.Category.choices,
        "places": postings.places(by),
        "may_post": by.may("exchange.post"),
        "waiting": rings.rings_visible_to(by).filter(state=BarterRing.State.PROPOSED).count(),
    }
    return render(request, "exchange/market/index.html", context)


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What somebody offers and needs, for themselves and for whom they act; talks, rings."""
    by = actor_of(request)
    authorize(by, "exchange.see_market")
    rows = Posting.objects.filter(owner__in=agents_of(by)).select_related("owner")
    context = {
        "page": page_of(request, rows.order_by("ended", "-pk")),
        "talks": talks.talks_of(by)[:20],
        "rings": list(rings.rings_visible_to(by)[:20]),
        "may_post": by.may("exchange.post"),
    }
    return render(request, "exchange/market/mine.html", context)


LISTING = [path(BASE, index, name="market"), path(BASE + "moi/", mine, name="market_mine")]
