"""Bank rows and what they are: found alone, chosen by people, undone; habits learned from both."""

from chambre.treasury.services.matching.drafts import BookedPart, ItemPart, PartDraft
from chambre.treasury.services.matching.errors import (
    AlreadyMatched,
    NotMatchable,
    NotWhole,
    ProposalGone,
)
from chambre.treasury.services.matching.habits import forget_habit, keep_habit
from chambre.treasury.services.matching.matching import (
    accept_proposal,
    cancel_rows,
    match_row,
    undo_match,
)
from chambre.treasury.services.matching.reconciling import Reconciliation, reconcile, standing
from chambre.treasury.services.matching.running import match_imported, match_rows, rows_states

__all__ = [
    "AlreadyMatched",
    "BookedPart",
    "ItemPart",
    "NotMatchable",
    "NotWhole",
    "PartDraft",
    "ProposalGone",
    "Reconciliation",
    "accept_proposal",
    "cancel_rows",
    "forget_habit",
    "keep_habit",
    "match_imported",
    "match_row",
    "match_rows",
    "reconcile",
    "rows_states",
    "standing",
    "undo_match",
]
