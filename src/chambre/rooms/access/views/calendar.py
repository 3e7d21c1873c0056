"""The things, the calendar of one, booking it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core.errors import ChambreError
from chambre.lib.booking import Repeat, Span
from chambre.registry import api as registry
from chambre.rooms.access.forms import BookForm
from chambre.rooms.access.models import Booking, Offer
from chambre.rooms.access.queries.bookings import of_person
from chambre.rooms.access.queries.calendar import Day, days_of
from chambre.rooms.access.queries.moments import local, now
from chambre.rooms.access.queries.offers import offers_visible_to, rules_of
from chambre.rooms.access.services import booking, waiting
from chambre.rooms.access.views.frame import (
    actor_of,
    frame,
    key_of,
    known_person,
    offer_for,
    person_of,
)

SLOT = 30
"""Minutes of a line of the day."""


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The things at others' disposal."""
    by = actor_of(request)
    rows = offers_visible_to(by).exclude(state=Offer.State.ENDED)
    words = request.GET.get("q", "")[:80].replace("\0", "").strip()
    if words:
        rows = rows.filter(resource__name__icontains=words)
    page = Paginator(rows, 30).get_page(request.GET.get("page"))
    mine: list[Booking] = []
    person = known_person(request) if by.user is not None else None
    if person is not None:
        waits = of_person(person).filter(
            ends_at__gt=now(), state__in=("asked", "held", "confirmed", "out")
        )
        mine = list(waits.order_by("starts_at")[:5])
    context = {"page": page, "q": words, "mine": mine, "may_offer": by.user is not None}
    return render(request, "access/index.html", context)


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What I have booked, and the address of my calendar."""
    person = known_person(request)
    rows = Booking.objects.none() if person is None else of_person(person)
    page = Paginator(rows, 30).get_page(request.GET.get("page"))
    return render(request, "access/mine.html", {"page": page})


def _asked_day(request: HttpRequest, name: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None
    return day if abs((day - registry.today()).days) < 3660 else None


def _shown(day: Day, offer: Offer, request: HttpRequest, keeps: bool) -> dict[str, Any]:
    """A day for the page: free times that lead on, bookings with names only for who may see them."""
    user = actor_of(request).user
    rows = []
    for row in day.bookings:
        own = user is not None and row.person.user_id == user.pk
        rows.append({"row": row, "own": own, "name": row.person.name if own or keeps else ""})
    return {
        "day": day.day, "free": [(local(s.start), local(s.end)) for s in day.free], "rows": rows,
        "closed": not day.open, "today": day.day == registry.today(),
        "bars": [("open", *_bar(s, day.day)) for s in day.open]
        + [("free", *_bar(s, day.day)) for s in day.free],
    }  # fmt: skip


def _bar(span: Span, day: dt.date) -> tuple[int, int]:
    """Where a span begins in a day of 1440 points, and how long it is."""
    start, end = local(span.start), local(span.end)
    first = 0 if start.date() < day else start.hour * 60 + start.minute
    last = 1440 if end.date() > day else end.hour * 60 + end.minute
    return first, max(0, last - first)


@require_safe
def thing(request: HttpRequest, slug: str) -> HttpResponse:
    """The calendar of a thing: a week, or a day in half hours."""
    offer = offer_for(request, slug)
    context = frame(request, offer)
    if not context["usable"]:
        return render(request, "access/thing.html", context)
    terms = offer.terms
    rules = rules_of(terms)
    one = _asked_day(request, "jour")
    first = one or _asked_day(request, "semaine") or registry.today()
    if one is None:
        first -= dt.timedelta(days=first.weekday())
    last = first if one else first + dt.timedelta(days=6)
    found = days_of(offer, rules, first, last, now())
    step = dt.timedelta(days=1 if one else 7)
    context |= {
        "terms": terms, "days": [_shown(day, offer, request, context["keeps"]) for day in found],
        "first": first, "last": last, "before": first - step, "after": first + step,
        "one": one, "slots": _slots(found[0], context["keeps"]) if one else [],
        "waits": terms.capacity,
    }  # fmt: skip
    return render(request, "access/thing.html", context)


def _slots(day: Day, keeps: bool) -> list[dict[str, Any]]:
    """The half hours of a day in which it is open, each with what it is."""
    out: list[dict[str, Any]] = []
    for span in day.open:
        at = span.start
        while at < span.end:
            end = min(at + dt.timedelta(minutes=SLOT), span.end)
            slot = Span(at, end)
            free = any(each.covers(slot) for each in day.free)
            names = [
                row.person.name
                for row in day.bookings
                if Span(row.starts_at, row.ends_at).meets(slot)
            ]
            out.append(
                {"start": local(at), "end": local(end), "free": free,
                 "names": names if keeps else [], "taken": len(names)}
            )  # fmt: skip
            at = end
    return out


@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, slug: str) -> HttpResponse:
    """Book a thing, once or again and again; where it is taken, wait for it."""
    offer = offer_for(request, slug)
    known_person(request)  # whoever is not signed in does that first
    form = BookForm(request.POST or None, initial=_wished(request))
    refused: list[Any] = []
    full, status = False, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                found, refused = _book(request, offer, person_of(request), form.cleaned_data)
            except ChambreError as refusal:
                status = form.told(refusal)
                full = refusal.code == "access.full"
            else:
                if found is not None:
                    return redirect(found)
    context = frame(request, offer, form=form, refused=refused, full=full)
    if context["usable"]:
        context["terms"] = offer.terms
    return render(request, "access/book.html", context, status=status)


def _wished(request: HttpRequest) -> dict[str, Any]:
    """What the calendar led here with: a day and two times."""
    try:
        start = dt.datetime.fromisoformat(request.GET.get("de", ""))
        end = dt.datetime.fromisoformat(request.GET.get("a", ""))
    except ValueError:
        return {"day": registry.today()}
    last = end.date() if end.date() != start.date() else None
    return {"day": start.date(), "start": start.time(), "end": end.time(), "last": last}


def _book(
    request: HttpRequest, offer: Offer, person: Any, given: dict[str, Any]
) -> tuple[Any, list[Any]]:
    start, end = given["times"]
    told = {
        "resource": offer.resource, "person": person, "start": start, "end": end,
        "by": actor_of(request), "purpose": given["purpose"],
    }  # fmt: skip
    if request.POST.get("act") == "wait":
        waiting.join(**told)
        messages.success(
            request,
            _("You are on the list. If it becomes free, it is kept for you and you get a letter."),
        )
        return offer_url(offer, start), []
    if not given["repeat"]:
        row = booking.book(**told, key=key_of(request))
        words = (
            _("Your booking waits for approval.") if row.state == "asked" else _("It is reserved for you.")
        )  # fmt: skip
        messages.success(request, words)
        return row_url(row), []
    report = booking.book_series(
        **told, key=key_of(request), only_all=not given["some"],
        repeat=Repeat(given["repeat"], until=given["until"]),
    )  # fmt: skip
    refused = [(local(span.start), local(span.end), why.message) for span, why in report.refused]
    if not report.booked:
        return None, refused
    many = len(report.booked)
    messages.success(request, ngettext("%d time booked.", "%d times booked.", many) % many)
    for start_, _end, why in refused:
        messages.warning(request, f"{start_:%d/%m/%Y %H:%M}\u00a0: {why}")
    return "access:mine", refused


def offer_url(offer: Offer, day: dt.datetime) -> str:
    """The calendar of a thing in the week of a day."""
    return f"{reverse('access:thing', args=[offer.resource.slug])}?semaine={local(day):%Y-%m-%d}"


def row_url(row: Booking) -> str:
    """The page of a booking."""
    return reverse("access:booking", args=[row.pk])


CALENDAR = [
    path("mises-a-disposition/", index, name="things"),
    path("mises-a-disposition/mes-reservations/", mine, name="mine"),
    path("mises-a-disposition/<slug:slug>/", thing, name="thing"),
    path("mises-a-disposition/<slug:slug>/reserver/", book, name="book"),
]
