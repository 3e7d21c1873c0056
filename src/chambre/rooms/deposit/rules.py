"""Who may do what in a scheme.

The steward of its resource, the treasurer of the structure that keeps the money and the chamber's
administrator manage it; a partner's treasurer works at the places that the partner runs. A service
authorizes its act and then asks ledger and treasury as the system.
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


def _scheme(obj: Any) -> Any:
    """The scheme of a thing of this room; itself when it is one."""
    return obj.scheme if hasattr(obj, "scheme_id") else obj


@rules.predicate
def is_steward_of_scheme(user: Any, obj: Any = None) -> bool:
    """Steward of the scheme's resource; without a thing, of any resource."""
    scheme = _scheme(obj)
    return bool(is_steward_of_resource(user, getattr(scheme, "resource", scheme)))


@rules.predicate
def keeps_the_money(user: Any, obj: Any = None) -> bool:
    """Treasurer of the structure that keeps the scheme's money; without a thing, of any."""
    scheme = _scheme(obj)
    return bool(is_treasurer_of_structure(user, getattr(scheme, "structure", scheme)))


@rules.predicate
def is_chamber_administrator(user: Any, obj: Any = None) -> bool:
    """Administrator of the chamber in whose register the scheme is."""
    scheme = _scheme(obj)
    return bool(is_administrator(user, getattr(scheme, "structure", scheme)))


@rules.predicate
def runs_the_place(user: Any, obj: Any = None) -> bool:
    """Treasurer of the partner that runs a place; without a thing, of any structure."""
    if obj is None:
        return bool(is_treasurer_of_structure(user, None))
    partner = getattr(obj, "partner", None)
    return partner is not None and bool(is_treasurer_of_structure(user, partner))


@rules.predicate
def is_of_the_chamber(user: Any, obj: Any = None) -> bool:
    """Holds any role in the chamber in whose register the scheme is."""
    scheme = _scheme(obj)
    return bool(is_member(user, getattr(scheme, "structure", scheme)))


manages = is_steward_of_scheme | keeps_the_money | is_chamber_administrator

rules.add_perm("deposit.create_scheme", is_administrator | is_treasurer_of_structure)
rules.add_perm("deposit.manage", manages)
rules.add_perm("deposit.read", manages | runs_the_place)
rules.add_perm("deposit.operate", manages | runs_the_place)
rules.add_perm("deposit.decide", manages)
rules.add_perm("deposit.account", keeps_the_money | is_chamber_administrator)
rules.add_perm("deposit.see", is_of_the_chamber)
