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
from chambre.treasury.models.payments import (
    Payment,
    PaymentAttempt,
    PaymentEvent,
    PaymentLine,
    ReceiptShare,
    Refund,
    RefundLine,
)
from chambre.treasury.models.providers import ProviderAccount, ProviderNotice, ProviderTransfer
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
    "Payment",
    "PaymentAttempt",
    "PaymentEvent",
    "PaymentLine",
    "ProviderAccount",
    "ProviderNotice",
    "ProviderTransfer",
    "ReceiptShare",
    "Refund",
    "RefundLine",
    "RowReplacement",
]
