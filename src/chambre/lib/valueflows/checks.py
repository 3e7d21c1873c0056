"""What an event has to say, whatever the stocks are."""

from __future__ import annotations

from dataclasses import replace

from chambre.lib.valueflows.actions import ActionRule, Cell, Motion
from chambre.lib.valueflows.errors import BadEvent, Mismatch
from chambre.lib.valueflows.model import Event, Ref, ResourceRecord

SAME_AGENT = frozenset({"move", "raise", "lower", "combine", "separate"})
"""Done by one agent alone."""

TWO_AGENTS = frozenset({"transfer", "transferCustody", "transferAllRights"})
"""Pass something from one agent to another."""

_SIDES = {"input": "une entrée", "output": "une sortie"}


def complete(event: Event, rule: ActionRule) -> Event:
    """Check an event by itself and fill in what follows from the rest of it.

    Args:
        event: As it was recorded; its action may be written in any way that is read.
        rule: The row of its action.

    Returns:
        The event with VF's name of the action, and both agents.

    Raises:
        BadEvent: It contradicts itself or its action.
    """
    event = _with_agents(replace(event, action=rule.id), rule)
    _check_quantities(event, rule)
    _check_process(event, rule)
    _check_resources(event, rule)
    if event.rest is not None and rule.motion is not Motion.LEAVE:
        raise BadEvent("rest-not-applicable", action=rule.id)
    if event.within is not None and rule.motion not in {Motion.TAKE, Motion.UNPACK}:
        raise BadEvent("resource-not-applicable", action=rule.id)
    if not event.receiver_tracked and "transfer" not in {rule.id, implied_transfer(event, rule)}:
        raise BadEvent("resource-not-applicable", action=rule.id)
    return event


def implied_transfer(event: Event, rule: ActionRule) -> str | None:
    """The action that happens as well because provider and receiver differ, or None."""
    if not event.implied or event.provider == event.receiver:
        return None
    return rule.implied_transfer


def _with_agents(event: Event, rule: ActionRule) -> Event:
    provider, receiver = event.provider, event.receiver
    if provider is None and receiver is None:
        raise BadEvent("agent-needed", role="provider", role_fr="fournisseur")
    if rule.id in TWO_AGENTS:
        if receiver is None:
            raise BadEvent("agent-needed", role="receiver", role_fr="receveur")
        if provider is None:
            raise BadEvent("agent-needed", role="provider", role_fr="fournisseur")
        if provider == receiver:
            raise BadEvent("agents-must-differ", agent=provider)
        return event
    provider = receiver if provider is None else provider
    receiver = provider if receiver is None else receiver
    if rule.id in SAME_AGENT and provider != receiver:
        raise BadEvent("agents-must-match", action=rule.id)
    return replace(event, provider=provider, receiver=receiver)


def _check_quantities(event: Event, rule: ActionRule) -> None:
    for quantity, unit, kind, kind_fr, other in (
        (event.quantity, event.unit, "resource", "de ressource", Cell.EFFORT),
        (event.effort, event.effort_unit, "effort", "d’effort", Cell.RESOURCE),
    ):
        if quantity is None:
            continue
        if rule.event_quantity is other:
            raise BadEvent("quantity-not-applicable", action=rule.id, kind=kind, kind_fr=kind_fr)
        if quantity.__class__ is not int or quantity < 1:
            raise BadEvent("quantity-not-positive", quantity=quantity)
        if unit is None and (kind == "effort" or (event.resource is None and not _names(event))):
            raise BadEvent("unit-needed")


def _names(event: Event) -> bool:
    """Whether a unit can be had from a resource that the event names."""
    return event.to_resource is not None or event.new_resource is not None


def _check_process(event: Event, rule: ActionRule) -> None:
    allowed = {
        Cell.INPUT: ("input",),
        Cell.OUTPUT: ("output",),
        Cell.OUTPUT_INPUT: ("input", "output"),
    }.get(rule.input_output, ())
    for side, process in (("input", event.input_of), ("output", event.output_of)):
        if process is not None and side not in allowed:
            raise BadEvent(
                "process-not-applicable", action=rule.id, side=side, side_fr=_SIDES[side]
            )
    if rule.pairs_with and event.resource is not None and process_of(event) is None:
        raise BadEvent("process-needed", action=rule.id)


def process_of(event: Event) -> Ref | None:
    """The process that the event belongs to, on whichever side."""
    return event.output_of if event.input_of is None else event.input_of


def _check_resources(event: Event, rule: ActionRule) -> None:
    """Refuse resources that the action has no place for."""
    motion = rule.motion
    into_another = (
        rule.create_resource is Cell.OPTIONAL_TO or implied_transfer(event, rule) == "transfer"
    )
    if event.new_resource is not None:
        creates = rule.create_resource is Cell.OPTIONAL
        if event.to_resource is not None or (
            creates and event.resource is not None and not into_another
        ):
            raise BadEvent("two-resources")
        if (not creates and not into_another) or (motion is Motion.TAKE and not creates):
            raise BadEvent("resource-not-applicable", action=rule.id)
    if event.to_resource is not None and not into_another and motion is not Motion.PACK:
        raise BadEvent("resource-not-applicable", action=rule.id)
    if event.resource is None and motion in {Motion.PACK, Motion.UNPACK}:
        raise BadEvent("resource-needed", action=rule.id)


def quantity_of(event: Event, record: ResourceRecord) -> int:
    """How much of a resource the event is about, in the resource's smallest parts.

    Raises:
        BadEvent: It does not say (code ``quantity-needed``); of a single item there is one.
        Mismatch: It is said in another unit, or is not 1 for a single item.
    """
    if event.unit is not None and event.unit != record.unit:
        raise Mismatch("unit-differs", resource=record.id, expected=record.unit, given=event.unit)
    if event.quantity is None:
        if not record.serialized:
            raise BadEvent("quantity-needed", action=event.action)
        return 1
    if record.serialized and event.quantity != 1:
        raise Mismatch("serialized-quantity", resource=record.id, quantity=event.quantity)
    return event.quantity
