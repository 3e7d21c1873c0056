"""What the register reads. Lists that are shown to somebody start from what they may see."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from chambre.core.actors import Actor
from chambre.core.errors import NotFound
from chambre.registry.held import held_on, roles_held, today
from chambre.registry.models import Agent, Resource, Role

ORGANISATIONS = (Agent.Kind.STRUCTURE, Agent.Kind.PUBLIC, Agent.Kind.CHAMBER)
"""Kinds of agents that everybody may know of, and that keep books."""


def structure(slug: str) -> Agent:
    """The structure, public body or chamber of that short name.

    Raises:
        NotFound: There is none; ``data["slug"]`` says which was asked for.
    """
    found = Agent.objects.filter(slug=slug, kind__in=ORGANISATIONS).first()
    if found is None:
        raise NotFound(slug=slug)
    return found


def resource(slug: str) -> Resource:
    """The resource of that short name.

    Raises:
        NotFound: There is none; ``data["slug"]`` says which was asked for.
    """
    found = Resource.objects.select_related("chamber").filter(slug=slug).first()
    if found is None:
        raise NotFound(slug=slug)
    return found


def person(email: str) -> Agent:
    """The person who signs in with this e-mail address.

    Raises:
        NotFound: Nobody does.
    """
    found = Agent.objects.select_related("user").filter(user__email__iexact=email.strip()).first()
    if found is None:
        raise NotFound(email=email)
    return found


def resources_visible_to(by: Actor) -> QuerySet[Resource]:
    """The resources that somebody may see: resources are public."""
    return Resource.objects.select_related("chamber")


def organisations_visible_to(by: Actor) -> QuerySet[Agent]:
    """The structures, public bodies and chambers that somebody may see: they are public."""
    return Agent.objects.filter(kind__in=ORGANISATIONS)


def people_visible_to(by: Actor) -> QuerySet[Agent]:
    """The people whom somebody may see.

    The command line sees all; administrators and facilitators those of their chamber; members those
    who answer for something in their chamber today; everybody themself.
    """
    people = Agent.objects.filter(kind=Agent.Kind.PERSON)
    if by.is_system:
        return people
    held = roles_held(by.user)
    helped = {
        one.chamber
        for one in held
        if one.kind in (Role.Kind.ADMINISTRATOR, Role.Kind.FACILITATOR)
        and one.in_agent == one.chamber
    }
    offices = Role.objects.filter(held_on(today())).exclude(kind=Role.Kind.MEMBER)
    own = Q(user_id=by.user.pk) if by.user is not None else Q(pk__in=[])
    return people.filter(
        own
        | Q(chamber__in=helped)
        | Q(
            chamber__in={one.chamber for one in held},
            user__is_active=True,
            pk__in=offices.values("agent_id"),
        )
    )


def agents_visible_to(by: Actor) -> QuerySet[Agent]:
    """The agents whom somebody may see: all that are not people, and some people."""
    return Agent.objects.filter(
        Q(kind__in=ORGANISATIONS) | Q(pk__in=people_visible_to(by).values("pk"))
    )


def structures_readable_by(by: Actor) -> QuerySet[Agent]:
    """The structures whose books somebody may see.

    The command line: all. A person: those of which they are the treasurer, and all of a chamber of
    which they are the administrator. A token sees what its person sees; whether its scopes allow
    it is for the permission that the caller asks.
    """
    structures = Agent.objects.filter(kind__in=ORGANISATIONS)
    if by.is_system:
        return structures
    held = roles_held(by.user)
    run = {
        one.chamber
        for one in held
        if one.kind == Role.Kind.ADMINISTRATOR and one.in_agent == one.chamber
    }
    kept = {one.in_agent for one in held if one.kind == Role.Kind.TREASURER}
    return structures.filter(Q(pk__in=kept) | Q(chamber__in=run) | Q(pk__in=run))
