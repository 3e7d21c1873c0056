"""Pages of connected objects: how each is, enrol one, another key, revoke, ask something of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chambre.core.actors import Actor, authorize
from chambre.core.errors import ChambreError
from chambre.rooms.deposit.forms.devices import CommandForm, EnrolForm, KeyForm
from chambre.rooms.deposit.models import Device, DeviceMessage
from chambre.rooms.deposit.queries import devices as looking
from chambre.rooms.deposit.queries.wording import reason_words
from chambre.rooms.deposit.services import enrolling


def _by(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    authorize(actor, "deposit.manage")
    return actor


def _device(by: Actor, name: str) -> Device:
    return looking.device_named(by, name)


@require_safe
def devices(request: HttpRequest) -> HttpResponse:
    """The devices that somebody looks after."""
    by = _by(request)
    page = Paginator(looking.devices_for(by), 50).get_page(request.GET.get("page"))
    rows = [(row, *looking.condition(row), looking.skew_words(row)) for row in page.object_list]
    return render(request, "deposit/devices.html", {"page": page, "rows": rows})


@never_cache
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """Enrol a device; what proves it is shown once, in the answer."""
    by = _by(request)
    form, status = EnrolForm(request.POST or None, places=looking.places_for(by)), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data: dict[str, Any] = form.cleaned_data
            public = data["public"]
            try:
                made = enrolling.enrol(
                    name=data["name"],
                    place=data["place"].slug,
                    by=by,
                    presence=data["presence"],
                    issues=data["issues"],
                    signs=data["signs"],
                    slips_a_day=data["slips_a_day"],
                    proof=enrolling.Proof("ed25519", public) if public else None,
                )
            except ChambreError as refusal:
                fields = set(refusal.data.get("fields", {})) & set(form.fields)
                form.add_error(next(iter(fields), None), str(refusal.message))
            else:
                return _shown_once(request, made)
    return render(request, "deposit/device_enrol.html", {"form": form}, status=status)


def _shown_once(request: HttpRequest, made: enrolling.Enrolled) -> HttpResponse:
    row = made.device
    context = {"device": row, "secret": made.secret, "password": made.password}
    return render(request, "deposit/device_key.html", context)


def _told(row: DeviceMessage) -> str:
    """What a message was answered, in words."""
    answer = row.answer
    return str(reason_words(answer["reason"]) if answer.get("reason") else answer.get("words", ""))


@require_safe
def device(request: HttpRequest, name: str) -> HttpResponse:
    """One device: how it is, what it said last, what can be asked of it."""
    by = _by(request)
    row = _device(by, name)
    badge, words = looking.condition(row)
    context = {
        "device": row,
        "badge": badge,
        "condition": words,
        "skew": looking.skew_words(row),
        "counts": looking.counts(row),
        "said": [(one, looking.about(one), _told(one)) for one in looking.last_messages(row)],
        "keys": row.keys.all()[:5],
        "form": CommandForm(),
    }
    return render(request, "deposit/device.html", context)


@require_POST
def ask(request: HttpRequest, name: str) -> HttpResponse:
    """Ask something of a device."""
    by = _by(request)
    row = _device(by, name)
    form = CommandForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        enrolling.command(row, data["verb"], text=data["text"], by=by)
        messages.success(request, _("It is asked as soon as the device is in touch."))
    else:
        messages.error(request, _("A device has no such command."))
    return redirect("deposit:device", name=row.name)


@never_cache
@require_http_methods(["GET", "POST"])
def another_key(request: HttpRequest, name: str) -> HttpResponse:
    """Give a device another key, shown once."""
    by = _by(request)
    row = _device(by, name)
    form, status = KeyForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            keep = dt.timedelta(days=form.cleaned_data["keep_days"])
            return _shown_once(request, enrolling.rotate(row, by=by, keep=keep))
    context = {
        "title": _("Another key for %(name)s?") % {"name": row.name},
        "lede": _("The new key is shown once. Put it on the device."),
        "consequences": [
            _("The broker knows only the new password, once its files are written again."),
            _("What the device says with the old key is heard only as long as you say below."),
        ],
        "confirm": _("Make another key"),
        "back": reverse("deposit:device", args=[row.name]),
        "form": form,
    }
    return render(request, "ui/confirm.html", context, status=status)


@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, name: str) -> HttpResponse:
    """Hear a device no more, after saying what that does."""
    by = _by(request)
    row = _device(by, name)
    if request.method == "POST":
        enrolling.revoke(row, by=by)
        messages.success(request, _("It is not heard any more."))
        return redirect("deposit:device", name=row.name)
    context = {
        "title": _("Revoke %(name)s?") % {"name": row.name},
        "lede": row.place.name,
        "consequences": [
            _("Nothing that it says is heard from now on, by any way."),
            _("What it kept while out of touch can no longer be decided by itself."),
            _("What it said before stays, with its answers."),
        ],
        "irreversible": True,
        "confirm": _("Revoke the device"),
        "back": reverse("deposit:device", args=[row.name]),
        "danger": True,
    }
    return render(request, "ui/confirm.html", context)
