"""Tables of the credit room: what a community decided, who pays whom how, who leaves."""

from chambre.rooms.credit.models.communities import Community, Membership, Rules
from chambre.rooms.credit.models.deciding import Decision, Voice
from chambre.rooms.credit.models.demurrage import Charge, DemurrageMonth
from chambre.rooms.credit.models.guarantee import Contribution, FundMonth, Guaranteed
from chambre.rooms.credit.models.leaving import Leaving
from chambre.rooms.credit.models.partners import Crossing, Partner
from chambre.rooms.credit.models.paying import Request, Ticket

__all__ = [
    "Charge",
    "Community",
    "Contribution",
    "Crossing",
    "Decision",
    "DemurrageMonth",
    "FundMonth",
    "Guaranteed",
    "Leaving",
    "Membership",
    "Partner",
    "Request",
    "Rules",
    "Ticket",
    "Voice",
]
