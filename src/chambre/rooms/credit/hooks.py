"""What the room hears: euros of those who leave, and units that cross to another chamber."""

from __future__ import annotations

from chambre.core.hooks import hears
from chambre.rooms.credit.services import crossing, leaving
from chambre.rooms.credit.services.crossing import CrossingAnswered, CrossingSent
from chambre.treasury.events import PaymentChanged, PayoutChanged


@hears(PaymentChanged)
def follow_payment(event: PaymentChanged) -> None:
    """Who leaves has paid what they owed."""
    if event.origin == leaving.EUROS:
        leaving.hear_payment(int(event.origin_key), event.payment, event.state)


@hears(PayoutChanged)
def follow_payout(event: PayoutChanged) -> None:
    """Who leaves was paid what they held, or will not be."""
    if event.origin == leaving.EUROS:
        leaving.hear_payout(int(event.origin_key), event.payout, event.state)


@hears(CrossingSent)
def let_arrive(event: CrossingSent) -> None:
    """Units of another chamber arrive here, or are refused."""
    crossing.arrive(event.crossing)


@hears(CrossingAnswered)
def hear_answer(event: CrossingAnswered) -> None:
    """What became of units that were sent from here."""
    crossing.answer(event.crossing, event.why)
