"""Counted objects by place and time: where more come back than ever went out near by, somebody looks.

Objects without codes cannot be told apart, so what is brought twice or from elsewhere shows only in
sums. The deposits are paid: they are held. The case says how much, once a place, type and period.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from django.db.models import Sum

from chambre.lib.deposits.travelling import NEAR, distance
from chambre.rooms.deposit.models import Contract, Place, Refund, Terms
from chambre.rooms.deposit.services.cases import Found

DAYS = 30
"""Length of a period when the rules do not say one."""

Pending = Counter[tuple[int, str]]
"""What acts of the same batch brought back before, by place and type; it is not written yet."""


def excess(
    place: Place,
    counted: Iterable[tuple[str, int]],
    terms: Terms,
    day: dt.date,
    key: str,
    pending: Pending,
) -> list[Found]:
    """The cases of an act whose types are locked.

    Args:
        place: Where they came back.
        counted: Types by short name, and how many really came back.
        terms: The rules that hold; without ``counted_more`` nobody looks.
        day: The day of the return.
        key: Key of the act.
        pending: Of the same batch; what this act brings is added.
    """
    if terms.counted_more is None:
        return []
    days = terms.counted_days or DAYS
    near = _near(place)
    found = []
    for slug, many in counted:
        pending[place.pk, slug] += many
        back = _back(place, slug, day - dt.timedelta(days=days - 1)) + pending[place.pk, slug]
        went = _went(near, slug)
        if many and back > went + terms.counted_more:
            found.append(
                Found(
                    kind="count",
                    subject=f"flow:{place.pk}:{slug}:{day.toordinal() // days}",
                    scheme=place.scheme_id,
                    place=place.pk,
                    act_key=key,
                    evidence={"types": {slug: many}, "days": days, "back": back, "went": went},
                )
            )
    return found


def _near(place: Place) -> list[int]:
    """The place and those of its scheme that are practically at the same spot."""
    if place.latitude is None or place.longitude is None:
        return [place.pk]
    here = (place.latitude, place.longitude)
    rows = Place.objects.filter(
        scheme=place.scheme_id, latitude__isnull=False, longitude__isnull=False
    ).order_by()
    points = rows.values_list("pk", "latitude", "longitude")
    return [pk for pk, north, east in points if distance(here, (north or 0, east or 0)) <= NEAR]


def _back(place: Place, slug: str, first: dt.date) -> int:
    rows = Refund.objects.filter(
        act__place=place, contract__type__slug=slug, serial__isnull=True, day__gte=first
    )
    total: int = rows.aggregate(many=Sum("quantity", default=0))["many"]
    return total


def _went(near: list[int], slug: str) -> int:
    rows = Contract.objects.filter(place__in=near, type__slug=slug, item__isnull=True)
    rows = rows.exclude(state=Contract.State.VOID)
    total: int = rows.aggregate(many=Sum("quantity", default=0))["many"]
    return total
