"""Addresses of the treasury: each counter's list."""

from __future__ import annotations

from chambre.treasury.views import (
    bank,
    cheques,
    collections,
    credit,
    desk,
    home,
    invoice_drafts,
    invoices,
    mandates,
    matching,
    months,
    paying,
    payments,
    payoutfiles,
    payouts,
    providers,
    purchases,
    rules,
    vouchers,
)

app_name = "treasury"
prefix = "tresorerie/"
urlpatterns = [
    *paying.PAYING,
    *credit.CREDIT,
    *home.HOME,
    *bank.BANK,
    *rules.RULES,
    *months.MONTHS,
    *matching.MATCHING,
    *payments.PAYMENTS,
    *providers.PROVIDERS,
    *invoice_drafts.DRAFTS,
    *invoices.INVOICES,
    *purchases.PURCHASES,
    *payoutfiles.FILES,  # before the payouts: « fichier » is no number of one
    *payouts.PAYOUTS,
    *mandates.MANDATES,
    *collections.COLLECTIONS,
    *desk.DESK,
    *cheques.CHEQUES,
    *vouchers.VOUCHERS,
]
