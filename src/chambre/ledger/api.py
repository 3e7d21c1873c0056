"""The one entrance to the ledger.

Everything above the ledger records and reads through these names; ``applets`` may change.
"""

from __future__ import annotations

from chambre.ledger.applets.agreements import (
    agree,
    claim,
    commit,
    finish,
    revise_terms,
    set_status,
    status_of,
)
from chambre.ledger.applets.allocating import Fulfilment, TooMuchAllocated, allocate, fulfilment
from chambre.ledger.applets.attributing import AttributeReport, attribute
from chambre.ledger.applets.balances import compare as compare_balances
from chambre.ledger.applets.balances import rebuild as rebuild_balances
from chambre.ledger.applets.balances import refresh as refresh_balances
from chambre.ledger.applets.balances import refresh_if_needed as refresh_balances_if_needed
from chambre.ledger.applets.books import (
    accounts,
    auxiliaries,
    financial_year,
    journals,
    open_book,
    reshape_year,
    year_of,
)
from chambre.ledger.applets.cells import Period, PeriodFigures
from chambre.ledger.applets.checks import add_check
from chambre.ledger.applets.closing import close_year, preview_close
from chambre.ledger.applets.closingdata import (
    CellClosing,
    CloseReport,
    ClosingFinding,
    ClosingPreview,
    OpeningDifference,
)
from chambre.ledger.applets.correcting import correct_event, reverse_event
from chambre.ledger.applets.drafts import EntryDraft, LineDraft
from chambre.ledger.applets.errors import (
    AlreadyReversed,
    CannotClose,
    ClosedYear,
    NotAttributable,
    NotProvable,
    NotReversible,
    NotSealed,
    OpeningDiffers,
    Refused,
    Unbalanced,
    YearOverlaps,
)
from chambre.ledger.applets.eventdata import EventRefused
from chambre.ledger.applets.eventdrafts import EventDraft, NewStock
from chambre.ledger.applets.events import record_event
from chambre.ledger.applets.linkage import LinkBalance
from chambre.ledger.applets.linking import Links, balance_cells, links_of
from chambre.ledger.applets.posting import KeyTaken, PostReport
from chambre.ledger.applets.proving import Proof, prove
from chambre.ledger.applets.recording import digest_for, post, post_many, post_within
from chambre.ledger.applets.reversing import entry, reverse
from chambre.ledger.applets.scan import (
    ScannedLine,
    count_lines,
    held_splits,
    repeated_openings,
    scan_lines,
)
from chambre.ledger.applets.scope import Cash, Part, Scope, scope
from chambre.ledger.applets.sealing import SealReport, last_seal, seal
from chambre.ledger.applets.statements import Statement, StatementGroup, empty_group, statement
from chambre.ledger.applets.stock import (
    SlugTaken,
    accounted,
    events_of,
    on_hand,
    open_process,
    positions,
    rebuild_positions,
    specify,
    verify_events,
)
from chambre.ledger.applets.verifying import Problem, VerifyReport, verify
from chambre.ledger.events import EventRecorded

__all__ = [
    "AlreadyReversed",
    "AttributeReport",
    "CannotClose",
    "Cash",
    "CellClosing",
    "CloseReport",
    "ClosedYear",
    "ClosingFinding",
    "ClosingPreview",
    "EntryDraft",
    "EventDraft",
    "EventRecorded",
    "EventRefused",
    "Fulfilment",
    "KeyTaken",
    "LineDraft",
    "LinkBalance",
    "Links",
    "NewStock",
    "NotAttributable",
    "NotProvable",
    "NotReversible",
    "NotSealed",
    "OpeningDifference",
    "OpeningDiffers",
    "Part",
    "Period",
    "PeriodFigures",
    "PostReport",
    "Problem",
    "Proof",
    "Refused",
    "ScannedLine",
    "Scope",
    "SealReport",
    "SlugTaken",
    "Statement",
    "StatementGroup",
    "TooMuchAllocated",
    "Unbalanced",
    "VerifyReport",
    "YearOverlaps",
    "accounted",
    "accounts",
    "add_check",
    "agree",
    "allocate",
    "attribute",
    "auxiliaries",
    "balance_cells",
    "claim",
    "close_year",
    "commit",
    "compare_balances",
    "correct_event",
    "count_lines",
    "digest_for",
    "empty_group",
    "entry",
    "events_of",
    "financial_year",
    "finish",
    "fulfilment",
    "held_splits",
    "journals",
    "last_seal",
    "links_of",
    "on_hand",
    "open_book",
    "open_process",
    "positions",
    "post",
    "post_many",
    "post_within",
    "preview_close",
    "prove",
    "rebuild_balances",
    "rebuild_positions",
    "record_event",
    "refresh_balances",
    "refresh_balances_if_needed",
    "repeated_openings",
    "reshape_year",
    "reverse",
    "reverse_event",
    "revise_terms",
    "scan_lines",
    "scope",
    "seal",
    "set_status",
    "specify",
    "statement",
    "status_of",
    "verify",
    "verify_events",
    "year_of",
]
