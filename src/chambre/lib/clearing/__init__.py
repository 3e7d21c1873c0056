"""Debts set off around rings: the largest total, and nobody's net position changes.

:func:`solve` takes obligations (who owes whom how many cents) and says how much of each is set off, in
rings that people can follow. :func:`read_csv` reads them from a table, with every mistake at its place.

The largest set-off is a maximum circulation. It is exact in cents, comes with a proof that there is no
larger one, and does not depend on the order in which obligations are given.
"""

from chambre.lib.clearing.obligations import (
    ClearingRefusal,
    Loan,
    MemberRing,
    Obligation,
    Pot,
    PotSize,
    Result,
    SetOff,
    net_positions,
)
from chambre.lib.clearing.reading import CsvError, CsvProblem, read_csv
from chambre.lib.clearing.solving import pot_table, solve

__all__ = [
    "ClearingRefusal",
    "CsvError",
    "CsvProblem",
    "Loan",
    "MemberRing",
    "Obligation",
    "Pot",
    "PotSize",
    "Result",
    "SetOff",
    "net_positions",
    "pot_table",
    "read_csv",
    "solve",
]
