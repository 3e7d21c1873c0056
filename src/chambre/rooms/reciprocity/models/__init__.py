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
from chambre.rooms.reciprocity.models.changing import Amendment, AmendmentVoice, Elector
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
from chambre.rooms.reciprocity.models.distributions import (
    Distribution,
    DistributionFact,
    DistributionLine,
    FactSource,
    LineTurn,
    Objection,
    ObjectionAnswer,
)
from chambre.rooms.reciprocity.models.letters import ContractLetter
from chambre.rooms.reciprocity.models.signing import Mandate, SigningCode, SigningRule
from chambre.rooms.reciprocity.models.simulations import Simulation, SimulationVersion

__all__ = [
    "Allotment",
    "Amendment",
    "AmendmentVoice",
    "Budget",
    "ClosingRule",
    "Contract",
    "ContractLetter",
    "Contribution",
    "Distribution",
    "DistributionFact",
    "DistributionLine",
    "Elector",
    "FactSource",
    "InKind",
    "LineTurn",
    "Mandate",
    "Objection",
    "ObjectionAnswer",
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
    "SigningCode",
    "SigningRule",
    "Simulation",
    "SimulationVersion",
    "Terms",
    "Turn",
    "Use",
    "Version",
    "Voice",
    "Words",
]
