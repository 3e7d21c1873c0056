"""Who may do what with contracts.

Any member of the chamber may draft one. Whoever drafted it, the steward of its resource, the treasurer
of the structure that holds the money and the chamber's administrator work on it. A service authorizes
its act and then asks ledger and treasury as the system.
"""

from __future__ import annotations

from typing import Any

import rules

from chambre.registry.rules import (
    is_administrator,
    is_member,
    is_steward_of_resource,
    is_treasurer_of_structure,
)


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
