"""The workbench of an event: a state that can be written on, and everything that was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple

from chambre.lib.valueflows.errors import Ambiguous, ContainerError, NotEnough, UnknownResource
from chambre.lib.valueflows.model import (
    Attribute,
    AttributeChange,
    Cause,
    Event,
    Hold,
    HoldKind,
    Mark,
    Notice,
    Outcome,
    Overdraw,
    Position,
    PositionChange,
    Ref,
    ResourceRecord,
    Step,
)
from chambre.lib.valueflows.policies import check_policies
from chambre.lib.valueflows.state import State


class Portion(NamedTuple):
    """A quantity in one position."""

    position: Position
    quantity: int


class Source(NamedTuple):
    """Where to take from: every part that is not None has to fit.

    ``agent`` is whom a refusal names, and who goes below zero where that is allowed.
    ``within`` is the exact hold; None means free.
    """

    agent: Ref
    accountable: Ref | None = None
    custodian: Ref | None = None
    place: Ref | None = None
    within: Hold | None = None

    def fits(self, position: Position) -> bool:
        """Whether a position, whatever it is within, is one of the meant ones."""
        return (
            self.accountable in {None, position.accountable}
            and self.custodian in {None, position.custodian}
            and self.place in {None, position.place}
        )


class Work:
    """What an event is doing to a state; nothing of the state itself is touched.

    Attributes:
        state: The state before the event.
        event: The event.
    """

    def __init__(self, state: State, event: Event) -> None:
        self.state = state
        self.event = event
        self._stocks: dict[Ref, dict[Position, int]] = {}
        self._records: dict[Ref, ResourceRecord] = {}
        self._created: list[Ref] = []
        self._new_owners: dict[Ref, set[Ref]] = {}
        self._steps: list[Step] = []
        self._changes: list[PositionChange] = []
        self._marks: list[Mark] = []
        self._notices: list[Notice] = []

    # Reading

    def record(self, resource: Ref) -> ResourceRecord:
        """The record of a resource as it is now.

        Raises:
            UnknownResource: Nobody knows it.
        """
        found = self._records.get(resource) or self.state.resources.get(resource)
        if found is None:
            raise UnknownResource("resource-unknown", resource=resource)
        return found

    def stock(self, resource: Ref) -> Mapping[Position, int]:
        """The positions of a resource as they are now, without those that are zero."""
        if resource in self._stocks:
            return self._stocks[resource]
        return self.state.positions.get(resource, {})

    def total(self, resource: Ref) -> int:
        """How much there is of a resource, whosesoever and wherever."""
        return sum(self.stock(resource).values())

    def inside(self, hold: Hold) -> list[Portion]:
        """Everything directly inside a process or container."""
        resources = self.state.inside.get(hold, frozenset()) | self._stocks.keys()
        return [
            Portion(position, quantity)
            for resource in sorted(resources, key=str)
            for position, quantity in self.stock(resource).items()
            if position.within == hold
        ]

    def contents(self, portion: Portion) -> list[Portion]:
        """What is directly inside a container of which this is a portion.

        Raises:
            ContainerError: Something is inside, and the portion is not the whole container.
        """
        start, quantity = portion
        found = self.inside(Hold(HoldKind.CONTAINER, start.resource))
        if found and dict(self.stock(start.resource)) != {start: quantity}:
            raise ContainerError(
                "container-whole",
                resource=start.resource,
                whole=self.total(start.resource),
                asked=quantity,
            )
        return found

    # Writing

    def change(self, position: Position, quantity: int) -> None:
        """Add to a position (or take from it, if negative)."""
        if not quantity:
            return
        stock = self._stocks.get(position.resource)
        if stock is None:
            stock = dict(self.state.positions.get(position.resource, {}))
            self._stocks[position.resource] = stock
        stock[position] = stock.get(position, 0) + quantity
        if not stock[position]:
            del stock[position]
        self._changes.append(PositionChange(position, quantity))

    def create(self, record: ResourceRecord) -> ResourceRecord:
        """Bring a resource into being.

        Raises:
            UnknownResource: There is one of that identifier (code ``resource-exists``).
        """
        if record.id in self.state.resources or record.id in self._records:
            raise UnknownResource("resource-exists", resource=record.id)
        self._records[record.id] = record
        self._created.append(record.id)
        return record

    def set(self, resource: Ref, attribute: Attribute, value: Ref | None) -> None:
        """Give an attribute of a resource a value."""
        record = self.record(resource)
        if getattr(record, attribute.value) != value:
            self._records[resource] = record.with_change(attribute, value)

    def mark(self, process: Ref, action: str, resource: Ref) -> None:
        """Remember that a resource went in or out of a process."""
        mark = Mark(process, action, resource)
        if mark not in self.state.marks and mark not in self._marks:
            self._marks.append(mark)

    def notice(self, code: str, resource: Ref, **detail: Ref | None) -> None:
        """Flag something that is allowed."""
        self._notices.append(Notice(code, resource, detail))

    @contextmanager
    def step(
        self,
        action: str,
        cause: Cause,
        *,
        provider: Ref | None,
        receiver: Ref | None,
        resource: Ref | None,
        to_resource: Ref | None = None,
        quantity: int | None,
    ) -> Iterator[None]:
        """Gather the changes made meanwhile into one step."""
        self._changes = []
        yield
        named = resource if resource is not None else to_resource
        unit = self.event.unit if named is None else self.record(named).unit
        self._steps.append(
            Step(
                action=action,
                cause=cause,
                provider=provider,
                receiver=receiver,
                resource=resource,
                to_resource=to_resource,
                quantity=quantity,
                unit=None if quantity is None else unit,
                effort=self.event.effort if cause is Cause.EVENT else None,
                effort_unit=self.event.effort_unit if cause is Cause.EVENT else None,
                changes=tuple(self._changes),
            )
        )

    # Taking and moving

    def choose(self, resource: Ref, quantity: int, source: Source) -> list[Portion]:
        """Find where a quantity comes from, without taking it.

        One fitting position is taken from; several only if all of them are meant as a whole,
        because whose jar of two is the one that broke is not for us to guess.

        Raises:
            NotEnough: There is less than that.
            Ambiguous: Several positions would do.
        """
        fitting = {
            position: amount
            for position, amount in self.stock(resource).items()
            if position.within == source.within and source.fits(position)
        }
        held = {position: amount for position, amount in fitting.items() if amount > 0}
        available = sum(held.values())
        if quantity <= available:
            if quantity < available and len(held) > 1:
                raise Ambiguous(
                    "ambiguous-source",
                    resource=resource,
                    count=len(held),
                    positions=sorted(held, key=str),
                )
            return [
                Portion(position, min(amount, quantity))
                for position, amount in sorted(held.items(), key=str)
            ]
        if source.within is not None or self._forbidden(resource):
            raise self._not_enough(resource, quantity, available, source)
        portions = [Portion(position, amount) for position, amount in sorted(held.items(), key=str)]
        below = self._overdrawn(resource, source, list(fitting))
        return [*portions, Portion(below, quantity - available)]

    def _forbidden(self, resource: Ref) -> bool:
        kind = self.record(resource).conforms_to
        return self.state.policy_of(kind).overdraw is Overdraw.FORBID

    def _overdrawn(self, resource: Ref, source: Source, fitting: list[Position]) -> Position:
        """The position that goes below zero."""
        if len(fitting) == 1:
            return fitting[0]
        record = self.record(resource)
        return Position(
            resource,
            source.agent if source.accountable is None else source.accountable,
            source.agent if source.custodian is None else source.custodian,
            record.location if source.place is None else source.place,
            record.unit,
        )

    def _not_enough(
        self, resource: Ref, quantity: int, available: int, source: Source
    ) -> NotEnough:
        """Say why there is not enough, with what is there but not free."""
        contained = inside = 0
        for position, amount in self.stock(resource).items():
            if source.within is None and source.fits(position) and position.within is not None:
                if position.within.kind is HoldKind.CONTAINER:
                    contained += amount
                else:
                    inside += amount
        code = "not-enough"
        if contained and available + contained >= quantity:
            code = "contained"
        elif inside and available + inside >= quantity:
            code = "in-process"
        return NotEnough(
            code,
            agent=source.agent,
            resource=resource,
            asked=quantity,
            available=available,
            contained=contained,
            inside=inside,
        )

    def shift(self, portion: Portion, to: Position) -> Portion:
        """Move a quantity from one position to another, with everything that is inside it.

        What is inside follows in custody and place; in rights only where it belongs to whom the
        container belongs: selling a crate does not sell the jars that somebody else left in it.

        Raises:
            ContainerError: Something is inside, and this is not the whole of it.
        """
        start, quantity = portion
        contents = self.contents(portion)
        if to != start:
            self.change(start, -quantity)
            self.change(to, quantity)
        if to.resource == start.resource and to.accountable != start.accountable:
            self._new_owners.setdefault(to.resource, set()).add(to.accountable)
        for content in contents:
            inner = content.position
            follows = inner.accountable == start.accountable
            self.shift(
                content,
                inner._replace(
                    accountable=to.accountable if follows else inner.accountable,
                    custodian=to.custodian,
                    place=to.place,
                    within=Hold(HoldKind.CONTAINER, to.resource),
                ),
            )
        return Portion(to, quantity)

    # The end

    def finish(self) -> Outcome:
        """Check every stock against its policy and give everything that was written.

        Raises:
            NotEnough: A limit is exceeded.
        """
        touched = {change.position for step in self._steps for change in step.changes}
        for resource in sorted({position.resource for position in touched}, key=str):
            self._follow_positions(resource)
        outcome = Outcome(
            steps=tuple(self._steps),
            attributes=tuple(self._attribute_changes()),
            created=tuple(self._records[resource] for resource in self._created),
            marks=tuple(self._marks),
            notices=tuple(self._notices),
        )
        flagged = check_policies(self.state, outcome)
        return replace(outcome, notices=(*outcome.notices, *flagged))

    def _follow_positions(self, resource: Ref) -> None:
        """Set the attributes that say in one word what all positions of a resource agree on.

        Whose stock it is, is part of a stock's identity: it stays when somebody else's things are
        put into it, and changes when the rights to all that is in it pass.
        """
        record = self.record(resource)
        stays = record.primary_accountable is not None and not record.serialized
        new_owners = self._new_owners.get(resource, set())
        positions = self.stock(resource)
        holds = {position.within for position in positions}
        inside = holds.pop() if len(holds) == 1 else None
        contained = inside.ref if inside and inside.kind is HoldKind.CONTAINER else None
        self.set(resource, Attribute.CONTAINED_IN, contained)
        for attribute, values in (
            (Attribute.ACCOUNTABLE, {position.accountable for position in positions}),
            (Attribute.CUSTODIAN, {position.custodian for position in positions}),
            (Attribute.LOCATION, {position.place for position in positions}),
        ):
            if len(values) != 1 or (value := values.pop()) is None:
                continue
            if attribute is Attribute.ACCOUNTABLE and stays and value not in new_owners:
                continue
            self.set(resource, attribute, value)

    def _attribute_changes(self) -> Iterator[AttributeChange]:
        for resource, record in self._records.items():
            before = self.state.resources.get(resource)
            if before is None:
                continue
            for attribute in Attribute:
                old, new = getattr(before, attribute.value), getattr(record, attribute.value)
                if old != new:
                    yield AttributeChange(resource, attribute, old, new)
