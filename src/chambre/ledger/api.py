"""The one entrance to the ledger.

Everything above the ledger records and reads through these names; ``applets`` may change.
"""

from __future__ import annotations

from chambre.ledger.applets.books import accounts, auxiliaries, financial_year, journals, open_book
from chambre.ledger.applets.drafts import EntryDraft, LineDraft
from chambre.ledger.applets.errors import (
    AlreadyReversed,
    CannotClose,
    ClosedYear,
    NotAttributable,
    NotReversible,
    OpeningDiffers,
    Refused,
    Unbalanced,
    YearOverlaps,
)
from chambre.ledger.applets.posting import PostReport, post, post_many

__all__ = [
    "AlreadyReversed",
    "CannotClose",
    "ClosedYear",
    "EntryDraft",
    "LineDraft",
    "NotAttributable",
    "NotReversible",
    "OpeningDiffers",
    "PostReport",
    "Refused",
    "Unbalanced",
    "YearOverlaps",
    "accounts",
    "auxiliaries",
    "financial_year",
    "journals",
    "open_book",
    "post",
    "post_many",
]
