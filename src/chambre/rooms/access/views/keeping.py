"""Keeping a thing, its use and history, its kiosk page, its label, its calendars and files."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chambre.core import files
from chambre.core.actors import authorize
from chambre.core.addresses import own_address
from chambre.core.errors import ChambreError, NotFound
from chambre.lib.labels.sheets import code_svg
from chambre.registry import api as registry
from chambre.registry.models import Resource
from chambre.rooms.access.forms import AttestForm, CalendarForm, OpenFileForm, ReportForm, ToldForm
from chambre.rooms.access.models import Offer, OpenFile
from chambre.rooms.access.queries.bookings import coming
from chambre.rooms.access.queries.calendar import days_of
from chambre.rooms.access.queries.feeds import calendar_of
from chambre.rooms.access.queries.moments import local, now
from chambre.rooms.access.queries.offers import last_offer_of, rules_of
from chambre.rooms.access.queries.returns import waiting_returns
from chambre.rooms.access.queries.using import handovers_of, use_of
from chambre.rooms.access.services import custody, feeds, openfiles, training
from chambre.rooms.access.views.bookings import photos_of
from chambre.rooms.access.views.frame import (
    actor_of,
    done,
    frame,
    key_of,
    known_person,
    offer_for,
    person_of,
)

KIOSK_DAYS = 14
"""How many days ahead the kiosk looks for the next free time."""


@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits for whoever keeps a thing: approvals, what is out, damage, trainings, calendars."""
    offer = offer_for(request, slug, "access.keep")
    by, act = actor_of(request), request.POST.get("act", "")
    forms: dict[str, ToldForm] = {
        "report": ReportForm(
            request.POST if act == "report" else None,
            photos_of(request) if act == "report" else None,
        ),
        "attest": AttestForm(request.POST if act == "attest" else None),
        "calendar": CalendarForm(
            request.POST if act == "calendar" else None,
            request.FILES if act == "calendar" else None,
        ),
    }
    status = 200
    if request.method == "POST":
        if act in ("drop", "renew"):
            _calendars(request, offer, act)
            return redirect("access:keep", slug)
        form = forms.get(act)
        status = 422
        if form is not None and form.is_valid():
            try:
                _kept(act, form, offer, request)
            except ChambreError as refusal:
                status = form.told(refusal)
            else:
                messages.success(request, _("Recorded."))
                return redirect("access:keep", slug)
    rows = list(coming(offer.resource)[:50])
    context = frame(
        request, offer, asked=[row for row in rows if row.state == "asked"],
        out=[row for row in rows if row.state == "out"],
        rows=rows, forms=forms, trained=offer.attestations.select_related("person")[:50],
        feeds=offer.feeds.all(), address=_address(feeds.calendar_key(by=by, offer=offer)),
        returns=waiting_returns(offer), closed=offer.closures.filter(ends_at__isnull=True).first(),
    )  # fmt: skip
    return render(request, "access/keep.html", context, status=status)


def _kept(act: str, form: Any, offer: Offer, request: HttpRequest) -> None:
    given, by = form.cleaned_data, actor_of(request)
    if act == "report":
        seen = custody.Seen(given["condition"], given["words"], None, given["photos"])
        custody.report(offer=offer, kind=given["kind"], seen=seen, key=key_of(request), by=by)
    elif act == "attest":
        training.attest(
            offer=offer, person=registry.person(given["email"]), evidence=given["evidence"],
            until=given["until"], by=by,
        )  # fmt: skip
    else:
        content = given["file"].read(feeds.MOST_BYTES + 1) if given["file"] else None
        feeds.add_calendar(
            offer=offer, name=given["name"], address=given["address"], content=content, by=by
        )


def _calendars(request: HttpRequest, offer: Offer, act: str) -> None:
    by = actor_of(request)
    if act == "renew":
        done(
            request, lambda: feeds.calendar_key(by=by, offer=offer, new=True), _("Another address.")
        )
        return
    number = request.POST.get("calendar", "")
    row = (
        offer.feeds.filter(pk=int(number)).first()
        if number.isdecimal() and len(number) < 19
        else None
    )
    if row is None:
        raise NotFound
    done(request, lambda: feeds.drop_calendar(calendar=row, by=by), _("It is looked at no more."))


def _address(key: Any) -> str:
    return own_address() + reverse("access:feed", args=[feeds.secret_of(key)])


