"""Recognised contributions as facts: what distributions count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from chambre.registry.models import Agent, Resource
from chambre.rooms.reciprocity.models import Contribution


@dataclass(frozen=True, slots=True)
class Recognised:
    """A contribution that its circle recognised.

    Exactly one of ``amount`` and ``quantity`` is there.

    Attributes:
        id: ``contribution:NUMBER``; stays the same for ever.
        day: Its last day.
        kind: A :class:`~chambre.rooms.reciprocity.models.Contribution.Kind` value.
        resource: What it was given to.
        agent: Who gave it.
        amount: Cents of money that were given.
        quantity: How much of anything else, in ``unit``; hours (``h``) of time.
        unit: ``EUR``, ``h``, or the unit in words.
        asked: Cents that are asked for it; 0: it is given.
    """

    id: str
    day: dt.date
    kind: str
    resource: Resource
    agent: Agent
    amount: int | None
    quantity: Fraction | None
    unit: str
    asked: int


def recognised(
    resource: Resource | Iterable[Resource],
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> Iterator[Recognised]:
    """The recognised contributions to a resource, the earliest first.

    Corrected and withdrawn ones are left out; a correction counts once it is recognised itself.

    Args:
        resource: One resource, or several.
        since: First day; None: from the beginning.
        until: Last day, included; None: to the end.
    """
    places = [resource] if isinstance(resource, Resource) else list(resource)
    rows = Contribution.objects.filter(
        resource__in=places, recognition__counts=True, withdrawn=False, correction__isnull=True
    )
    if since is not None:
        rows = rows.filter(until__gte=since)
    if until is not None:
        rows = rows.filter(until__lte=until)
    rows = rows.select_related("agent", "resource").order_by("until", "pk")
    for row in rows.iterator(chunk_size=2_000):
        yield fact_of(row)


def fact_of(row: Contribution) -> Recognised:
    """A contribution as a fact, recognised or not."""
    amount, quantity, unit = row.cents, None, "EUR"
    if row.minutes is not None:
        quantity, unit = Fraction(row.minutes, 60), "h"
    elif row.quantity is not None:
        quantity, unit = Fraction(row.quantity), row.unit
    return Recognised(
        f"contribution:{row.pk}", row.until, row.kind, row.resource, row.agent, amount, quantity,
        unit, row.asked,
    )  # fmt: skip
