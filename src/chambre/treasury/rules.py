"""Who may do what with a structure's money.

Its treasurer and its chamber's administrator; who may agree to a payout is asked apart, because two
different people have to.
"""

from __future__ import annotations

from typing import Any

import rules

from chambre.registry.rules import (
    is_administrator,
    is_oneself,
    is_person,
    is_treasurer_of_structure,
)
from chambre.treasury import reserved

answers_for_money = is_administrator | is_treasurer_of_structure
"""Answers for the money of a structure (given as itself, as its book, or as what has one)."""

rules.add_perm("treasury.read", answers_for_money)
rules.add_perm("treasury.manage", answers_for_money)
rules.add_perm("treasury.approve", answers_for_money)


@rules.predicate
def holds_for_others(user: Any, obj: Any = None) -> bool:
    """It stands for what a room holds for others: only the room moves it."""
    return reserved.holds_for_others(obj)


# A person's units are their own: nobody else gives them, whatever their office.
rules.add_perm(
    "treasury.spend_units", ~holds_for_others & (is_oneself | (~is_person & answers_for_money))
)
