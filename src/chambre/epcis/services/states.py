"""How each object stands: folded from its events as they come, computed again when one was wrong.

An event that happened before the last known one changes nothing but the count, and fills what no
event had said. An object's rows are locked in the order of their keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from django.db import connection, transaction

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.db.rows import send_packed
from chambre.epcis import names
from chambre.epcis.models import Event, EventObject, Kind, ObjectState
from chambre.epcis.services.lexicon import chunks, numbers
from chambre.epcis.services.packing import pack_state
from chambre.epcis.taking import Taken, take
from chambre.epcis.terms import term_id
from chambre.epcis.times import counted, microseconds

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
MOST = 100_000
"""Times an object was met that are kept before states are brought up to date."""
SOME = 10_000
"""States that are read and written together."""
MANY = 100
"""Rows from which on PostgreSQL is sent a table instead of arrays."""
Role = EventObject.Role
CHILD, PARENT, INPUT, OUTPUT = (
    int(role) for role in (Role.CHILD, Role.PARENT, Role.INPUT, Role.OUTPUT)
)
SERIAL = frozenset((int(Role.EPC), CHILD, PARENT, INPUT, OUTPUT))
CONTAINERS = frozenset(
    term_id(Kind.EVENT_TYPE, name) for name in ("AggregationEvent", "AssociationEvent")
)
OBJECT_EVENT = term_id(Kind.EVENT_TYPE, "ObjectEvent")


@dataclass(slots=True)
class Standing:
    """How an object stands; the fields are those of :class:`ObjectState`.

    Times are counted (:func:`chambre.epcis.times.microseconds`).
    """

    epc: int
    event: int
    event_time: int
    type: int
    action: int | None = None
    biz_step: int | None = None
    disposition: int | None = None
    read_point: int | None = None
    biz_location: int | None = None
    parent: int | None = None
    parent_since: int | None = None
    ended: bool = False
    persistent: str = ""
    events: int = 0

    def row(self) -> list[Any]:
        """Its values in the order of the columns."""
        row = list(_row(self))
        for place in _TIMES:
            row[place] = None if row[place] is None else counted(row[place])
        return row


def _standing(row: Sequence[Any]) -> Standing:
    """How an object stands, from the row of it."""
    standing = Standing(*row)
    standing.event_time = microseconds(row[_TIMES[0]])
    if standing.parent_since is not None:
        standing.parent_since = microseconds(row[_TIMES[1]])
    return standing


_row = attrgetter(*COLUMNS)


class Step(NamedTuple):
    """An event as one object lives it."""

    at: int
    number: int
    type: int
    action: int | None
    biz_step: int | None
    disposition: int | None
    read_point: int | None
    biz_location: int | None
    role: int
    parent: int | None
    persistent: tuple[tuple[str, ...], tuple[str, ...]]


_when = itemgetter(Step._fields.index("at"), Step._fields.index("number"))
_LIVED = slice(Taken._fields.index("type"), Taken._fields.index("biz_location") + 1)


def steps_of(number: int, taken: Taken) -> Iterable[tuple[int, Step]]:
    """Each object of an event, with what the event is for it."""
    objects = taken.objects
    parent = None
    if taken.type in CONTAINERS:
        parent = next((key for key, role, *_ in objects if role == PARENT), None)
    lived: Any = taken[_LIVED]
    return [
        (key, Step._make((taken.at, number, *lived, role, parent, taken.persistent)))
        for key, role, _n, _u in objects
        if role in SERIAL
    ]


def fold(standing: Standing | None, epc: int, step: Step) -> Standing:
    """How an object stands after one more event; what was given is changed."""
    if standing is None:
        standing = Standing(epc, step.number, step.at, step.type)
    standing.events += 1
    if step.at < standing.event_time:
        _fill(standing, step)
        return standing
    standing.event, standing.event_time, standing.type = step.number, step.at, step.type
    standing.action, standing.biz_step = step.action, step.biz_step
    if step.disposition is not None:
        standing.disposition = step.disposition
    if step.read_point is not None:
        standing.read_point = step.read_point
    if step.biz_location is not None:
        standing.biz_location = step.biz_location
    if step.action in (ADD, DELETE):
        _moved(standing, step)
    if step.role in (INPUT, OUTPUT):
        standing.ended = step.role == INPUT
    added, removed = step.persistent
    if added or removed:
        lasting = (set(standing.persistent.split()) | set(added)) - set(removed)
        standing.persistent = " ".join(sorted(lasting))
    return standing


def _fill(standing: Standing, step: Step) -> None:
    """What an earlier event says and no later one did."""
    if standing.disposition is None:
        standing.disposition = step.disposition
    if standing.read_point is None:
        standing.read_point = step.read_point
    if standing.biz_location is None:
        standing.biz_location = step.biz_location


def _moved(standing: Standing, step: Step) -> None:
    """An object is put in something or taken out, put in service or taken out of it."""
    begins = step.action == ADD
    if step.type in CONTAINERS and step.role == CHILD:
        standing.parent = step.parent if begins else None
        standing.parent_since = step.at if begins else None
    elif step.type == OBJECT_EVENT:
        standing.ended = not begins


class Pending:
    """Events whose objects' states are brought up to date together, in the transaction of the events.

    Attributes:
        count: How many times an object was met.
    """

    def __init__(self) -> None:
        self._steps: dict[int, list[Step]] = {}
        self._emptied: list[tuple[int, int]] = []
        self.count = 0

    def add(self, ids: Sequence[int], events: Sequence[Taken]) -> None:
        """Note new events, and their numbers."""
        steps = self._steps
        for number, taken in zip(ids, events, strict=True):
            for epc, step in steps_of(number, taken):
                if (lived := steps.get(epc)) is None:
                    steps[epc] = [step]
                else:
                    lived.append(step)
                self.count += 1
            if taken.action == DELETE:
                self._emptied += _emptied(taken)

    def take(self, other: Pending) -> None:
        """Note what another has noted."""
        for epc, steps in other._steps.items():
            if (lived := self._steps.get(epc)) is None:
                self._steps[epc] = steps
            else:
                lived += steps
        self._emptied += other._emptied
        self.count += other.count

    def flush(self) -> None:
        """Bring the states up to date."""
        for some in chunks(sorted(self._steps), SOME):
            self._flush({epc: self._steps[epc] for epc in some})
        for parent, at in self._emptied:
            rows = ObjectState.objects.filter(parent=parent, parent_since__lte=counted(at))
            rows.update(parent=None, parent_since=None)
        self._steps, self._emptied, self.count = {}, [], 0

    def _flush(self, steps: dict[int, list[Step]]) -> None:
        for one in steps.values():
            if len(one) > 1:
                one.sort(key=_when)
        fresh = _update_known(steps, _locked(steps))
        if fresh:
            inserted = _insert([_folded(None, epc, steps[epc]) for epc in fresh])
            raced = {epc: steps[epc] for epc in fresh if epc not in inserted}
            if raced:  # somebody else met the object for the first time just now
                _update_known(raced, _locked(raced))


def _emptied(taken: Taken) -> list[tuple[int, int]]:
    """The container of an event that takes everything out of it, and when (EPCIS 2.0, 7.4.3)."""
    if taken.type not in CONTAINERS or taken.action != DELETE:
        return []
    roles = {role for _key, role, *_ in taken.objects}
    if roles & {Role.CHILD, Role.CHILD_QUANTITY}:
        return []
    return [(key, taken.at) for key, role, *_ in taken.objects if role == Role.PARENT]


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
    keys = sorted(epcs)
    query = f"SELECT {', '.join(COLUMNS)} FROM epcis_objectstate WHERE epc "
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(query + "= ANY (%s::bigint[]) ORDER BY epc FOR UPDATE", [numbers(keys)])
            return {row[0]: _standing(row) for row in cursor.fetchall()}
    rows = ObjectState.objects.filter(epc__in=keys).values_list(*COLUMNS)
    return {row[0]: _standing(row) for row in rows}


def _adapted(row: Sequence[Any]) -> list[Any]:
    values = list(row)
    for place in _TIMES:
        values[place] = connection.ops.adapt_datetimefield_value(values[place])
    return values


def _insert(standings: Sequence[Standing]) -> set[int]:
    """Write states of objects that have none; which were written."""
    columns, done = ", ".join(COLUMNS), set()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            source, values = _given(cursor, standings)
            cursor.execute(
                f"INSERT INTO epcis_objectstate ({columns}) SELECT {columns} FROM {source}"
                " ON CONFLICT (epc) DO NOTHING RETURNING epc",
                values,
            )
            return {epc for (epc,) in cursor.fetchall()}
        marks = f"({', '.join(['%s'] * len(COLUMNS))})"
        for some in chunks([one.row() for one in standings], 60):
            adapted = [value for row in some for value in _adapted(row)]
            marked = ", ".join([marks] * len(some))
            cursor.execute(f"INSERT INTO epcis_objectstate ({columns}) VALUES {marked}", adapted)
            done |= {row[0] for row in some}
    return done


def _given(cursor: Any, standings: Sequence[Standing]) -> tuple[str, list[Any]]:
    """States as something to select from: arrays for a few, a table of this transaction for many."""
    if len(standings) < MANY:
        arrays = ", ".join(f"%s::{kind}[]" for kind in _TYPES)
        rows = [one.row() for one in standings]
        columns = [list(column) for column in zip(*rows, strict=True)]
        return f"unnest({arrays}) AS new ({', '.join(COLUMNS)})", columns
    cursor.execute(
        "CREATE TEMPORARY TABLE IF NOT EXISTS epcis_given (LIKE epcis_objectstate) ON COMMIT DROP"
    )
    cursor.execute("TRUNCATE pg_temp.epcis_given")
    statement = f"COPY pg_temp.epcis_given ({', '.join(COLUMNS)}) FROM STDIN (FORMAT binary)"
    send_packed(cursor, statement, map(pack_state, map(_row, standings)))
    return "pg_temp.epcis_given AS new", []


def _update(standings: Sequence[Standing]) -> None:
    if not standings:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            source, values = _given(cursor, standings)
            changes = ", ".join(f"{name} = new.{name}" for name in COLUMNS[1:])
            cursor.execute(
                f"UPDATE epcis_objectstate AS old SET {changes} FROM {source}"
                " WHERE old.epc = new.epc",
                values,
            )
            return
        changes = ", ".join(f"{name} = %s" for name in COLUMNS[1:])
        cursor.executemany(
            f"UPDATE epcis_objectstate SET {changes} WHERE epc = %s",
            [[*(values := _adapted(one.row()))[1:], values[0]] for one in standings],
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
    if standing.parent is None or standing.parent_since is None:
        return False
    held = EventObject.objects.filter(
        epc=standing.parent, role=Role.PARENT, event_time__gte=counted(standing.parent_since)
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


def rebuild_all(*, by: Actor, progress: Callable[[int], None] = lambda _done: None) -> int:
    """Compute the states of all objects again, some at a time; how many there are.

    Raises:
        Forbidden: ``by`` does not look after the repository.
    """
    authorize(by, "epcis.manage")
    last, done = -1, 0
    while True:
        lived = EventObject.objects.filter(role__in=SERIAL, epc__gt=last)
        some = list(lived.order_by("epc").values_list("epc", flat=True).distinct()[:500])
        if not some:
            break
        with transaction.atomic():
            done += rebuild(some)
        last = some[-1]
        progress(done)
    audit(by, "epcis.states.rebuilt", objects=done)
    return done
