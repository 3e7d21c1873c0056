"""The tables of the treasury."""

from chambre.treasury.models.bank import (
    BankAccount,
    BankFile,
    BankRow,
    BankStatement,
    RowReplacement,
)
from chambre.treasury.models.collections import (
    Collection,
    CollectionEvent,
    CollectionNotice,
    CreditorIdentity,
    Mandate,
    MandateAmendment,
    MandateEnd,
)
from chambre.treasury.models.credit import CreditAccount, CreditMove
from chambre.treasury.models.desk import (
    CashCount,
    CashDrawer,
    CashMove,
    Cheque,
    ChequeReturn,
    ChequeSlip,
    DeskSettling,
    SlipLine,
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
from chambre.treasury.models.matching import (
    Habit,
    Match,
    MatchPart,
    MatchUndo,
    Proposal,
    RowNote,
)
from chambre.treasury.models.months import MonthMark
from chambre.treasury.models.orders import OrderFile
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
from chambre.treasury.models.payouts import Payout, PayoutEvent, PayoutLine
from chambre.treasury.models.providers import ProviderAccount, ProviderNotice, ProviderTransfer
from chambre.treasury.models.purchases import Purchase, PurchaseSettlement
from chambre.treasury.models.rules import BookingRule
from chambre.treasury.models.vouchers import Voucher, VoucherUse

__all__ = [
    "BankAccount",
    "BankFile",
    "BankRow",
    "BankStatement",
    "BookingRule",
    "CashCount",
    "CashDrawer",
    "CashMove",
    "Cheque",
    "ChequeReturn",
    "ChequeSlip",
    "Collection",
    "CollectionEvent",
    "CollectionNotice",
    "CreditAccount",
    "CreditMove",
    "CreditorIdentity",
    "DeskSettling",
    "Habit",
    "Invoice",
    "InvoiceDraft",
    "InvoiceIssuer",
    "InvoiceLine",
    "InvoiceMail",
    "InvoicePaper",
    "InvoiceSettlement",
    "Mandate",
    "MandateAmendment",
    "MandateEnd",
    "Match",
    "MatchPart",
    "MatchUndo",
    "MonthMark",
    "NumberSeries",
    "OrderFile",
    "Party",
    "PartyIban",
    "Payment",
    "PaymentAttempt",
    "PaymentEvent",
    "PaymentLine",
    "Payout",
    "PayoutEvent",
    "PayoutLine",
    "Proposal",
    "ProviderAccount",
    "ProviderNotice",
    "ProviderTransfer",
    "Purchase",
    "PurchaseSettlement",
    "ReceiptShare",
    "Refund",
    "RefundLine",
    "RowNote",
    "RowReplacement",
    "SlipLine",
    "Voucher",
    "VoucherUse",
]
