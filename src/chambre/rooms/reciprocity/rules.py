"""Who may do what with contracts.

Any member of the chamber may draft one, read what was distributed and object to it. Whoever drafted it,
the steward of its resource, the treasurer of the structure that holds the money and the chamber's
administrator work on it. A service authorizes its act and then asks ledger and treasury as the system.
"""

from __future__ import annotations

from typing import Any

import rules

from chambre.registry.models import Role
from chambre.registry.rules import (
    has_role,
    is_administrator,
    is_facilitator,
    is_member,
    is_oneself,
    is_steward_of_resource,
    is_treasurer_of_structure,
)
from chambre.rooms.reciprocity.models import Contribution, Terms


def _contract(obj: Any) -> Any:
    """The contract of a thing of this room; itself when it is one."""
    return obj.contract if hasattr(obj, "contract_id") else obj


@rules.predicate
def keeps_its_money(user: Any, obj: Any = None) -> bool:
    """Treasurer of the structure that holds the money."""
    holder = getattr(_contract(obj), "holder", None)
    return holder is not None and bool(is_treasurer_of_structure(user, holder))


@rules.predicate
def stewards_its_resource(user: Any, obj: Any = None) -> bool:
    """Steward of the contract's resource."""
    resource = getattr(_contract(obj), "resource", None)
    return resource is not None and bool(is_steward_of_resource(user, resource))


@rules.predicate
def drafted_it(user: Any, obj: Any = None) -> bool:
    """The person who made the contract."""
    maker = getattr(_contract(obj), "made_by", None)
    return maker is not None and maker.user_id is not None and maker.user_id == user.pk


@rules.predicate
def is_chamber_administrator(user: Any, obj: Any = None) -> bool:
    """Administrator of the contract's chamber."""
    return bool(is_administrator(user, _contract(obj)))


@rules.predicate
def may_read_it(user: Any, obj: Any = None) -> bool:
    """It is public and offered or signed, or the person is a member of its chamber."""
    contract = _contract(obj)
    if contract is None:
        return True
    return bool(contract.public and contract.state != "draft") or bool(is_member(user, contract))


works_on_it = drafted_it | stewards_its_resource | keeps_its_money | is_chamber_administrator

rules.add_perm("reciprocity.draft_contract", is_member)
rules.add_perm("reciprocity.change_contract", works_on_it)
rules.add_perm("reciprocity.read_contract", may_read_it)


# Contributions, contributive budgets


def _in_circle(user: Any, resource: Any, circle: str) -> bool:
    """Whether a person belongs to a circle: the members of the chamber, or who is with the resource.

    With a resource is who holds a role for it, or has contributed to it.
    """
    if resource is None or circle == Terms.Roll.CHAMBER:
        return bool(is_member(user, resource))
    if has_role(user, tuple(Role.Kind.values), resource):
        return True
    if user is None or not user.is_authenticated:
        return False
    return Contribution.objects.filter(resource=resource, agent__user_id=user.pk).exists()


def _is_of(user: Any, agent: Any) -> bool:
    return agent is not None and agent.user_id is not None and agent.user_id == user.pk


@rules.predicate
def gave_it(user: Any, obj: Any = None) -> bool:
    """The person whose contribution it is."""
    return obj is not None and _is_of(user, getattr(obj, "agent", None))


@rules.predicate
def is_in_its_circle(user: Any, obj: Any = None) -> bool:
    """In the circle of a contribution or a budget; without a thing: a member anywhere."""
    if obj is None:
        return bool(is_member(user))
    circle = obj.circle if hasattr(obj, "circle") else obj.roll
    if obj.resource_id is None:
        return bool(is_member(user, obj))
    return _in_circle(user, obj.resource, circle)


@rules.predicate
def asked_from_it(user: Any, obj: Any = None) -> bool:
    """Somebody who asked for something from a budget."""
    if obj is None or not user.is_authenticated:
        return False
    return bool(obj.retributions.filter(agent__user_id=user.pk).exists())


keeps_budget = is_treasurer_of_structure | is_administrator
reads_budget = is_in_its_circle | keeps_budget | asked_from_it
stewards = is_steward_of_resource | is_administrator

rules.add_perm("reciprocity.contribute", is_member)
rules.add_perm("reciprocity.contribute_for", stewards | is_facilitator)
rules.add_perm("reciprocity.read_contribution", gave_it | is_in_its_circle | stewards)
rules.add_perm("reciprocity.change_contribution", gave_it | stewards)
rules.add_perm("reciprocity.recognise", is_in_its_circle)
rules.add_perm("reciprocity.decide_contribution", ~gave_it & (stewards | is_facilitator))
rules.add_perm("reciprocity.set_terms", stewards)
rules.add_perm("reciprocity.open_budget", keeps_budget)
rules.add_perm("reciprocity.keep_budget", keeps_budget)
rules.add_perm("reciprocity.read_budget", reads_budget)
rules.add_perm("reciprocity.ask_budget", is_in_its_circle | asked_from_it)
rules.add_perm("reciprocity.guide_overrun", keeps_budget | stewards | is_facilitator)
rules.add_perm("reciprocity.book_in_kind", is_treasurer_of_structure)
rules.add_perm("reciprocity.read_statement", is_oneself | is_administrator)
rules.add_perm("reciprocity.blank_words", is_oneself | is_administrator)


@rules.predicate
def is_of_its_chamber(user: Any, obj: Any = None) -> bool:
    """Holds a role in the contract's chamber."""
    return bool(is_member(user, _contract(obj)))


rules.add_perm("reciprocity.read_distributions", is_of_its_chamber | works_on_it)
rules.add_perm("reciprocity.object", is_of_its_chamber | works_on_it)
rules.add_perm(
    "reciprocity.decide", stewards_its_resource | keeps_its_money | is_chamber_administrator
)
rules.add_perm("reciprocity.book", keeps_its_money)
rules.add_perm("reciprocity.give_power", is_treasurer_of_structure | is_chamber_administrator)
rules.add_perm("reciprocity.tell_use", is_member | works_on_it)


# Economic models


@rules.predicate
def keeps_model(user: Any, obj: Any = None) -> bool:
    """The person who began an economic model."""
    return obj is not None and _is_of(user, getattr(obj, "owner", None))


@rules.predicate
def is_public(user: Any, obj: Any = None) -> bool:
    """Anybody may read it; without a thing: there are such."""
    return obj is None or bool(obj.public)


works_on_model = keeps_model | is_steward_of_resource | is_administrator

rules.add_perm("reciprocity.draft_model", is_member)
rules.add_perm("reciprocity.change_model", works_on_model)
rules.add_perm("reciprocity.read_model", is_public | is_member | works_on_model)
