"""How much the matching found alone, and what of it was wrong: compared with the truth of a story."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chambre.project.demo.money.statements import mark
from chambre.treasury.models import BankRow, Match

if TYPE_CHECKING:
    from chambre.project.demo.money.acts import Move
    from chambre.project.demo.money.load import Teller


@dataclass(slots=True)
class Measure:
    """Rows of six months.

    Attributes:
        rows: Booked rows for which something is right.
        alone: Of these, matched without a person, and rightly.
        wrong: Matched alone with something else: what must never happen.
        people: What a person had to see to: the case of each row.
    """

    rows: int = 0
    alone: int = 0
    wrong: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Share of the rows that needed nobody."""
        return self.alone / self.rows if self.rows else 1.0


def measure(teller: Teller) -> Measure:
    """Compare every match that was made alone with the truth."""
    found = Measure()
    truths = {mark(teller.story, place): move for place, move in enumerate(teller.story.moves)}
    rows = {row.pk: row for row in BankRow.objects.filter(account=teller.account, is_booked=True)}
    alone = {
        match.row_id: match
        for match in Match.objects.filter(row__in=rows, undo=None, how=Match.How.ALONE)
        .select_related("row")
        .prefetch_related("parts")
    }
    for pk, row in rows.items():
        move = truths.get(row.reference)
        if move is None:
            continue  # the balance before the first statement
        found.rows += 1
        match = alone.get(pk)
        if match is None:
            found.people.append(move.case)
        elif _is_right(teller, match, move, truths):
            found.alone += 1
        else:
            found.wrong.append(f"{row.day} {row.amount} {move.case}")
    return found


def _is_right(teller: Teller, match: Match, move: Move, truths: dict[str, Move]) -> bool:
    parts = list(match.parts.all())
    if move.settles:
        right = {(*teller.items[key], amount) for key, amount in move.settles}
        return {(part.kind, part.item, abs(part.amount)) for part in parts} == right
    if move.back or move.name_of:
        return all(not part.item for part in parts)
    return bool(move.account) and [part.account for part in parts] == [move.account]
