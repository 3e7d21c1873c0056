"""Small words for states and positions, so that tests read like what happened."""

from dataclasses import replace

from chambre.lib.valueflows import (
    Event,
    Hold,
    HoldKind,
    Overdraw,
    Position,
    ResourceRecord,
    Specification,
    State,
    StockPolicy,
    effects,
)

LIMIT_50 = StockPolicy(Overdraw.LIMIT, 50)
OBSERVE = StockPolicy(Overdraw.OBSERVE)


def inside(container):
    return Hold(HoldKind.CONTAINER, container)


def carried(process):
    return Hold(HoldKind.TRANSPORT, process)


def worked_on(process):
    return Hold(HoldKind.WORK, process)


def thing(
    resource,
    owner,
    quantity=None,
    *,
    custodian=None,
    place=None,
    unit="kg",
    within=None,
    **attributes,
):
    """A resource with (at most) one position."""
    attributes.setdefault("conforms_to", "apples")
    record = ResourceRecord(
        resource,
        unit,
        primary_accountable=owner,
        custodian=custodian or owner,
        location=place,
        contained_in=within.ref if within and within.kind is HoldKind.CONTAINER else None,
        **attributes,
    )
    position = Position(resource, owner, custodian or owner, place, unit, within)
    return record, ({position: quantity} if quantity else {})


def item(resource, owner, *, present=True, **rest):
    """A single object."""
    rest = {"unit": "one", "serialized": True, "conforms_to": "tool"} | rest
    return thing(resource, owner, 1 if present else None, **rest)


def state(*things, processes=None, policy=None, kind="apples"):
    specifications = {kind: Specification(kind, policy)} if policy else {}
    return State(
        positions={record.id: stock for record, stock in things if stock},
        resources={record.id: record for record, _ in things},
        specifications=specifications,
        processes=processes or {},
    )


def put(before, resource, accountable, custodian, quantity, *, place=None, within=None):
    """The same state with more in it."""
    unit = before.resources[resource].unit
    stock = dict(before.positions.get(resource, {}))
    stock[Position(resource, accountable, custodian, place, unit, within)] = quantity
    return replace(before, positions={**before.positions, resource: stock})


def after(before, action, **event):
    """The state after an event."""
    return before.apply(effects(Event(action, **event), before))


def seen(state):
    """All positions, as short as they can be said: trailing parts that are None are left out."""
    short = {}
    for position, quantity in state.all_positions():
        key = (
            position.resource,
            position.accountable,
            position.custodian,
            position.place,
            position.within,
        )
        while key[-1] is None:
            key = key[:-1]
        short[key] = quantity
    return short
