"""What an event has to know and to lock, and how what it changes is written.

Rows of stocks, processes and kinds are locked in the order of their ids *before* positions are
read; whatever the locked rows lead to (contents of containers, the receiver's stocks) is looked
for again under the locks, until nothing new turns up. On SQLite there is one writer anyhow.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from chambre.core.db.questions import Question
from chambre.core.db.rows import insert, insert_all, update
from chambre.core.errors import Invalid
from chambre.ledger.applets.writing import id_list
from chambre.ledger.models import Event, Position, Process, Specification, StockItem, Trace
from chambre.lib import valueflows as vf

CONTAINER = str(vf.HoldKind.CONTAINER)


@dataclass(slots=True)
class Reach:
    """The rows that an event touches or has to know.

    Attributes:
        items: Ids of stocks.
        processes: Ids of processes.
        kinds: Ids of specifications whose stocks somebody is about to get for the first time.
    """

    items: set[int] = field(default_factory=set)
    processes: set[int] = field(default_factory=set)
    kinds: set[int] = field(default_factory=set)

    def holds(self, other: Reach) -> bool:
        """Whether everything of the other is in this one."""
        return (
            other.items <= self.items
            and other.processes <= self.processes
            and other.kinds <= self.kinds
        )


def start_of(event: vf.Event) -> Reach:
    """The rows that an event names."""
    reach = Reach()
    named: list[Any] = [event.resource, event.to_resource]
    if event.within is not None:
        if event.within.kind is vf.HoldKind.CONTAINER:
            named.append(event.within.ref)
        else:
            reach.processes.add(int(event.within.ref))
    reach.items.update(one for one in named if one is not None)
    reach.processes.update(int(one) for one in (event.input_of, event.output_of) if one is not None)
    return reach


def start_of_outcome(outcome: vf.Outcome) -> Reach:
    """The rows that something recorded changed."""
    reach = Reach()
    reach.items.update(int(change.position.resource) for change in outcome.changes)
    reach.items.update(int(change.resource) for change in outcome.attributes)
    reach.items.update(int(record.id) for record in outcome.created)
    reach.processes.update(int(mark.process) for mark in outcome.marks)
    return reach


def _spread(reach: Reach, receivers: set[int]) -> Reach:
    """Follow containers, processes and the receiver's stocks until nothing new turns up."""
    items, kinds = set(reach.items), set(reach.kinds)
    while True:
        found = items | _held_with(items, reach.processes)
        wanted = _counted_kinds(found) if receivers else set()
        if wanted:
            theirs = StockItem.objects.filter(
                specification_id__in=wanted, accountable_id__in=receivers, present=True
            ).values_list("pk", "specification_id")
            found.update(pk for pk, _kind in theirs)
            kinds.update(wanted - {kind for _pk, kind in theirs})
        if found == items:
            return Reach(items, set(reach.processes), kinds)
        items = found


OF_RECORD = (
    "present", "unit", "specification", "serialized", "accountable", "custodian", "place", "inside",
    "stage", "state", "lot", "tracking",
)  # fmt: skip
"""What an event may change of a stock."""


AROUND = """
SELECT item_id FROM ledger_position
  WHERE (within_kind = %s AND within_id @items) OR (within_kind NOT IN ('', %s) AND within_id @processes)
UNION
SELECT within_id FROM ledger_position WHERE within_kind = %s AND item_id @items
"""


def _held_with(items: set[int], processes: set[int]) -> set[int]:
    """What is inside these stocks and processes, and what they are inside of."""
    condition, listed = id_list(connection.vendor, items)
    among, also = id_list(connection.vendor, processes)
    statement = AROUND.replace("@items", condition).replace("@processes", among)
    with connection.cursor() as cursor:
        cursor.execute(statement, [CONTAINER, listed, CONTAINER, also, CONTAINER, listed])
        return {row[0] for row in cursor.fetchall()}


