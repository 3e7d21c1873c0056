"""Tables of the ledger, one module per applet; one Django app, one line of migrations."""

from chambre.ledger.models.agreements import (
    Agreement,
    AgreementParty,
    AgreementStatus,
    AgreementTerms,
    Allocation,
    Claim,
    Commitment,
    CommitmentEnd,
)
from chambre.ledger.models.balances import BalanceMark, MonthBalance, YearBalance
from chambre.ledger.models.books import (
    Account,
    Auxiliary,
    Book,
    FinancialYear,
    Journal,
    YearClosing,
)
from chambre.ledger.models.events import Event, Trace
from chambre.ledger.models.journal import JournalEntry, Line
from chambre.ledger.models.seals import Seal, SealedList
from chambre.ledger.models.stock import Position, Process, Specification, StockItem

__all__ = [
    "Account",
    "Agreement",
    "AgreementParty",
    "AgreementStatus",
    "AgreementTerms",
    "Allocation",
    "Auxiliary",
    "BalanceMark",
    "Book",
    "Claim",
    "Commitment",
    "CommitmentEnd",
    "Event",
    "FinancialYear",
    "Journal",
    "JournalEntry",
    "Line",
    "MonthBalance",
    "Position",
    "Process",
    "Seal",
    "SealedList",
    "Specification",
    "StockItem",
    "Trace",
    "YearBalance",
    "YearClosing",
]
