"""What each counter registers when the house starts: links, cards of the home page, open items."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chambre.treasury import openitems
from chambre.treasury.cards import Card, Check, Counter, add_card, add_check, add_counter


def register_all() -> None:
    """Called once, by ``apps.ready()``."""
    _payments()
    add_counter(Counter(_("Months"), "treasury:months", order=80))
    add_counter(Counter(_("Rules"), "treasury:rules", order=90))


def _payments() -> None:
    """Payments with the providers."""
    from chambre.treasury.services.providertransfers import TransferSource
    from chambre.treasury.services.receiving import PaymentSource
    from chambre.treasury.services.refunds import RefundSource
    from chambre.treasury.views.paymentcards import payments_card, payments_check

    for source in (PaymentSource(), RefundSource(), TransferSource()):
        openitems.register(source)
    add_counter(Counter(_("Payments"), "treasury:payments", order=20))
    add_card(Card("payments", payments_card, order=30))
    add_check(Check("payments", payments_check, order=30))
