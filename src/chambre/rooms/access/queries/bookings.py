"""Lists of bookings."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from chambre.registry.models import Agent, Resource
from chambre.rooms.access.models import HOLDING, Booking
from chambre.rooms.access.queries.moments import now


def coming(resource: Resource) -> QuerySet[Booking]:
    """The bookings of a thing that hold and are not over, or still out, in their order."""
    rows = Booking.objects.filter(resource=resource, state__in=HOLDING).filter(
        Q(ends_at__gt=now()) | Q(state=Booking.State.OUT)
    )
    return rows.select_related("person__user", "resource", "offer").order_by("starts_at", "id")


def of_person(person: Agent) -> QuerySet[Booking]:
    """The bookings of a person, the last ones first."""
    rows = Booking.objects.filter(person=person)
    return rows.select_related("resource", "offer", "terms").order_by("-starts_at", "-id")
