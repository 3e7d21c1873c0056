"""Who may do what with exchanges.

Any member may draft one. Nobody's office lets them move what is deposited: parties deposit, whoever was
named tells about conditions, and what leaves leaves as it was signed, whoever pushes the button. Which
exchanges somebody may read, :func:`.queries.exchanges.exchanges_visible_to` says.
"""

from __future__ import annotations

from typing import Any

import rules

from chambre.registry.rules import is_member


@rules.predicate
def drafted_it(user: Any, obj: Any = None) -> bool:
    """The person who made the exchange."""
    maker = getattr(obj, "made_by", None)
    return maker is not None and maker.user_id is not None and maker.user_id == user.pk


rules.add_perm("exchange.draft", is_member)
rules.add_perm("exchange.change", drafted_it)
rules.add_perm("exchange.list", rules.is_authenticated)
rules.add_perm("exchange.act", rules.is_authenticated)