@require_http_methods(["GET", "HEAD", "POST"])
def my_calendar(request: HttpRequest) -> HttpResponse:
    """The secret address of my own calendar."""
    by = actor_of(request)
    if request.method == "POST":
        feeds.calendar_key(by=by, person=person_of(request), new=True)
        return redirect("access:my_calendar")
    person = known_person(request)
    key = None if person is None else feeds.calendar_key(by=by, person=person)
    return render(request, "access/mycalendar.html", {"address": key and _address(key)})


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """A calendar at its secret address, as phones and mail programs read it."""
    key = feeds.key_at(secret)
    if key is None:
        raise NotFound
    answer = HttpResponse(calendar_of(key), content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, max-age=300"
    return answer


@require_safe
def use(request: HttpRequest, slug: str) -> HttpResponse:
    """What a thing was used for and cost in the last twelve months, and its chain of custody."""
    offer = offer_for(request, slug, "access.read_use")
    last = registry.today()
    found = use_of(offer.resource, last - dt.timedelta(days=365), last, actor_of(request))
    page = Paginator(handovers_of(offer.resource), 30).get_page(request.GET.get("page"))
    context = frame(request, offer, use=found, page=page)
    return render(request, "access/use.html", context)


@require_safe
def kiosk(request: HttpRequest, slug: str) -> HttpResponse:
    """A page to hang beside the thing: what is booked today, when it is free next; without names."""
    offer = offer_for(request, slug)
    context = frame(request, offer)
    if not context["usable"]:
        raise NotFound
    today, moment = registry.today(), now()
    rules = rules_of(offer.terms)
    found = days_of(offer, rules, today, today + dt.timedelta(days=KIOSK_DAYS), moment)
    free = next((span for day in found for span in day.free), None)
    rows = [(local(row.starts_at), local(row.ends_at), row.state) for row in found[0].bookings]
    context |= {
        "rows": rows, "free": free and (local(free.start), local(free.end)),
        "free_now": free is not None and free.start <= moment, "code": _code(offer), "at": local(moment),
    }  # fmt: skip
    return render(request, "access/kiosk.html", context)


def _code(offer: Offer) -> Any:
    address = own_address() + reverse("access:scan", args=[offer.resource.slug])
    head = format_html('<svg class="access-code" role="img" aria-label="{}" ', _("QR code"))
    svg = code_svg(address).replace("<svg ", head, 1)
    return mark_safe(svg)  # noqa: S308 - our own drawing of our own address


@require_safe
def label(request: HttpRequest, slug: str) -> HttpResponse:
    """The code to stick on a thing: it leads to booking it, handing it out, bringing it back."""
    offer = offer_for(request, slug, "access.propose")
    return render(request, "access/label.html", frame(request, offer, code=_code(offer)))


@require_http_methods(["GET", "HEAD", "POST"])
def open_files(request: HttpRequest, slug: str) -> HttpResponse:
    """The open files of a resource: licence, lineage, how often they were taken."""
    resource = registry.resource(slug)
    by = actor_of(request)
    may = by.may("access.keep_files", resource)
    form = OpenFileForm(request.POST or None, request.FILES or None, resource=resource)
    status = 200
    if request.method == "POST":
        authorize(by, "access.keep_files", resource)
        status = 422
        if form.is_valid():
            given = dict(form.cleaned_data)
            upload = given.pop("file")
            try:
                openfiles.put_file(
                    resource=resource, content=upload, name=upload.name, by=by, **given
                )
            except ChambreError as refusal:
                status = form.told(refusal)
            else:
                return redirect("access:files", slug)
    context = {"resource": resource, "rows": _files(resource), "form": form, "may": may}
    return render(request, "access/files.html", context, status=status)


def _files(resource: Resource) -> Any:
    rows = OpenFile.objects.filter(resource=resource, put_away=False)
    return rows.select_related("file", "derived_from__resource").annotate(times=Sum("taken__count"))


@require_safe
def take_file(request: HttpRequest, number: int) -> FileResponse:
    """Take an open file: no booking, no name, counted."""
    row = get_object_or_404(
        OpenFile.objects.select_related("file"), pk=min(number, 2**62), put_away=False
    )
    content = files.open_file(row.file)
    if request.method == "GET":
        openfiles.count_taken(file=row)
    return FileResponse(content, as_attachment=True, filename=row.file.name)


@require_POST
def put_away(request: HttpRequest, number: int) -> HttpResponse:
    """Show an open file no more."""
    row = get_object_or_404(OpenFile.objects.select_related("resource"), pk=min(number, 2**62))
    done(request, lambda: openfiles.put_away(file=row, by=actor_of(request)), _("Put away."))
    return redirect("access:files", row.resource.slug)


def resource_tab(request: HttpRequest, resource: Resource) -> str:
    """The tab of a resource: at disposal or not, use and cost, open files."""
    by = actor_of(request)
    offer = last_offer_of(resource)
    readable = offer is not None and by.may("access.read_offer", offer)
    last = registry.today()
    found = None
    if offer is not None and by.may("access.read_use", offer):
        found = use_of(resource, last - dt.timedelta(days=365), last, by)
    draft = Offer(
        resource=resource, chamber=resource.chamber, owner=resource.owner,
        custodian=resource.custodian,
    )  # fmt: skip
    context = {
        "resource": resource, "offer": offer if readable else None, "use": found,
        "files": _files(resource)[:5], "may_offer": offer is None and by.may("access.propose", draft),
        "may_files": by.may("access.keep_files", resource),
    }  # fmt: skip
    return render_to_string("access/_tab.html", context, request=request)


KEEPING = [
    path("mises-a-disposition/mon-agenda/", my_calendar, name="my_calendar"),
    path("mises-a-disposition/agenda/<str:secret>.ics", feed, name="feed"),
    path("mises-a-disposition/fichier/<int:number>/", take_file, name="take_file"),
    path("mises-a-disposition/fichier/<int:number>/ranger/", put_away, name="put_away"),
    path("mises-a-disposition/<slug:slug>/garder/", keep, name="keep"),
    path("mises-a-disposition/<slug:slug>/usage/", use, name="use"),
    path("mises-a-disposition/<slug:slug>/borne/", kiosk, name="kiosk"),
    path("mises-a-disposition/<slug:slug>/etiquette/", label, name="label"),
    path("mises-a-disposition/<slug:slug>/fichiers/", open_files, name="files"),
]
