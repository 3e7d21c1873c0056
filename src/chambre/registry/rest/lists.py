"""Pages of lists that have an order of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from ninja import Field, Schema


class ListQuery(Schema):
    """Which page of a list."""

    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(50, ge=1, le=500)


def page_of(
    found: QuerySet[Any], which: ListQuery, as_data: Callable[[Any], dict[str, Any]]
) -> dict[str, Any]:
    """One page of what was found; after the last page there is nothing.

    Args:
        found: An ordered queryset.
        which: The page.
        as_data: What is given of each row.
    """
    paginator = Paginator(found, which.size)
    rows = paginator.page(which.page) if which.page <= paginator.num_pages else []
    return {
        "items": [as_data(row) for row in rows],
        "total": paginator.count,
        "page": which.page,
        "pages": paginator.num_pages,
    }
