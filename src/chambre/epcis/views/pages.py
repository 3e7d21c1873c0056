"""What happened: the first page, the life of an object, an event."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chambre.core.actors import Actor, authorize
from chambre.core.errors import NotFound
from chambre.epcis import names, wording
from chambre.epcis.models import Event
from chambre.epcis.outward import outward
from chambre.epcis.queries import looking, objects

PAGE = 50


def actor_of(request: HttpRequest) -> Actor:
    """Who asks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Look for an object; what was recorded last; the last captures."""
    by = actor_of(request)
    authorize(by, "epcis.read")
    captures = looking.captures_for(by.user, everybody=by.may("epcis.manage"))[:5]
    context = {
        "lines": looking.last_events(),
        "captures": captures,
        "may_capture": by.may("epcis.capture"),
    }
    return render(request, "epcis/index.html", context)


@require_safe
def thing(request: HttpRequest) -> HttpResponse:
    """The life of an object, by any form of its identifier."""
    authorize(actor_of(request), "epcis.read")
    epc = request.GET.get("id", "").strip()[:2000]
    state = objects.state(epc) if epc else None
    found = objects.history(epc, limit=PAGE + 1) if epc else []
    if not found:
        context = {"epc": epc, "asked": bool(epc)}
        return render(request, "epcis/nothing.html", context, status=404 if epc else 200)
    context = {
        "epc": epc,
        "canonical": names.canonical(epc),
        "state": state,
        "facts": _facts(state) if state else [],
        "lines": looking.lines_of(found[:PAGE]),
        "more": len(found) > PAGE,
        "contents": objects.contents(epc)[:PAGE],
    }
    return render(request, "epcis/object.html", context)


def _facts(state: objects.State) -> list[tuple[str, str, str]]:
    """Label, words, and where they lead."""
    named = looking.place_names([state.biz_location, state.read_point])
    step = wording.said(wording.STEPS, state.biz_step) if state.biz_step else ""
    disposition = wording.said(wording.DISPOSITIONS, state.disposition) if state.disposition else ""
    lasting = ", ".join(wording.said(wording.DISPOSITIONS, one) for one in state.persistent)
    inside = f"{reverse('epcis:object')}?id={state.parent}" if state.parent else ""
    facts = [
        (_("Last step"), step, ""),
        (_("State"), disposition, ""),
        (_("Lasting state"), lasting, ""),
        (_("Place"), named.get(state.biz_location, ""), ""),
        (_("Last read point"), named.get(state.read_point, ""), ""),
        (_("In or on"), state.parent, inside),
    ]
    return [fact for fact in facts if fact[1]]


@require_safe
def event(request: HttpRequest, number: int) -> HttpResponse:
    """An event: what it says, who recorded it, whether it was declared wrong."""
    by = actor_of(request)
    authorize(by, "epcis.read")
    row = Event.objects.select_related("context", "batch").filter(pk=number).first()
    if row is None:
        raise NotFound(_("There is no such event."))
    [happened] = objects.as_happened([row])
    siblings = Event.objects.filter(event_key=row.event_key).exclude(pk=row.pk).order_by("id")[:20]
    context = {
        "event": row,
        "happened": happened,
        "line": looking.lines_of([happened])[0],
        "objects": looking.objects_of(happened.event)[:500],
        "siblings": siblings,
        "declares": bool(row.declared),
        "by": row.batch.actor if by.may("epcis.manage") else "",
        "text": json.dumps(outward(row, "Never_Translates"), ensure_ascii=False, indent=2),
        "type": wording.said(wording.TYPES, str(happened.event["type"])),
    }
    return render(request, "epcis/event.html", context)
