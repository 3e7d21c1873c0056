"""What the shop hears: what became of payments that it asked for."""

from __future__ import annotations

from chambre.core.hooks import hears
from chambre.rooms.shop.services import paying
from chambre.treasury import api as treasury
from chambre.treasury.events import PaymentChanged


@hears(PaymentChanged)
def follow_payment(event: PaymentChanged) -> None:
    """An order is confirmed when it is paid; the customer's account follows every payment."""
    if event.origin == paying.ORIGIN:
        paying.hear(treasury.payment(event.payment))
