"""The words of positions: what is where, with whom, whose; and what an event changes of it.

Everything here is immutable. Identifiers (:data:`Ref`) are whatever the caller uses as keys;
quantities are integers in the smallest part of the resource's unit (grams for a kilogram).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from typing import Any, NamedTuple

Ref = int | str
"""An identifier: a database key, a slug, a URI."""


class HoldKind(StrEnum):
    """How something is inside something else, so that it is nobody's *on hand*."""

    TRANSPORT = "transport"
    """In a process by pickup; dropoff brings it out."""
    WORK = "work"
    """In a process by accept; modify brings it out."""
    PACKING = "packing"
    """In a process by combine, waiting for the container that the process produces or modifies."""
    UNPACKING = "unpacking"
    """In a process because its container was consumed there; separate brings it out."""
    CONTAINER = "container"
    """Inside another resource; separate brings it out."""


class Hold(NamedTuple):
    """Inside what: a process, or (for ``CONTAINER``) another resource."""

    kind: HoldKind
    ref: Ref


class Position(NamedTuple):
    """A key of the ledger of things: how much of it there is, is a plain integer beside it.

    Attributes:
        resource: What.
        accountable: Whose it is: the agent with the rights and duties (VF primary accountable).
        custodian: With whom it is.
        place: Where, or None if nobody said.
        unit: In whose smallest parts it is counted.
        within: Inside which process or container, or None: free, on its custodian's hands.
    """

    resource: Ref
    accountable: Ref
    custodian: Ref
    place: Ref | None
    unit: str
    within: Hold | None = None


class PositionChange(NamedTuple):
    """More (positive) or less (negative) in one position."""

    position: Position
    quantity: int


class Attribute(StrEnum):
    """An attribute of a resource that events change."""

    ACCOUNTABLE = "primary_accountable"
    CUSTODIAN = "custodian"
    LOCATION = "location"
    CONTAINED_IN = "contained_in"
    STAGE = "stage"
    STATE = "state"


class AttributeChange(NamedTuple):
    """An attribute of a resource got another value."""

    resource: Ref
    attribute: Attribute
    before: Ref | None
    after: Ref | None


class Overdraw(StrEnum):
    """What happens when somebody gives more than they have."""

    FORBID = "forbid"
    """Refused. For goods."""
    LIMIT = "limit"
    """Allowed down to a limit. For mutual credit and current accounts."""
    OBSERVE = "observe"
    """Allowed and flagged. For facts brought in from elsewhere, which happened anyway."""


@dataclass(frozen=True, slots=True)
class StockPolicy:
    """How far below zero an agent's stock may go.

    Attributes:
        overdraw: What happens below zero.
        limit: With ``LIMIT``, the agent's total of the resource may go down to ``-limit``
            (smallest parts, 0 or more).
    """

    overdraw: Overdraw = Overdraw.FORBID
    limit: int = 0

    def __post_init__(self) -> None:
        if self.limit < 0 or (self.limit and self.overdraw is not Overdraw.LIMIT):
            raise ValueError("a limit is a number of smallest parts, and goes with LIMIT only")


FORBID = StockPolicy()
"""The policy of goods, and of everything that has no other."""


@dataclass(frozen=True, slots=True)
class Specification:
    """A kind of resource (VF ResourceSpecification), as far as stocks are concerned.

    Attributes:
        id: Its identifier.
        policy: How far below zero stocks of it may go.
    """

    id: Ref
    policy: StockPolicy = FORBID


@dataclass(frozen=True, slots=True)
class ResourceRecord:
    """A resource (VF EconomicResource) without its quantities.

    Attributes:
        id: Its identifier.
        unit: The unit whose smallest parts its positions count.
        conforms_to: Its specification, or None.
        serialized: True for one identified object (its quantity is 1, and it keeps its identity
            whoever has it); False for a stock of interchangeable things.
        primary_accountable: Whose it is, or whose stock it is.
        custodian: With whom it is, when it is all with one agent.
        location: Where it is, when it is all in one place.
        contained_in: In which resource it is, when it is all in one.
        stage: The process specification it last came out of (slow: its life).
        state: Its condition (fast: pass, broken, charged).
        lot: Lot or batch.
        tracking_identifier: Serial number or the like.
    """

    id: Ref
    unit: str
    conforms_to: Ref | None = None
    serialized: bool = False
    primary_accountable: Ref | None = None
    custodian: Ref | None = None
    location: Ref | None = None
    contained_in: Ref | None = None
    stage: Ref | None = None
    state: str | None = None
    lot: Ref | None = None
    tracking_identifier: str | None = None

    def with_change(self, attribute: Attribute, value: Ref | None) -> ResourceRecord:
        """The same resource with one attribute changed."""
        changed: dict[str, Any] = {attribute.value: value}
        return replace(self, **changed)


@dataclass(frozen=True, slots=True)
class NewResource:
    """A resource that the event may bring into being.

    What is not said is taken from the event and, when a stock is split, from the stock.

    Attributes:
        id: The identifier it will have; the caller chooses it.
        unit, conforms_to, serialized, lot, tracking_identifier: See :class:`ResourceRecord`.
    """

    id: Ref
    unit: str | None = None
    conforms_to: Ref | None = None
    serialized: bool = False
    lot: Ref | None = None
    tracking_identifier: str | None = None


class Rest(StrEnum):
    """What became of what went into a process and does not come out with this event."""

    LATER = "later"
    """It comes out with another event."""
    LOWER = "lower"
    """It was lost: a ``lower`` is recorded with this event."""
    CONSUME = "consume"
    """The process used it up: a ``consume`` is recorded with this event."""


