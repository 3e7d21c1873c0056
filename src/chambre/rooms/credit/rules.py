"""Who may do what: the chamber's administrator and treasurer look after a community; members speak in it.

Whose units somebody gives is the treasury's rule (``treasury.spend_units``).
"""

from __future__ import annotations

from typing import Any

import rules

from chambre.registry.rules import is_administrator, is_member, is_treasurer_of_chamber
from chambre.treasury.models import CreditAccount


@rules.predicate
def gives_its_units(user: Any, obj: Any = None) -> bool:
    """Somebody who may give the units of an account (without one: anybody with a role)."""
    if obj is None:
        return bool(is_member(user))
    account = obj if isinstance(obj, CreditAccount) else obj.account
    return bool(rules.has_perm("treasury.spend_units", user, account.agent))


@rules.predicate
def has_an_account(user: Any, obj: Any = None) -> bool:
    """Somebody with an open account of their own in the chamber of a thing."""
    if not getattr(user, "is_authenticated", False):
        return False
    rows = CreditAccount.objects.filter(agent__user_id=user.pk, is_open=True)
    chamber = getattr(obj, "chamber_id", None)
    return bool((rows if chamber is None else rows.filter(chamber=chamber)).exists())


looks_after = is_administrator | is_treasurer_of_chamber

rules.add_perm("credit.manage", looks_after)
rules.add_perm("credit.read_group", is_member | has_an_account | looks_after)
rules.add_perm("credit.use_account", gives_its_units)
rules.add_perm("credit.use_credit", is_member | has_an_account | looks_after)
