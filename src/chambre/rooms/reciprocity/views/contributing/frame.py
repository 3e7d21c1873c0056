"""What the pages of contributions share: who asks, what they are offered, measures in words."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden
from chambre.lib.contributing.measures import Measure, write_measure
from chambre.registry.api import organisations_visible_to, roles_held
from chambre.registry.models import Agent, Resource, Role
from chambre.rooms.reciprocity.models import Contribution
from chambre.rooms.reciprocity.views.frame import actor_of, done, key_of, language, page_of

__all__ = [
    "actor_of", "asked", "done", "key_of", "language", "measure_of", "page_of", "person_asking",
    "resources_for", "structures_kept",
]  # fmt: skip
MANY = 200
"""Resources up to which all of a chamber are offered in a list."""


def person_asking(request: HttpRequest) -> Actor:
    """Who asks, signed in and member of a chamber.

    Raises:
        Forbidden: Nobody is signed in, or they are nobody's member.
    """
    by = actor_of(request)
    if by.user is None or not by.may("reciprocity.contribute"):
        raise Forbidden(permission="reciprocity.contribute")
    return by


def asked(request: HttpRequest, name: str, longest: int = 60) -> str:
    """A word of the address, cut and clean."""
    return request.GET.get(name, "")[:longest].replace("\0", "").strip()


def measure_of(row: Contribution) -> str:
    """How much a contribution is, in words."""
    return write_measure(Measure(row.minutes, row.cents, row.quantity, row.unit), language())


def resources_for(by: Actor, slug: str = "") -> QuerySet[Resource]:
    """The resources that somebody is offered to contribute to.

    All of their chambers where these are few; else those that they have to do with, and the one that
    is asked for.
    """
    held = roles_held(by.user)
    rows = Resource.objects.filter(chamber__in={one.chamber for one in held}).order_by("name")
    if rows[: MANY + 1].count() <= MANY:
        return rows
    given = Contribution.objects.filter(agent__user=by.user)
    near = {one.resource for one in held if one.resource is not None}
    return rows.filter(Q(pk__in=near) | Q(slug=slug) | Q(pk__in=given.values("resource")))


def structures_kept(by: Actor) -> QuerySet[Agent]:
    """The structures whose money somebody keeps."""
    rows = organisations_visible_to(by).order_by("name")
    held = roles_held(by.user)
    kept = {one.in_agent for one in held if one.kind == Role.Kind.TREASURER}
    administered = {
        one.chamber for one in held
        if one.kind == Role.Kind.ADMINISTRATOR and one.in_agent == one.chamber
    }  # fmt: skip
    return rows.filter(Q(pk__in=kept) | Q(chamber__in=administered))
