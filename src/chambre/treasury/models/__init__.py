"""The tables of the treasury."""

from chambre.treasury.models.bank import (
    BankAccount,
    BankFile,
    BankRow,
    BankStatement,
    RowReplacement,
)
from chambre.treasury.models.months import MonthMark
from chambre.treasury.models.parties import Party, PartyIban
from chambre.treasury.models.rules import BookingRule

__all__ = [
    "BankAccount",
    "BankFile",
    "BankRow",
    "BankStatement",
    "BookingRule",
    "MonthMark",
    "Party",
    "PartyIban",
    "RowReplacement",
]
