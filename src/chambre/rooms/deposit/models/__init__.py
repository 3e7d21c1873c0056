"""What the deposit room keeps: schemes with dated rules, objects, contracts, refunds, cases."""

from chambre.rooms.deposit.models.cases import Case, CaseDecision, CaseVoice
from chambre.rooms.deposit.models.contracts import Act, Contract, Part, Receipt, ReceiptUse, Refund
from chambre.rooms.deposit.models.devices import (
    Device,
    DeviceCommand,
    DeviceKey,
    DeviceMessage,
    DeviceNonce,
)
from chambre.rooms.deposit.models.objects import (
    Code,
    Depreciation,
    Item,
    ItemType,
    Lot,
    LotRecall,
    Move,
    Untold,
)
from chambre.rooms.deposit.models.partners import Handover, PartnerStatement
from chambre.rooms.deposit.models.recounts import Recount
from chambre.rooms.deposit.models.schemes import (
    Costs,
    Place,
    Scheme,
    Tariff,
    Terms,
    UnclaimedDecision,
)
from chambre.rooms.deposit.models.tags import Tag, TagMaster

__all__ = [
    "Act",
    "Case",
    "CaseDecision",
    "CaseVoice",
    "Code",
    "Contract",
    "Costs",
    "Depreciation",
    "Device",
    "DeviceCommand",
    "DeviceKey",
    "DeviceMessage",
    "DeviceNonce",
    "Handover",
    "Item",
    "ItemType",
    "Lot",
    "LotRecall",
    "Move",
    "Part",
    "PartnerStatement",
    "Place",
    "Receipt",
    "ReceiptUse",
    "Recount",
    "Refund",
    "Scheme",
    "Tag",
    "TagMaster",
    "Tariff",
    "Terms",
    "UnclaimedDecision",
    "Untold",
]
