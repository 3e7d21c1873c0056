"""More figures of a scheme: what waits, what was refused, machines that answer, rotations."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from chambre.core import clock
from chambre.core.ui import figures as written
from chambre.lib.deposits import Rotations
from chambre.lib.exports import Column, Kind, Row, Table
from chambre.rooms.deposit.models import Scheme
from chambre.rooms.deposit.models import UnclaimedDecision as Decision
from chambre.rooms.deposit.queries.devices import availability
from chambre.rooms.deposit.queries.refusing import not_done_by_reason
from chambre.rooms.deposit.queries.terms import unclaimed_on
from chambre.rooms.deposit.queries.waiting import Waiting, waiting
from chambre.rooms.deposit.queries.wording import reason_words
from chambre.rooms.deposit.views.figuretables import MONEY, RETURNS, Tile


@dataclass(slots=True)
class Worked:
    """What is shown; what was not asked for is empty.

    Attributes:
        refused: Scans that paid or issued nothing, by reason.
        devices: How many are enrolled, and how many of them are in touch and in order now.
        waiting: What is held, by age.
        decision: What becomes of deposits that nobody claims; None: nothing was decided.
    """

    refused: dict[str, int] = field(default_factory=dict)
    devices: tuple[int, int] = (0, 0)
    waiting: list[Waiting] = field(default_factory=list)
    decision: Decision | None = None


def gather(scheme: Scheme, first: dt.date, last: dt.date, part: str) -> Worked:
    """Ask for one part."""
    found = Worked()
    if part == RETURNS:
        found.waiting = waiting(scheme, clock.today())
        found.decision = unclaimed_on(scheme, clock.today())
    if part == MONEY:
        found.refused = not_done_by_reason(scheme, first, last)
        found.devices = availability(scheme)
    return found


def tiles(found: Worked) -> list[Tile]:
    """The figures at the top: what, how much, and what it means."""
    enrolled, available = found.devices
    if not enrolled:
        return []
    share = f"{written.integer(available)} / {written.integer(enrolled)}"
    return [(_("Devices available"), share, _("in touch and in order now, of those enrolled"))]


def tables(found: Worked, turns: Rotations | None) -> list[Table]:
    """Every figure in tables; those without rows are left out."""
    made = [_waiting(found), _refused(found.refused)]
    if turns is not None and turns.objects:
        made.append(_turns(turns))
    return [table for table in made if table.rows]


def _ages(group: Waiting) -> str:
    if group.up_to is None:
        return _("more than %(n)d days") % {"n": group.above}
    return _("up to %(n)d days") % {"n": group.up_to}


def _waiting(found: Worked) -> Table:
    what = _("Nothing was decided about deposits that nobody claims: they stay owed.")
    if found.decision is not None:
        sold = found.decision.outcome == Decision.Outcome.SALE
        words = (
            _("Decided: after %(days)d days, %(outcome)s (%(where)s).")
            if sold
            else _("Decided: %(outcome)s (%(where)s).")
        )
        what = words % {
            "days": found.decision.after_days,
            "outcome": found.decision.get_outcome_display(),
            "where": found.decision.reference,
        }
    return Table(
        "waiting",
        _("Deposits that wait, by the time since the issue"),
        [
            Column("age", _("Since")),
            Column("objects", _("Objects"), Kind.QUANTITY),
            Column("held", _("Deposits held"), Kind.AMOUNT),
        ],
        [Row((_ages(each), each.objects, each.held)) for each in found.waiting if each.objects],
        notes=[what],
    )


def _refused(refused: dict[str, int]) -> Table:
    rows = sorted(
        ((reason_words(why, refused=True), many) for why, many in refused.items()), key=_most
    )
    return Table(
        "refused",
        _("Scans that moved no money, by reason"),
        [Column("why", _("What was said")), Column("count", _("Scans"), Kind.QUANTITY)],
        [Row(row) for row in rows],
    )


def _most(row: tuple[str, int]) -> tuple[int, str]:
    return -row[1], row[0]


def _turns(turns: Rotations) -> Table:
    def tenths(value: float | None) -> int | None:
        return None if value is None else round(value * 10)

    rows = (
        (_("Per object: mean"), tenths(turns.mean)),
        (_("Per object: half made at most"), turns.median * 10),
        (_("Per object: the most"), turns.most * 10),
        (_("Per object that was used (reuse rate)"), tenths(turns.reuse_rate)),
        (_("All objects together"), turns.loops * 10),
    )
    return Table(
        "rotations",
        _("Rotations: issued and brought back"),
        [Column("what", _("What")), Column("count", _("How many"), Kind.QUANTITY, decimals=1)],
        [Row(row) for row in rows],
    )
