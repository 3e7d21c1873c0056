"""Caring for a resource: what it needs and offers, and Ostrom's questions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core.actors import authorize
from chambre.core.errors import ChambreError, Forbidden, NotFound
from chambre.registry import api, ostrom, queries
from chambre.registry.forms import AssessmentForm, OutcomeForm, WishForm, show_mistakes
from chambre.registry.models import Wish
from chambre.registry.services.wishes import OPEN_FIELDS
from chambre.registry.views.common import actor_of, readable_record, sent
from chambre.registry.views.resources import whole_resource


def _back(slug: str, tab: str) -> HttpResponse:
    return redirect(f"{reverse('registry:resource', args=[slug])}?tab={tab}")


@require_http_methods(["GET", "POST"])
def add_wish(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what a resource needs or offers."""
    return _wish(request, slug, None)


@require_http_methods(["GET", "POST"])
def change_wish(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Change a need or offer that is open."""
    return _wish(request, slug, queries.wish(queries.resource(slug), number))


def _wish(request: HttpRequest, slug: str, wish: Wish | None) -> HttpResponse:
    resource = whole_resource(slug)
    by = actor_of(request)
    authorize(by, "registry.change_resource", resource)
    initial: dict[str, Any] = {"kind": request.GET.get("kind") or Wish.Kind.NEED}
    if wish is not None:
        initial = {name: getattr(wish, name) for name in OPEN_FIELDS}
    form = WishForm(sent(request), initial=initial)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            if wish is None:
                api.add_wish(resource=resource, by=by, **form.cleaned_data)
            else:
                values = dict(form.cleaned_data)
                values["since"] = values["since"] or wish.since
                api.change_wish(wish=wish, by=by, **values)
        except ChambreError as error:
            if isinstance(error, Forbidden):
                raise
            show_mistakes(error, form)
            status = error.status
        else:
            messages.success(request, _("Kept."))
            return _back(slug, "wishes")
    elif request.method == "POST":
        status = 422
    context = {"resource": resource, "form": form, "wish": wish}
    return render(request, "registry/wish.html", context, status=status)


@require_http_methods(["GET", "POST"])
def close_wish(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Close a need or offer, and say what came of it."""
    resource = whole_resource(slug)
    by = actor_of(request)
    authorize(by, "registry.change_resource", resource)
    wish = queries.wish(resource, number)
    form = OutcomeForm(sent(request))
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            api.close_wish(wish=wish, outcome=form.cleaned_data["outcome"], by=by)
        except ChambreError as error:
            if isinstance(error, Forbidden):
                raise
            show_mistakes(error, form)
            status = error.status
        else:
            messages.success(request, _("Closed. Thank you for saying what came of it."))
            return _back(slug, "wishes")
    elif request.method == "POST":
        status = 422
    context = {"resource": resource, "form": form, "wish": wish}
    return render(request, "registry/wish_close.html", context, status=status)


@require_http_methods(["GET", "POST"])
def assess(request: HttpRequest, slug: str, principle: int) -> HttpResponse:
    """Answer one of Ostrom's eight questions."""
    resource = whole_resource(slug)
    by = actor_of(request)
    authorize(by, "registry.assess_resource", resource)
    if not 1 <= principle <= 8:
        raise NotFound
    record = readable_record(request, resource)
    line = ostrom.profile(resource, record["assessments"])[principle - 1]
    now = line.assessment or {}
    initial = {
        name: now.get(name, "") for name in ("answer", "comment", "evidence_kind", "evidence")
    }
    form = AssessmentForm(sent(request), initial=initial)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            api.assess(resource=resource, principle=principle, by=by, **form.cleaned_data)
        except ChambreError as error:
            if isinstance(error, Forbidden):
                raise
            show_mistakes(error, form)
            status = error.status
        else:
            messages.success(request, _("Your assessment is kept; the earlier ones stay."))
            return _back(slug, "principles")
    elif request.method == "POST":
        status = 422
    context = {"resource": resource, "form": form, "line": line, "answers": ostrom.ANSWERS}
    return render(request, "registry/assess.html", context, status=status)
