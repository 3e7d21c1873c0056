"""Deposits that nobody has claimed yet, by how long ago they were taken."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, Sum

from chambre.rooms.deposit.models import Contract, Scheme

AGES = (30, 90, 180, 365)
"""Ends of the groups, in days after the issue; the last group has none."""


@dataclass(slots=True)
class Waiting:
    """Deposits that are held since about as long.

    Attributes:
        above: Days after the issue, more than which it is.
        up_to: And at most so many; None: without end.
        objects: Objects that are out.
        held: Their deposits in cents.
    """

    above: int
    up_to: int | None
    objects: int = 0
    held: int = 0


def waiting(scheme: Scheme, day: dt.date) -> list[Waiting]:
    """What is held, by age on a day: all groups, the youngest first, in one question."""
    ends = (*AGES, None)
    groups = [Waiting(above, end) for above, end in zip((-1, *AGES), ends, strict=True)]
    rows = Contract.objects.filter(scheme=scheme, state=Contract.State.OPEN).order_by()
    sums = rows.values_list("opened_on").annotate(
        out=Sum(F("quantity") - F("back")),
        left=Sum(F("amount") - F("refunded") - F("kept")),
    )
    for opened, out, left in sums:
        age = (day - opened).days
        group = next(each for each in groups if each.up_to is None or age <= each.up_to)
        group.objects += out
        group.held += left
    return groups
