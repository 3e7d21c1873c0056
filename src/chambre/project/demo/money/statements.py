"""From the movements of a story to the files that its bank gives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chambre.lib import bankfiles
from chambre.lib.bankfiles import writing
from chambre.project.demo.money.acts import Move, Story


class Reference(str):
    """A reference as somebody types it: ``{key:blocks}``, ``{key:small}``, or as it is."""

    def __format__(self, form: str) -> str:
        if form == "blocks":
            return " ".join(self[at : at + 4] for at in range(0, len(self), 4))
        return self.lower() if form == "small" else str(self)


@dataclass(frozen=True, slots=True)
class Named:
    """References that acts were given: those of payments and invoices, those of orders."""

    references: Mapping[str, str]
    orders: Mapping[str, str]


def mark(story: Story, place: int) -> str:
    """The bank's own reference of a movement: how it is found again."""
    return f"{story.structure.upper()}{place:05d}"


def in_order(story: Story) -> list[tuple[int, Move]]:
    """The movements by day, those of one batch together, each with its place in the story."""
    pairs = list(enumerate(story.moves))
    return sorted(pairs, key=lambda pair: (pair[1].day, pair[1].batch, pair[0]))


def rows(story: Story, moves: Iterable[tuple[int, Move]], named: Named) -> list[bankfiles.Row]:
    """Movements as rows of a statement."""
    texts = {key: Reference(value) for key, value in named.references.items()}
    listed = list(moves)
    batches: dict[str, list[Move]] = {}
    for _place, move in listed:
        if move.batch:
            batches.setdefault(move.batch, []).append(move)
    found = []
    part: dict[str, int] = {}
    for place, move in listed:
        together = batches.get(move.batch, [move])
        here = part[move.batch] = part.get(move.batch, -1) + 1 if move.batch else 0
        found.append(
            writing.row(
                move.day,
                move.amount,
                status="pending" if move.pending else "booked",
                reference=mark(story, place),
                account_reference=f"{move.batch.upper()}" if move.batch else "",
                batch_reference=move.batch,
                part=here,
                parts=len(together),
                entry_amount=sum(each.amount for each in together),
                reversal=bool(move.back),
                end_to_end_id=named.orders.get(move.reference, ""),
                creditor_reference=named.references.get(move.reference, ""),
                party_name=move.name,
                party_iban=move.iban,
                texts=move.text.format_map(texts),
                original_amount=move.original[0] if move.original else None,
                original_currency=move.original[1] if move.original else "",
            )
        )
    return found


def camt(
    story: Story, number: int, first: dt.date, last: dt.date, opening: int,
    listed: Sequence[bankfiles.Row],
) -> bytes:  # fmt: skip
    """A month as CAMT.053."""
    page = writing.Page(story.iban, number, first, last, opening, listed)
    return "".join(writing.camt([page])).encode()
