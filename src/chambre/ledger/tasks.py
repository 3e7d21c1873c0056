"""Regular work of the ledger: seal what is new, and bring the roll-ups up to it."""

from __future__ import annotations

from chambre.core.actors import Actor
from chambre.core.schedule import every
from chambre.ledger.applets import balances, sealing


@every("ledger.seal", hours=1)
def seal_what_is_new() -> None:
    """Seal what was recorded since the last hour, by whatever way it came in."""
    balances.refresh()
    sealing.seal(by=Actor.system("every hour"))
