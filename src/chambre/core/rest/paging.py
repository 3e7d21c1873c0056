"""Long lists in pages, by a key and not by counting: page 1000 costs what page 1 costs."""

from __future__ import annotations

import datetime as dt
from typing import Any, Generic, TypeVar

from django.db.models import Q
from ninja import Field, Schema

Item = TypeVar("Item")
SIZE = 100


class Page(Schema, Generic[Item]):
    """A page of a list."""

    items: list[Item]
    next: str | None = Field(None, description="Send it as `after` to get the next page.")


class PageQuery(Schema):
    """Which page: ``query: Query[PageQuery]``."""

    after: str = Field(
        "", max_length=80, description="`next` of the page before; empty: the first."
    )
    size: int = Field(SIZE, ge=1, le=1000, description="How many.")


def page_by_id(queryset: Any, query: PageQuery) -> dict[str, Any]:
    """One page of a queryset, newest last, by its integer primary key."""
    after = int(query.after) if query.after.isascii() and query.after.isdigit() else 0
    rows = list(queryset.filter(pk__gt=min(after, 2**63 - 1)).order_by("pk")[: query.size + 1])
    more = len(rows) > query.size
    rows = rows[: query.size]
    return {"items": rows, "next": str(rows[-1].pk) if more else None}


def page_by_day(queryset: Any, query: PageQuery) -> dict[str, Any]:
    """One page of rows that have a ``day``, in the order of their days and then of their ids."""
    day, _comma, last = query.after.partition(",")
    if last.isascii() and last.isdigit():
        try:
            first = dt.date.fromisoformat(day)
        except ValueError:
            pass  # not one of ours: from the beginning
        else:
            later = Q(day=first, pk__gt=min(int(last), 2**63 - 1)) | Q(day__gt=first)
            queryset = queryset.filter(later, day__gte=first)
    rows = list(queryset.order_by("day", "pk")[: query.size + 1])
    more = len(rows) > query.size
    rows = rows[: query.size]
    return {"items": rows, "next": f"{rows[-1].day},{rows[-1].pk}" if more else None}
