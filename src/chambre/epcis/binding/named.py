"""Named queries, their events, and who is told of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.epcis import language
from chambre.epcis.binding import headers, paging
from chambre.epcis.binding.events import page_of
from chambre.epcis.binding.frame import answer, body_of, resource
from chambre.epcis.binding.problems import BindingError
from chambre.epcis.models import NamedQuery, Subscription
from chambre.epcis.services import asking
from chambre.epcis.times import written

SUBSCRIPTION = ("SubscriptionControlsException", "application/json")


def as_query(row: NamedQuery) -> dict[str, Any]:
    """A query as the standard shows it."""
    return {"name": row.name, "query": row.query}


def queries(request: HttpRequest, by: Actor) -> HttpResponse:
    """Every named query."""
    page = paging.asked(request, by)
    rows = NamedQuery.objects.filter(pk__gt=page.after[0] if page.after else 0).order_by("id")
    found = list(rows[: page.size + 1])
    more, found = len(found) > page.size, found[: page.size]
    response = answer([as_query(row) for row in found])
    return paging.lead_on(response, request, page, [found[-1].pk] if more else None)


def make(request: HttpRequest, by: Actor) -> HttpResponse:
    """Name a query."""
    wanted = body_of(request)
    if not isinstance(wanted, dict) or not isinstance(wanted.get("name"), str):
        text = _("An object with name and query is expected.")
        raise BindingError(text, kind="QueryValidationException")
    row = asking.name_query(name=wanted["name"], query=wanted.get("query"), by=by)
    response = HttpResponse(status=201)
    response["Location"] = f"{request.path}/{_quoted(row.name)}"
    return response


def _quoted(name: str) -> str:
    from urllib.parse import quote

    return quote(name, safe="")


def one(_request: HttpRequest, _by: Actor, name: str) -> HttpResponse:
    """A named query: by the official description a list of one."""
    return answer([as_query(asking.query_named(name))])


def forget(_request: HttpRequest, by: Actor, name: str) -> HttpResponse:
    """Delete a named query; who followed it is told nothing more."""
    asking.forget_query(name=name, by=by)
    return HttpResponse(status=204)


def events(request: HttpRequest, by: Actor, name: str) -> HttpResponse:
    """What a named query finds."""
    row = asking.query_named(name)
    question = language.read_question(row.query, headers.extensions(request))
    about = f"{row.pk}\0{language.canonical_form(row.query)}"
    return page_of(request, by, question, about=about, name=row.name)


def as_subscription(row: Subscription) -> dict[str, Any]:
    """A subscription as the standard shows it: never its secret."""
    return {
        "subscriptionID": str(row.pk),
        "queryName": row.query.name,
        "dest": row.dest,
        "createdAt": written(row.created_at),
        **({"lastNotifiedAt": written(row.last_notified_at)} if row.last_notified_at else {}),
        "initialRecordTime": written(row.initial_record_time),
        "minRecordTime": written(row.min_record_time or row.initial_record_time),
        "epcFormat": row.epc_format,
        **(
            {"stream": True}
            if row.stream
            else {"schedule": row.schedule, "reportIfEmpty": row.report_if_empty}
        ),
    }


def subscriptions(request: HttpRequest, by: Actor, name: str) -> HttpResponse:
    """Who follows a query."""
    query = asking.query_named(name)
    page = paging.asked(request, by)
    start = page.after[0] if page.after else 0
    found = list(query.subscriptions.select_related("query")[start : start + page.size + 1])
    more, found = len(found) > page.size, found[: page.size]
    response = answer([as_subscription(row) for row in found])
    return paging.lead_on(response, request, page, [start + page.size] if more else None)


def subscribe(request: HttpRequest, by: Actor, name: str) -> HttpResponse:
    """Follow a query."""
    query = asking.query_named(name)
    row = asking.subscribe(
        query=query, wanted=body_of(request), epc_format=headers.epc_format(request), by=by
    )
    response = answer(as_subscription(row), status=201)
    response["Location"] = f"{request.path}/{row.pk}"
    return response


def subscription(_request: HttpRequest, _by: Actor, name: str, key: str) -> HttpResponse:
    """One who follows a query."""
    row = asking.subscription_of(asking.query_named(name), key)
    response = answer(as_subscription(row))
    response["GS1-Query-Min-Record-Time"] = written(row.min_record_time or row.initial_record_time)
    return response


def unsubscribe(_request: HttpRequest, by: Actor, name: str, key: str) -> HttpResponse:
    """Follow no longer."""
    row = asking.subscription_of(asking.query_named(name), key)
    asking.unsubscribe(subscription=row, by=by)
    return HttpResponse(status=204)


def give_up(_request: HttpRequest, _by: Actor, token: str) -> HttpResponse:
    """Let a page token be no good any more."""
    paging.give_up(token)
    return HttpResponse(status=204)


def addresses() -> list[URLPattern]:
    """The paths."""
    below = "queries/<str:name>/subscriptions"
    return [
        path("queries", resource(get=queries, post=make)),
        path("queries/<str:name>/events", resource(get=events, refusals=SUBSCRIPTION)),
        path(below, resource(get=subscriptions, post=subscribe, refusals=SUBSCRIPTION)),
        path(f"{below}/<str:key>", resource(get=subscription, delete=unsubscribe)),
        path("queries/<str:name>", resource(get=one, delete=forget)),
        re_path(r"^nextPageToken/(?P<token>(?s:.+))$", resource(delete=give_up)),
    ]
