"""What somebody says happened, and what is written with it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from chambre.core.errors import Invalid
from chambre.ledger.applets.eventdata import EventRefused
from chambre.ledger.models import (
    Agreement,
    Claim,
    Commitment,
    Event,
    Process,
    Specification,
    StockItem,
)
from chambre.lib import valueflows as vf
from chambre.registry.models import Agent, Resource

Fulfils = tuple[Commitment | Claim, int]
"""What an event fulfils or settles, and how much of it in smallest parts."""


@dataclass(frozen=True, slots=True)
class NewStock:
    """A stock, or an identified object, that an event brings into being.

    Attributes:
        name: What people call it.
        specification: Its kind.
        unit: The unit whose smallest parts it is counted in; absent: that of its kind.
        serialized: True for one identified object.
        lot: Lot or batch.
        tracking: Serial number or the like.
        about: The resource of the register that it is, or is a stock of.
    """

    name: str = ""
    specification: Specification | None = None
    unit: str = ""
    serialized: bool = False
    lot: str = ""
    tracking: str = ""
    about: Resource | None = None


@dataclass(frozen=True, slots=True)
class EventDraft:
    """What happened, as somebody says it; see :func:`record_event` for every name."""

    action: str
    provider: Agent | None = None
    receiver: Agent | None = None
    resource: StockItem | None = None
    to_resource: StockItem | None = None
    new_resource: NewStock | None = None
    concerns: Resource | None = None
    quantity: int | None = None
    unit: str = ""
    effort: int | None = None
    input_of: Process | None = None
    output_of: Process | None = None
    to_location: str | None = None
    state: str | None = None
    accountable: Agent | None = None
    custodian: Agent | None = None
    from_place: str | None = None
    within: vf.Hold | None = None
    rest: vf.Rest | str | None = None
    implied: bool = True
    receiver_tracked: bool = True
    at: dt.datetime | None = None
    day: dt.date | None = None
    agreement: Agreement | None = None
    note: str = ""

    @property
    def agents(self) -> tuple[Agent, Agent]:
        """Provider and receiver; one stands for both where the other is absent.

        Raises:
            EventRefused: Neither is said.
        """
        provider = self.provider or self.receiver
        if provider is None:
            raise EventRefused.of(
                vf.BadEvent("agent-needed", role="provider", role_fr="fournisseur")
            )
        return provider, self.receiver or provider

    def pure(self) -> vf.Event:
        """As the rules of ValueFlows know it, without a new stock."""
        return vf.Event(
            action=self.action,
            provider=pk_of(self.provider),
            receiver=pk_of(self.receiver),
            resource=pk_of(self.resource),
            to_resource=pk_of(self.to_resource),
            quantity=self.quantity,
            unit=self.unit or None,
            effort=self.effort,
            effort_unit=None if self.effort is None else "HUR",
            input_of=pk_of(self.input_of),
            output_of=pk_of(self.output_of),
            to_location=self.to_location or None,
            state=self.state or None,
            accountable=pk_of(self.accountable),
            custodian=pk_of(self.custodian),
            from_place=self.from_place or None,
            within=self.within,
            rest=_rest(self.rest),
            implied=self.implied,
            receiver_tracked=self.receiver_tracked,
        )


@dataclass(slots=True)
class Written:
    """What is written with an event besides what the rules worked out.

    Attributes:
        draft: What was asked for.
        key: Idempotency key.
        asked: Digest of the request.
        chamber: Id of the chamber.
        event: The pure event.
        reverses, corrects: Another event.
        moments: When it happened: day and time.
        drawn: Its id, when it was drawn already.
        chambers: The chambers of books, as far as they were looked up already.
    """

    draft: EventDraft
    key: str
    asked: bytes
    chamber: int
    event: vf.Event
    moments: tuple[dt.date, dt.datetime]
    reverses: Event | None = None
    corrects: Event | None = None
    drawn: int | None = None
    chambers: dict[int, int] = field(default_factory=dict)


def pk_of(thing: Any) -> int | None:
    """The id of a row, or nothing of nothing."""
    return None if thing is None else int(thing.pk)


def _rest(value: vf.Rest | str | None) -> vf.Rest | None:
    """What became of the rest; a word will do."""
    try:
        return None if value is None else vf.Rest(value)
    except ValueError as error:
        raise Invalid(fields={"rest": [repr(value)]}) from error
