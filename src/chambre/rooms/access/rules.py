"""Who may do what with things at others' disposal.

Whoever acts for the owner (the person, or a treasurer of the structure) and whoever acts for the custodian
(the same, and the steward of the resource) are two sides; the chamber's administrator may stand in for
either. Whether somebody may *use* a thing is said by its terms (:mod:`.queries.offers`).
"""

from __future__ import annotations

from typing import Any

import rules

from chambre.registry.models import Agent
from chambre.registry.rules import (
    is_administrator,
    is_member,
    is_steward_of_resource,
    is_treasurer_of_structure,
)


def _offer(obj: Any) -> Any:
    """The offer of a thing of this room; itself when it is one."""
    return obj.offer if hasattr(obj, "offer_id") else obj


def _acts_for(user: Any, agent: Agent | None) -> bool:
    if agent is None or not user.is_authenticated:
        return False
    if agent.kind == Agent.Kind.PERSON:
        return agent.user_id is not None and agent.user_id == user.pk
    return bool(is_treasurer_of_structure(user, agent))


@rules.predicate
def acts_for_owner(user: Any, obj: Any = None) -> bool:
    """Acts for who owns the thing."""
    return _acts_for(user, getattr(_offer(obj), "owner", None))


@rules.predicate
def acts_for_custodian(user: Any, obj: Any = None) -> bool:
    """Acts for who has the thing in care."""
    return _acts_for(user, getattr(_offer(obj), "custodian", None))


@rules.predicate
def stewards_it(user: Any, obj: Any = None) -> bool:
    """Steward of the resource."""
    found = _offer(obj)
    resource = getattr(found, "resource", found)
    return resource is not None and bool(is_steward_of_resource(user, resource))


@rules.predicate
def administers_it(user: Any, obj: Any = None) -> bool:
    """Administrator of the chamber of the offer."""
    return bool(is_administrator(user, _offer(obj)))


@rules.predicate
def is_of_the_chamber(user: Any, obj: Any = None) -> bool:
    """Holds a role in the chamber of the offer."""
    return bool(is_member(user, _offer(obj)))


@rules.predicate
def is_for_anybody(user: Any, obj: Any = None) -> bool:
    """The terms in force open it to anybody; without an offer: there are such."""
    offer = _offer(obj)
    if offer is None:
        return True
    rows = offer.versions.filter(number=offer.number, audience="anybody")
    return bool(offer.number > 0 and rows.exists())


@rules.predicate
def is_named(user: Any, obj: Any = None) -> bool:
    """The terms in force name the person."""
    offer = _offer(obj)
    if offer is None or not user.is_authenticated:
        return False
    rows = offer.versions.filter(number=offer.number, named__person__user_id=user.pk)
    return bool(rows.exists())


@rules.predicate
def booked_it(user: Any, obj: Any = None) -> bool:
    """The person whose booking, or place on a waiting list, it is."""
    person = getattr(obj, "person", None)
    return person is not None and person.user_id is not None and person.user_id == user.pk


keeps = acts_for_custodian | stewards_it | administers_it
owns = acts_for_owner | administers_it

rules.add_perm("access.own", owns)
rules.add_perm("access.keep", keeps)
rules.add_perm("access.propose", owns | keeps)
rules.add_perm("access.read_offer", is_of_the_chamber | owns | keeps | is_for_anybody | is_named)
rules.add_perm("access.book", rules.is_authenticated)
rules.add_perm("access.book_for", keeps)
rules.add_perm("access.read_booking", booked_it | keeps)
rules.add_perm("access.hand_over", booked_it | keeps)
rules.add_perm("access.settle_deposit", owns | keeps)
rules.add_perm("access.read_use", is_of_the_chamber | owns | keeps)
rules.add_perm("access.keep_files", stewards_it | is_administrator)
