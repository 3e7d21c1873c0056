"""The one entrance to the ledger.

Everything above the ledger records and reads through these names; ``applets`` may change.
"""

from __future__ import annotations

from chambre.ledger.applets.attributing import AttributeReport, attribute
from chambre.ledger.applets.balances import compare as compare_balances
from chambre.ledger.applets.balances import rebuild as rebuild_balances
from chambre.ledger.applets.balances import refresh as refresh_balances
from chambre.ledger.applets.balances import refresh_if_needed as refresh_balances_if_needed
from chambre.ledger.applets.books import accounts, auxiliaries, financial_year, journals, open_book
from chambre.ledger.applets.closing import (
    CellClosing,
    CloseReport,
    ClosingFinding,
    ClosingPreview,
    OpeningDifference,
    close_year,
    preview_close,
)
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
from chambre.ledger.applets.linking import Links, balance_cells, links_of
from chambre.ledger.applets.posting import PostReport
from chambre.ledger.applets.recording import post, post_many
from chambre.ledger.applets.reversing import entry, reverse
from chambre.ledger.applets.scan import (
    ScannedLine,
    count_lines,
    held_splits,
    repeated_openings,
    scan_lines,
)
from chambre.ledger.applets.sealing import SealReport, seal
from chambre.ledger.applets.statements import Statement, StatementGroup, statement
from chambre.ledger.applets.verifying import Problem, VerifyReport, verify

__all__ = [
    "AlreadyReversed",
    "AttributeReport",
    "CannotClose",
    "CellClosing",
    "CloseReport",
    "ClosedYear",
    "ClosingFinding",
    "ClosingPreview",
    "EntryDraft",
    "LineDraft",
    "Links",
    "NotAttributable",
    "NotReversible",
    "OpeningDifference",
    "OpeningDiffers",
    "PostReport",
    "Problem",
    "Refused",
    "ScannedLine",
    "SealReport",
    "Statement",
    "StatementGroup",
    "Unbalanced",
    "VerifyReport",
    "YearOverlaps",
    "accounts",
    "attribute",
    "auxiliaries",
    "balance_cells",
    "close_year",
    "compare_balances",
    "count_lines",
    "entry",
    "financial_year",
    "held_splits",
    "journals",
    "links_of",
    "open_book",
    "post",
    "post_many",
    "preview_close",
    "rebuild_balances",
    "refresh_balances",
    "refresh_balances_if_needed",
    "repeated_openings",
    "reverse",
    "scan_lines",
    "seal",
    "statement",
    "verify",
]
