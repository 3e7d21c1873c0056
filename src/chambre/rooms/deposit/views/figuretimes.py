"""Times, washes and costs of a scheme as tiles and tables; page and files show the same."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chambre.core.actors import label_in_words
from chambre.core.ui import figures as written
from chambre.lib.deposits import Spread, spread
from chambre.lib.exports import Column, Kind, Row, Table
from chambre.rooms.deposit.models import Item, Move, Place, Scheme
from chambre.rooms.deposit.queries import costing, measuring, timing, washing
from chambre.rooms.deposit.queries.wording import facts_words

TIMES, WASHES, COSTS = "durees", "lavages", "couts"
MOST_WASHES = 20_000
"""Washes of one file."""
SHOWN = 200
"""Washes on the page."""


@dataclass(slots=True)
class Timed:
    """What is shown of times, washes and costs; what was not asked for is empty."""

    cycles: dict[int, dict[int, int]] | None = None
    dwells: timing.Dwells = field(default_factory=dict)
    now: dict[tuple[int | None, str], int] = field(default_factory=dict)
    types: dict[int, str] = field(default_factory=dict)
    places: dict[int, str] = field(default_factory=dict)
    washes: list[Move] = field(default_factory=list)
    washed: int | None = None
    worth: list[costing.Worth] | None = None


def gather(
    scheme: Scheme, first: dt.date, last: dt.date, part: str, place: str, most: int
) -> Timed:
    """Ask for one part; ``most`` washes of those at a place (empty: at all of them)."""
    found = Timed()
    if part == TIMES:
        found.cycles = timing.cycles(scheme, first, last)
        found.dwells = timing.dwells(scheme, first, last)
        found.now = measuring.stock(scheme).places
        found.types = timing.names_of_types(scheme)
        found.places = dict(Place.objects.filter(scheme=scheme).values_list("pk", "name"))
    if part == WASHES:
        rows = washing.washes(scheme, first, last, place)
        found.washed, found.washes = rows.count(), list(rows[:most])
    if part == COSTS:
        found.worth = costing.worth(scheme, last)
    return found


def _all(times: dict[int, dict[int, int]]) -> dict[int, int]:
    whole: dict[int, int] = {}
    for each in times.values():
        for days, many in each.items():
            whole[days] = whole.get(days, 0) + many
    return whole


def _days(value: float) -> str:
    text = f"{value:.1f}"
    text = text.replace(".", ",") if written.is_french() else text
    return ngettext("%(n)s day", "%(n)s days", round(value)) % {"n": text}


def tiles(found: Timed) -> list[tuple[str, str, str]]:
    """The figures at the top: what, how much, and what it means."""
    made = []
    if found.cycles is not None and (whole := spread(_all(found.cycles))) is not None:
        many = ngettext("%(n)s cycle ended", "%(n)s cycles ended", whole.count)
        made = [
            (_("Median cycle"), _days(whole.median), _("from the issue until ready again")),
            (_("Nine in ten within"), _days(whole.tail), _("of the cycles of the period")),
            (_("Mean cycle"), _days(whole.mean), many % {"n": written.integer(whole.count)}),
        ]
    if found.washed is not None:
        made = [(_("Washes"), written.integer(found.washed), _("in the period"))]
    if found.worth:
        saved = sum(each.saved for each in found.worth)
        spent = sum(each.washing for each in found.worth)
        made = [
            (_("Washes and ways"), written.money(spent), _("of all rotations until now")),
            (_("Saved"), written.money(saved), _("beside throwaway objects; below zero: to earn")),
        ]
    return made


def tables(found: Timed) -> list[Table]:
    """Every figure in tables."""
    made = []
    if found.cycles is not None:
        made += [_cycles(found.cycles, found.types), _dwells(found)]
    if found.washed is not None:
        made.append(_washes(found.washes, found.washed))
    if found.worth is not None:
        made.append(_costs(found.worth))
    return [table for table in made if table.rows]


def _tenths(value: float) -> int:
    return round(value * 10)


def _spread_columns() -> list[Column]:
    unit = _("days")
    titles = (
        ("mean", _("Mean")), ("quarter", _("A quarter within")), ("median", _("Half within")),
        ("three_quarters", _("Three in four within")), ("tail", _("Nine in ten within")),
    )  # fmt: skip
    return [Column(key, title, Kind.QUANTITY, unit=unit, decimals=1) for key, title in titles]


def _spread_cells(times: Spread, per_day: int) -> tuple[int, ...]:
    values = (times.mean, times.quarter, times.median, times.three_quarters, times.tail)
    return tuple(_tenths(value / per_day) for value in values)


def _cycles(cycles: dict[int, dict[int, int]], types: dict[int, str]) -> Table:
    rows = []
    for kind, times in sorted(cycles.items(), key=lambda each: types[each[0]]):
        if (known := spread(times)) is not None:
            rows.append(Row((types[kind], known.count, *_spread_cells(known, 1))))
    return Table(
        "cycles",
        _("Cycle: from the issue until ready again"),
        [
            Column("type", _("Type")),
            Column("count", _("Cycles"), Kind.QUANTITY),
            *_spread_columns(),
        ],
        rows,
        notes=[
            _(
                "Cycles that ended in the period, in whole days. An object is ready when it may go out"
                " again: once inspected when its type is washed, else when it is back."
            )
        ],
    )


def _dwells(found: Timed) -> Table:
    unknown = _("nobody knows")
    labels: dict[str, object] = dict(Item.State.choices)
    rows = []
    for (place, state), times in found.dwells.items():
        if (known := spread(times)) is not None:
            name = unknown if place is None else found.places.get(place, unknown)
            there = found.now.get((place, state), 0)
            cells = (name, str(labels.get(state, state)), known.count)
            rows.append(Row((*cells, *_spread_cells(known, 24), there)))
    rows.sort(key=lambda row: (str(row.cells[0]), str(row.cells[1])))
    return Table(
        "dwell",
        _("How long objects stay, by place and state"),
        [
            Column("place", _("Place")),
            Column("state", _("State")),
            Column("count", _("Stays"), Kind.QUANTITY),
            *_spread_columns(),
            Column("now", _("There now"), Kind.QUANTITY),
        ],
        rows,
        notes=[
            _(
                "Stays that ended in the period, in days. A scan that changes nothing ends none; of an object"
                " with somebody, the place is the one that issued it."
            )
        ],
    )


def _after(state: str | None) -> str:
    """What the first inspection after a wash said."""
    if state is None:
        return _("not inspected yet")
    return _("in good condition") if state == Item.State.ACTIVE else _("in bad condition")


def _washes(washes: list[Move], count: int) -> Table:
    labels: dict[str, object] = dict(Item.State.choices)
    rows = []
    for move in washes:
        at = timezone.localtime(move.happened_at)
        before, after = getattr(move, "before", None), getattr(move, "after", None)
        rows.append(
            Row(
                (
                    at.date(), f"{at:%H:%M}", move.item.serial, move.item.type.name,
                    move.place.name if move.place is not None else "–",
                    move.device or label_in_words(move.by),
                    " · ".join([*facts_words(move.facts), *([move.note] if move.note else [])]),
                    str(labels.get(before or "", "–")), _after(after),
                )
            )
        )  # fmt: skip
    notes = []
    if len(washes) < count:
        text = _(
            "The newest %(shown)s of %(all)s washes; choose fewer days or one place for others."
        )
        notes = [text % {"shown": written.integer(len(washes)), "all": written.integer(count)}]
    heads = (
        ("time", _("Time")), ("serial", _("Serial")), ("type", _("Type")), ("place", _("Place")),
        ("by", _("By whom or what")), ("how", _("How")), ("before", _("It came as")),
        ("after", _("Inspected afterwards")),
    )  # fmt: skip
    columns = [Column("day", _("Day"), Kind.DATE), *(Column(key, title) for key, title in heads)]
    return Table("washes", _("Log of washes"), columns, rows, notes=notes)


def _costs(worth: list[costing.Worth]) -> Table:
    return Table(
        "costs",
        _("After how many uses an object has paid for itself"),
        [
            Column("type", _("Type")),
            Column("cost", _("One object"), Kind.AMOUNT),
            Column("wash", _("Wash and way"), Kind.AMOUNT),
            Column("instead", _("Throwaway instead"), Kind.AMOUNT),
            Column("needed", _("Uses needed"), Kind.QUANTITY),
            Column("mean", _("Uses so far"), Kind.QUANTITY, decimals=1),
            Column("washing", _("Washes so far"), Kind.AMOUNT),
            Column("saved", _("Saved so far"), Kind.AMOUNT),
        ],
        [
            Row(
                (
                    each.type_.name, each.type_.unit_cost, each.costs.wash, each.costs.instead,
                    each.needed, None if each.mean is None else _tenths(each.mean), each.washing,
                    each.saved,
                )
            )
            for each in worth
        ],
        notes=[
            _(
                "The costs of one rotation that hold on the last day of the period, as the rules of the"
                " scheme say them; objects that are lost count too. A dash: it never pays for itself."
            )
        ],
    )  # fmt: skip
