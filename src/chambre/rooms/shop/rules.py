"""Who may do what in a shop.

The treasurer of its structure and the chamber's administrator manage it; the steward of the resource
that its sales feed prepares and hands over. People who order need no right: they have the address of
their order. A service authorizes its act and then asks ledger and treasury as the system.
"""

from __future__ import annotations

from typing import Any

import rules

from chambre.registry.rules import (
    is_administrator,
    is_steward_of_resource,
    is_treasurer_of_structure,
)


def _shop(obj: Any) -> Any:
    """The shop of a thing of this room; itself when it is one."""
    for name in ("shop", "product", "cycle", "distribution", "order", "variant"):
        if hasattr(obj, f"{name}_id"):
            found = getattr(obj, name)
            return found if name == "shop" else _shop(found)
    return obj


@rules.predicate
def keeps_the_shop(user: Any, obj: Any = None) -> bool:
    """Treasurer of the shop's structure; without a thing, of any."""
    shop = _shop(obj)
    return bool(is_treasurer_of_structure(user, getattr(shop, "structure", shop)))


@rules.predicate
def is_chamber_administrator(user: Any, obj: Any = None) -> bool:
    """Administrator of the chamber in whose register the structure is."""
    shop = _shop(obj)
    return bool(is_administrator(user, getattr(shop, "structure", shop)))


@rules.predicate
def is_steward_of_its_resource(user: Any, obj: Any = None) -> bool:
    """Steward of the resource that the shop feeds; without a thing, of any resource."""
    shop = _shop(obj)
    if shop is None:
        return bool(is_steward_of_resource(user, None))
    resource = getattr(shop, "resource", None)
    return resource is not None and bool(is_steward_of_resource(user, resource))


manages = keeps_the_shop | is_chamber_administrator

rules.add_perm("shop.create", is_administrator | is_treasurer_of_structure)
rules.add_perm("shop.manage", manages)
rules.add_perm("shop.prepare", manages | is_steward_of_its_resource)
rules.add_perm("shop.read", manages | is_steward_of_its_resource)
