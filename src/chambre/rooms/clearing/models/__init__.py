"""Obligations, and the rounds that set them off."""

from chambre.rooms.clearing.models.obligations import Obligation
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
    "Obligation",
    "Part",
    "Ring",
    "RingPlace",
    "Round",
    "RoundMember",
]
