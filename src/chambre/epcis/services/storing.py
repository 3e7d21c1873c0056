"""Writing events: once each, with all that finds them again, in the caller's transaction.

Keys are drawn after the table was locked in ROW EXCLUSIVE mode, so that
:func:`chambre.core.db.horizon.settled` can say below which number nothing appears any more.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

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
    events: Sequence[Taken],
    *,
    key: str,
    by: Actor,
    house: bool,
    writer: Writer | None = None,
    strict: bool = False,
) -> Written:
    """Write events, each at most once, and say so; must be called inside a transaction.

    Args:
        events: The events, taken apart.
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
        waiting.count >= states.MOST or any(taken.declared for taken in events)
    ):
        waiting.flush()
    for tries in range(TRIES):
        lived = states.Pending()
        try:
            with transaction.atomic():
                written = _store(events, key, by, house, writer, lived, strict)
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
    events: Sequence[Taken],
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
    keys = {taken.key for taken in events}
    known = _known(keys)
    numbers, already, fresh = _sorted(events, known, len(keys))
    now = timezone.now()
    if strict and 0 in numbers:
        return Written(0, numbers, already, now)
    writer.lexicon.ensure(_terms(fresh))
    ids = _draw(len(fresh))
    if len(fresh) == len(events):
        numbers = ids
    else:
        placed = dict(zip(map(_identity, fresh), ids, strict=True))
        numbers = [
            placed.get(_identity(taken), number) if number else 0
            for taken, number in zip(events, numbers, strict=True)
        ]
    batch = insert(Batch(key=key, at=now, user=by.user, actor=by.label[:254], stored=numbers))
    rows.write(ids, fresh, _contexts(fresh, writer), batch.pk, now)
    wrong = _live(lived, ids, fresh, known)
    if writer.states is None or wrong:
        lived.flush()
    if wrong:
        states.rebuild(wrong)
    if fresh:
        emit(EventsCaptured(batch.pk, key, len(fresh), house), by=by)
    return Written(batch.pk, numbers, already, now, new=len(fresh))


_identity = itemgetter(Taken._fields.index("key"), Taken._fields.index("declared"))
"""What may be there once only."""


def _terms(events: Sequence[Taken]) -> dict[int, tuple[int, str]]:
    """The terms of events; those that were read together share them."""
    found: dict[int, tuple[int, str]] = {}
    last = None
    for taken in events:
        if (terms := taken.terms) is not last:
            found.update(terms)
            last = terms
    return found


def _contexts(events: Sequence[Taken], writer: Writer) -> list[int]:
    """The number of the context of each event; those of one document share it."""
    found, last, number = [], None, 0
    for taken in events:
        if not number or taken.context is not last:
            last, number = taken.context, context_of(taken.context, writer.contexts)
        found.append(number)
    return found


def _live(
    lived: states.Pending,
    ids: Sequence[int],
    events: Sequence[Taken],
    known: dict[bytes, dict[int, int]],
) -> set[int]:
    """Note what objects live; those of which an event is now declared wrong."""
    if not known and not any(taken.declared for taken in events):
        lived.add(ids, events)
        return set()
    right = [
        (number, taken)
        for number, taken in zip(ids, events, strict=True)
        if not _is_wrong(taken, known)
    ]
    lived.add([number for number, _taken in right], [taken for _number, taken in right])
    return {epc for taken in events if taken.declared for epc in _serials(taken)}


def _serials(taken: Taken) -> Iterator[int]:
    return (epc for epc, role, *_ in taken.objects if role in states.SERIAL)


def _is_wrong(taken: Taken, known: dict[bytes, dict[int, int]]) -> bool:
    """Whether it declares an event wrong, or was itself declared wrong before it came."""
    return bool(taken.declared) or any(known.get(taken.key, ()))


def _known(keys: Collection[bytes]) -> dict[bytes, dict[int, int]]:
    """Numbers of known events by id and declaration."""
    found: dict[bytes, dict[int, int]] = {}
    query = "SELECT event_key, declared, id FROM epcis_event WHERE event_key "
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # One text, as PostgreSQL writes an array: psycopg would look at each key.
            listed = f"{{{','.join([key.hex() for key in keys])}}}"
            cursor.execute(query + "= ANY (%s::uuid[])", [listed])
        else:
            listed = json.dumps([key.hex() for key in keys])
            cursor.execute(query + "IN (SELECT value FROM json_each(%s))", [listed])
        for told, declared, number in cursor.fetchall():
            key = told.bytes if isinstance(told, uuid.UUID) else bytes.fromhex(told)
            found.setdefault(key, {})[declared] = number
    return found


def _sorted(
    events: Sequence[Taken], known: dict[bytes, dict[int, int]], keys: int
) -> tuple[list[int], list[bool], Sequence[Taken]]:
    """Which are new, which were known, and which contradict a known one of the same id.

    Numbers: of the known event; -1 for a new one, 0 for a contradiction.
    """
    if not known and keys == len(events):
        return [-1] * keys, [False] * keys, events
    repeated = [
        number for taken in events if (number := known.get(taken.key, {}).get(taken.declared))
    ]
    bodies: dict[int, str] = {}
    if repeated:
        bodies = dict(Event.objects.filter(pk__in=repeated).values_list("id", "body"))
    seen: dict[Identity, Taken] = {}
    numbers, already, fresh = [], [], []
    for taken in events:
        identity = _identity(taken)
        number = known.get(taken.key, {}).get(taken.declared)
        if number is not None:
            numbers.append(number if _same(taken.body, bodies[number]) else 0)
            already.append(True)
        elif identity in seen:
            numbers.append(-1 if _same(taken.body, seen[identity].body) else 0)
            already.append(True)
        else:
            seen[identity] = taken
            numbers.append(-1)
            already.append(False)
            fresh.append(taken)
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
