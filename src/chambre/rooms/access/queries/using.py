"""What a thing was used for, by whom in classes, and what an hour of it cost."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.ledger.models import Line
from chambre.registry import api as registry
from chambre.registry.models import Resource, Role
from chambre.rooms.access.models import Handover, Offer


class Use(NamedTuple):
    """The use of a thing over some time.

    Attributes:
        first: First day.
        last: Last day.
        minutes: Of use, together.
        times: How many.
        classes: Who used it: words, times, minutes.
        cost: Cents of class 6 in the books that may be read, for the resource; None: none may.
        hourly: Cents for an hour of use, rounded down; None without use or cost.
        counter: Thousandths that the counter went on; None: not read.
    """

    first: dt.date
    last: dt.date
    minutes: int
    times: int
    classes: list[tuple[str, int, int]]
    cost: int | None
    hourly: int | None
    counter: int | None


def handovers_of(resource: Resource) -> QuerySet[Handover]:
    """What happened to a thing, the last first, under whatever owner."""
    rows = Handover.objects.filter(offer__resource=resource)
    rows = rows.select_related("provider", "receiver", "booking__person", "event")
    return rows.prefetch_related("photos").order_by("-id")


def use_of(resource: Resource, first: dt.date, last: dt.date, by: Actor) -> Use:
    """The use and the cost of a thing from one day to another, both included."""
    rows = Handover.objects.filter(
        offer__resource=resource, kind=Handover.Kind.BACK, at__date__gte=first, at__date__lte=last
    )
    people = {
        pk: (times, minutes or 0)
        for pk, times, minutes in rows.order_by()
        .values("provider")
        .annotate(times=Count("id"), minutes=Sum("minutes"))
        .values_list("provider", "times", "minutes")
    }
    minutes = sum(each for _times, each in people.values())
    cost = _cost(resource, first, last, by)
    return Use(
        first, last, minutes, sum(times for times, _minutes in people.values()),
        _classes(resource, people), cost,
        cost * 60 // minutes if cost is not None and minutes else None,
        _counter(resource, first, last),
    )  # fmt: skip


def _classes(resource: Resource, people: dict[int, tuple[int, int]]) -> list[tuple[str, int, int]]:
    """Who used it, without names: people of owner and custodian, members, others."""
    sides = {
        pk
        for pair in Offer.objects.filter(resource=resource).values_list("owner", "custodian")
        for pk in pair
    }
    roles = Role.objects.filter(registry.held_on(registry.today()), agent__in=people)
    own, members = set(sides), set()
    for agent, where, thing in roles.values_list("agent", "in_agent", "resource"):
        members.add(agent)
        if where in sides or thing == resource.pk:
            own.add(agent)
    sums: dict[str, list[int]] = {}
    for pk, (times, minutes) in people.items():
        words = (
            _("people of the owner and the custodian") if pk in own
            else _("other members of the Chamber") if pk in members
            else _("others")
        )  # fmt: skip
        held = sums.setdefault(words, [0, 0])
        held[0] += times
        held[1] += minutes
    return sorted((words, times, minutes) for words, (times, minutes) in sums.items())


def _cost(resource: Resource, first: dt.date, last: dt.date, by: Actor) -> int | None:
    """What the books that somebody may read say it cost: class 6, closings left out."""
    readable = registry.structures_readable_by(by)
    lines = Line.objects.filter(
        resource=resource, unit="EUR", account__code__startswith="6", day__range=(first, last),
        book__structure__in=readable, phase=0,
    )  # fmt: skip
    found: int | None = lines.aggregate(sum=Sum("amount"))["sum"]
    return found


def _counter(resource: Resource, first: dt.date, last: dt.date) -> int | None:
    readings = list(
        Handover.objects.filter(
            offer__resource=resource, counter__isnull=False, at__date__gte=first,
            at__date__lte=last,
        )
        .order_by("id")
        .values_list("counter", flat=True)
    )  # fmt: skip
    return readings[-1] - readings[0] if len(readings) > 1 else None
