"""What things at others' disposal ask of somebody: to bring back, to come, to say yes or no."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chambre.core.actors import Actor
from chambre.core.ui.waiting import Act, Waits, asked
from chambre.registry.api import roles_held
from chambre.registry.models import Agent, Role
from chambre.rooms.access.models import Booking
from chambre.rooms.access.queries.moments import now

SOON = dt.timedelta(days=3)


def _booking(number: str) -> str:
    return reverse("access:booking", args=[number])


def waiting(by: Actor) -> Iterator[QuerySet[Any, Any]]:
    """Bookings of theirs that are out or begin soon, and those that ask them as keepers."""
    if by.user is None:
        return
    state = Booking.State
    mine = Booking.objects.filter(person__user=by.user)
    soon = mine.filter(state=state.CONFIRMED, starts_at__range=(now(), now() + SOON))
    name, ends, starts = "resource__name", TruncDate("ends_at"), TruncDate("starts_at")
    out = mine.filter(state=state.OUT)
    yield asked(out, "access.out", reference="pk", title=name, due=ends)
    yield asked(soon, "access.soon", reference="pk", title=name, due=starts)
    asking = Booking.objects.filter(_kept_by(by), state=state.ASKED)
    yield asked(asking, "access.ask", reference="pk", title=name, due=starts)


def _kept_by(by: Actor) -> Q:
    """Bookings of things that somebody keeps; an administrator only stands in and is not asked."""
    held = roles_held(by.user)
    places = [row.in_agent for row in held if row.kind == Role.Kind.TREASURER and row.in_agent]
    resources = [row.resource for row in held if row.kind == Role.Kind.STEWARD and row.resource]
    person = Q(offer__custodian__kind=Agent.Kind.PERSON, offer__custodian__user=by.user)
    return person | Q(offer__custodian__in=places) | Q(resource__in=resources)


WAITS = Waits(
    "access",
    acts={
        "out": Act(_("to bring back"), _booking),
        "soon": Act(pgettext_lazy("what waits", "booked"), _booking, is_late=False),
        "ask": Act(_("booking to allow"), _booking, is_late=False),
    },
    rows=waiting,
)
