"""What the room hears: payments of legs in euros."""

from __future__ import annotations

from chambre.core.hooks import hears
from chambre.rooms.exchange.models import Leg
from chambre.rooms.exchange.services import depositing
from chambre.rooms.exchange.services.holding import ORIGIN
from chambre.rooms.exchange.services.offering import SYSTEM
from chambre.treasury.events import PaymentChanged


@hears(PaymentChanged)
def follow_payment(event: PaymentChanged) -> None:
    """A leg in euros is deposited once its payment has come."""
    if event.origin != ORIGIN:
        return
    leg = Leg.objects.select_related("exchange").filter(pk=int(event.origin_key)).first()
    if leg is not None:
        depositing.hear_payment(leg=leg, by=SYSTEM)
