"""What is known before an event, and after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

from chambre.lib.valueflows.model import (
    FORBID,
    Hold,
    Mark,
    Outcome,
    Position,
    Ref,
    ResourceRecord,
    Specification,
    StockPolicy,
)


@dataclass(frozen=True)
class State:
    """What is known before an event.

    It has to hold, for the resources that the event names: their records, their specifications and
    all their positions; the same for whatever is inside them, and inside that; for a transfer of a
    stock, the receiver's stocks of the same specification; and for a process, its marks,
    what it is based on and all positions within it.

    Attributes:
        positions: Quantities other than zero, by resource and position.
        resources: Records by identifier.
        specifications: Policies by identifier; one that is absent forbids overdrawing.
        processes: Process → the process specification it is based on, or None.
        marks: What went in and out of processes so far, without what was reversed.
        reversed: Events that were taken back.
    """

    positions: Mapping[Ref, Mapping[Position, int]] = field(default_factory=dict)
    resources: Mapping[Ref, ResourceRecord] = field(default_factory=dict)
    specifications: Mapping[Ref, Specification] = field(default_factory=dict)
    processes: Mapping[Ref, Ref | None] = field(default_factory=dict)
    marks: frozenset[Mark] = frozenset()
    reversed: frozenset[Ref] = frozenset()

    @cached_property
    def inside(self) -> Mapping[Hold, frozenset[Ref]]:
        """Which resources are inside each process or container."""
        found: dict[Hold, set[Ref]] = {}
        for resource, positions in self.positions.items():
            for position in positions:
                if position.within is not None:
                    found.setdefault(position.within, set()).add(resource)
        return {hold: frozenset(resources) for hold, resources in found.items()}

    def all_positions(self) -> Iterator[tuple[Position, int]]:
        """Every position with its quantity."""
        for positions in self.positions.values():
            yield from positions.items()

    def quantity(self, position: Position) -> int:
        """How much is in a position; 0 where nothing is."""
        return self.positions.get(position.resource, {}).get(position, 0)

    def policy(self, resource: Ref) -> StockPolicy:
        """How far below zero stocks of a resource may go."""
        record = self.resources.get(resource)
        return self.policy_of(None if record is None else record.conforms_to)

    def policy_of(self, specification: Ref | None) -> StockPolicy:
        """How far below zero stocks of a kind may go; goods of no kind may not."""
        found = None if specification is None else self.specifications.get(specification)
        return FORBID if found is None else found.policy

    def apply(self, outcome: Outcome) -> State:
        """The state after an event.

        Args:
            outcome: What the event does; it is trusted to have been worked out from this state.
        """
        positions = dict(self.positions)
        for position, quantity in outcome.net.items():
            stock = dict(positions.get(position.resource, {}))
            stock[position] = stock.get(position, 0) + quantity
            if not stock[position]:
                del stock[position]
            positions[position.resource] = MappingProxyType(stock)
        resources = dict(self.resources)
        for change in outcome.attributes:
            record = resources[change.resource]
            resources[change.resource] = record.with_change(change.attribute, change.after)
        for record in outcome.created:
            resources[record.id] = record
        for record in outcome.removed:
            del resources[record.id]
        return replace(
            self,
            positions={resource: stock for resource, stock in positions.items() if stock},
            resources=resources,
            marks=(self.marks - frozenset(outcome.unmarks)) | frozenset(outcome.marks),
            reversed=(
                self.reversed if outcome.reverses is None else self.reversed | {outcome.reverses}
            ),
        )
