"""Which roles a person holds: one query per person and request, kept for a few seconds.

The rules ask often and the answer is small. What is kept lives on the user object (one request),
is dropped as soon as a role is granted or ended in this process, and after :data:`KEEP` seconds
in any case.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from chambre.core import clock
from chambre.core.models import User
from chambre.registry.models import Agent, Resource, Role

KEEP = 5.0
"""Seconds for which a person's roles are kept."""

_epoch = 0


class Held(NamedTuple):
    """A role that a person holds today.

    Attributes:
        kind: A :class:`Role.Kind` value.
        in_agent: Id of the chamber, structure or public body; None when it is for a resource.
        resource: Id of the resource; None when it is in an agent.
        chamber: Id of the chamber that it belongs to.
    """

    kind: str
    in_agent: int | None
    resource: int | None
    chamber: int | None


def forget() -> None:
    """Drop what is kept, everywhere in this process: a role was granted or ended."""
    global _epoch  # noqa: PLW0603 - one number for the process
    _epoch += 1


def held_on(day: dt.date) -> Q:
    """The condition that a role is held on a day."""
    return Q(since__lte=day) & (Q(until__isnull=True) | Q(until__gt=day))


def today() -> dt.date:
    """Today, where the Chamber is."""
    return clock.today()


def roles_held(user: Any, on: dt.date | None = None) -> tuple[Held, ...]:
    """The roles that a person holds today (or on a day); none for those who cannot sign in."""
    if not isinstance(user, User) or not user.is_active:
        return ()
    if on is not None:
        return _read(user, on)
    kept = getattr(user, "_chambre_roles", None)
    now = time.monotonic()
    if kept is None or kept[0] != _epoch or now - kept[1] > KEEP:
        kept = (_epoch, now, _read(user, today()))
        user._chambre_roles = kept  # type: ignore[attr-defined]
    return kept[2]  # type: ignore[no-any-return]


def _read(user: User, day: dt.date) -> tuple[Held, ...]:
    rows = Role.objects.filter(held_on(day), agent__user_id=user.pk).values_list(
        "kind",
        "in_agent_id",
        "resource_id",
        "in_agent__kind",
        "in_agent__chamber_id",
        "resource__chamber_id",
    )
    return tuple(
        Held(
            kind,
            agent,
            resource,
            agent if place == Agent.Kind.CHAMBER else (agent_chamber or resource_chamber),
        )
        for kind, agent, resource, place, agent_chamber, resource_chamber in rows
    )


def chamber_id(obj: Any) -> int | None:
    """Id of the chamber that a thing belongs to; of a chamber, its own."""
    if isinstance(obj, Agent) and obj.kind == Agent.Kind.CHAMBER:
        return obj.pk
    if isinstance(obj, Role):
        return chamber_id(obj.scope)
    found = getattr(obj, "chamber_id", None)
    if found is None and getattr(obj, "structure", None) is not None:
        return chamber_id(obj.structure)
    return found


def holds(user: Any, kinds: str | Iterable[str], place: Agent | Resource | None = None) -> bool:
    """Whether a person holds one of these roles today, in a place or (without one) anywhere."""
    wanted = {kinds} if isinstance(kinds, str) else set(kinds)
    for role in roles_held(user):
        if role.kind not in wanted:
            continue
        if place is None:
            return True
        same = role.resource if isinstance(place, Resource) else role.in_agent
        if same is not None and same == place.pk:
            return True
    return False


def roles_on(
    day: dt.date, *, place: Agent | Resource | None = None, kind: str | None = None
) -> QuerySet[Role]:
    """Who held which role on a day.

    Args:
        day: The day; a role's last day (``until``) is not included.
        place: Only in this chamber or structure, or for this resource.
        kind: Only this role.
    """
    found = Role.objects.filter(held_on(day)).select_related("agent", "in_agent", "resource")
    if isinstance(place, Resource):
        found = found.filter(resource=place)
    elif place is not None:
        found = found.filter(in_agent=place)
    return found.filter(kind=kind) if kind else found


def open_role(agent: Agent, kind: str, place: Agent | Resource) -> Role | None:
    """The role that a person holds in a place today or will hold later, the earliest; or None."""
    where = {"resource": place} if isinstance(place, Resource) else {"in_agent": place}
    running = Role.objects.filter(Q(until__isnull=True) | Q(until__gt=today()))
    return running.filter(agent=agent, kind=kind, **where).order_by("since", "id").first()
