"""Documents that were sent in, and who is told of events."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core.actors import authorize
from chambre.core.errors import ChambreError, NotFound
from chambre.epcis.forms import SendForm
from chambre.epcis.models import NamedQuery, Subscription
from chambre.epcis.queries import looking
from chambre.epcis.services import asking, capturing
from chambre.epcis.views.pages import actor_of


@require_http_methods(["GET", "POST"])
def captures(request: HttpRequest) -> HttpResponse:
    """The captures; send a document in."""
    by = actor_of(request)
    authorize(by, "epcis.read")
    form, status = SendForm(request.POST or None, request.FILES or None), 200
    if request.method == "POST":
        authorize(by, "epcis.capture")
        status = 422
        if form.is_valid():
            data: dict[str, Any] = form.cleaned_data
            try:
                capture = capturing.receive(
                    source=data["document"],
                    by=by,
                    behaviour=data["behaviour"],
                    name=data["document"].name,
                )
            except ChambreError as refusal:
                form.add_error("document", str(refusal.message))
            else:
                messages.success(request, _("The document is being captured."))
                return redirect("epcis:capture", capture=capture.pk)
    rows = looking.captures_for(by.user, everybody=by.may("epcis.manage"))
    context = {
        "page": Paginator(rows, 30).get_page(request.GET.get("page")),
        "form": form,
        "may_capture": by.may("epcis.capture"),
    }
    return render(request, "epcis/captures.html", context, status=status)


@require_safe
def capture(request: HttpRequest, capture: UUID) -> HttpResponse:
    """How far a capture is, and what was wrong."""
    by = actor_of(request)
    authorize(by, "epcis.read")
    rows = looking.captures_for(by.user, everybody=by.may("epcis.manage"))
    row = rows.filter(pk=capture).first()
    if row is None:
        raise NotFound(_("There is no such capture."))
    at_work = row.running and not (row.job is not None and row.job.has_ended)
    context = {"capture": row, "at_work": at_work, "may_see_job": by.may("core.see_job", row.job)}
    return render(request, "epcis/capture.html", context)


@require_safe
def subscriptions(request: HttpRequest) -> HttpResponse:
    """Named queries, and who is told of what they find."""
    by = actor_of(request)
    authorize(by, "epcis.ask")
    queries = NamedQuery.objects.prefetch_related("subscriptions").order_by("name")
    page = Paginator(queries, 30).get_page(request.GET.get("page"))
    rows = [
        (query, [(name, _in_words(value)) for name, value in query.query.items()])
        for query in page.object_list
    ]
    context = {
        "page": page,
        "rows": rows,
        "mine": by.user.pk if by.user else None,
        "may_manage": by.may("epcis.manage"),
    }
    return render(request, "epcis/subscriptions.html", context)


def _in_words(value: Any) -> str:
    """The value of a parameter."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@require_http_methods(["GET", "POST"])
def subscription_end(request: HttpRequest, subscription: UUID) -> HttpResponse:
    """End a subscription, after saying what that does."""
    by = actor_of(request)
    authorize(by, "epcis.ask")
    row = Subscription.objects.select_related("query").filter(pk=subscription).first()
    if row is None:
        raise NotFound(_("There is no such subscription."))
    if request.method == "POST":
        asking.unsubscribe(subscription=row, by=by)
        messages.success(request, _("The subscription is ended."))
        return redirect("epcis:subscriptions")
    context = {
        "title": _("End this subscription?"),
        "lede": row.dest,
        "consequences": [
            _("The receiver is told nothing more of “%(query)s”.") % {"query": row.query.name},
            _("What it was told stays there. Events stay here."),
        ],
        "confirm": _("End the subscription"),
        "back": reverse("epcis:subscriptions"),
        "danger": True,
    }
    return render(request, "ui/confirm.html", context)
