"""Into and out of processes and containers.

What is in a process or a container is still somebody's and with somebody, but on nobody's hands:
it has a :class:`Hold`. So what goes in comes out, or its loss is recorded, and nothing drifts.
"""

from __future__ import annotations

from collections.abc import Sequence

from chambre.lib.valueflows.actions import ActionRule
from chambre.lib.valueflows.checks import process_of, quantity_of
from chambre.lib.valueflows.errors import Ambiguous, BadEvent, ContainerError, PairingError
from chambre.lib.valueflows.model import Cause, Hold, HoldKind, Position, Ref, ResourceRecord, Rest
from chambre.lib.valueflows.transfers import check_alike, create
from chambre.lib.valueflows.work import Portion, Source, Work


def _hold_kind(rule: ActionRule) -> HoldKind:
    return HoldKind.TRANSPORT if rule.id in {"pickup", "dropoff"} else HoldKind.WORK


def _check_family(work: Work, rule: ActionRule, process: Ref) -> None:
    """A process carries or works on things: one pairing, not both.

    Raises:
        PairingError: It has the other already (code ``process-mixes-pairings``).
    """
    for mark in sorted(work.state.marks, key=str):
        if mark.process == process and mark.action not in {rule.id, rule.pairs_with}:
            raise PairingError(
                "process-mixes-pairings", process=process, present=mark.action, action=rule.id
            )


def enter(
    work: Work, rule: ActionRule, resource: Ref | None, portions: Sequence[Portion] | None
) -> tuple[Ref | None, int | None]:
    """Bring things into a process by pickup or accept.

    Args:
        work: Where it is written.
        rule: The row of ``pickup`` or ``accept``.
        resource: What goes in, None if it is not inventoried.
        portions: What exactly goes in, when custody passed first; None to find it.

    Returns:
        In which stock the things are, and how many.

    Raises:
        PairingError: The process does something else, or this went in before.
    """
    event, process = work.event, process_of(work.event)
    target, quantity = resource, event.quantity
    if resource is not None and process is not None:
        record = work.record(resource)
        quantity = quantity_of(event, record)
        _check_family(work, rule, process)
        if portions is None:
            portions = work.choose(resource, quantity, _held(work, None))
            target = _other_stock(work, record)
        if any(
            mark.process == process and mark.action == rule.id and mark.resource == target
            for mark in work.state.marks
        ):
            raise PairingError("already-in-process", resource=target, process=process)
    with work.step(
        rule.id,
        Cause.EVENT,
        provider=event.receiver,
        receiver=event.receiver,
        resource=resource,
        to_resource=None if target == resource else target,
        quantity=quantity,
    ):
        if target is not None and process is not None:
            hold = Hold(_hold_kind(rule), process)
            for start, amount in portions or ():
                place = start.place if event.to_location is None else event.to_location
                to = start._replace(resource=target, place=place, within=hold)
                work.shift(Portion(start, amount), to)
            work.mark(process, rule.id, target)
    return target, quantity


def leave(work: Work, rule: ActionRule, *, keep: bool) -> tuple[Ref | None, list[Portion]]:
    """Bring things out of a process by dropoff or modify, and account for what stays behind.

    Args:
        work: Where it is written.
        rule: The row of ``dropoff`` or ``modify``.
        keep: True if the things keep their identity here because a transfer follows.

    Returns:
        In which stock the things are, and what came out.

    Raises:
        PairingError: It did not go in, less went in, or the rest is not explained.
    """
    event, process = work.event, process_of(work.event)
    if event.resource is None or process is None:
        _step(work, rule, None, None, event.quantity)
        return None, []
    record = work.record(event.resource)
    quantity = quantity_of(event, record)
    _check_family(work, rule, process)
    source = _held(work, Hold(_hold_kind(rule), process))
    _check_inside(work, record, process, _still_inside(work, record, source), quantity)
    portions = work.choose(record.id, quantity, source)
    target = record.id if keep else _other_stock(work, record)
    out = []
    with work.step(
        rule.id,
        Cause.EVENT,
        provider=event.provider,
        receiver=event.provider,
        resource=record.id,
        to_resource=None if target == record.id else target,
        quantity=quantity,
    ):
        for portion in portions:
            start = portion.position
            place = start.place if event.to_location is None else event.to_location
            to = start._replace(resource=target, place=place, within=None)
            out.append(work.shift(portion, to))
        work.mark(process, rule.id, record.id)
        if _is_the_container(work, process, record.id, out):
            packed(work, process, out[0].position)
    _account_for_rest(work, record, source)
    return target, out


