"""Obligations, and the rounds that set them off."""

from chambre.rooms.clearing.models.groups import Group
from chambre.rooms.clearing.models.obligations import Obligation
from chambre.rooms.clearing.models.pot import Loan, PotSize
from chambre.rooms.clearing.models.rounds import (
    Answer,
    Booking,
    Computation,
    Part,
    Ring,
    RingPlace,
    Round,
    RoundMember,
)

__all__ = [
    "Answer",
    "Booking",
    "Computation",
    "Group",
    "Loan",
    "Obligation",
    "Part",
    "PotSize",
    "Ring",
    "RingPlace",
    "Round",
    "RoundMember",
]
