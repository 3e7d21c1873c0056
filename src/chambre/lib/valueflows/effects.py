"""What an event does to positions and resources: a pure function of the event and the state.

    >>> outcome = effects(event, state)
    >>> state = state.apply(outcome)

How it is decided is written in the README of this package and proved by its tests. An event that
cannot be raises a :class:`~chambre.lib.valueflows.errors.ValueFlowsError`; nothing is half done,
because nothing is done here at all.
"""

from __future__ import annotations

from collections.abc import Callable

from chambre.lib.valueflows.actions import ACTIONS, ActionRule, Cell, Motion, find_action
from chambre.lib.valueflows.checks import complete, implied_transfer, quantity_of
from chambre.lib.valueflows.errors import Mismatch, NotEnough, UnknownResource
from chambre.lib.valueflows.holds import enter, leave, open_container, pack, packed, unpack
from chambre.lib.valueflows.model import (
    Attribute,
    Cause,
    Event,
    HoldKind,
    Outcome,
    Overdraw,
    Position,
    Ref,
    ResourceRecord,
)
from chambre.lib.valueflows.state import State
from chambre.lib.valueflows.transfers import (
    check_alike,
    check_room,
    create,
    pass_on,
)
from chambre.lib.valueflows.work import Portion, Source, Work


def effects(event: Event, state: State) -> Outcome:
    """Work out everything that an event does.

    Args:
        event: What happened.
        state: What is known before it; see :class:`State` for how much of it is needed.

    Returns:
        The steps with their position changes, the attributes and resources that change, and what
        somebody should look at.

    Raises:
        UnknownAction: The action is none.
        BadEvent: The event contradicts itself or its action.
        UnknownResource: A resource is not known, exists already, or has to be named.
        Mismatch: Units, kinds, identity or accountability do not go together.
        NotEnough: Somebody would give what they do not have.
        Ambiguous: The event could mean several things.
        PairingError: What goes in and out of a process does not match.
        ContainerError: A container does not move whole, or would be inside itself.
    """
    rule = find_action(event.action)
    event = complete(event, rule)
    work = Work(state, event)
    _MOTIONS[rule.motion](work, rule)
    return work.finish()


def needs_new_resource(event: Event, state: State) -> bool:
    """Whether the event cannot be recorded before somebody names a new resource.

    True when a stock is to be split and the receiver has none of the kind yet: create an
    identifier, then record the event with :attr:`Event.new_resource`.
    """
    try:
        effects(event, state)
    except UnknownResource as refusal:
        return refusal.code == "identity-needed"
    return False


def _none(work: Work, rule: ActionRule) -> None:
    """Use, work, cite, deliver a service: nothing moves, unless a transfer is implied."""
    event = work.event
    implied = implied_transfer(event, rule)
    if event.resource is not None:
        record = work.record(event.resource)
        if event.quantity is not None:
            quantity_of(event, record)
        if rule.id == "use":
            _check_held(work, record)
    with work.step(
        rule.id,
        Cause.EVENT,
        provider=event.provider,
        receiver=event.receiver,
        resource=event.resource,
        quantity=event.quantity,
    ):
        pass
    target = event.resource
    if implied and (event.resource is not None or event.to_resource is not None):
        target, _ = pass_on(work, ACTIONS[implied], resource=event.resource, cause=Cause.IMPLIED)
    if target is not None:
        _set_condition(work, rule, target, event.quantity)


def _check_held(work: Work, record: ResourceRecord) -> None:
    """Who uses a thing has it, or gets it from whom it is: one of the two holds it."""
    event = work.event
    quantity = 1 if event.quantity is None else event.quantity
    held = sum(
        amount
        for position, amount in work.stock(record.id).items()
        if position.custodian in {event.provider, event.receiver}
        and (position.within is None or position.within.kind is not HoldKind.CONTAINER)
    )
    if held >= quantity:
        return
    if work.state.policy(record.id).overdraw is Overdraw.FORBID:
        raise NotEnough("not-held", resource=record.id, asked=quantity, available=held)
    work.notice("not-held", record.id, asked=quantity, available=held)


