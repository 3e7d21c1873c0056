"""ValueFlows 1.0: what happens to resources, and what that changes of who has what, where.

The 19 actions are data (:mod:`.actions`, ``actions.toml``), equal to the vocabulary's normative
table but for the overrides that are listed there with their reasons. Quantities are kept in
*positions* (resource, accountable, custodian, place, unit) because rights and custody move apart;
:func:`effects` works out, as a pure function, which positions and attributes an event changes.
The README beside this file says how every open question of the vocabulary is answered here.
"""

from chambre.lib.valueflows.actions import (
    ACTIONS,
    NORMATIVE,
    OVERRIDES,
    ActionRule,
    Cell,
    Motion,
    find_action,
)
from chambre.lib.valueflows.corrections import (
    Recorded,
    balances,
    correct,
    record,
    replay,
    reversal,
    reverse,
)
from chambre.lib.valueflows.effects import effects, needs_new_resource
from chambre.lib.valueflows.errors import (
    Ambiguous,
    BadEvent,
    ContainerError,
    CorrectionError,
    Mismatch,
    NotEnough,
    PairingError,
    UnknownAction,
    UnknownResource,
    ValueFlowsError,
)
from chambre.lib.valueflows.model import (
    FORBID,
    Attribute,
    AttributeChange,
    Cause,
    Event,
    Hold,
    HoldKind,
    Mark,
    NewResource,
    Notice,
    Outcome,
    Overdraw,
    Position,
    PositionChange,
    Ref,
    ResourceRecord,
    Rest,
    Specification,
    Step,
    StockPolicy,
)
from chambre.lib.valueflows.quantities import (
    accounting_quantity,
    by_accountable,
    by_custodian,
    onhand_quantity,
)
from chambre.lib.valueflows.state import State

__all__ = [
    "ACTIONS",
    "FORBID",
    "NORMATIVE",
    "OVERRIDES",
    "ActionRule",
    "Ambiguous",
    "Attribute",
    "AttributeChange",
    "BadEvent",
    "Cause",
    "Cell",
    "ContainerError",
    "CorrectionError",
    "Event",
    "Hold",
    "HoldKind",
    "Mark",
    "Mismatch",
    "Motion",
    "NewResource",
    "NotEnough",
    "Notice",
    "Outcome",
    "Overdraw",
    "PairingError",
    "Position",
    "PositionChange",
    "Recorded",
    "Ref",
    "ResourceRecord",
    "Rest",
    "Specification",
    "State",
    "Step",
    "StockPolicy",
    "UnknownAction",
    "UnknownResource",
    "ValueFlowsError",
    "accounting_quantity",
    "balances",
    "by_accountable",
    "by_custodian",
    "correct",
    "effects",
    "find_action",
    "needs_new_resource",
    "onhand_quantity",
    "record",
    "replay",
    "reversal",
    "reverse",
]