@dataclass(frozen=True, slots=True)
class Event:
    """An economic event (VF EconomicEvent), as far as it changes stocks.

    Attributes:
        action: VF's name of the action (:func:`chambre.lib.valueflows.actions.find_action`).
        provider, receiver: From whom and to whom; one may be absent where both are the same.
        resource: VF resourceInventoriedAs. **None means that nothing is inventoried**: the flow is
            recorded and no stock changes. A resource that an event merely *concerns* (the press
            that a service was about) does not belong here.
        to_resource: VF toResourceInventoriedAs: the stock that receives; for ``combine`` the
            container.
        new_resource: The resource to create, where the action can and it is not there yet.
        quantity: Resource quantity in smallest parts, at least 1; for a single item it may be
            left out.
        unit: Unit of ``quantity``; may be left out when the resource says it.
        effort: Effort quantity in smallest parts of ``effort_unit`` (minutes); changes no stock.
        effort_unit: Unit of ``effort``.
        input_of, output_of: Process that this goes into or comes out of.
        to_location: Where it goes (VF toLocation).
        state: The condition it is in afterwards.
        accountable, custodian, from_place: Which part of the resource is meant, where it is kept in
            several ways: whose, with whom, where. Ours; VF cannot say it.
        within: For ``separate``, ``consume`` and ``lower``: inside which process or container it
            is. Everything else takes only what is free.
        rest: For ``dropoff`` and ``modify``: what became of what does not come out.
        implied: False if the difference of provider and receiver does *not* imply a transfer.
        receiver_tracked: False if the receiver keeps no stock here, as a customer at the counter:
            what a ``transfer`` gives them leaves the ledger of things instead of entering a stock
            of theirs.
    """

    action: str
    provider: Ref | None = None
    receiver: Ref | None = None
    resource: Ref | None = None
    to_resource: Ref | None = None
    new_resource: NewResource | None = None
    quantity: int | None = None
    unit: str | None = None
    effort: int | None = None
    effort_unit: str | None = None
    input_of: Ref | None = None
    output_of: Ref | None = None
    to_location: Ref | None = None
    state: str | None = None
    accountable: Ref | None = None
    custodian: Ref | None = None
    from_place: Ref | None = None
    within: Hold | None = None
    rest: Rest | None = None
    implied: bool = True
    receiver_tracked: bool = True


class Cause(Enum):
    """Why a step is part of an event."""

    EVENT = "event"
    """It is what the event says."""
    IMPLIED = "implied"
    """Provider and receiver differ, so rights or custody pass as well."""
    REST = "rest"
    """The rest of what went into a process was lost or used up."""
    REVERSAL = "reversal"
    """It takes back another event."""


@dataclass(frozen=True, slots=True)
class Step:
    """One VF event of the expansion: stored as it is, so that nobody has to interpret it again.

    Attributes:
        action: VF's name of the action.
        cause: Why it is there.
        provider, receiver: From whom to whom.
        resource, to_resource: The stocks, None where nothing is inventoried.
        quantity: In smallest parts of ``unit``; None where nothing is counted.
        unit: Unit of ``quantity``.
        effort: In smallest parts of ``effort_unit``, where the event has an effort.
        effort_unit: Unit of ``effort``.
        changes: What it changes of positions, in order.
    """

    action: str
    cause: Cause
    provider: Ref | None
    receiver: Ref | None
    resource: Ref | None
    to_resource: Ref | None
    quantity: int | None
    unit: str | None
    effort: int | None
    effort_unit: str | None
    changes: tuple[PositionChange, ...]


class Notice(NamedTuple):
    """Something allowed that somebody should look at.

    Attributes:
        code: ``overdrawn`` (a position fell below zero), ``not-held`` (used by somebody who does
            not hold it), ``partial-attribute`` (stage or state now also covers what did not go
            through), ``attribute-superseded`` (a reversal left a value that a later event set).
        resource: Which resource it is about.
        detail: The facts.
    """

    code: str
    resource: Ref
    detail: Mapping[str, Ref | None]


class Mark(NamedTuple):
    """That a resource went into or came out of a process by a pairing action."""

    process: Ref
    action: str
    resource: Ref


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that an event does, to be written in one transaction.

    Attributes:
        steps: The event and what it implies, in order; their changes are all position changes.
        attributes: Attributes of resources that change.
        created: Resources that come into being, with the attributes they end up with.
        removed: Resources that a reversal takes back.
        marks: What is now known of processes.
        unmarks: What a reversal takes back of that.
        notices: What somebody should look at.
        reverses: The event that this takes back, if it is a reversal.
    """

    steps: tuple[Step, ...] = ()
    attributes: tuple[AttributeChange, ...] = ()
    created: tuple[ResourceRecord, ...] = ()
    removed: tuple[ResourceRecord, ...] = ()
    marks: tuple[Mark, ...] = ()
    unmarks: tuple[Mark, ...] = ()
    notices: tuple[Notice, ...] = ()
    reverses: Ref | None = None

    @property
    def changes(self) -> list[PositionChange]:
        """Every position change, in order."""
        return [change for step in self.steps for change in step.changes]

    @property
    def net(self) -> dict[Position, int]:
        """What every position gains or loses in the end; positions that end as before are out."""
        total: dict[Position, int] = {}
        for position, quantity in self.changes:
            total[position] = total.get(position, 0) + quantity
        return {position: quantity for position, quantity in total.items() if quantity}
