"""What the register reads. Lists that are shown to somebody start from what they may see."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.errors import NotFound
from chambre.registry.held import held_on, roles_held, today
from chambre.registry.identifiers import SLUG, free_slug, slug_base
from chambre.registry.models import (
    Agent,
    RegisterImport,
    Resource,
    ResourceRevision,
    Role,
    Wish,
)

ORGANISATIONS = (Agent.Kind.STRUCTURE, Agent.Kind.PUBLIC, Agent.Kind.CHAMBER)
"""Kinds of agents that everybody may know of, and that keep books."""


def structure(slug: str) -> Agent:
    """The structure, public body or chamber of that short name.

    Raises:
        NotFound: There is none; ``data["slug"]`` says which was asked for.
    """
    found = None
    if SLUG.fullmatch(slug):
        found = Agent.objects.filter(slug=slug, kind__in=ORGANISATIONS).first()
    if found is None:
        raise NotFound(_("There is no structure “%(slug)s”.") % {"slug": slug}, slug=slug)
    return found


def resource(slug: str) -> Resource:
    """The resource of that short name.

    Raises:
        NotFound: There is none; ``data["slug"]`` says which was asked for.
    """
    found = None
    if SLUG.fullmatch(slug):
        found = Resource.objects.select_related("chamber").filter(slug=slug).first()
    if found is None:
        raise NotFound(_("There is no resource “%(slug)s”.") % {"slug": slug}, slug=slug)
    return found


def person(email: str) -> Agent:
    """The person who signs in with this e-mail address.

    Raises:
        NotFound: Nobody does.
    """
    address = email.strip().replace("\x00", "")
    found = Agent.objects.select_related("user").filter(user__email__iexact=address).first()
    if found is None:
        raise NotFound(_("Nobody has the address %(email)s.") % {"email": email}, email=email)
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


def new_slug(model: type[Agent] | type[Resource], name: str, fallback: str) -> str:
    """A short name made from a name that no record has yet."""
    begins = slug_base(name, fallback)
    taken = model._default_manager.filter(slug__istartswith=begins)
    return free_slug(name, taken.values_list("slug", flat=True), fallback)


def agents_visible_to(by: Actor) -> QuerySet[Agent]:
    """The agents whom somebody may see: all that are not people, and some people."""
    return Agent.objects.filter(
        Q(kind__in=ORGANISATIONS) | Q(pk__in=people_visible_to(by).values("pk"))
    )


def visible_agent(slug: str, by: Actor) -> Agent:
    """The agent of that short name, if somebody may know of them.

    Raises:
        NotFound: There is none, or it is a person whom they may not know.
    """
    found = None
    if SLUG.fullmatch(slug):
        found = agents_visible_to(by).select_related("user").filter(slug=slug).first()
    if found is None:
        raise NotFound(slug=slug)
    return found


def visible_role(number: int, by: Actor) -> Role:
    """The role of that number, if somebody may know of it.

    Raises:
        NotFound: There is none, or not for them.
    """
    found = roles_visible_to(by).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def version(resource: Resource, number: int) -> ResourceRevision:
    """A version of a resource's record.

    Raises:
        NotFound: There is none of that number.
    """
    revisions = ResourceRevision.objects.filter(resource=resource, number=number)
    found: ResourceRevision | None = revisions.select_related("user").first()
    if found is None:
        raise NotFound(number=number)
    return found


def wish(resource: Resource, number: int) -> Wish:
    """A need or offer of a resource by its number.

    Raises:
        NotFound: There is none of that number.
    """
    found = resource.wish_rows.select_related("resource").filter(position=number).first()
    if found is None:
        raise NotFound(number=number)
    return found


def open_wish() -> Q:
    """The condition that a need or offer is open today."""
    now = today()
    return Q(closed__isnull=True, since__lte=now) & (Q(expires__isnull=True) | Q(expires__gte=now))


def open_wishes(by: Actor, *, kind: str = "", category: str = "") -> QuerySet[Wish]:
    """What the resources that somebody may see need and offer today, the newest first."""
    found = Wish.objects.filter(open_wish(), resource__in=resources_visible_to(by).values("pk"))
    if kind:
        found = found.filter(kind=kind)
    if category:
        found = found.filter(category=category)
    return found.select_related("resource").order_by("-since", "-pk")


def register_import(number: int, by: Actor) -> RegisterImport:
    """An import that was looked at, for those who may import.

    Raises:
        NotFound: There is none of that number, or it is not for them.
    """
    found = RegisterImport.objects.select_related("chamber").filter(pk=number).first()
    if found is None or not by.may("registry.import", found.chamber):
        raise NotFound(number=number)
    return found


def roles_visible_to(by: Actor) -> QuerySet[Role]:
    """The roles, past, present and to come, of the people whom somebody may see."""
    roles = Role.objects.select_related("agent__user", "in_agent", "resource")
    return roles if by.is_system else roles.filter(agent__in=people_visible_to(by).values("pk"))


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
