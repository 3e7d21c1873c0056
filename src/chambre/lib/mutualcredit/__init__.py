"""Mutual credit: how far accounts may go, demurrage, a guarantee fund, shares of a loss, signed tickets.

Amounts are whole hundredths of a unit, or minutes where the unit is the hour; nothing is ever rounded up
at the cost of a member. No database here.
"""

from chambre.lib.mutualcredit.bounds import BoundsRule, bounds_of
from chambre.lib.mutualcredit.demurrage import charge_of
from chambre.lib.mutualcredit.guarantee import contribution_of, guaranteed_of
from chambre.lib.mutualcredit.losses import shares_of_loss
from chambre.lib.mutualcredit.tickets import Ticket, TicketRefusal, read_ticket, write_ticket

__all__ = [
    "BoundsRule",
    "Ticket",
    "TicketRefusal",
    "bounds_of",
    "charge_of",
    "contribution_of",
    "guaranteed_of",
    "read_ticket",
    "shares_of_loss",
    "write_ticket",
]
