"""What the treasury hears from itself: a payout for an invoice or a refund has changed."""

from __future__ import annotations

from chambre.core.actors import Actor
from chambre.core.hooks import hears
from chambre.treasury.events import PayoutChanged
from chambre.treasury.queries.purchases import ORIGIN
from chambre.treasury.services import refund_paying
from chambre.treasury.services.purchase_paying import note_payout


@hears(PayoutChanged)
def settle_what_was_paid(event: PayoutChanged) -> None:
    """The invoice is settled, the refund is done, when its transfer is on the statement."""
    if event.origin == ORIGIN:
        note_payout(code=event.payout, by=Actor.system("treasury"))
    elif event.origin == refund_paying.ORIGIN:
        refund_paying.note_refund_payout(code=event.payout, by=Actor.system("treasury"))
