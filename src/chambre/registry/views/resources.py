"""Resources as everybody sees them."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chambre.core import files
from chambre.core.errors import NotFound
from chambre.registry import api, queries
from chambre.registry.forms import SearchForm
from chambre.registry.models import Resource, Wish
from chambre.registry.services.images import PURPOSE
from chambre.registry.views.common import (
    actor_of,
    base_of,
    is_htmx,
    names_in,
    page_of,
    readable_record,
)

JSONLD = "application/ld+json; charset=utf-8"


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every resource of the register; found by words and filters."""
    by = actor_of(request)
    form = SearchForm(request.GET or None)
    values: dict[str, Any] = form.cleaned_data if form.is_bound and form.is_valid() else {}
    extra = {
        name: request.GET.get(name, "")[:120] for name in ("keyword", "agent", "language", "offer")
    }
    query = api.ResourceQuery(
        words=values.get("q", ""),
        **{name: values.get(name, "") for name in ("kind", "standing", "place", "licence", "need")},
        **extra,
    )
    context = {
        "form": form,
        "page": page_of(request, api.search_resources(by, query)),
        "query": query,
        "extra": {name: value for name, value in extra.items() if value},
        "may_create": by.may("registry.create_resource"),
        "may_import": by.may("registry.import"),
        "signed_in": request.user.is_authenticated,
    }
    template = "registry/resources.html"
    return render(request, f"{template}#found" if is_htmx(request) else template, context)


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """The public page of a resource: its record, its rules, its needs, its history."""
    resource = whole_resource(slug)
    by = actor_of(request)
    record = readable_record(request, resource)
    context = {
        "resource": resource,
        "record": record,
        "names": names_in(record),
        "address": resource.uri or f"{base_of(request)}/ressources/{resource.slug}/",
        "may_change": by.may("registry.change_resource", resource),
        "may_decide": by.may("registry.change_standing", resource),
        "parts": resource.parts.only("slug", "name", "part_of").order_by("sort_name"),
    }
    return render(request, "registry/resource.html", context)


def whole_resource(slug: str) -> Resource:
    """The resource of that short name with all that its page names.

    Raises:
        NotFound: There is none.
    """
    found = (
        Resource.objects.select_related(
            "chamber__chamber", "owner", "custodian", "part_of", "image"
        )
        .filter(slug=slug)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no resource “%(slug)s”.") % {"slug": slug}, slug=slug)
    return found


@require_safe
def document(request: HttpRequest, slug: str) -> HttpResponse:
    """A resource as JSON-LD."""
    content = api.export_register(
        form="jsonld", slug=slug, by=actor_of(request), base=base_of(request)
    )
    response = HttpResponse(content, content_type=JSONLD)
    response["Access-Control-Allow-Origin"] = "*"  # open data: also for pages elsewhere
    return response


@require_safe
def image(request: HttpRequest, slug: str) -> HttpResponse | FileResponse:
    """The picture of a resource."""
    resource = whole_resource(slug)
    if resource.image is None or resource.image.purpose != PURPOSE:
        raise NotFound
    response = FileResponse(
        files.open_file(resource.image), content_type=resource.image.content_type
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "public, max-age=3600"
    return response


@require_safe
def wishes(request: HttpRequest) -> HttpResponse:
    """What all resources need and offer today."""
    kind = request.GET.get("kind", "")
    category = request.GET.get("category", "")
    kind = kind if kind in Wish.Kind.values else ""
    category = category if category in Wish.Category.values else ""
    context = {
        "page": page_of(
            request, queries.open_wishes(actor_of(request), kind=kind, category=category)
        ),
        "kinds": Wish.Kind.choices,
        "categories": Wish.Category.choices,
        "kind": kind,
        "category": category,
    }
    return render(request, "registry/wishes.html", context)
