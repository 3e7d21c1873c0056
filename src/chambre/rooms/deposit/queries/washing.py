"""The log of washes: what was washed when and where, by whom, and how it was found afterwards."""

from __future__ import annotations

import datetime as dt

from django.db.models import OuterRef, QuerySet, Subquery

from chambre.rooms.deposit.models import Move, Scheme
from chambre.rooms.deposit.queries.timing import moments


def washes(scheme: Scheme, first: dt.date, last: dt.date, place: str = "") -> QuerySet[Move]:
    """The washes of a period, the newest first.

    Each has ``before``, how the object stood before it, and ``after``, what the first inspection after
    it said; None: it was not inspected yet.

    Args:
        scheme: Of which scheme.
        first: First day.
        last: Last day, within it.
        place: Short name of a place; empty: all of them.
    """
    life = Move.objects.filter(item=OuterRef("item"))
    before = life.filter(number__lt=OuterRef("number")).order_by("-number")
    after = life.filter(number__gt=OuterRef("number"), kind=Move.Kind.INSPECTED).order_by("number")
    rows: QuerySet[Move] = Move.objects.filter(
        kind=Move.Kind.WASHED, item__scheme=scheme, happened_at__range=moments(first, last)
    )
    if place:
        rows = rows.filter(place__slug=place)
    return (
        rows.annotate(
            before=Subquery(before.values("state")[:1]), after=Subquery(after.values("state")[:1])
        )
        .select_related("item__type", "place")
        .order_by("-happened_at", "-pk")
    )
