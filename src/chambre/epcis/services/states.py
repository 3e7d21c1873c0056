"""How each object stands: folded from its events as they come, computed again when one was wrong.

An event that happened before the last known one changes nothing but the count, and fills what no
event had said. An object's rows are locked in the order of their keys.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from chambre.epcis import names
from chambre.epcis.models import Event, EventObject, Kind, ObjectState
from chambre.epcis.services.lexicon import chunks
from chambre.epcis.taking import Taken, take
from chambre.epcis.terms import term_id

COLUMNS = (
    "epc", "event", "event_time", "type", "action", "biz_step", "disposition", "read_point",
    "biz_location", "parent", "parent_since", "ended", "persistent", "events",
)  # fmt: skip
_TYPES = (
    "bigint", "bigint", "timestamptz", "bigint", "smallint", "bigint", "bigint", "bigint",
    "bigint", "bigint", "timestamptz", "boolean", "text", "bigint",
)  # fmt: skip
_TIMES = (COLUMNS.index("event_time"), COLUMNS.index("parent_since"))
ADD, OBSERVE, DELETE = 1, 2, 3
Role = EventObject.Role
SERIAL = frozenset((Role.EPC, Role.CHILD, Role.PARENT, Role.INPUT, Role.OUTPUT))
CONTAINERS = frozenset(
    term_id(Kind.EVENT_TYPE, name) for name in ("AggregationEvent", "AssociationEvent")
)
OBJECT_EVENT = term_id(Kind.EVENT_TYPE, "ObjectEvent")


@dataclass(slots=True)
class Standing:
    """How an object stands; the fields are those of :class:`ObjectState`."""

    epc: int
    event: int
    event_time: dt.datetime
    type: int
    action: int | None = None
    biz_step: int | None = None
    disposition: int | None = None
    read_point: int | None = None
    biz_location: int | None = None
    parent: int | None = None
    parent_since: dt.datetime | None = None
    ended: bool = False
    persistent: str = ""
    events: int = 0

    def row(self) -> tuple[Any, ...]:
        """Its values in the order of the columns."""
        return tuple(getattr(self, name) for name in COLUMNS)


@dataclass(frozen=True, slots=True)
class Step:
    """An event as one object lives it."""

    number: int
    taken: Taken
    role: int
    parent: int | None


def steps_of(number: int, taken: Taken) -> Iterable[tuple[int, Step]]:
    """Each object of an event, with what the event is for it."""
    parent = next((key for key, role, *_ in taken.objects if role == Role.PARENT), None)
    for key, role, _quantity, _uom in taken.objects:
        if role in SERIAL:
            yield key, Step(number, taken, role, parent)


def fold(before: Standing | None, epc: int, step: Step) -> Standing:
    """How an object stands after one more event."""
    taken = step.taken
    if before is None:
        before = Standing(epc, step.number, taken.event_time, taken.type)
        before.events = 0
    later = taken.event_time >= before.event_time
    after = replace(before, events=before.events + 1)
    for name in ("disposition", "read_point", "biz_location"):
        said, known = getattr(taken, name), getattr(before, name)
        first, second = (said, known) if later else (known, said)
        setattr(after, name, second if first is None else first)
    if not later:
        return after
    after.event, after.event_time, after.type = step.number, taken.event_time, taken.type
    after.action, after.biz_step = taken.action, taken.biz_step
    if taken.type in CONTAINERS and step.role == Role.CHILD and taken.action in (ADD, DELETE):
        put_in = taken.action == ADD
        after.parent = step.parent if put_in else None
        after.parent_since = taken.event_time if put_in else None
    if taken.type == OBJECT_EVENT and taken.action in (ADD, DELETE):
        after.ended = taken.action == DELETE
    if step.role in (Role.INPUT, Role.OUTPUT):
        after.ended = step.role == Role.INPUT
    added, removed = taken.persistent
    if added or removed:
        lasting = (set(before.persistent.split()) | set(added)) - set(removed)
        after.persistent = " ".join(sorted(lasting))
    return after


def apply(numbered: Sequence[tuple[int, Taken]]) -> None:
    """Bring the states of all objects of new events up to date, in the transaction of the events."""
    steps: dict[int, list[Step]] = {}
    emptied: list[tuple[int, Taken]] = []
    for number, taken in numbered:
        for epc, step in steps_of(number, taken):
            steps.setdefault(epc, []).append(step)
        emptied += _emptied(taken)
    for one in steps.values():
        one.sort(key=lambda step: (step.taken.event_time, step.number))
    fresh = _update_known(steps, _locked(steps))
    if fresh:
        inserted = _insert([_folded(None, epc, steps[epc]) for epc in fresh])
        raced = {epc: steps[epc] for epc in fresh if epc not in inserted}
        if raced:  # somebody else met the object for the first time just now
            _update_known(raced, _locked(raced))
    for parent, taken in emptied:
        rows = ObjectState.objects.filter(parent=parent, parent_since__lte=taken.event_time)
        rows.update(parent=None, parent_since=None)


def _emptied(taken: Taken) -> list[tuple[int, Taken]]:
    """The container of an event that takes everything out of it (EPCIS 2.0, section 7.4.3)."""
    if taken.type not in CONTAINERS or taken.action != DELETE:
        return []
    roles = {role for _key, role, *_ in taken.objects}
    if roles & {Role.CHILD, Role.CHILD_QUANTITY}:
        return []
    return [(key, taken) for key, role, *_ in taken.objects if role == Role.PARENT]


def _folded(before: Standing | None, epc: int, steps: Iterable[Step]) -> Standing:
    for step in steps:
        before = fold(before, epc, step)
    assert before is not None
    return before


def _update_known(steps: dict[int, list[Step]], known: dict[int, Standing]) -> list[int]:
    """Fold into the states that are there; the objects that have none yet."""
    _update([_folded(known[epc], epc, steps[epc]) for epc in sorted(known)])
    return sorted(epc for epc in steps if epc not in known)


def _locked(epcs: Iterable[int]) -> dict[int, Standing]:
    """The states that are there, locked in the order of their keys."""
    found = {}
    for some in chunks(sorted(epcs), 5000):
        rows = ObjectState.objects.filter(epc__in=some).order_by("epc").select_for_update()
        for values in rows.values_list(*COLUMNS):
            found[values[0]] = Standing(*values)
    return found


def _adapted(row: Sequence[Any]) -> list[Any]:
    values = list(row)
    for place in _TIMES:
        values[place] = connection.ops.adapt_datetimefield_value(values[place])
    return values


def _insert(standings: Sequence[Standing]) -> set[int]:
    """Write states of objects that have none; which were written."""
    rows = [one.row() for one in standings]
    columns, done = ", ".join(COLUMNS), set()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{kind}[]" for kind in _TYPES)
            cursor.execute(
                f"INSERT INTO epcis_objectstate ({columns}) SELECT * FROM unnest({arrays})"
                " ON CONFLICT (epc) DO NOTHING RETURNING epc",
                [list(column) for column in zip(*rows, strict=True)],
            )
            return {epc for (epc,) in cursor.fetchall()}
        marks = f"({', '.join(['%s'] * len(COLUMNS))})"
        for some in chunks(rows, 60):
            values = [value for row in some for value in _adapted(row)]
            marked = ", ".join([marks] * len(some))
            cursor.execute(f"INSERT INTO epcis_objectstate ({columns}) VALUES {marked}", values)
            done |= {row[0] for row in some}
    return done


def _update(standings: Sequence[Standing]) -> None:
    rows = [one.row() for one in standings]
    if not rows:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{kind}[]" for kind in _TYPES)
            changes = ", ".join(f"{name} = new.{name}" for name in COLUMNS[1:])
            cursor.execute(
                f"UPDATE epcis_objectstate AS old SET {changes} FROM unnest({arrays})"
                f" AS new ({', '.join(COLUMNS)}) WHERE old.epc = new.epc",
                [list(column) for column in zip(*rows, strict=True)],
            )
            return
        changes = ", ".join(f"{name} = %s" for name in COLUMNS[1:])
        cursor.executemany(
            f"UPDATE epcis_objectstate SET {changes} WHERE epc = %s",
            [[*(values := _adapted(row))[1:], values[0]] for row in rows],
        )


def rebuild(epcs: Iterable[int]) -> int:
    """Compute states again from the events, those declared wrong left out; how many objects.

    The rows are locked first, so that an event that comes meanwhile is folded in after it.
    """
    wanted = sorted(set(epcs))
    _locked(wanted)
    for epc in wanted:
        _rebuild(epc)
    return len(wanted)


def _rebuild(epc: int) -> None:
    lived = EventObject.objects.filter(epc=epc, role__in=SERIAL)
    rows = Event.objects.filter(pk__in=lived.values("event"), declared=0)
    wrong = Event.objects.filter(pk__in=lived.values("event")).exclude(declared=0)
    rows = rows.exclude(event_key__in=wrong.values("event_key"))
    standing: Standing | None = None
    for row in rows.select_related("context").order_by("event_time", "id").iterator(500):
        taken = taken_of(row)
        for key, step in steps_of(row.pk, taken):
            if key == epc:
                standing = fold(standing, epc, step)
    ObjectState.objects.filter(epc=epc).delete()
    if standing is not None:
        if not _still_in(standing):
            standing.parent = standing.parent_since = None
        _insert([standing])


def _still_in(standing: Standing) -> bool:
    """Whether it is in a container from which not everything was taken out since."""
    if standing.parent is None:
        return False
    held = EventObject.objects.filter(
        epc=standing.parent, role=Role.PARENT, event_time__gte=standing.parent_since
    )
    for row in Event.objects.filter(
        pk__in=held.values("event"), type__in=CONTAINERS, action=DELETE, declared=0
    ).select_related("context"):
        if _emptied(taken_of(row)):
            return False
    return True


def taken_of(row: Event) -> Taken:
    """A written event taken apart again."""
    value = row.value
    known = names.prefixes(row.context.value) | names.prefixes(value.get("@context"))
    return take(value, str(value["eventID"]), known)