def _add(work: Work, rule: ActionRule) -> None:
    """Produce, raise: something appears with the provider; then a transfer may be implied."""
    event = work.event
    record, quantity = _target_of_add(work)
    portions: list[Portion] = []
    with work.step(
        rule.id,
        Cause.EVENT,
        provider=event.provider,
        receiver=event.provider,
        resource=None if record is None else record.id,
        quantity=quantity,
    ):
        if record is not None and quantity is not None:
            portions = [_appear(work, record, quantity)]
            if rule.id == "produce" and event.output_of is not None:
                packed(work, event.output_of, portions[0].position)
    target = None if record is None else record.id
    if implied := implied_transfer(event, rule):
        target, _ = pass_on(
            work,
            ACTIONS[implied],
            resource=target,
            portions=portions or None,
            in_transit=event.resource is None and event.new_resource is not None,
            cause=Cause.IMPLIED,
        )
    if target is not None:
        _set_condition(work, rule, target, quantity)


def _target_of_add(work: Work) -> tuple[ResourceRecord | None, int | None]:
    """What produce and raise fill, and with how much."""
    event = work.event
    if event.resource is not None:
        record = work.record(event.resource)
        _check_accountable(work, record)
    elif event.new_resource is not None:
        record = create(work, event.new_resource)
    else:
        return None, event.quantity
    return record, quantity_of(event, record)


def _check_accountable(work: Work, record: ResourceRecord) -> None:
    """Only the stock of somebody who takes part can be filled."""
    event = work.event
    owner = event.accountable
    agents = {event.provider, event.receiver} if owner is None else {owner}
    if record.primary_accountable is None or record.primary_accountable in agents:
        return
    if any(position.accountable in agents for position in work.stock(record.id)):
        return
    raise Mismatch(
        "not-accountable",
        agent=event.receiver if owner is None else owner,
        resource=record.id,
        accountable=record.primary_accountable,
    )


def _appear(work: Work, record: ResourceRecord, quantity: int) -> Portion:
    """Add to the position in which a thing appears."""
    event = work.event
    assert event.provider is not None
    check_room(work, record, quantity)
    accountable = event.provider if event.accountable is None else event.accountable
    custodian = event.provider if event.custodian is None else event.custodian
    position = Position(
        record.id, accountable, custodian, _place_of_arrival(work, record), record.unit
    )
    work.change(position, quantity)
    return Portion(position, quantity)


def _place_of_arrival(work: Work, record: ResourceRecord) -> Ref | None:
    """Where what is added is: where the event says, else where the stock is."""
    event = work.event
    for place in (event.to_location, event.from_place, record.location):
        if place is not None:
            return place
    places = {position.place for position in work.stock(record.id)}
    return places.pop() if len(places) == 1 else None


def _take(work: Work, rule: ActionRule) -> None:
    """Consume, lower: something is gone. Where a transfer is implied, it comes first."""
    event = work.event
    resource, portions = event.resource, None
    if implied := implied_transfer(event, rule):
        resource, portions = pass_on(
            work,
            ACTIONS[implied],
            resource=resource,
            in_transit=True,
            cause=Cause.IMPLIED,
        )
    elif resource is None and event.new_resource is not None:
        resource = create(work, event.new_resource).id
    quantity = event.quantity
    if resource is not None:
        quantity = quantity_of(event, work.record(resource))
        if portions is None:
            portions = work.choose(resource, quantity, _source_of_take(event))
    with work.step(
        rule.id,
        Cause.EVENT,
        provider=event.receiver,
        receiver=event.receiver,
        resource=resource,
        quantity=quantity,
    ):
        for portion in portions or ():
            open_container(work, portion)
            work.change(portion.position, -portion.quantity)
    if resource is not None:
        _set_condition(work, rule, resource, quantity)


def _source_of_take(event: Event) -> Source:
    assert event.provider is not None
    return Source(
        event.provider,
        accountable=event.provider if event.accountable is None else event.accountable,
        custodian=event.provider if event.custodian is None else event.custodian,
        place=event.from_place,
        within=event.within,
    )


