"""Who may do what with exchanges.

Any member may draft one. Nobody's office lets them move what is deposited: parties deposit, whoever was
named tells about conditions, and what leaves leaves as it was signed, whoever pushes the button. Which
exchanges somebody may read, :func:`.queries.exchanges.exchanges_visible_to` says.
"""

from __future__ import annotations

from typing import Any

import rules

from chambre.registry.api import OFFICES
from chambre.registry.models import Agent
from chambre.registry.rules import has_role, is_administrator, is_member


@rules.predicate
def drafted_it(user: Any, obj: Any = None) -> bool:
    """The person who made the exchange."""
    maker = getattr(obj, "made_by", None)
    return maker is not None and maker.user_id is not None and maker.user_id == user.pk


rules.add_perm("exchange.draft", is_member)
rules.add_perm("exchange.change", drafted_it)
rules.add_perm("exchange.list", rules.is_authenticated)
rules.add_perm("exchange.act", rules.is_authenticated)


# The market


@rules.predicate
def put_it_up(user: Any, obj: Any = None) -> bool:
    """The person whose offer or need it is, or who acts for the structure whose it is."""
    owner = getattr(obj, "owner", None)
    if owner is None:
        return False
    if owner.kind == Agent.Kind.PERSON:
        return owner.user_id is not None and owner.user_id == user.pk
    return has_role(user, OFFICES.get(owner.kind, ()), owner)


rules.add_perm("exchange.see_market", rules.is_authenticated)
rules.add_perm("exchange.post", is_member)
rules.add_perm("exchange.change_posting", put_it_up)
rules.add_perm("exchange.close_posting", put_it_up | is_administrator)
rules.add_perm("exchange.keep_posting", rules.is_authenticated)
rules.add_perm("exchange.write_message", rules.is_authenticated)
rules.add_perm("exchange.answer_ring", rules.is_authenticated)
rules.add_perm("exchange.find_rings", is_administrator)
