"""What each counter registers when the house starts: links, cards of the home page, open items."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chambre.treasury import openitems
from chambre.treasury.cards import Card, Counter, add_card, add_check, add_counter


def register_all() -> None:
    """Called once, by ``apps.ready()``."""
    _bank()
    _payments()
    _invoices()
    _payouts()
    _desk()
    _matching()
    add_counter(Counter(_("Months"), "treasury:months", order=80))
    add_counter(Counter(_("Rules"), "treasury:rules", order=90))


def _bank() -> None:
    """Bank accounts and their statements."""
    from chambre.treasury.views.bank.panels import BANK_CHECK, bank_card

    add_counter(Counter(_("Bank"), "treasury:bank", order=10))
    add_card(Card("bank", bank_card, order=10))
    add_check(BANK_CHECK)


def _payments() -> None:
    """Payments with the providers."""
    from chambre.treasury.services.providertransfers import TransferSource
    from chambre.treasury.services.receiving import PaymentSource
    from chambre.treasury.views.paymentcards import PAYMENTS_CHECK, payments_card

    for source in (PaymentSource(), TransferSource()):
        openitems.register(source)
    add_counter(Counter(_("Payments"), "treasury:payments", order=20))
    add_card(Card("payments", payments_card, order=30))
    add_check(PAYMENTS_CHECK)


def _invoices() -> None:
    """Invoices and purchases: what bank rows settle, links, cards, and checks of a month."""
    from chambre.treasury.services.invoice_settling import InvoiceSource
    from chambre.treasury.services.purchase_settling import PurchaseSource
    from chambre.treasury.views import invoice_cards as shown

    openitems.register(InvoiceSource())
    openitems.register(PurchaseSource())
    add_counter(Counter(_("Invoices"), "treasury:invoices", order=30))
    add_counter(Counter(_("Purchases"), "treasury:purchases", order=35))
    add_card(Card("invoices", shown.due_card, order=30))
    add_card(Card("purchases", shown.purchases_card, order=40))
    for check in shown.CHECKS:
        add_check(check)


def _payouts() -> None:
    """Payouts and collections: rows of the statement settle them."""
    from chambre.treasury.services.ordersources import BackSource, BatchSource, OneSource
    from chambre.treasury.services.sources import Collections, Payouts
    from chambre.treasury.views import payoutcard

    add_counter(Counter(_("Payouts"), "treasury:payouts", order=40))
    add_counter(Counter(_("Collections"), "treasury:collections", order=45))
    add_card(Card("payouts", payoutcard.goes_out, order=40))
    add_card(Card("collections", payoutcard.is_drawn, order=45))
    add_check(payoutcard.ORDERS_CHECK)
    for orders in (Payouts(), Collections()):
        for source in (OneSource(orders), BatchSource(orders), BackSource(orders)):
            openitems.register(source)


def _desk() -> None:
    """Cash and cheques: links, and what rows of the statement settle of them."""
    from chambre.treasury.services.desksources import SOURCES
    from chambre.treasury.views import deskcheck

    for source in SOURCES:
        openitems.register(source)
    add_counter(Counter(_("Cash"), "treasury:cash", order=50))
    add_counter(Counter(_("Cheques"), "treasury:cheques", order=55))
    add_counter(Counter(_("Vouchers"), "treasury:vouchers", order=60))
    add_check(deskcheck.CHEQUES_CHECK)
    add_check(deskcheck.DRAWERS_CHECK)


def _matching() -> None:
    """What bank rows are: after each import, and for people."""
    from chambre.treasury.services.bank import use_matching
    from chambre.treasury.services.matching import match_imported, rows_states
    from chambre.treasury.views.matchingcards import MATCHING_CHECK, matching_card

    use_matching(match_imported, rows_states)
    add_counter(Counter(_("To match"), "treasury:matching", order=15))
    add_card(Card("matching", matching_card, order=20))
    add_check(MATCHING_CHECK)
