"""Messages about an offer or a need, between two people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods

from chambre.core.actors import authorize
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.exchange.models import Posting
from chambre.rooms.exchange.queries.market import talks
from chambre.rooms.exchange.queries.market.errors import NoPosting
from chambre.rooms.exchange.queries.market.postings import is_open, posting_for
from chambre.rooms.exchange.services.market import talking
from chambre.rooms.exchange.views.market.frame import BASE, actor_of, done, key_of


def _asker(request: HttpRequest, posting: Posting, slug: str) -> Agent:
    """Who writes with the owner: whoever asks, or for who acts for the owner who wrote to them.

    Raises:
        NoPosting: Nobody of that name wrote to them.
    """
    by = actor_of(request)
    if by.user is None:
        raise NoPosting
    if not by.may("exchange.change_posting", posting):
        if slug:
            raise NoPosting
        return registry.person_of(by.user)
    found = next((one for one in talks.askers_of(posting) if one.slug == slug), None)
    if found is None:
        raise NoPosting
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def talk(request: HttpRequest, number: int, slug: str = "") -> HttpResponse:
    """What two people wrote to each other, and a box for more."""
    by = actor_of(request)
    authorize(by, "exchange.write_message")
    row = posting_for(number, by)
    asker = _asker(request, row, slug)
    if request.method == "POST":
        key = f"page:{by.label[:60]}:{key_of(request)}"
        text = request.POST.get("text", "").replace("\0", "")
        sent = done(
            request, lambda: talking.say(posting=row, text=text, key=key, by=by, asker=asker)
        )
        if sent:
            return redirect(request.path)
    written = talks.messages_between(row, asker)
    context = {
        "posting": row, "other": asker if slug else row.owner, "written": written,
        "may_write": bool(written) or is_open(row), "key": key_of(request),
        "text": request.POST.get("text", "")[:4000],
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return render(request, "exchange/market/talk.html", context, status=status)


TALKING = [
    path(BASE + "<int:number>/messages/", talk, name="posting_talk"),
    path(BASE + "<int:number>/messages/<slug:slug>/", talk, name="posting_talk_with"),
]
