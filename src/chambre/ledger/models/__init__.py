"""Tables of the ledger, one module per applet; one Django app, one line of migrations."""

from chambre.ledger.models.balances import BalanceMark, MonthBalance, YearBalance
from chambre.ledger.models.books import Account, Auxiliary, Book, FinancialYear, Journal
from chambre.ledger.models.journal import JournalEntry, Line, Seal

__all__ = [
    "Account",
    "Auxiliary",
    "BalanceMark",
    "Book",
    "FinancialYear",
    "Journal",
    "JournalEntry",
    "Line",
    "MonthBalance",
    "Seal",
    "YearBalance",
]
