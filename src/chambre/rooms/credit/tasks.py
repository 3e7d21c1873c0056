"""What the room does by the clock."""

from __future__ import annotations

from chambre.core.schedule import every
from chambre.rooms.credit.services import communities, deciding, demurrage, guarantee, tickets


@every("credit.bounds", hours=12)
def keep_bounds() -> None:
    """Bounds grow with use."""
    communities.keep_all_bounds()


@every("credit.tickets", hours=6)
def give_back_tickets() -> None:
    """Units of tickets that nobody brought come back; decisions without enough voices end."""
    tickets.give_back_due()
    deciding.lapse_due()


@every("credit.demurrage", hours=6)
def charge_demurrage() -> None:
    """Last month's demurrage and contributions to the guarantee fund, once."""
    demurrage.charge_due()
    guarantee.contribute_due()
