"""Bank statements in: CAMT.053 and .054, OFX, MT940 and CSV as one typed result.

Example::

    from chambre.lib import bankfiles

    with bankfiles.read("releve.xml") as file:
        for number, statement in enumerate(file.statements):
            print(statement.account, statement.opening, statement.closing)
            for row in file.rows(number):
                print(row.day, row.amount, row.party_name, row.texts)

What is given was read whole and adds up: opening + booked rows = closing, for every statement that
says both. Amounts are whole smallest parts of the account's currency. Batches are split into their
transactions, pending entries are kept apart by :attr:`Row.status`, rows come in the order of the
file. Memory is bounded; archives and XML are read with limits, without entities.

:func:`entry_key` says what a movement is known by across files; whoever keeps rows counts those
with the same key, so that two identical rows of a file stay two and the same file again adds none.
"""

from .errors import BankFileRefused
from .identity import entry_key, likeness, squeezed
from .mapping import Mapping, Table
from .merging import Decision, Kept, Merger, Sketch, same_statement, sketch
from .plain import find_rf, iban_of, minor_of, rf_of, same_account
from .reader import FORMATS, BankFile, read, survey
from .source import DEFAULT_LIMITS, Limits
from .types import Row, Statement, Status

__all__ = [
    "DEFAULT_LIMITS",
    "FORMATS",
    "BankFile",
    "BankFileRefused",
    "Decision",
    "Kept",
    "Limits",
    "Mapping",
    "Merger",
    "Row",
    "Sketch",
    "Statement",
    "Status",
    "Table",
    "entry_key",
    "find_rf",
    "iban_of",
    "likeness",
    "minor_of",
    "read",
    "rf_of",
    "same_account",
    "same_statement",
    "sketch",
    "squeezed",
    "survey",
]
