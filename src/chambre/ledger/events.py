"""What happens in the ledger, for those above who want to hear of it."""

from __future__ import annotations

from dataclasses import dataclass

from chambre.core.hooks import event


@event("ledger.event.recorded")
@dataclass(frozen=True, slots=True)
class EventRecorded:
    """An economic event stands in the ledger.

    Attributes:
        event: Its id.
        chamber: Id of its chamber.
        action: VF's name of the action.
        provider, receiver: Ids of agents.
        resource: Id of the stock, None where nothing is inventoried.
        concerns: Id of the resource of the register that it is about.
        agreement: Id of its agreement.
        reverses: Id of the event that it takes back.
    """

    event: int
    chamber: int
    action: str
    provider: int
    receiver: int
    resource: int | None = None
    concerns: int | None = None
    agreement: int | None = None
    reverses: int | None = None
