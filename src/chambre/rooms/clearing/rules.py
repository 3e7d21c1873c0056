"""Who may do what with obligations and rounds.

An obligation is private to its two ends: nobody's office in the chamber opens it. Whoever speaks for an
end (a person for themselves, a treasurer for a structure) reads it, proposes, accepts, takes back and
answers. A facilitator or the administrator opens rounds and books them, and sees their totals only.
"""

from __future__ import annotations

from typing import Any

import rules

from chambre.registry.models import Agent
from chambre.registry.rules import (
    is_administrator,
    is_facilitator,
    is_member,
    is_treasurer_of_structure,
)


@rules.predicate
def speaks_for(user: Any, obj: Any = None) -> bool:
    """The person themselves, or who keeps the money of a structure."""
    if not isinstance(obj, Agent):
        return False
    if obj.kind == Agent.Kind.PERSON:
        return obj.user_id is not None and obj.user_id == user.pk
    return bool(is_treasurer_of_structure(user, obj))


@rules.predicate
def is_an_end(user: Any, obj: Any = None) -> bool:
    """Speaks for the debtor or the creditor of an obligation."""
    return obj is not None and (speaks_for(user, obj.debtor) or speaks_for(user, obj.creditor))


rules.add_perm("clearing.use", is_member)
rules.add_perm("clearing.speak", speaks_for)
rules.add_perm("clearing.read", is_an_end)
rules.add_perm("clearing.lead", is_facilitator | is_administrator)
rules.add_perm("clearing.read_round", is_member)
