"""Passing things on: rights, custody, place; into which stock they come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chambre.lib.valueflows.actions import ActionRule, Cell
from chambre.lib.valueflows.checks import quantity_of
from chambre.lib.valueflows.errors import (
    Ambiguous,
    BadEvent,
    ContainerError,
    Mismatch,
    UnknownResource,
)
from chambre.lib.valueflows.model import (
    Cause,
    Event,
    NewResource,
    Position,
    Ref,
    ResourceRecord,
)
from chambre.lib.valueflows.work import Portion, Source, Work


def pass_on(
    work: Work,
    rule: ActionRule,
    *,
    resource: Ref | None,
    portions: Sequence[Portion] | None = None,
    in_transit: bool = False,
    cause: Cause = Cause.EVENT,
) -> tuple[Ref | None, list[Portion]]:
    """Pass a quantity from the event's provider to its receiver.

    Args:
        work: Where it is written.
        rule: ``transfer``, ``transferCustody``, ``transferAllRights`` or ``move``.
        resource: What is passed on; None if the provider keeps no stock of it.
        portions: What exactly is passed on; None to find it.
        in_transit: True if it only comes through on its way into a process, and therefore keeps
            its identity unless the event names another stock.
        cause: Why the step is there.

    Returns:
        The stock it arrived in, and what arrived there.
    """
    event = work.event
    if resource is None:
        return _arrive(work, rule, cause)
    record = work.record(resource)
    quantity = quantity_of(event, record)
    if portions is None:
        portions = work.choose(resource, quantity, _source(event, rule))
    leaves = rule.id == "transfer" and not event.receiver_tracked
    target = record if leaves else _target(work, record, rule, in_transit=in_transit)
    if rule.id == "move" and target.id == resource and event.to_location is None:
        raise BadEvent("nothing-moves")
    with work.step(
        rule.id,
        cause,
        provider=event.provider,
        receiver=event.receiver,
        resource=resource,
        to_resource=None if leaves else target.id,
        quantity=quantity,
    ):
        if leaves:
            for portion in portions:
                give_away(work, portion)
            return None, []
        arrived = [
            work.shift(portion, _destination(event, rule, portion.position, target, record))
            for portion in portions
        ]
    return target.id, arrived


def give_away(work: Work, portion: Portion) -> None:
    """Take a quantity out of the ledger of things; what is inside a container goes with it.

    Raises:
        ContainerError: It is not the whole container, or somebody else's things are inside.
    """
    for content in work.contents(portion):
        if content.position.accountable != portion.position.accountable:
            raise ContainerError(
                "contents-of-others",
                resource=portion.position.resource,
                content=content.position.resource,
                accountable=content.position.accountable,
            )
        give_away(work, content)
    work.change(portion.position, -portion.quantity)


def _source(event: Event, rule: ActionRule) -> Source:
    """Whose and with whom the things are that an action passes on.

    Rights are given by who is accountable, custody by who holds; ``move`` is done by who holds.
    """
    assert event.provider is not None
    rights = rule.accountable is Cell.UPDATE_TO
    custody = rule.custodian is Cell.UPDATE_TO or rule.id == "move"
    return Source(
        event.provider,
        accountable=event.provider if rights else event.accountable,
        custodian=event.provider if custody else event.custodian,
        place=event.from_place,
    )


def _destination(
    event: Event,
    rule: ActionRule,
    start: Position,
    target: ResourceRecord,
    origin: ResourceRecord,
) -> Position:
    """The position that a portion comes into."""
    place = start.place
    if rule.location is Cell.UPDATE_TO:
        if event.to_location is not None:
            place = event.to_location
        elif target.id != origin.id and target.location is not None:
            place = target.location
    assert event.receiver is not None
    return start._replace(
        resource=target.id,
        accountable=event.receiver if rule.accountable is Cell.UPDATE_TO else start.accountable,
        custodian=event.receiver if rule.custodian is Cell.UPDATE_TO else start.custodian,
        place=place,
    )


def _arrive(work: Work, rule: ActionRule, cause: Cause) -> tuple[Ref | None, list[Portion]]:
    """Something comes from an agent who keeps no stock of it here, or is not inventoried at all."""
    event = work.event
    target = None
    if event.to_resource is not None:
        target = work.record(event.to_resource)
    elif event.new_resource is not None:
        target = create(work, event.new_resource)
    quantity = event.quantity if target is None else quantity_of(event, target)
    arrived: list[Portion] = []
    with work.step(
        rule.id,
        cause,
        provider=event.provider,
        receiver=event.receiver,
        resource=None,
        to_resource=None if target is None else target.id,
        quantity=quantity,
    ):
        if target is not None and quantity is not None:
            arrived.append(_newcomer(work, rule, target, quantity))
    return (None if target is None else target.id), arrived


def _newcomer(work: Work, rule: ActionRule, target: ResourceRecord, quantity: int) -> Portion:
    event = work.event
    assert event.provider is not None
    assert event.receiver is not None
    check_room(work, target, quantity)
    rights = rule.accountable is Cell.UPDATE_TO or rule.id == "move"
    custody = rule.custodian is Cell.UPDATE_TO or rule.id == "move"
    position = Position(
        target.id,
        event.receiver if rights else event.provider,
        event.receiver if custody else event.provider,
        target.location if event.to_location is None else event.to_location,
        target.unit,
    )
    work.change(position, quantity)
    return Portion(position, quantity)


def _target(
    work: Work, record: ResourceRecord, rule: ActionRule, *, in_transit: bool
) -> ResourceRecord:
    """The stock that a resource comes into.

    The one that the event names; else the same, for a single item, for what stays the provider's
    (custody and place), for what only comes through, and for a stock that is the receiver's
    already; else the receiver's own stock of the same kind, which may have to be created.
    """
    event = work.event
    if event.to_resource is not None:
        return _named(work, record, work.record(event.to_resource))
    if event.new_resource is not None and not in_transit:
        return create(work, event.new_resource, like=record)
    keeps = record.serialized or rule.accountable is not Cell.UPDATE_TO or in_transit
    if keeps or record.primary_accountable == event.receiver:
        return record
    found = receivers_stocks(work, record, event.receiver)
    if len(found) > 1:
        raise Ambiguous(
            "ambiguous-destination", receiver=event.receiver, stocks=[one.id for one in found]
        )
    if not found:
        raise UnknownResource("identity-needed", receiver=event.receiver, resource=record.id)
    return found[0]


def _named(work: Work, record: ResourceRecord, target: ResourceRecord) -> ResourceRecord:
    """Check that a stock that the event names can receive this."""
    if target.id == record.id:
        return target
    check_alike(record, target)
    if target.serialized:
        check_room(work, target, 1)
    return target


def check_alike(record: ResourceRecord, target: ResourceRecord) -> None:
    """Refuse to pour one kind of thing into a stock of another.

    Raises:
        Mismatch: Unit, specification, or item and stock differ.
    """
    if target.unit != record.unit:
        raise Mismatch("unit-differs", resource=target.id, expected=target.unit, given=record.unit)
    kinds = {record.conforms_to, target.conforms_to} - {None}
    if len(kinds) > 1 or target.serialized != record.serialized:
        raise Mismatch("specification-differs", resource=record.id, to_resource=target.id)


def check_room(work: Work, target: ResourceRecord, quantity: int) -> None:
    """Refuse a second of a single item.

    Raises:
        Mismatch: There would be more than one.
    """
    if target.serialized and work.total(target.id) + quantity != 1:
        raise Mismatch(
            "serialized-quantity",
            resource=target.id,
            quantity=work.total(target.id) + quantity,
        )


def receivers_stocks(
    work: Work, record: ResourceRecord, receiver: Ref | None
) -> list[ResourceRecord]:
    """The stocks of an agent that things like these belong into.

    The specification, unit, lot and stage have to be the same: they identify a stock.
    """
    if record.conforms_to is None:
        return []
    return [
        work.record(other.id)
        for other in work.state.resources.values()
        if other.id != record.id
        and other.primary_accountable == receiver
        and not other.serialized
        and (other.conforms_to, other.unit, other.lot, other.stage)
        == (record.conforms_to, record.unit, record.lot, record.stage)
    ]


def create(work: Work, new: NewResource, *, like: ResourceRecord | None = None) -> ResourceRecord:
    """Bring a new resource into being, with what it has from another one.

    Raises:
        BadEvent: Nobody says its unit.
        UnknownResource: There is one of that identifier.
    """
    unit = new.unit or work.event.unit
    record = ResourceRecord(
        id=new.id,
        unit=unit or "",
        conforms_to=new.conforms_to,
        serialized=new.serialized,
        lot=new.lot,
        tracking_identifier=new.tracking_identifier,
    )
    if like is not None:
        record = replace(
            record,
            unit=new.unit or like.unit,
            conforms_to=like.conforms_to if new.conforms_to is None else new.conforms_to,
            serialized=new.serialized or like.serialized,
            lot=like.lot if new.lot is None else new.lot,
            tracking_identifier=new.tracking_identifier or like.tracking_identifier,
            stage=like.stage,
            state=like.state,
        )
        check_alike(like, record)
    if not record.unit:
        raise BadEvent("unit-needed")
    return work.create(record)