def _is_the_container(work: Work, process: Ref, resource: Ref, out: list[Portion]) -> bool:
    """Whether what comes out is the one thing that was worked on, all of it in one piece."""
    accepted = {
        mark.resource
        for mark in work.state.marks
        if mark.process == process and mark.action == "accept"
    }
    return accepted == {resource} and len(out) == len(work.stock(out[0].position.resource)) == 1


def _check_inside(
    work: Work, record: ResourceRecord, process: Ref, inside: list[Portion], quantity: int
) -> None:
    """Refuse what did not go in, more than went in, and a rest that is not explained."""
    event = work.event
    there = sum(portion.quantity for portion in inside)
    if not there:
        raise PairingError(
            "not-in-process", agent=event.provider, resource=record.id, process=process
        )
    if quantity > there:
        raise PairingError(
            "more-out-than-in", resource=record.id, process=process, inside=there, asked=quantity
        )
    if quantity < there and event.rest is None:
        raise PairingError(
            "loss-unexplained", resource=record.id, process=process, missing=there - quantity
        )


def _still_inside(work: Work, record: ResourceRecord, source: Source) -> list[Portion]:
    """What a source has of a resource inside its process."""
    return [
        Portion(position, amount)
        for position, amount in work.stock(record.id).items()
        if position.within == source.within and source.fits(position)
    ]


def _account_for_rest(work: Work, record: ResourceRecord, source: Source) -> None:
    """Record the loss or use of what stays behind, where the event says that it is one."""
    rest = work.event.rest
    if rest is None or rest is Rest.LATER:
        return
    left = _still_inside(work, record, source)
    if not left:
        return
    with work.step(
        rest.value,
        Cause.REST,
        provider=work.event.provider,
        receiver=work.event.provider,
        resource=record.id,
        quantity=sum(portion.quantity for portion in left),
    ):
        for portion in left:
            work.change(portion.position, -portion.quantity)


def _held(work: Work, within: Hold | None) -> Source:
    """What the provider holds, free or inside something."""
    event = work.event
    assert event.provider is not None
    return Source(
        event.provider,
        accountable=event.accountable,
        custodian=event.provider,
        place=event.from_place,
        within=within,
    )


def _other_stock(work: Work, record: ResourceRecord) -> Ref:
    """The stock that the event names beside the resource, if it does."""
    event = work.event
    if event.to_resource is not None:
        target = work.record(event.to_resource)
        check_alike(record, target)
        return target.id
    if event.new_resource is not None:
        return create(work, event.new_resource, like=record).id
    return record.id


def _step(
    work: Work, rule: ActionRule, resource: Ref | None, to: Ref | None, quantity: int | None
) -> None:
    """A step that changes nothing, because nothing is inventoried."""
    event = work.event
    with work.step(
        rule.id,
        Cause.EVENT,
        provider=event.provider,
        receiver=event.receiver,
        resource=resource,
        to_resource=to,
        quantity=quantity,
    ):
        pass


