"""What the room does by the clock."""

from __future__ import annotations

from chambre.core.schedule import every
from chambre.rooms.exchange.services import settling


@every("exchange.follow", minutes=10)
def follow() -> None:
    """Settle what is ready; do what was agreed where a deadline has passed; ask for transfers."""
    settling.follow_all()
    settling.pay_owed()
