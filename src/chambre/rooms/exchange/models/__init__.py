"""The tables of the room."""

from chambre.rooms.exchange.models.exchanges import (
    Exchange,
    ExchangeCode,
    ExchangeParty,
    ExchangeSignature,
    ExchangeTurn,
    ExchangeVersion,
    Extension,
    ExtensionVoice,
)
from chambre.rooms.exchange.models.legs import ConditionTold, Evidence, Leg, LegMove

__all__ = [
    "ConditionTold",
    "Evidence",
    "Exchange",
    "ExchangeCode",
    "ExchangeParty",
    "ExchangeSignature",
    "ExchangeTurn",
    "ExchangeVersion",
    "Extension",
    "ExtensionVoice",
    "Leg",
    "LegMove",
]
