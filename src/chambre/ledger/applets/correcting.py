"""Taking events back, and recording them as they were: two records, and nothing is changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.errors import Invalid
from chambre.ledger.applets import eventdata, events, eventstate
from chambre.ledger.applets.allocating import lock_rows, take_back
from chambre.ledger.applets.drafts import EntryDraft
from chambre.ledger.applets.eventdata import EventRefused
from chambre.ledger.applets.eventdrafts import EventDraft, Fulfils, NewStock, Written
from chambre.ledger.applets.reversing import reverse as reverse_entry
from chambre.ledger.models import Event, JournalEntry, StockItem
from chambre.lib import valueflows as vf
from chambre.registry.models import Agent


def reverse_event(
    original: Event, *, key: str, by: Actor, reason: str = "", booked_on: dt.date | None = None
) -> Event:
    """Take an event back: the exact opposite of all it did, in effect when it was.

    Its journal entries are reversed and its allocations taken back with it.

    Args:
        original: The event.
        key: Idempotency key of the reversal.
        by: Who takes it back: they may act for who gave.
        reason: Why; becomes the note.
        booked_on: Day of the reversing journal entries; absent: the original's. Needed when that
            year is closed.

    Raises:
        Forbidden: ``by`` may not.
        EventRefused: It was taken back already, is a reversal itself, or later events rest on it.
        KeyReused: The key was used for something else.
        ClosedYear: The day of its journal entries lies in a closed year.
    """
    authorize(by, "ledger.record_event", original.provider)
    written = _reversal(original, key, reason)
    pure = eventdata.recorded_of(original)

    def write() -> Event:
        lock_rows(Event, original.pk)
        reach = eventstate.locked(eventstate.start_of_outcome(pure.outcome), set())
        former = events.former_of(original.chamber_id, key, written.asked)
        if former is not None:
            return former
        state = _state(reach, original)
        try:
            back = vf.reverse(pure, state, id=0, recorded=pure.recorded).outcome
        except vf.ValueFlowsError as refusal:
            raise EventRefused.of(refusal) from refusal
        return _take_back(written, state, back, by, booked_on)

    def former() -> Event | None:
        return events.former_of(original.chamber_id, key, written.asked)

    return events.once(write, former)


def correct_event(
    original: Event,
    *,
    key: str,
    by: Actor,
    entries: Sequence[EntryDraft] = (),
    fulfils: Sequence[Fulfils] = (),
    reason: str = "",
    booked_on: dt.date | None = None,
    **said: Any,
) -> Event:
    """Take an event back and record it as it was, in one go.

    Only the state after both is held against the policies: ten jars of which eight were sold can
    be corrected to nine. What is not said stays what it was, ``concerns`` and ``agreement``
    included.

    Args:
        original: The event that was recorded wrongly.
        key: Idempotency key of the re-entry, at most 100 characters.
        by: Who corrects: they may act for who gave, then and now.
        entries: Journal entries that book what really happened.
        fulfils: What the re-entry fulfils.
        reason: Why; becomes the note of the reversal.
        booked_on: See :func:`reverse_event`.
        **said: What was different, by the names of :class:`EventDraft`.

    Returns:
        The re-entry; its ``corrects`` is the original, whose ``reversed_by`` is the reversal.

    Raises:
        Forbidden, EventRefused, KeyReused, ClosedYear: See :func:`reverse_event` and
            :func:`~chambre.ledger.applets.events.record_event`.
    """
    authorize(by, "ledger.record_event", original.provider)
    if len(key) > 100:
        raise Invalid(_("An event has an idempotency key."), fields={"key": [key]})
    draft = replace(_as_draft(original), **said)
    events.may_record(draft, by)
    asked = events.digest_of_request(draft, entries, fulfils, corrects=original.pk, reason=reason)
    first = _reversal(original, f"{key}:reversal", reason)
    pure = eventdata.recorded_of(original)
    start = eventstate.start_of_outcome(pure.outcome)
    more = eventstate.start_of(draft.pure())
    start.items |= more.items
    start.processes |= more.processes
    receiver = draft.agents[1]

    def write() -> Event:
        lock_rows(Event, original.pk)
        reach = eventstate.locked(start, {receiver.pk})
        former = events.former_of(original.chamber_id, key, asked)
        if former is not None:
            return former
        state = _state(reach, original)
        try:
            back = vf.corrections.reversal(pure, state)
            between = state.apply(back)
            event, between = events.with_new_stock(
                draft, draft.pure(), between, original.chamber_id
            )
            both = vf.correct(pure, event, _with_kinds(state, between), ids=(0, 1),
                              recorded=pure.recorded)  # fmt: skip
        except vf.ValueFlowsError as refusal:
            raise EventRefused.of(refusal) from refusal
        return _write_both(original, first, state, both, Written(
            draft, key, asked, original.chamber_id, event, events.moments_of(draft),
            corrects=original,
        ), entries, fulfils, by, booked_on)  # fmt: skip

    return events.once(write, lambda: events.former_of(original.chamber_id, key, asked))


def _write_both(
    original: Event,
    first: Written,
    state: vf.State,
    both: tuple[vf.Recorded, vf.Recorded],
    second: Written,
    entries: Sequence[EntryDraft],
    fulfils: Sequence[Fulfils],
    by: Actor,
    booked_on: dt.date | None,
) -> Event:
    """Write a reversal and a re-entry, and take back what the original booked and fulfilled."""
    back, again = both
    event = events.keep_two(
        first, second, state, (back.outcome, again.outcome), entries=entries, fulfils=fulfils, by=by
    )
    take_back(original)
    _reverse_entries(original, event, by, booked_on, first.draft.note)
    return event


def _with_kinds(state: vf.State, other: vf.State) -> vf.State:
    return replace(state, specifications=other.specifications)


def _state(reach: eventstate.Reach, original: Event) -> vf.State:
    state = eventstate.state_of(reach, original.chamber_id)
    if Event.objects.filter(reverses=original).exists():
        state = replace(state, reversed=frozenset({original.pk}))
    return state


def _take_back(
    written: Written, state: vf.State, back: vf.Outcome, by: Actor, booked_on: dt.date | None
) -> Event:
    assert written.reverses is not None
    event = events.keep(written, state, back, entries=(), fulfils=(), by=by)
    take_back(written.reverses)
    _reverse_entries(written.reverses, event, by, booked_on, written.draft.note)
    return event


def _reverse_entries(
    original: Event, event: Event, by: Actor, booked_on: dt.date | None, reason: str
) -> None:
    """Reverse the journal entries of an event that were not reversed one by one before."""
    rows = JournalEntry.objects.filter(event_id=original.pk, reversed_by__isnull=True)
    for entry in rows.exclude(kind__in=("attribution", "reversal")).select_related(
        "book__structure"
    ):
        reverse_entry(entry, key=f"event:{event.pk}:{entry.pk}", by=by, reason=reason,
                      day=booked_on)  # fmt: skip


def _reversal(original: Event, key: str, reason: str) -> Written:
    """What is written with the reversal of an event."""
    draft = replace(_as_draft(original), note=reason)
    asked = eventdata.digest({"reverses": original.pk, "reason": reason}, "ledger.event.asked")
    return Written(
        draft,
        key,
        asked,
        original.chamber_id,
        eventdata.asked_of(original),
        (original.day, original.occurred_at),
        reverses=original,
    )


def _as_draft(event: Event) -> EventDraft:
    """An event as somebody would say it again."""
    pure = eventdata.asked_of(event)
    new = None
    if pure.new_resource is not None:
        made = StockItem.objects.get(pk=pure.new_resource.id)
        kind = made.specification
        new = NewStock(
            made.name, kind, made.unit, made.serialized, made.lot, made.tracking, made.about
        )
    parts: dict[Any, Agent] = {agent.pk: agent for agent in Agent.objects.filter(
        pk__in=[one for one in (pure.accountable, pure.custodian) if one is not None]
    )}  # fmt: skip
    return EventDraft(
        action=event.action,
        provider=event.provider,
        receiver=event.receiver,
        resource=event.resource if pure.resource is not None else None,
        to_resource=event.to_resource if pure.to_resource is not None else None,
        new_resource=new,
        concerns=event.concerns,
        quantity=pure.quantity,
        unit=pure.unit or "",
        effort=pure.effort,
        input_of=event.input_of,
        output_of=event.output_of,
        to_location=None if pure.to_location is None else str(pure.to_location),
        state=pure.state,
        accountable=parts.get(pure.accountable),
        custodian=parts.get(pure.custodian),
        from_place=None if pure.from_place is None else str(pure.from_place),
        within=pure.within,
        rest=pure.rest,
        implied=pure.implied,
        receiver_tracked=pure.receiver_tracked,
        at=event.occurred_at,
        day=event.day,
        agreement=event.agreement,
        note=event.note,
    )
