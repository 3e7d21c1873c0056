"""Granting and ending roles. A role is never deleted, and no chamber is left without anybody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.hooks import emit
from chambre.registry import events, held
from chambre.registry.cleaning import clean_column
from chambre.registry.errors import LastAdministrator, RoleEnded, RoleOverlap, mistakes
from chambre.registry.models import Agent, Resource, Role
from chambre.registry.rules import Grant, roles_possible_in


@transaction.atomic
def grant_role(
    *,
    agent: Agent,
    kind: str,
    scope: Agent | Resource,
    by: Actor,
    since: dt.date | None = None,
    until: dt.date | None = None,
    reason: str = "",
) -> Role:
    """Give a person a role in a chamber or structure, or for a resource.

    Args:
        agent: The person.
        kind: A :class:`Role.Kind` value that exists there.
        scope: Where.
        by: Who gives it.
        since: First day; by default today. It may be later, not earlier than today.
        until: First day on which it is no longer held; None: until it is ended.
        reason: Why: a decision, an election.

    Raises:
        Forbidden: ``by`` may not give this role there.
        Invalid: Not a person, not a role of that place, or days that make no sense.
        RoleOverlap: They hold it there already on some of these days.
    """
    authorize(by, "registry.grant_role", Grant(kind, scope, agent))
    since = since or held.today()
    _check_grant(agent, kind, scope, since, until)
    reason = clean_column(Role, "reason", reason)
    _lock(scope)
    place = _place(scope)
    others = Role.objects.filter(agent=agent, kind=kind, **place)
    # A role that was ended before it began was never held.
    days = Q(until__isnull=True) | (Q(until__gt=since) & Q(until__gt=F("since")))
    if until is not None:
        days &= Q(since__lt=until)
    if others.filter(days).exists():
        raise RoleOverlap(role=kind)
    try:
        with transaction.atomic():
            role = Role.objects.create(
                agent=agent,
                kind=kind,
                since=since,
                until=until,
                reason=reason,
                granted_by=by.user,
                granted_label=by.label[:254],
                **place,
            )
    except IntegrityError as error:
        raise RoleOverlap(role=kind) from error
    held.forget()
    audit(by, "registry.role.granted", role, role=kind, since=str(since), until=str(until or ""))
    emit(events.RoleGranted(role=role.pk), by=by)
    return role


@transaction.atomic
def end_role(*, role: Role, by: Actor, on: dt.date | None = None, reason: str = "") -> Role:
    """End a role: from that day on it is no longer held.

    A role that has not begun yet is ended on the day on which it would begin.

    Args:
        role: Which role.
        by: Who ends it: whoever may give it, or the person themself.
        on: First day without it; by default today, never in the past.
        reason: Why.

    Raises:
        Forbidden: ``by`` may not end it.
        Invalid: The day is in the past.
        RoleEnded: It has ended, or ends earlier already.
        LastAdministrator: The chamber would have days without an administrator.
    """
    authorize(by, "registry.end_role", Grant(role.kind, role.scope, role.agent))
    today = held.today()
    on = on or today
    if on < today:
        raise mistakes({"on": [_("A role cannot be ended in the past.")]})
    reason = clean_column(Role, "end_reason", reason)
    _lock(role.scope)
    role = (
        Role.objects.select_for_update(of=("self",), no_key=True)
        .select_related("agent", "in_agent", "resource")
        .get(pk=role.pk)
    )
    if role.until is not None and role.until <= max(on, today):
        raise RoleEnded
    on = max(on, role.since)
    if role.kind == Role.Kind.ADMINISTRATOR:
        _keep_an_administrator(role, on)
    role.until = on
    role.ended_by = by.user
    role.ended_label = by.label[:254]
    role.ended_at = timezone.now()
    role.end_reason = reason
    role.save(update_fields=["until", "ended_by", "ended_label", "ended_at", "end_reason"])
    held.forget()
    audit(by, "registry.role.ended", role, role=role.kind, on=str(on))
    emit(events.RoleEnded(role=role.pk), by=by)
    return role


@dataclass(frozen=True, slots=True)
class Term:
    """Days on which something is held: from ``since``, and before ``until`` (None: for ever)."""

    since: dt.date
    until: dt.date | None


def first_gap(terms: Iterable[Term], start: dt.date) -> dt.date | None:
    """The first day from ``start`` on that no term covers; None when there is none."""
    left = list(terms)
    day = start
    while True:
        here = [
            term for term in left if term.since <= day and (term.until is None or term.until > day)
        ]
        if not here:
            return day
        ends = [term.until for term in here]
        if None in ends:
            return None
        day = max(end for end in ends if end is not None)


def _keep_an_administrator(role: Role, on: dt.date) -> None:
    """Refuse to open a gap among a chamber's administrators that this role had filled."""
    others = (
        Role.objects.filter(
            kind=Role.Kind.ADMINISTRATOR, in_agent=role.in_agent, agent__user__is_active=True
        )
        .exclude(pk=role.pk)
        .values_list("since", "until")
    )
    gap = first_gap([Term(*days) for days in others], on)
    if gap is not None and (role.until is None or gap < role.until):
        raise LastAdministrator(day=gap.isoformat())


def _check_grant(
    agent: Agent,
    kind: str,
    scope: Agent | Resource,
    since: dt.date,
    until: dt.date | None,
) -> None:
    errors: dict[str, list[str]] = {}
    if agent.kind != Agent.Kind.PERSON:
        errors["agent"] = [_("Only people hold roles.")]
    if kind not in roles_possible_in(scope):
        errors["kind"] = [_("There is no such role there.")]
    if since < held.today():
        errors["since"] = [_("A role begins today or later.")]
    if until is not None and until <= since:
        errors["until"] = [_("The end must be after the beginning.")]
    if errors:
        raise mistakes(errors)


def _lock(scope: Agent | Resource) -> None:
    """One at a time gives or ends roles in a place."""
    type(scope).objects.select_for_update(of=("self",), no_key=True).get(pk=scope.pk)


def _place(scope: Agent | Resource) -> dict[str, Agent | Resource]:
    return {"resource": scope} if isinstance(scope, Resource) else {"in_agent": scope}