def _counted_kinds(items: set[int]) -> set[int]:
    """The kinds of these stocks, but of single objects."""
    condition, listed = id_list(connection.vendor, items)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT specification_id FROM ledger_stockitem"
            f" WHERE specification_id IS NOT NULL AND NOT serialized AND id {condition}",
            [listed],
        )
        return {row[0] for row in cursor.fetchall()}


_PRESENT = Question(
    lambda ids: (
        StockItem.objects.filter(pk__in=ids, present=True)
        .select_related("specification")
        .order_by("pk")
    )
)
"""Stocks that are there."""
_POSITIONS = Question(lambda ids: Position.objects.filter(item_id__in=ids).order_by("pk"))
"""How much of stocks is where, and whose."""


class _Again(Exception):
    """More than what was locked turned up."""


def locked(start: Reach, receivers: set[int]) -> Reach:
    """Lock everything that an event may touch; what it is.

    Must be called inside a transaction; the locks last as long as it does.
    """
    if not start.items and not start.processes:
        return Reach()  # a service, work, money: nothing that could be overdrawn
    wide = _spread(start, receivers)
    if connection.vendor != "postgresql":
        return wide
    while True:
        try:
            with transaction.atomic():  # leaving it by an exception lets the locks go
                _lock(wide)
                again = _spread(start, receivers)
                if not wide.holds(again):
                    raise _Again
                return wide
        except _Again:
            wide = again


def _lock(reach: Reach) -> None:
    """Take the row locks, tables and rows always in the same order."""
    for model, ids in (
        (Specification, reach.kinds),
        (Process, reach.processes),
        (StockItem, reach.items),
    ):
        if ids:
            rows = model._default_manager.filter(pk__in=ids).order_by("pk")
            list(rows.select_for_update(no_key=True).values_list("pk", flat=True))


def state_of(reach: Reach, chamber: int) -> vf.State:
    """What is known of the rows that were locked.

    Raises:
        Invalid: One of them belongs to another chamber.
    """
    if not reach.items and not reach.processes:
        return vf.State()
    listed = sorted(reach.items)
    records: dict[vf.Ref, vf.ResourceRecord] = {}
    kinds: dict[vf.Ref, vf.Specification] = {}
    for item in _PRESENT(listed):
        if item.chamber_id != chamber:
            raise Invalid(fields={"resource": [item.pk]})
        records[item.pk] = record_of(item)
        if item.specification is not None:
            kinds[item.specification.pk] = kind_of(item.specification)
    positions: dict[vf.Ref, dict[vf.Position, int]] = {}
    for row in _POSITIONS(listed):
        positions.setdefault(row.item_id, {})[position_of(row)] = row.quantity
    processes: dict[vf.Ref, vf.Ref | None] = {}
    found = Process.objects.filter(pk__in=reach.processes) if reach.processes else ()
    for process in found:
        if process.chamber_id != chamber:
            raise Invalid(fields={"process": [process.pk]})
        processes[process.pk] = process.based_on or None
    if missing := reach.processes - set(processes):
        raise Invalid(fields={"process": sorted(missing)})
    return vf.State(
        positions=positions,
        resources=records,
        specifications=kinds,
        processes=processes,
        marks=frozenset(_marks(reach.processes)),
    )


def _marks(processes: Iterable[int]) -> Iterable[vf.Mark]:
    """What went in and out of processes, without what was reversed."""
    ids = list(processes)
    if not ids:
        return
    events = Event.objects.filter(Q(input_of_id__in=ids) | Q(output_of_id__in=ids)).filter(
        reverses__isnull=True, reversed_by__isnull=True
    )
    for payload in events.values_list("payload", flat=True):
        for process, action, resource in payload["outcome"]["marks"]:
            yield vf.Mark(process, action, resource)


