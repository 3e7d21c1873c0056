"""The tables of the room."""

from chambre.rooms.reciprocity.models.budgets import (
    Allotment,
    Budget,
    ClosingRule,
    Overrun,
    OverrunAct,
    OverrunClaim,
    OverrunOutcome,
    Paid,
    Rest,
    Retribution,
)
from chambre.rooms.reciprocity.models.contracts import (
    Contract,
    Party,
    Signature,
    Turn,
    Use,
    Version,
)
from chambre.rooms.reciprocity.models.contributions import (
    Contribution,
    InKind,
    RateGrid,
    RateLine,
    Recognition,
    Terms,
    Voice,
    Words,
)

__all__ = [
    "Allotment",
    "Budget",
    "ClosingRule",
    "Contract",
    "Contribution",
    "InKind",
    "Overrun",
    "OverrunAct",
    "OverrunClaim",
    "OverrunOutcome",
    "Paid",
    "Party",
    "RateGrid",
    "RateLine",
    "Recognition",
    "Rest",
    "Retribution",
    "Signature",
    "Terms",
    "Turn",
    "Use",
    "Version",
    "Voice",
    "Words",
]
