"""What the shop hears: what became of payments that it asked for."""

from __future__ import annotations

from chambre.core.hooks import hears
from chambre.rooms.shop.models import OrderPayment
from chambre.rooms.shop.services import paying, seasonmoney, suspended
from chambre.treasury import api as treasury
from chambre.treasury.events import CollectionChanged, PaymentChanged


@hears(PaymentChanged)
def follow_payment(event: PaymentChanged) -> None:
    """An order is confirmed when it is paid; the customer's account follows every payment."""
    if event.origin == paying.ORIGIN:
        payment = treasury.payment(event.payment)
        paying.hear(payment)
        for row in OrderPayment.objects.filter(payment=payment).select_related("order"):
            suspended.settle_paid(row.order)
    elif event.origin == seasonmoney.ORIGIN:
        seasonmoney.hear_payment(treasury.payment(event.payment))


@hears(CollectionChanged)
def follow_collection(event: CollectionChanged) -> None:
    """The account of who pays a subscription follows what was drawn for it."""
    if event.origin == seasonmoney.ORIGIN:
        seasonmoney.hear_collection(event.collection, event.state)
