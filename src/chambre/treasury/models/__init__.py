"""The tables of the treasury."""

from chambre.treasury.models.months import MonthMark
from chambre.treasury.models.parties import Party, PartyIban
from chambre.treasury.models.rules import BookingRule

__all__ = ["BookingRule", "MonthMark", "Party", "PartyIban"]
