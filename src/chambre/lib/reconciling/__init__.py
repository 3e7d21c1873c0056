"""Matching the rows of a bank statement with what is open: pure, deterministic, never guessing.

:func:`reconcile` takes rows, items and habits and gives a :class:`Decision` for each row: it is
certain, or there are proposals with reasons, or it is open with the reason why.
:func:`learn` makes a habit of what a person chose; :func:`say` tells a reason in words.
"""

from chambre.lib.reconciling.engine import reconcile
from chambre.lib.reconciling.habits import FEE, SHIPPED, follow, learn
from chambre.lib.reconciling.model import (
    Decision,
    Direction,
    Habit,
    Item,
    Outcome,
    Part,
    Proposal,
    Reason,
    Row,
)
from chambre.lib.reconciling.reversals import speaks_of_return
from chambre.lib.reconciling.texts import words as words_of
from chambre.lib.reconciling.words import say

__all__ = [
    "FEE",
    "SHIPPED",
    "Decision",
    "Direction",
    "Habit",
    "Item",
    "Outcome",
    "Part",
    "Proposal",
    "Reason",
    "Row",
    "follow",
    "learn",
    "reconcile",
    "say",
    "speaks_of_return",
    "words_of",
]
