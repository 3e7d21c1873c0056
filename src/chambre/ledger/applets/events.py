"""Recording events: what happened, what it changed and how it is booked, in one transaction.

*Authorize → lock → idempotency key → decide → write → book → audit → say so.* What is decided is
decided by ``lib.valueflows``; here it is locked, kept and numbered.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import trail_row
from chambre.core.db.rows import insert, insert_all
from chambre.core.errors import Invalid, KeyReused
from chambre.core.hooks import address, outbox_row
from chambre.ledger.applets import eventdata, eventstate
from chambre.ledger.applets.allocating import write_allocation
from chambre.ledger.applets.drafts import EntryDraft
from chambre.ledger.applets.errors import constraint_of
from chambre.ledger.applets.eventdata import EventRefused
from chambre.ledger.applets.eventdrafts import EventDraft, Fulfils, NewStock, Written, pk_of
from chambre.ledger.applets.posting import KeyTaken
from chambre.ledger.applets.recording import post_within
from chambre.ledger.events import EventRecorded
from chambre.ledger.models import (
    Event,
    StockItem,
)
from chambre.lib import valueflows as vf
from chambre.registry.models import Agent


def record_event(
    *,
    action: str,
    key: str,
    by: Actor,
    entries: Sequence[EntryDraft] = (),
    fulfils: Sequence[Fulfils] = (),
    **said: Any,
) -> Event:
    """Record an event, once.

    Args:
        action: VF's name of the action; see :func:`chambre.lib.valueflows.find_action`.
        key: Idempotency key, 1 to 120 characters, unique in the chamber for ever.
        by: Who records it: they may act for who gives.
        entries: Journal entries that book it; they are posted with it or not at all.
        fulfils: Commitments and claims that it fulfils, with how much of each.
        **said: Everything else, by the names of :class:`EventDraft`: ``provider``, ``receiver``,
            ``resource``, ``to_resource``, ``new_resource``, ``concerns``, ``quantity`` (smallest
            parts of ``unit``), ``effort`` (minutes), ``input_of``, ``output_of``,
            ``to_location``, ``state``, ``at`` (when it happened; now) or ``day``, ``agreement``,
            ``note``, and what says which part is meant: ``accountable``, ``custodian``,
            ``from_place``, ``within``, ``rest``, ``implied``, ``receiver_tracked``. When the
            receiver has no stock of the kind yet, one is made.

    Returns:
        The event; the one that was there when ``key`` was used for the same content.

    Raises:
        Forbidden: ``by`` may not act for the provider, or not post in one of the books.
        EventRefused: The rules of ValueFlows refuse it: nobody gives what they do not have.
        KeyReused: The key was used for something else.
        Invalid: Something does not make sense.
        Unbalanced, ClosedYear: See :func:`chambre.ledger.applets.recording.post`.
    """
    draft = EventDraft(action=action, **said)
    asked = digest_of_request(draft, entries, fulfils)
    chamber = may_record(draft, by)
    moments = moments_of(draft)
    event = draft.pure()

    def write() -> Event:
        reach = _locked(eventstate.start_of(event), draft)
        # Whoever may not write everywhere is asked book by book.
        books = {each.book for each in entries} if by.is_system else set()
        former, drawn, chambers = _former_or_id(chamber, key, asked, books)
        if former is not None:
            return former
        pure, state = with_new_stock(draft, event, eventstate.state_of(reach, chamber), chamber)
        try:
            outcome = vf.effects(pure, state)
        except vf.ValueFlowsError as refusal:
            raise EventRefused.of(refusal) from refusal
        written = Written(draft, key, asked, chamber, pure, moments, drawn=drawn, chambers=chambers)
        return keep(written, state, outcome, entries=entries, fulfils=fulfils, by=by)

    return once(write, lambda: former_of(chamber, key, asked))


def once(write: Callable[[], Event], former: Callable[[], Event | None]) -> Event:
    """Write in one transaction; when a key was taken at the same moment, look who took it."""
    try:
        try:
            with transaction.atomic():
                return write()
        except KeyTaken:  # of one of its journal entries
            with transaction.atomic():
                return write()
    except KeyTaken as error:
        raise KeyReused from error
    except IntegrityError as error:
        if constraint_of(error) not in {"event_key", "ledger_event_reverses_id_key"}:
            raise
        found = former()
        if found is None:
            raise
        return found


def may_record(draft: EventDraft, by: Actor) -> int:
    """Let somebody record it who may act for who gives, and for who is said to hold it.

    Returns:
        Id of the chamber that it belongs to.
    """
    provider, receiver = draft.agents
    for agent in {provider, draft.custodian or provider}:
        authorize(by, "ledger.record_event", agent)
    chamber = chamber_of(provider) or chamber_of(receiver)
    if chamber is None:
        raise Invalid(
            _("Neither of the two belongs to a chamber."), fields={"provider": [str(provider)]}
        )
    return chamber


def chamber_of(agent: Agent) -> int | None:
    """The chamber that somebody belongs to, which for a chamber is itself."""
    return agent.pk if agent.kind == Agent.Kind.CHAMBER else agent.chamber_id


def _locked(start: eventstate.Reach, draft: EventDraft) -> eventstate.Reach:
    provider, receiver = draft.agents
    looks = provider != receiver and draft.to_resource is None
    return eventstate.locked(start, {receiver.pk} if looks else set())


def former_of(chamber: int, key: str, asked: bytes) -> Event | None:
    """The event that has the key already.

    Raises:
        KeyReused: It is about something else.
        Invalid: The key is none.
    """
    _check_key(key)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, asked FROM ledger_event WHERE chamber_id = %s AND key = %s", [chamber, key]
        )
        found = cursor.fetchone()
    return None if found is None else _same(found[0], found[1], key, asked)


def _check_key(key: str) -> None:
    if not isinstance(key, str) or not 0 < len(key) <= 120 or "\0" in key:
        raise Invalid(_("An event has an idempotency key."), fields={"key": [repr(key)[:200]]})


def _same(pk: int, was: bytes, key: str, asked: bytes) -> Event:
    if bytes(was) != asked:
        raise KeyReused(key=key)
    return Event.objects.get(pk=pk)


def _former_or_id(
    chamber: int, key: str, asked: bytes, books: Iterable[int]
) -> tuple[Event | None, int | None, dict[int, int]]:
    """As :func:`former_of`; on PostgreSQL with what else is needed, in one question.

    Returns:
        The event that has the key; the id for the one that is going to be; the chambers of books.
        An id that is not used leaves a gap, which means nothing.
    """
    if connection.vendor != "postgresql":
        return former_of(chamber, key, asked), None, {}
    _check_key(key)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT drawn, id, asked, chambers"
            " FROM chambre_ledger_event_begin(%s, %s, %s::bigint[])",
            [chamber, key, f"{{{','.join(map(str, books))}}}"],
        )
        drawn, pk, was, found = cursor.fetchone()
    pairs = (pair.split(":") for pair in found.split(",")) if found else ()
    chambers = {int(book): int(of) for book, of in pairs}
    return (None if pk is None else _same(pk, was, key, asked)), drawn, chambers


def digest_of_request(
    draft: EventDraft, entries: Iterable[EntryDraft], fulfils: Iterable[Fulfils], **more: Any
) -> bytes:
    """The digest of a request; times that nobody said are not part of it."""
    new = draft.new_resource
    if len(draft.note) > 1000 or "\0" in draft.note + (draft.to_location or ""):
        raise Invalid(_("A text is longer than what can be kept."), fields={"note": [draft.note]})
    content = {
        "event": eventdata.dump(draft.pure()),
        "new": new
        and [
            new.name, pk_of(new.specification), new.unit, new.serialized, new.lot, new.tracking,
            pk_of(new.about),
        ],
        "concerns": pk_of(draft.concerns),
        "agreement": pk_of(draft.agreement),
        "at": draft.at and eventdata.utc(draft.at),
        "day": draft.day,
        "note": draft.note,
        "entries": [[*each._replace(lines=(), event=None), list(each.lines)] for each in entries],
        "fulfils": [[target._meta.label_lower, target.pk, part] for target, part in fulfils],
        **more,
    }  # fmt: skip
    return eventdata.digest(content, "ledger.event.asked")


def moments_of(draft: EventDraft) -> tuple[dt.date, dt.datetime]:
    """Day and time of the event; noon where only a day is said."""
    if draft.at is not None:
        at = eventdata.utc(draft.at)
        return draft.day or timezone.localdate(at), at
    if draft.day is not None:
        noon = dt.datetime.combine(draft.day, dt.time(12), timezone.get_current_timezone())
        return draft.day, noon.astimezone(dt.UTC)
    return timezone.localdate(), timezone.now()


def with_new_stock(
    draft: EventDraft, event: vf.Event, state: vf.State, chamber: int
) -> tuple[vf.Event, vf.State]:
    """The event with an identifier for the stock that it brings into being, if it does."""
    new = draft.new_resource
    if new is None:
        if draft.resource is None or not _needs_stock(event, state):
            return event, state
        new = NewStock(name=draft.resource.name, about=draft.resource.about)
    kind = new.specification
    unit = new.unit or (kind.unit if kind else "")
    item = insert(
        StockItem(
            chamber_id=chamber, name=new.name, about=new.about, specification=kind, unit=unit,
            serialized=new.serialized, lot=new.lot, tracking=new.tracking,
        )
    )  # fmt: skip
    named = vf.NewResource(
        item.pk, unit or None, pk_of(kind), new.serialized, new.lot or None, new.tracking or None
    )
    if kind is not None:
        kinds = {**state.specifications, kind.pk: eventstate.kind_of(kind)}
        state = replace(state, specifications=kinds)
    return replace(event, new_resource=named), state


def _needs_stock(event: vf.Event, state: vf.State) -> bool:
    try:
        return vf.needs_new_resource(event, state)
    except vf.ValueFlowsError as refusal:
        raise EventRefused.of(refusal) from refusal


def keep(
    written: Written,
    state: vf.State,
    outcome: vf.Outcome,
    *,
    entries: Sequence[EntryDraft],
    fulfils: Sequence[Fulfils],
    by: Actor,
) -> Event:
    """Write an event that was decided, and everything that belongs to it."""
    touched = eventstate.write(state, outcome)
    event = _insert(written, outcome, touched, by, entries=len(entries))
    _belongs(event, entries, fulfils, by, written.chambers)
    return event


def keep_two(
    first: Written,
    second: Written,
    state: vf.State,
    outcomes: tuple[vf.Outcome, vf.Outcome],
    *,
    entries: Sequence[EntryDraft],
    fulfils: Sequence[Fulfils],
    by: Actor,
) -> Event:
    """Write a reversal and a re-entry; the re-entry.

    Positions pass from before to after in one step: in between one may be below zero, which its
    table would refuse.
    """
    touched = eventstate.write(state, *outcomes)
    _insert(first, outcomes[0], touched, by)
    event = _insert(second, outcomes[1], touched, by, entries=len(entries))
    _belongs(event, entries, fulfils, by, second.chambers)
    return event


def _belongs(
    event: Event,
    entries: Sequence[EntryDraft],
    fulfils: Sequence[Fulfils],
    by: Actor,
    chambers: Mapping[int, int],
) -> None:
    """Write what belongs to an event: allocations and journal entries."""
    for target, part in fulfils:
        write_allocation(event, target, part)
    if entries:
        post_within([each._replace(event=event.pk) for each in entries], by=by, chambers=chambers)


def _insert(
    written: Written, outcome: vf.Outcome, touched: set[int], by: Actor, *, entries: int = 0
) -> Event:
    """Write the row of an event, number it, and say that it is there."""
    event = _row(written, outcome)
    happened = EventRecorded(
        event=event.pk,
        chamber=event.chamber_id,
        action=event.action,
        provider=event.provider_id,
        receiver=event.receiver_id,
        resource=event.resource_id,
        concerns=event.concerns_id,
        agreement=event.agreement_id,
        reverses=event.reverses_id,
    )
    trail = trail_row(
        by, "ledger.event.recorded", event, vf=event.action, key=event.key, entries=entries
    )
    outbox = outbox_row(happened, by)
    insert_all(event, trail, outbox)
    named = {pk for pk in (event.resource_id, event.to_resource_id) if pk is not None}
    eventstate.number(event, touched | named)
    address(outbox, EventRecorded)
    return event


def _row(written: Written, outcome: vf.Outcome) -> Event:
    """The row of an event, with its id and digest."""
    draft, pure = written.draft, written.event
    provider, receiver = draft.agents
    main = _main(outcome, written)
    resource = pure.resource
    to_resource = main.to_resource if pure.to_resource is None else pure.to_resource
    if resource is None and pure.new_resource is not None and main.resource is not None:
        resource = main.resource
    sign = -1 if written.reverses is not None else 1
    item = draft.resource
    event = Event(
        id=written.drawn or _draw(),
        chamber_id=written.chamber,
        action=main.action,
        provider=provider,
        receiver=receiver,
        resource_id=resource,
        to_resource_id=to_resource if to_resource != resource else pure.to_resource,
        concerns_id=pk_of(draft.concerns) or (item.about_id if item else _about(resource)),
        quantity=pure.quantity and sign * pure.quantity,
        unit=main.unit or "",
        effort=pure.effort and sign * pure.effort,
        input_of=draft.input_of,
        output_of=draft.output_of,
        day=written.moments[0],
        occurred_at=written.moments[1],
        recorded_at=timezone.now(),
        agreement=draft.agreement,
        reverses=written.reverses,
        corrects=written.corrects,
        key=written.key,
        note=draft.note,
        asked=written.asked,
        payload={"event": eventdata.dump(pure), "outcome": eventdata.dump(outcome)},
    )
    event.digest = eventdata.digest_of_event(event)
    return event


def _main(outcome: vf.Outcome, written: Written) -> vf.Step:
    """The step that is what the event says; implied transfers may come before or after it."""
    action = vf.find_action(written.event.action).id
    return next(step for step in outcome.steps if step.action == action)


def _about(item: Any) -> int | None:
    """The resource of the register that a stock stands for."""
    if item is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT about_id FROM ledger_stockitem WHERE id = %s", [int(item)])
        found = cursor.fetchone()
    return None if found is None else found[0]


def _draw() -> int:
    """The next id, drawn while nobody who seals can overtake it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT chambre_ledger_event_id()")
        else:
            cursor.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM ledger_event")
        return int(cursor.fetchone()[0])
