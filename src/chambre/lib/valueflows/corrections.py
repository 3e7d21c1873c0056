"""Corrections: a reversal takes an event back exactly, a re-entry records it as it was.

Nothing that was recorded changes. A *reversal* is the exact negative of what the event did; it is
recorded now and takes effect when the event did, so that a statement as known today is right for
every day, and one as known before the correction still says what was known then. A *re-entry* is
an ordinary event with the original effective time that names what it replaces. These two are the
only kinds; VF's third way, a correcting event for the difference alone, says the same in a form
that no later reader can check against the original.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from chambre.lib.valueflows.effects import effects
from chambre.lib.valueflows.errors import CorrectionError, NotEnough
from chambre.lib.valueflows.model import (
    AttributeChange,
    Cause,
    Event,
    Notice,
    Outcome,
    Position,
    PositionChange,
    Ref,
    ResourceRecord,
    Step,
)
from chambre.lib.valueflows.policies import check_policies
from chambre.lib.valueflows.state import State


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as it stands in the ledger.

    Attributes:
        id: Its identifier.
        event: What was recorded; for a reversal, the event that it takes back.
        outcome: What it did.
        effective: When it happened.
        recorded: When it was recorded.
        corrects: The event that it takes back or replaces, or None (VF ``corrects``).
    """

    id: Ref
    event: Event
    outcome: Outcome
    effective: datetime
    recorded: datetime
    corrects: Ref | None = None


def record(
    event: Event,
    state: State,
    *,
    id: Ref,
    effective: datetime,
    recorded: datetime,
    replaces: Ref | None = None,
) -> Recorded:
    """Record an event.

    Args:
        event: What happened.
        state: What is known before it.
        id: Its identifier.
        effective: When it happened.
        recorded: When it is recorded.
        replaces: The reversed event that this is a re-entry of.

    Raises:
        ValueFlowsError: It cannot be; see :func:`~chambre.lib.valueflows.effects.effects`.
    """
    return Recorded(id, event, effects(event, state), effective, recorded, replaces)


def reverse(original: Recorded, state: State, *, id: Ref, recorded: datetime) -> Recorded:
    """Take an event back.

    Args:
        original: The event.
        state: What is known now.
        id: Identifier of the reversal.
        recorded: When it is taken back. It takes effect when the original did.

    Raises:
        CorrectionError: It is a reversal itself, was taken back already, or later events rest on
            what it did.
    """
    outcome = reversal(original, state)
    _check(state, outcome, original)
    return Recorded(id, original.event, outcome, original.effective, recorded, original.id)


def correct(
    original: Recorded,
    event: Event,
    state: State,
    *,
    ids: tuple[Ref, Ref],
    recorded: datetime,
    effective: datetime | None = None,
) -> tuple[Recorded, Recorded]:
    """Take an event back and record it as it was, in one go.

    Only the state after both is held against the policies: ten jars of which eight were sold can
    be corrected to nine, although taking the ten back alone would leave minus eight.

    Args:
        original: The event that was recorded wrongly.
        event: What really happened.
        state: What is known now.
        ids: Identifiers of the reversal and of the re-entry.
        recorded: When the correction is made.
        effective: When it really happened; by default when the original did.

    Returns:
        The reversal and the re-entry, to be written together.

    Raises:
        CorrectionError: See :func:`reverse`.
        ValueFlowsError: What really happened cannot be either.
    """
    back = reversal(original, state)
    again = effects(event, state.apply(back))
    both = Outcome(steps=back.steps + again.steps, created=again.created)
    _check(state, both, original)
    return (
        Recorded(ids[0], original.event, back, original.effective, recorded, original.id),
        Recorded(ids[1], event, again, effective or original.effective, recorded, original.id),
    )


def reversal(original: Recorded, state: State) -> Outcome:
    """The exact negative of what an event did, not yet held against any policy.

    Attributes that a later event set again are left as they are, and flagged. A resource that the
    event created is taken back if nothing else was ever put into it.

    Raises:
        CorrectionError: It is a reversal itself, or was taken back already.
    """
    if original.outcome.reverses is not None:
        raise CorrectionError("reversal-of-reversal", event=original.id)
    if original.id in state.reversed:
        raise CorrectionError("already-reversed", event=original.id)
    outcome = Outcome(
        steps=tuple(_negative(step) for step in reversed(original.outcome.steps)),
        unmarks=original.outcome.marks,
        reverses=original.id,
    )
    removed = tuple(_removable(original.outcome.created, state, outcome))
    gone = {one.id for one in removed}
    attributes: list[AttributeChange] = []
    notices: list[Notice] = []
    for change in original.outcome.attributes:
        now = state.resources.get(change.resource)
        if now is None or change.resource in gone:
            continue
        value = getattr(now, change.attribute.value)
        if value == change.after:
            attributes.append(
                AttributeChange(change.resource, change.attribute, change.after, change.before)
            )
        else:
            notices.append(
                Notice(
                    "attribute-superseded",
                    change.resource,
                    {"attribute": change.attribute.value, "value": value},
                )
            )
    return replace(outcome, attributes=tuple(attributes), removed=removed, notices=tuple(notices))


def _negative(step: Step) -> Step:
    return replace(
        step,
        cause=Cause.REVERSAL,
        quantity=None if step.quantity is None else -step.quantity,
        effort=None if step.effort is None else -step.effort,
        changes=tuple(
            PositionChange(position, -quantity) for position, quantity in reversed(step.changes)
        ),
    )


def _removable(
    created: Iterable[ResourceRecord], state: State, outcome: Outcome
) -> Iterable[ResourceRecord]:
    """Resources that are empty again once the event is taken back."""
    for one in created:
        now = state.resources.get(one.id)
        if now is None:
            continue
        stock = dict(state.positions.get(one.id, {}))
        for position, quantity in outcome.net.items():
            if position.resource == one.id:
                stock[position] = stock.get(position, 0) + quantity
        if not any(stock.values()):
            yield now


def _check(state: State, outcome: Outcome, original: Recorded) -> None:
    """Hold a correction against the policies, and say that later events are in the way."""
    try:
        check_policies(state, outcome)
    except NotEnough as refusal:
        data = refusal.data
        raise CorrectionError(
            "built-upon",
            event=original.id,
            agent=data["agent"],
            resource=data["resource"],
            asked=data.get("asked", 0),
            available=data.get("available", data.get("after", 0)),
        ) from refusal


def replay(history: Iterable[Recorded], state: State | None = None) -> State:
    """The state after a history, worked out from what was stored and not from the rules."""
    state = state or State()
    for one in history:
        state = state.apply(one.outcome)
    return state


def balances(
    history: Iterable[Recorded],
    *,
    effective: datetime | None = None,
    known: datetime | None = None,
) -> dict[Position, int]:
    """What was in every position at a time, as it was known at a time.

    Args:
        history: Recorded events, in any order.
        effective: Count what took effect up to then; None for everything.
        known: Count what was recorded up to then; None for everything.

    Returns:
        Quantities other than zero.
    """
    total: dict[Position, int] = {}
    for one in history:
        if effective is not None and one.effective > effective:
            continue
        if known is not None and one.recorded > known:
            continue
        for position, quantity in one.outcome.net.items():
            total[position] = total.get(position, 0) + quantity
    return {position: quantity for position, quantity in total.items() if quantity}