def record_of(item: StockItem) -> vf.ResourceRecord:
    """A stock as the pure rules know it."""
    return vf.ResourceRecord(
        id=item.pk,
        unit=item.unit,
        conforms_to=item.specification_id,
        serialized=item.serialized,
        primary_accountable=item.accountable_id,
        custodian=item.custodian_id,
        location=item.place or None,
        contained_in=item.inside_id,
        stage=item.stage or None,
        state=item.state or None,
        lot=item.lot or None,
        tracking_identifier=item.tracking or None,
    )


def kind_of(kind: Specification) -> vf.Specification:
    """A kind of thing as the pure rules know it."""
    return vf.Specification(kind.pk, vf.StockPolicy(vf.Overdraw(kind.overdraw), kind.limit))


def position_of(row: Position) -> vf.Position:
    """A position as the pure rules know it."""
    within = vf.Hold(vf.HoldKind(row.within_kind), row.within_id) if row.within_kind else None
    return vf.Position(
        row.item_id, row.accountable_id, row.custodian_id, row.place or None, row.unit, within
    )


def columns_of(position: vf.Position) -> dict[str, Any]:
    """The key of a position as columns."""
    within = position.within
    return {
        "item_id": position.resource,
        "accountable_id": position.accountable,
        "custodian_id": position.custodian,
        "place": position.place or "",
        "unit": position.unit,
        "within_kind": "" if within is None else str(within.kind),
        "within_id": 0 if within is None else within.ref,
    }


def write(before: vf.State, *outcomes: vf.Outcome) -> set[int]:
    """Write what events do, one after the other, to positions and stocks.

    Returns:
        The stocks that they touched.
    """
    after = before
    positions: dict[vf.Position, None] = {}
    touched: set[int] = set()
    for outcome in outcomes:
        after = after.apply(outcome)
        positions.update(dict.fromkeys(outcome.net))
        touched.update(int(change.position.resource) for change in outcome.changes)
        touched.update(int(change.resource) for change in outcome.attributes)
        touched.update(int(record.id) for record in (*outcome.created, *outcome.removed))
    for position in positions:
        _write_position(before, after, position)
    for pk in sorted(touched):
        _write_item(pk, after.resources.get(pk))
    return touched


def _write_position(before: vf.State, after: vf.State, position: vf.Position) -> None:
    columns, quantity = columns_of(position), after.quantity(position)
    former = before.quantity(position)
    if quantity and not former:
        allowed = after.policy(position.resource).overdraw is not vf.Overdraw.FORBID
        insert(Position(**columns, quantity=quantity, may_overdraw=allowed))
    elif quantity != former:
        change = (
            "DELETE FROM ledger_position"
            if not quantity
            else (f"UPDATE ledger_position SET quantity = {int(quantity)}")
        )
        where = " AND ".join(f"{name} = %s" for name in columns)
        with connection.cursor() as cursor:
            cursor.execute(f"{change} WHERE {where}", list(columns.values()))


def _write_item(pk: int, record: vf.ResourceRecord | None) -> None:
    if record is None:
        StockItem.objects.filter(pk=pk).update(present=False)
        return
    item = StockItem(
        pk=pk,
        present=True,
        unit=record.unit,
        specification_id=record.conforms_to,
        serialized=record.serialized,
        accountable_id=record.primary_accountable,
        custodian_id=record.custodian,
        place=record.location or "",
        inside_id=record.contained_in,
        stage=record.stage or "",
        state=record.state or "",
        lot=record.lot or "",
        tracking=record.tracking_identifier or "",
    )
    update(item, *OF_RECORD)


def number(event: Event, items: Iterable[int]) -> None:
    """Give an event its number in the row of events of each stock; the rows are locked."""
    ids = sorted(set(items))
    if not ids:
        return
    marks = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE ledger_stockitem SET sequence = sequence + 1 WHERE id IN ({marks})"
            " RETURNING id, sequence",
            ids,
        )
        numbers = sorted(cursor.fetchall())
    insert_all(*(Trace(item_id=pk, sequence=sequence, event=event) for pk, sequence in numbers))
