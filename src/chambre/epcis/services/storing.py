"""Writing events: once each, with all that finds them again, in the caller's transaction.

Keys are drawn after the table was locked in ROW EXCLUSIVE mode, so that
:func:`chambre.core.db.horizon.settled` can say below which number nothing appears any more.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils import timezone

from chambre.core.actors import Actor
from chambre.core.db.rows import insert
from chambre.core.hooks import emit
from chambre.epcis.events import EventsCaptured
from chambre.epcis.models import Batch, Event
from chambre.epcis.services import rows, states
from chambre.epcis.services.lexicon import Lexicon, context_of
from chambre.epcis.taking import Taken

TRIES = 4
Identity = tuple[bytes, int]


@dataclass(frozen=True, slots=True)
class Draft:
    """An event taken apart, and the JSON-LD context that it came with."""

    taken: Taken
    context: Any


@dataclass(slots=True)
class Written:
    """What became of events.

    Attributes:
        batch: Number of the recording.
        numbers: For each event in order its number; 0 where it contradicts a known one.
        already: For each event whether it was known before.
        at: When they were recorded.
        replay: The key was used before: nothing was written now.
    """

    batch: int
    numbers: list[int]
    already: list[bool]
    at: dt.datetime
    replay: bool = False
    new: int = 0


@dataclass(slots=True)
class Writer:
    """What is known from one batch to the next within a transaction.

    Attributes:
        states: States of objects that wait for the end; whoever gives it has them brought up to
            date at last with its ``flush``. Without it that is done with each batch.
    """

    lexicon: Lexicon = field(default_factory=Lexicon)
    contexts: dict[int, int] = field(default_factory=dict)
    states: states.Pending | None = None

    def forget(self) -> None:
        """Forget what was written: it was taken back."""
        self.lexicon, self.contexts = Lexicon(), {}


def store(
    drafts: Sequence[Draft],
    *,
    key: str,
    by: Actor,
    house: bool,
    writer: Writer | None = None,
    strict: bool = False,
) -> Written:
    """Write events, each at most once, and say so; must be called inside a transaction.

    Args:
        drafts: The events.
        key: Idempotency key of the whole.
        by: Who records; authorized by the caller.
        house: Whether a room of the house records.
        writer: Kept by a caller that stores several batches in one transaction.
        strict: Write nothing at all when one of them contradicts a known event.

    Raises:
        IntegrityError: Others recorded the same again and again at the same moment.
        TermCollision: See :class:`Lexicon`.
    """
    writer = Writer() if writer is None else writer
    waiting = writer.states
    if waiting is not None and (
        waiting.count >= states.MOST or any(draft.taken.declared for draft in drafts)
    ):
        waiting.flush()
    for tries in range(TRIES):
        lived = states.Pending()
        try:
            with transaction.atomic():
                written = _store(drafts, key, by, house, writer, lived, strict)
        except IntegrityError:  # somebody recorded one of them just now: look again
            writer.forget()
            if tries == TRIES - 1:
                raise
        else:
            if waiting is not None:
                waiting.take(lived)
            return written
    raise AssertionError


def _store(
    drafts: Sequence[Draft],
    key: str,
    by: Actor,
    house: bool,
    writer: Writer,
    lived: states.Pending,
    strict: bool,
) -> Written:
    before = Batch.objects.filter(key=key).first()
    if before is not None:
        found = list(before.stored)
        return Written(before.pk, found, [True] * len(found), before.at, replay=True)
    known = _known([draft.taken for draft in drafts])
    numbers, already, fresh = _sorted(drafts, known)
    now = timezone.now()
    if strict and 0 in numbers:
        return Written(0, numbers, already, now)
    writer.lexicon.ensure(_terms(fresh))
    ids = _draw(len(fresh))
    placed = dict(zip((draft.taken.identity for draft in fresh), ids, strict=True))
    numbers = [
        placed.get(draft.taken.identity, number) if number else 0
        for draft, number in zip(drafts, numbers, strict=True)
    ]
    batch = insert(Batch(key=key, at=now, user=by.user, actor=by.label[:254], stored=numbers))
    numbered = [(number, draft.taken) for number, draft in zip(ids, fresh, strict=True)]
    rows.write(_in_context(numbered, fresh, writer), batch.pk, now)
    lived.add([one for one in numbered if not _is_wrong(one[1], known)])
    wrong = {epc for _number, taken in numbered if taken.declared for epc in _serials(taken)}
    if writer.states is None or wrong:
        lived.flush()
    if wrong:
        states.rebuild(wrong)
    if fresh:
        emit(EventsCaptured(batch.pk, key, len(fresh), house), by=by)
    return Written(batch.pk, numbers, already, now, new=len(fresh))


def _terms(drafts: Sequence[Draft]) -> dict[int, tuple[int, str]]:
    """The terms of events; those that were read together share them."""
    found: dict[int, tuple[int, str]] = {}
    last = None
    for draft in drafts:
        if (terms := draft.taken.terms) is not last:
            found.update(terms)
            last = terms
    return found


def _in_context(
    numbered: Sequence[tuple[int, Taken]], drafts: Sequence[Draft], writer: Writer
) -> list[tuple[int, Taken, int]]:
    """Events with the number of their context; those of one document share it."""
    found, last, number = [], None, 0
    for one, draft in zip(numbered, drafts, strict=True):
        if not number or draft.context is not last:
            last, number = draft.context, context_of(draft.context, writer.contexts)
        found.append((*one, number))
    return found


def _serials(taken: Taken) -> Iterator[int]:
    return (epc for epc, role, *_ in taken.objects if role in states.SERIAL)


def _is_wrong(taken: Taken, known: dict[bytes, dict[int, int]]) -> bool:
    """Whether it declares an event wrong, or was itself declared wrong before it came."""
    return bool(taken.declared) or any(known.get(taken.key, ()))


def _known(taken: Sequence[Taken]) -> dict[bytes, dict[int, int]]:
    """Numbers of known events by id and declaration."""
    keys = {one.key for one in taken}
    found: dict[bytes, dict[int, int]] = {}
    query = "SELECT event_key, declared, id FROM epcis_event WHERE event_key "
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(query + "= ANY (%s::uuid[])", [[key.hex() for key in keys]])
        else:
            listed = json.dumps([key.hex() for key in keys])
            cursor.execute(query + "IN (SELECT value FROM json_each(%s))", [listed])
        for told, declared, number in cursor.fetchall():
            key = told.bytes if isinstance(told, uuid.UUID) else bytes.fromhex(told)
            found.setdefault(key, {})[declared] = number
    return found


def _sorted(
    drafts: Sequence[Draft], known: dict[bytes, dict[int, int]]
) -> tuple[list[int], list[bool], list[Draft]]:
    """Which are new, which were known, and which contradict a known one of the same id.

    Numbers: of the known event; -1 for a new one, 0 for a contradiction.
    """
    repeated = [
        number
        for draft in drafts
        if (number := known.get(draft.taken.key, {}).get(draft.taken.declared))
    ]
    bodies: dict[int, str] = {}
    if repeated:
        bodies = dict(Event.objects.filter(pk__in=repeated).values_list("id", "body"))
    seen: dict[Identity, Taken] = {}
    numbers, already, fresh = [], [], []
    for draft in drafts:
        taken = draft.taken
        number = known.get(taken.key, {}).get(taken.declared)
        if number is not None:
            numbers.append(number if _same(taken.body, bodies[number]) else 0)
            already.append(True)
        elif taken.identity in seen:
            numbers.append(-1 if _same(taken.body, seen[taken.identity].body) else 0)
            already.append(True)
        else:
            seen[taken.identity] = taken
            numbers.append(-1)
            already.append(False)
            fresh.append(draft)
    return numbers, already, fresh


def _same(one: str, other: str) -> bool:
    """Whether two events say the same; the id of a hash says it already."""
    if one == other:
        return True
    first, second = json.loads(one), json.loads(other)
    for value in (first, second):
        value.pop("@context", None)
    return bool(first == second) or _is_hash(first.get("eventID", ""))


def _is_hash(event_id: str) -> bool:
    return event_id.startswith("ni:///sha-256;") and event_id.endswith("?ver=CBV2.0")


def _draw(count: int) -> list[int]:
    """Ascending numbers for new events."""
    if connection.vendor != "postgresql":
        last = Event.objects.aggregate(last=Max("pk"))["last"] or 0
        return list(range(last + 1, last + 1 + count))
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE epcis_event IN ROW EXCLUSIVE MODE")
        cursor.execute(
            "SELECT nextval(drawn.numbers) FROM generate_series(1, %s), (SELECT"
            " pg_get_serial_sequence('epcis_event', 'id')::regclass AS numbers OFFSET 0) AS drawn",
            [count],
        )
        return sorted(number for (number,) in cursor.fetchall())
