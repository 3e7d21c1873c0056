"""Whether an exchange can ever be settled: found before anybody signs.

Everything that may happen is let happen as early as it can, day by day (only days that the text names
matter). What happens stays, and nothing becomes impossible because something else happened, so what this
cannot reach, nobody can.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chambre.lib.exchange.model import TOLD, Condition, Exchange

if TYPE_CHECKING:
    from chambre.lib.reciprocity.nodes import Notes

START = dt.date.min


@dataclass(slots=True)
class Facts:
    """What has come to pass.

    Attributes:
        deposited: Names of legs.
        told: Names of documents, confirmations and inspections that are there.
    """

    deposited: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)


def holds(exchange: Exchange, name: str, day: dt.date, facts: Facts) -> bool:
    """Whether a leg is deposited or a condition holds, on a day; a circle of groups never does."""
    return _holds(_index(exchange), name, day, facts, frozenset())


def _index(exchange: Exchange) -> Mapping[str, Condition | None]:
    found: dict[str, Condition | None] = {each.name: each for each in exchange.conditions}
    found |= {leg.name: None for leg in exchange.legs}
    return found


def _holds(
    index: Mapping[str, Condition | None],
    name: str,
    day: dt.date,
    facts: Facts,
    above: frozenset[str],
) -> bool:
    condition = index.get(name)
    if condition is None:
        return name in facts.deposited
    if condition.kind == "date":
        return (condition.since or dt.date.min) <= day <= (condition.until or dt.date.max)
    if condition.kind == "leg":
        return condition.leg in facts.deposited
    if condition.kind in TOLD:
        return name in facts.told
    if name in above:
        return False
    inner = (_holds(index, each, day, facts, above | {name}) for each in condition.of)
    return all(inner) if condition.kind == "all" else any(inner)


def missing(exchange: Exchange, day: dt.date, facts: Facts) -> tuple[str, ...]:
    """Names of the legs that are not deposited and of the conditions that do not hold on a day."""
    index = _index(exchange)
    legs = [leg.name for leg in exchange.legs if leg.name not in facts.deposited]
    rest = [
        each.name
        for each in exchange.required
        if not _holds(index, each.name, day, facts, frozenset())
    ]
    return (*legs, *rest)


def ready_parts(exchange: Exchange, day: dt.date, facts: Facts) -> tuple[str, ...]:
    """Names of the parts whose legs are all deposited and whose conditions hold on a day."""
    index = _index(exchange)
    return tuple(
        part.name
        for part in exchange.parts
        if facts.deposited.issuperset(part.legs)
        and all(_holds(index, name, day, facts, frozenset()) for name in part.conditions)
    )


def _can_be_told(exchange: Exchange, condition: Condition) -> bool:
    """Whether there is somebody who may tell it."""
    if condition.kind == "confirm":
        return 1 <= condition.quorum <= len(set(condition.of))
    if condition.kind == "inspector":
        slugs = {party.slug for party in exchange.parties} | {p.name for p in exchange.parties}
        return condition.who not in slugs
    return True


def _days(exchange: Exchange) -> list[dt.date]:
    """The days on which something may change, up to the deadline."""
    named = {START, exchange.deadline}
    named |= {each.since for each in exchange.conditions if each.since is not None}
    return sorted(day for day in named if day <= exchange.deadline)


@dataclass(frozen=True, slots=True)
class Reached:
    """The best that can come to pass.

    Attributes:
        day: First day on which all can be settled; None: never.
        facts: What can have happened by the deadline.
        held: Conditions that can hold on some day.
    """

    day: dt.date | None
    facts: Facts
    held: frozenset[str]


def reach(exchange: Exchange) -> Reached:
    """Let everything happen as early as it can."""
    facts, held = Facts(), set()
    index = _index(exchange)

    def now(name: str, day: dt.date) -> bool:
        return _holds(index, name, day, facts, frozenset())

    first = None
    for day in _days(exchange):
        while _one_more(exchange, facts, day, now):
            pass
        held |= {each.name for each in exchange.conditions if now(each.name, day)}
        if first is None and not missing(exchange, day, facts):
            first = day
    return Reached(first, facts, frozenset(held))


def _one_more(
    exchange: Exchange, facts: Facts, day: dt.date, now: Callable[[str, dt.date], bool]
) -> bool:
    """Let all happen that can happen on a day; whether anything did."""
    before = len(facts.deposited) + len(facts.told)
    for leg in exchange.legs:
        if day <= (leg.by or exchange.deadline) and all(now(name, day) for name in leg.after):
            facts.deposited.add(leg.name)
    for each in exchange.conditions:
        if (
            each.kind in TOLD
            and day <= (each.by or exchange.deadline)
            and _can_be_told(exchange, each)
            and all(now(name, day) for name in each.after)
        ):
            facts.told.add(each.name)
    return len(facts.deposited) + len(facts.told) > before


def note_obstacles(exchange: Exchange, notes: Notes) -> None:
    """Note why an exchange can never be settled, each obstacle at its place; nothing when it can."""
    before = len(notes.problems)
    _note_people(exchange, notes)
    _note_days(exchange, notes)
    reached = reach(exchange)
    _note_circles(exchange, reached, notes)
    if reached.day is None and len(notes.problems) == before:
        _note_rest(exchange, reached, notes)


def _note_people(exchange: Exchange, notes: Notes) -> None:
    slugs = {party.slug for party in exchange.parties} | {party.name for party in exchange.parties}
    for at, each in enumerate(exchange.conditions):
        if each.kind == "confirm" and each.quorum > len(set(each.of)):
            word = "needed" if each.needed else "of"
            notes.add(
                ("condition", at, word), "too-many-needed", name=each.name, needed=each.quorum,
                count=len(set(each.of)),
            )  # fmt: skip
        if each.kind == "inspector" and each.who in slugs:
            where = ("condition", at, "who")
            notes.add(where, "inspector-is-party", name=each.name, value=each.who)
    for at, leg in enumerate(exchange.legs):
        if leg.keeper and leg.keeper in slugs:
            notes.add(("leg", at, "keeper"), "keeper-is-party", name=leg.name, value=leg.keeper)
    if exchange.mediator is not None and exchange.mediator.agent in slugs:
        notes.add(("mediator", "agent"), "mediator-is-party", value=exchange.mediator.agent)


def _note_days(exchange: Exchange, notes: Notes) -> None:
    end = exchange.deadline
    alternatives = {name for each in exchange.conditions if each.kind == "any" for name in each.of}
    for at, each in enumerate(exchange.conditions):
        if each.since is not None and each.until is not None and each.until < each.since:
            where = ("condition", at, "until")
            notes.add(where, "backwards", name=each.name, since=each.since, until=each.until)
        elif each.since is not None and each.since > end and each.name not in alternatives:
            _late(notes, ("condition", at, "from"), each.name, each.since, end)
        if each.by is not None and each.by > end:
            _late(notes, ("condition", at, "by"), each.name, each.by, end)
    for at, leg in enumerate(exchange.legs):
        if leg.by is not None and leg.by > end:
            _late(notes, ("leg", at, "by"), leg.name, leg.by, end)


def _late(notes: Notes, where: Any, name: str, day: dt.date, deadline: dt.date) -> None:
    notes.add(where, "after-deadline", name=name, day=day, deadline=deadline)


def waits(exchange: Exchange) -> dict[str, tuple[str, ...]]:
    """What each leg and condition waits for, by name."""
    found = {leg.name: leg.after for leg in exchange.legs}
    for each in exchange.conditions:
        inner = each.of if each.kind in ("all", "any") else ()
        found[each.name] = (*each.after, *inner, *((each.leg,) if each.leg else ()))
    return found


def _note_circles(exchange: Exchange, reached: Reached, notes: Notes) -> None:
    """Circles of waits among what can never be; those that an ``any`` gets around are none."""
    come = reached.facts.deposited | reached.facts.told | reached.held
    graph = {
        name: [each for each in after if each not in come]
        for name, after in waits(exchange).items()
        if name not in come
    }
    for circle in circles(graph):
        where = _where(exchange, circle[0])
        if len(circle) == 1:
            notes.add(where, "waits-for-itself", name=circle[0])
        else:
            notes.add(where, "circular", path=" → ".join((*circle, circle[0])))


def circles(graph: Mapping[str, Collection[str]]) -> Iterator[tuple[str, ...]]:
    """One circle of each knot of a graph (name → what it waits for), beginning with the first name."""
    order = list(graph)
    done: set[str] = set()
    for start in order:
        if start in done:
            continue
        path: list[str] = []
        places: dict[str, int] = {}
        stack: list[tuple[str, Iterator[str]]] = [(start, iter(graph[start]))]
        path.append(start)
        places[start] = 0
        while stack:
            name, rest = stack[-1]
            after = next(rest, None)
            if after is None:
                stack.pop()
                path.pop()
                del places[name]
                done.add(name)
            elif after in places:
                circle = path[places[after] :]
                first = min(range(len(circle)), key=lambda at: order.index(circle[at]))
                yield (*circle[first:], *circle[:first])
            elif after in graph and after not in done:
                places[after] = len(path)
                path.append(after)
                stack.append((after, iter(graph[after])))


def _where(exchange: Exchange, name: str) -> tuple[str | int, ...]:
    """The place of what a name waits for."""
    for at, leg in enumerate(exchange.legs):
        if leg.name == name:
            return ("leg", at, "after")
    for at, each in enumerate(exchange.conditions):
        if each.name == name:
            return ("condition", at, "after" if each.after else "of")
    return ()


def _note_rest(exchange: Exchange, reached: Reached, notes: Notes) -> None:
    """What can never be, where no circle and no single day says why."""
    before = len(notes.problems)
    for at, leg in enumerate(exchange.legs):
        if leg.name not in reached.facts.deposited:
            notes.add(("leg", at, "after"), "never-leg", name=leg.name)
    for at, each in enumerate(exchange.conditions):
        if each.name not in reached.held and each in exchange.required:
            notes.add(("condition", at), "never-condition", name=each.name)
    if len(notes.problems) == before:
        notes.add(("deadline",), "never-together", deadline=exchange.deadline)
