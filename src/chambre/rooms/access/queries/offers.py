"""Offers, their rules as the library knows them, and whom they open a thing to."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.lib.booking import PARIS, Quota, Rules, read_opening
from chambre.registry.models import Agent, Resource, Role
from chambre.registry.rules import has_role, is_member
from chambre.rooms.access.models import Attestation, Offer, Terms
from chambre.rooms.access.queries.errors import NotForYou, NotOffered, NotTrained

USABLE = (Offer.State.OPEN, Offer.State.LEAVING)
_SIDES = ("owner", "custodian", "resource", "chamber")


def offers_visible_to(by: Actor) -> QuerySet[Offer]:
    """The offers that somebody may read, by the name of their resource."""
    rows = Offer.objects.select_related(*_SIDES).order_by("resource__sort_name", "id")
    if by.is_system:
        return rows
    open_to_all = Q(
        pk__in=Terms.objects.filter(audience=Terms.Audience.ANYBODY).values("offer_id"),
        number__gte=1,
    )
    user = by.user
    if user is None:
        return rows.filter(open_to_all)
    if is_member(user):
        return rows
    own = Q(owner__user=user) | Q(custodian__user=user)
    named = Q(pk__in=Terms.objects.filter(named__person__user=user).values("offer_id"))
    return rows.filter(open_to_all | own | named)


def offer_of(resource: Resource) -> Offer:
    """The offer of a resource that is not ended.

    Raises:
        NotOffered: There is none.
    """
    found = (
        Offer.objects.select_related(*_SIDES)
        .filter(resource=resource)
        .exclude(state=Offer.State.ENDED)
        .first()
    )
    if found is None:
        raise NotOffered(resource=resource.slug)
    return found


def last_offer_of(resource: Resource) -> Offer | None:
    """The offer of a resource, or the last one that ended; None: there never was one."""
    rows = Offer.objects.select_related(*_SIDES).filter(resource=resource)
    return rows.order_by("-id").first()


def rules_of(terms: Terms) -> Rules:
    """The rules of booking that terms say."""
    quotas = []
    if terms.week_count is not None or terms.week_minutes is not None:
        quotas.append(Quota("week", terms.week_count, terms.week_minutes))
    if terms.month_count is not None or terms.month_minutes is not None:
        quotas.append(Quota("month", terms.month_count, terms.month_minutes))
    return Rules(
        opening=read_opening(terms.hours), capacity=terms.capacity, shortest=terms.shortest,
        longest=terms.longest, notice=terms.notice, ahead_days=terms.ahead_days,
        buffer=terms.buffer, through=terms.through, quotas=tuple(quotas), zone=PARIS,
    )  # fmt: skip


def check_person(offer: Offer, terms: Terms, person: Agent, day: dt.date) -> None:
    """Refuse somebody to whom the terms do not open the thing.

    Args:
        offer: Of the thing.
        terms: In force.
        person: Who would use it.
        day: On which; a training must be attested for it.

    Raises:
        NotForYou: The terms are not for them.
        NotTrained: They need a training that nobody attested.
    """
    if not is_open_to(offer, terms, person):
        raise NotForYou
    if terms.training and not is_trained(offer, terms, person, day):
        words = _("A training is needed first: %(training)s. Ask whoever keeps the thing.")
        raise NotTrained(words % {"training": terms.training}, training=terms.training)


def is_open_to(offer: Offer, terms: Terms, person: Agent) -> bool:
    """Whether the terms open a thing to a person; its owner and custodian may always use it."""
    user: Any = person.user
    if person.pk in (offer.owner_id, offer.custodian_id):
        return True
    if user is None or not user.is_active:
        return False
    if terms.audience == Terms.Audience.ANYBODY:
        return True
    if terms.audience == Terms.Audience.MEMBERS:
        return bool(is_member(user, offer))
    if terms.audience == Terms.Audience.NAMED:
        return terms.named.filter(person=person).exists()
    return any(
        has_role(user, Role.Kind.values, place)
        for place in (offer.resource, offer.owner, offer.custodian)
    )


def is_trained(offer: Offer, terms: Terms, person: Agent, day: dt.date) -> bool:
    """Whether somebody attested the training that the terms ask for, for a day."""
    rows = Attestation.objects.filter(
        offer__resource_id=offer.resource_id, person=person, training=terms.training,
        since__lte=day,
    )  # fmt: skip
    return rows.filter(Q(until__isnull=True) | Q(until__gt=day)).exists()


def rank_of(offer: Offer, terms: Terms, person: Agent) -> int:
    """The rank of a person on the waiting list: the first role of the terms that they hold."""
    roles = [name.strip() for name in terms.priority.split(",") if name.strip()]
    places = (offer.resource, offer.custodian, offer.owner, offer.chamber)
    for rank, role in enumerate(roles):
        if any(has_role(person.user, role, place) for place in places):
            return rank
    return len(roles)
