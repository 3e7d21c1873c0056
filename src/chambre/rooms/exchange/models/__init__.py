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
from chambre.rooms.exchange.models.legs import (
    LATER,
    ChargeBack,
    ConditionTold,
    Evidence,
    Leg,
    LegMove,
)
from chambre.rooms.exchange.models.letters import ExchangeLetter, MarketLetter
from chambre.rooms.exchange.models.market import (
    BarterRing,
    MarketMessage,
    Posting,
    PostingFavourite,
    PostingPhoto,
    RingGift,
    RingVoice,
)

__all__ = [
    "LATER",
    "BarterRing",
    "ChargeBack",
    "ConditionTold",
    "Evidence",
    "Exchange",
    "ExchangeCode",
    "ExchangeLetter",
    "ExchangeParty",
    "ExchangeSignature",
    "ExchangeTurn",
    "ExchangeVersion",
    "Extension",
    "ExtensionVoice",
    "Leg",
    "LegMove",
    "MarketLetter",
    "MarketMessage",
    "Posting",
    "PostingFavourite",
    "PostingPhoto",
    "RingGift",
    "RingVoice",
]