def _enter(work: Work, rule: ActionRule) -> None:
    """Pickup, accept: into a process, after custody passed where that is implied."""
    event = work.event
    resource, portions = event.resource, None
    if implied := implied_transfer(event, rule):
        resource, portions = pass_on(work, ACTIONS[implied], resource=resource, cause=Cause.IMPLIED)
    target, quantity = enter(work, rule, resource, portions)
    if target is not None:
        _set_condition(work, rule, target, quantity)


def _leave(work: Work, rule: ActionRule) -> None:
    """Dropoff, modify: out of a process; then custody passes where that is implied."""
    event = work.event
    target, portions = leave(work, rule, keep=implied_transfer(event, rule) is not None)
    if implied := implied_transfer(event, rule):
        target, _ = pass_on(
            work,
            ACTIONS[implied],
            resource=target,
            portions=portions or None,
            cause=Cause.IMPLIED,
        )
    if target is not None:
        quantity = sum(portion.quantity for portion in portions) if portions else event.quantity
        _set_condition(work, rule, target, quantity)


def _pack(work: Work, rule: ActionRule) -> None:
    quantity = pack(work, rule)
    assert work.event.resource is not None
    _set_condition(work, rule, work.event.resource, quantity)


def _unpack(work: Work, rule: ActionRule) -> None:
    quantity = unpack(work, rule)
    assert work.event.resource is not None
    _set_condition(work, rule, work.event.resource, quantity)


def _shift(work: Work, rule: ActionRule) -> None:
    """Transfer, transferCustody, transferAllRights, move."""
    target, arrived = pass_on(work, rule, resource=work.event.resource)
    if target is not None:
        _set_condition(work, rule, target, sum(portion.quantity for portion in arrived))


def _copy(work: Work, rule: ActionRule) -> None:
    """Copy: the receiver has one more; the original is as it was."""
    event = work.event
    original = None if event.resource is None else work.record(event.resource)
    target = None
    if event.to_resource is not None:
        target = work.record(event.to_resource)
        if original is not None:
            check_alike(original, target)
    elif event.new_resource is not None:
        target = create(work, event.new_resource, like=original)
    quantity = event.quantity if target is None else quantity_of(event, target)
    with work.step(
        rule.id,
        Cause.EVENT,
        provider=event.provider,
        receiver=event.receiver,
        resource=event.resource,
        to_resource=None if target is None else target.id,
        quantity=quantity,
    ):
        if target is not None and quantity is not None:
            assert event.receiver is not None
            check_room(work, target, quantity)
            place = _place_of_arrival(work, target)
            position = Position(target.id, event.receiver, event.receiver, place, target.unit)
            work.change(position, quantity)
    if target is not None:
        _set_condition(work, rule, target.id, quantity)


def _set_condition(work: Work, rule: ActionRule, resource: Ref, quantity: int | None) -> None:
    """Set stage and state on the resource in which the things are now.

    VF keeps both on the resource. When only a part of a stock went through, the rest of it gets
    them as well, which may be untrue: that is flagged, and a ``to_resource`` avoids it.
    """
    event = work.event
    stage = None
    if rule.stage is Cell.UPDATE and event.output_of is not None:
        stage = work.state.processes.get(event.output_of)
    if stage is not None:
        work.set(resource, Attribute.STAGE, stage)
    state = event.state if rule.state is not Cell.NONE else None
    if state is not None:
        work.set(resource, Attribute.STATE, state)
    total = work.total(resource)
    if (stage is not None or state is not None) and quantity is not None and 0 < quantity < total:
        work.notice("partial-attribute", resource, quantity=quantity, total=total)


_MOTIONS: dict[Motion, Callable[[Work, ActionRule], None]] = {
    Motion.NONE: _none,
    Motion.ADD: _add,
    Motion.TAKE: _take,
    Motion.ENTER: _enter,
    Motion.LEAVE: _leave,
    Motion.PACK: _pack,
    Motion.UNPACK: _unpack,
    Motion.SHIFT: _shift,
    Motion.COPY: _copy,
}
