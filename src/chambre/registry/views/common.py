"""What the pages of the register share."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

from chambre.core.actors import Actor
from chambre.registry.exchange.entries import hidden_people, masked, public_names
from chambre.registry.models import Resource
from chambre.registry.queries import people_visible_to
from chambre.registry.versions import latest_record

PER_PAGE = 20


def actor_of(request: HttpRequest) -> Actor:
    """Who asks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def base_of(request: HttpRequest) -> str:
    """Where this Chamber is, as the reader reached it."""
    return request.build_absolute_uri("/").rstrip("/")


def page_of(request: HttpRequest, rows: QuerySet[Any], size: int = PER_PAGE) -> Page[Any]:
    """The page of a list that is asked for (``?page=``)."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def is_htmx(request: HttpRequest) -> bool:
    """Whether only a part of the page is wanted."""
    return bool(getattr(request, "htmx", False))


def readable_record(request: HttpRequest, resource: Resource) -> dict[str, Any]:
    """The newest record of a resource as the reader may see it; read once for a page."""
    kept: dict[str, Any] | None = getattr(resource, "_readable", None)
    if kept is None:
        kept = masked(latest_record(resource), hidden_people(actor_of(request)))
        resource._readable = kept  # type: ignore[attr-defined]
    return kept


def names_in(*records: dict[str, Any]) -> dict[str, str]:
    """Names of the agents and resources that some records mention."""
    return public_names(records)


def known_people(request: HttpRequest) -> set[int]:
    """Ids of the accounts of the people whom the reader may know."""
    by = actor_of(request)
    if by.user is None and not by.is_system:
        return set()
    return set(people_visible_to(by).values_list("user_id", flat=True))


def sent(request: HttpRequest) -> Any:
    """What a form sent; None when the page is only asked for."""
    return request.POST if request.method == "POST" else None


def sent_files(request: HttpRequest) -> tuple[Any, Any]:
    """What a form sent, and the files with it; None twice when the page is only asked for."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)
