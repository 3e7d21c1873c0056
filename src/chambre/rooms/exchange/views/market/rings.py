"""Rings: those in which somebody is, one with its answers, looking for new ones."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chambre.core.actors import authorize
from chambre.core.jobs import start_job
from chambre.registry import api as registry
from chambre.rooms.exchange.models import BarterRing
from chambre.rooms.exchange.queries.exchanges import exchanges_visible_to
from chambre.rooms.exchange.queries.market import rings
from chambre.rooms.exchange.queries.people import agents_of
from chambre.rooms.exchange.services.market import rounds
from chambre.rooms.exchange.views.market.frame import BASE, actor_of, done, page_of

HOME = BASE + "rondes/"


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The rings in which somebody is."""
    by = actor_of(request)
    authorize(by, "exchange.see_market")
    context = {
        "page": page_of(request, rings.rings_visible_to(by)),
        "may_look": by.may("exchange.find_rings", registry.home_chamber()),
    }
    return render(request, "exchange/market/rings.html", context)


@require_safe
def show(request: HttpRequest, number: int) -> HttpResponse:
    """Who gives what to whom, who has answered, and the two buttons."""
    by = actor_of(request)
    ring = rings.ring_for(number, by)
    said = {voice.person_id: voice.yes for voice in ring.voices.all()}
    gifts: list[dict[str, Any]] = [
        {"gift": gift, "said": said.get(gift.giver_id)} for gift in ring.gifts.all()
    ]
    bound = set(agents_of(by).values_list("pk", flat=True))
    got = {gift.taker_id: gift.offer for gift in ring.gifts.all()}
    mine = [
        {**one, "got": got[one["gift"].giver_id], "own": one["gift"].giver.user_id is not None}
        for one in gifts
        if one["gift"].giver_id in bound
    ]
    waits = ring.state == BarterRing.State.PROPOSED and ring.until >= registry.today()
    exchange = ring.exchange
    if exchange is not None and not exchanges_visible_to(by).filter(pk=exchange.pk).exists():
        exchange = None
    context = {
        "ring": ring, "gifts": gifts, "mine": mine, "exchange": exchange,
        "asks": [one for one in mine if waits and one["said"] is None],
    }  # fmt: skip
    return render(request, "exchange/market/ring.html", context)


@require_POST
def answer(request: HttpRequest, number: int) -> HttpResponse:
    """Say yes or no."""
    by = actor_of(request)
    ring = rings.ring_for(number, by)
    said, number_of = request.POST.get("yes", ""), request.POST.get("agent", "")
    agent = agents_of(by).filter(pk=int(number_of)).first() if number_of.isdecimal() else None
    if said in {"0", "1"}:
        told = _("You said yes.") if said == "1" else _("You said no: this ring is over for all.")
        done(request, lambda: rounds.answer(ring=ring, yes=said == "1", by=by, agent=agent), told)
    return redirect("exchange:ring", number)


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Look for rings now, in the background."""
    by = actor_of(request)
    authorize(by, "exchange.find_rings", registry.home_chamber())
    job = start_job("exchange.rings", by, longest=rounds.LONGEST)
    messages.success(request, _("Rings are being looked for."))
    return redirect(job.get_absolute_url())


RINGS = [
    path(HOME, index, name="rings"),
    path(HOME + "chercher/", look, name="rings_look"),
    path(HOME + "<int:number>/", show, name="ring"),
    path(HOME + "<int:number>/repondre/", answer, name="ring_answer"),
]
