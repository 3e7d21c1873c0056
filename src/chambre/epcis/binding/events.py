"""Events: asked for by parameters, captured one by one, read by their id."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.db import connection, transaction
from django.db.utils import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.errors import NotFound
from chambre.epcis import language, outward
from chambre.epcis.binding import headers, paging
from chambre.epcis.binding.frame import answer, body_of, media_type, resource
from chambre.epcis.binding.problems import BindingError
from chambre.epcis.language import Question
from chambre.epcis.models import Event
from chambre.epcis.queries import finding
from chambre.epcis.services.recording import EventExists, record_events
from chambre.epcis.terms import event_key

PATIENCE = 20_000
"""Milliseconds that PostgreSQL may look for a page."""
CONTROL = ("perPage", "nextPageToken")


def parameters_of(request: HttpRequest) -> dict[str, Any]:
    """The parameters of an address; one that stands there twice is a list."""
    found: dict[str, Any] = {}
    for name, values in request.GET.lists():
        if name not in CONTROL:
            found[name] = values[0] if len(values) == 1 else "|".join(values)
    return found


def answer_events(
    request: HttpRequest, by: Actor, fixed: Mapping[str, Any] | None = None
) -> HttpResponse:
    """A page of the events that the parameters ask for.

    Args:
        request: With the parameters.
        by: Who asks.
        fixed: Conditions of the path itself.
    """
    authorize(by, "epcis.read")
    given = parameters_of(request)
    question = language.read_question(given, headers.extensions(request))
    if fixed:
        question.conditions += language.read_question(fixed).conditions
    return page_of(request, by, question, about=paging.flat(given))


def page_of(
    request: HttpRequest,
    by: Actor,
    question: Question,
    *,
    about: str,
    name: str = outward.SIMPLE,
) -> HttpResponse:
    """A page of the answer to a question, as an EPCISQueryDocument."""
    wanted = headers.epc_format(request)
    page = paging.asked(request, by, about)
    found = looked_for(question, page)
    response = answer(outward.query_document(found.rows, wanted, name=name))
    response["GS1-EPC-Format"] = wanted
    return paging.lead_on(response, request, page, found.after, found.left)


def looked_for(question: Question, page: paging.Asked) -> finding.Page:
    """Find a page, but not at any price.

    Raises:
        QueryTooComplex: It takes the database too long.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {PATIENCE}")
        try:
            return finding.find(question, size=page.size, after=page.after, left=page.left)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") == "57014":
                text = _("This takes too long. Ask for less, or for a shorter time.")
                raise language.QueryTooComplex(text) from None
            raise


def events(request: HttpRequest, by: Actor) -> HttpResponse:
    """The simple event query."""
    return answer_events(request, by)


def capture_one(request: HttpRequest, by: Actor) -> HttpResponse:
    """Capture one event; 409 when it is there already."""
    event = body_of(request)
    if not isinstance(event, dict):
        raise BindingError(_("One event is expected: a JSON object."))
    key = f"event:{uuid.uuid4()}"
    with transaction.atomic():
        context = {"@context": event["@context"]} if "@context" in event else {}
        [stored] = record_events(
            events=[event], by=by, key=key, house=False, context=context.get("@context")
        )
        if stored.already:
            raise EventExists(_("This event is here already."), event_id=stored.event_id)
    row = Event.objects.select_related("context").get(pk=stored.number)
    response = answer(outward.alone(row, headers.epc_format(request)), status=201)
    response["Location"] = f"{request.path}/{quote(stored.event_id, safe='')}"
    return response


def one_event(request: HttpRequest, _by: Actor, event_id: str) -> HttpResponse:
    """The events of an id: the event, and declarations that it was wrong."""
    if "ver" in request.GET and "?" not in event_id:  # ni:///…?ver=CBV2.0, sent as it stands
        event_id = f"{event_id}?ver={request.GET['ver']}"
    rows = Event.objects.filter(event_key=event_key(event_id)).select_related("context")
    found = list(rows.order_by("id")[:100])
    if not found:
        raise NotFound(_("There is no event of this id."))
    wanted = headers.epc_format(request)
    response = answer(outward.query_document(found, wanted))
    response["GS1-EPC-Format"] = wanted
    return response


def addresses() -> list[URLPattern]:
    """The paths."""
    return [
        path("events", resource(get=events, post=capture_one)),
        path("events/<path:event_id>", resource(get=one_event)),
    ]


__all__ = ["addresses", "answer_events", "media_type", "page_of"]
