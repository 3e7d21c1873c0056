"""The tables of the treasury."""

from chambre.treasury.models.bank import (
    BankAccount,
    BankFile,
    BankRow,
    BankStatement,
    RowReplacement,
)
from chambre.treasury.models.invoices import (
    Invoice,
    InvoiceDraft,
    InvoiceIssuer,
    InvoiceLine,
    InvoiceMail,
    InvoicePaper,
    InvoiceSettlement,
    NumberSeries,
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
from chambre.treasury.models.purchases import Purchase, PurchaseSettlement
from chambre.treasury.models.rules import BookingRule

__all__ = [
    "BankAccount",
    "BankFile",
    "BankRow",
    "BankStatement",
    "BookingRule",
    "Invoice",
    "InvoiceDraft",
    "InvoiceIssuer",
    "InvoiceLine",
    "InvoiceMail",
    "InvoicePaper",
    "InvoiceSettlement",
    "MonthMark",
    "NumberSeries",
    "Party",
    "PartyIban",
    "Payment",
    "PaymentAttempt",
    "PaymentEvent",
    "PaymentLine",
    "ProviderAccount",
    "ProviderNotice",
    "ProviderTransfer",
    "Purchase",
    "PurchaseSettlement",
    "ReceiptShare",
    "Refund",
    "RefundLine",
    "RowReplacement",
]