def pack(work: Work, rule: ActionRule) -> int:
    """Put things into a container, or into a process that will produce one.

    Returns:
        How much went in.

    Raises:
        BadEvent: Neither a container nor a process is named.
        ContainerError: The container is not the provider's to fill, or would be inside itself.
    """
    event = work.event
    assert event.resource is not None
    record = work.record(event.resource)
    quantity = quantity_of(event, record)
    box = None
    if event.to_resource is not None:
        box = _container(work, event.to_resource)
        _check_not_inside(work, record.id, box)
        hold = Hold(HoldKind.CONTAINER, event.to_resource)
    elif event.input_of is not None:
        hold = Hold(HoldKind.PACKING, event.input_of)
    else:
        raise BadEvent("process-needed", action=rule.id)
    portions = work.choose(record.id, quantity, _held(work, None))
    with work.step(
        rule.id,
        Cause.EVENT,
        provider=event.provider,
        receiver=event.receiver,
        resource=record.id,
        to_resource=event.to_resource,
        quantity=quantity,
    ):
        for portion in portions:
            start = portion.position
            place = start.place if box is None else box.place
            work.shift(portion, start._replace(place=place, within=hold))
    return quantity


def _container(work: Work, resource: Ref) -> Position:
    """The position of a container that the provider holds in one piece."""
    work.record(resource)
    positions = list(work.stock(resource))
    if len(positions) != 1 or positions[0].custodian != work.event.provider:
        raise ContainerError("container-not-held", agent=work.event.provider, container=resource)
    return positions[0]


def _check_not_inside(work: Work, resource: Ref, box: Position) -> None:
    """Refuse a container inside itself, however deep."""
    outer: Position | None = box
    while outer is not None:
        if outer.resource == resource:
            raise ContainerError("container-inside-itself", resource=resource)
        hold = outer.within
        outer = None
        if hold is not None and hold.kind is HoldKind.CONTAINER:
            outer = next(iter(work.stock(hold.ref)), None)


def packed(work: Work, process: Ref, container: Position) -> None:
    """Put everything that was combined in a process into the container that it produced."""
    for content in work.inside(Hold(HoldKind.PACKING, process)):
        start = content.position
        if start.custodian == container.custodian:
            hold = Hold(HoldKind.CONTAINER, container.resource)
            work.shift(content, start._replace(place=container.place, within=hold))


def open_container(work: Work, portion: Portion) -> None:
    """Consuming a container in a process leaves its contents there, to be separated.

    Raises:
        ContainerError: Something is inside, and it is not consumed in a process, or not whole.
    """
    event = work.event
    for content in work.contents(portion):
        if event.action != "consume" or event.input_of is None:
            raise ContainerError("container-not-empty", resource=portion.position.resource)
        hold = Hold(HoldKind.UNPACKING, event.input_of)
        work.shift(content, content.position._replace(within=hold))


def unpack(work: Work, rule: ActionRule) -> int:
    """Take things out of a container, or out of a process where their container was opened.

    Returns:
        How much came out.

    Raises:
        ContainerError: Nothing of the resource is inside anything that the provider holds.
        Ambiguous: It is inside several things.
    """
    event = work.event
    assert event.resource is not None
    record = work.record(event.resource)
    quantity = quantity_of(event, record)
    hold = event.within or _where_inside(work, record.id, quantity)
    portions = work.choose(record.id, quantity, _held(work, hold))
    with work.step(
        rule.id,
        Cause.EVENT,
        provider=event.provider,
        receiver=event.receiver,
        resource=record.id,
        quantity=quantity,
    ):
        for portion in portions:
            work.shift(portion, portion.position._replace(within=None))
    return quantity


def _where_inside(work: Work, resource: Ref, quantity: int) -> Hold:
    """The one thing that a resource is inside of."""
    event = work.event
    source = _held(work, None)
    opened = {
        Hold(kind, event.output_of)
        for kind in (HoldKind.PACKING, HoldKind.UNPACKING)
        if event.output_of is not None
    }
    holds = {
        position.within
        for position in work.stock(resource)
        if position.within is not None
        and source.fits(position)
        and (position.within.kind is HoldKind.CONTAINER or position.within in opened)
    }
    if first := holds & opened:
        holds = first
    if not holds:
        raise ContainerError("not-inside", agent=event.provider, resource=resource)
    if len(holds) > 1:
        raise Ambiguous(
            "ambiguous-source",
            resource=resource,
            count=len(holds),
            positions=sorted(holds, key=str),
        )
    return next(iter(holds))
