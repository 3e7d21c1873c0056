"""Addresses of the treasury: each counter's list."""

from __future__ import annotations

from chambre.treasury.views import (
    home,
    invoice_drafts,
    invoices,
    months,
    paying,
    payments,
    providers,
    purchases,
    rules,
)

app_name = "treasury"
prefix = "tresorerie/"
urlpatterns = [
    *paying.PAYING,
    *home.HOME,
    *rules.RULES,
    *months.MONTHS,
    *payments.PAYMENTS,
    *providers.PROVIDERS,
    *invoice_drafts.DRAFTS,
    *invoices.INVOICES,
    *purchases.PURCHASES,
]
