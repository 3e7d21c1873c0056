"""What one scan of a batch means: the object, its contract and the rules → verdict and what changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chambre.lib.deposits import Known, Presence, Reason, Rules, Scan, Verdict, decide, too_fast
from chambre.lib.deposits.travelling import Point
from chambre.rooms.deposit.models import Item, Place
from chambre.rooms.deposit.queries.finding import Found
from chambre.rooms.deposit.services.asking import Asked

State = Item.State
WITHDRAWN = frozenset({State.RETIRED.value, State.LOST.value, State.RECALLED.value})


class Open(NamedTuple):
    """An open contract of an object, in the few values that deciding takes."""

    pk: int
    uid: object
    item: int
    place: int
    amount: int
    vat: int
    opened_on: dt.date
    payment: str


@dataclass(slots=True)
class Line:
    """One scanned code of an act and how it ended.

    ``moved``: number, state and kind of the step in the object's life.
    """

    code: str
    item: Found | None
    verdict: Verdict
    contract: Open | None = None
    moved: tuple[int, str, str] | None = None


@dataclass(slots=True)
class Knowledge:
    """What a batch knows; it changes as its acts are decided one after the other.

    Attributes:
        items: Objects by code as it was read.
        contracts: Open contracts by id of the object.
        rules: Rules by id of the scheme.
        speeds: Fastest way of an object in km/h, by id of the scheme.
        points: Where places are, by id.
        day: Today.
        bursts: How many returns in how many minutes are too many, by id of the scheme.
    """

    items: dict[str, Found]
    contracts: dict[int, Open]
    rules: dict[int, Rules]
    speeds: dict[int, int]
    points: dict[int, Point | None]
    day: dt.date
    bursts: dict[int, tuple[int, int]]


def judge(
    asked: Asked, place: Place, knows: Knowledge, at: dt.datetime, *, burst: bool
) -> list[Line]:
    """Decide each code of a return, in order; a second scan of one object finds it brought back."""
    return [_judge(code, asked, place, knows, at, burst) for code in asked.codes]


def _judge(
    code: str, asked: Asked, place: Place, knows: Knowledge, at: dt.datetime, burst: bool
) -> Line:
    item = knows.items.get(code)
    if item is None:
        return Line(code, None, decide(_UNKNOWN, _PLAIN, _NO_RULES))
    contract = knows.contracts.get(item.id)
    verdict = decide(
        Known(
            foreign=item.scheme != place.scheme_id,
            withdrawn=item.state in WITHDRAWN,
            was_out=item.rotations > 0,
            held=None if contract is None else contract.amount,
            days_out=0 if contract is None else (knows.day - contract.opened_on).days,
            own_place=contract is None or contract.place == place.pk,
        ),
        Scan(
            condition=asked.condition,
            presence=asked.presence,
            too_fast=_too_fast(item, place, knows, at),
            burst=burst,
            cloned=asked.cloned,
        ),
        knows.rules[place.scheme_id],
    )
    line = Line(code, item, verdict, contract)
    _change(line, asked, place, knows, at)
    return line


_UNKNOWN = Known(exists=False)
_PLAIN = Scan()
_NO_RULES = Rules()


def _too_fast(item: Found, place: Place, knows: Knowledge, at: dt.datetime) -> bool:
    here, last = knows.points.get(place.pk), item.place
    if here is None or last is None or last == place.pk or item.moved_at is None:
        return False
    speed = knows.speeds[place.scheme_id]
    return too_fast(knows.points.get(last), here, at - item.moved_at, speed)


def _change(line: Line, asked: Asked, place: Place, knows: Knowledge, at: dt.datetime) -> None:
    """The step in the object's life, and how it stands for the next scan of this batch."""
    item = line.item
    if item is None:
        return
    kind = "seen"
    item.moves += 1
    if line.verdict.ends:
        kind = "returned"
        del knows.contracts[item.id]
        item.rotations += 1
        item.state = _state_after(item.state, asked)
    is_there = line.verdict.ends or asked.presence != Presence.DISTANCE
    if item.scheme == place.scheme_id and is_there:
        item.place = place.pk
        item.moved_at = at
    line.moved = (item.moves, item.state, kind)
    if line.verdict.reason is Reason.WHOLE and line.contract is not None:
        _free(line)


def _state_after(state: str, asked: Asked) -> str:
    if state == State.RECALLED:
        return state
    return State.DAMAGED.value if asked.condition == "damaged" else State.RETURNED.value


def _free(line: Line) -> None:
    """Nothing was paid for it: say so, rather than that everything is paid back."""
    contract = line.contract
    if contract is not None and contract.amount == 0:
        line.verdict = Verdict(line.verdict.outcome, Reason.FREE)


def outcome_of(lines: Sequence[Line]) -> tuple[str, str]:
    """Outcome and reason of an act as a whole: paid when anything was; else that of the first."""
    for line in lines:
        if line.verdict.ends:
            return line.verdict.outcome.value, line.verdict.reason.value
    return lines[0].verdict.outcome.value, lines[0].verdict.reason.value
