"""Rows that take an earlier row back: a rejected debit, a returned transfer, a bounced cheque."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from chambre.lib.reconciling.index import View
from chambre.lib.reconciling.model import Proposal, Reason, Row, reason
from chambre.lib.reconciling.names import name_words
from chambre.lib.reconciling.texts import NOT_A_REFERENCE, RETURN_WORDS, compact, words

LONGEST = dt.timedelta(days=70)
"""A SEPA debit may be given back for eight weeks; the bank takes some days more."""


@dataclass(frozen=True, slots=True)
class Back:
    """A row that takes another one back, or may do so.

    Attributes:
        view: The later row.
        first: The earlier one.
        block: Why a person has to decide.
    """

    view: View
    first: View
    reasons: tuple[Reason, ...]
    block: Reason | None = None

    def proposal(self) -> Proposal:
        """As it is shown."""
        score = 60 if self.block else 97
        return Proposal(reverses=self.first.row.key, score=score, reasons=self.reasons)


def speaks_of_return(row: Row) -> bool:
    """Whether a row's words speak of something that was sent back."""
    return any(RETURN_WORDS.intersection(words(text)) for text in (row.name, *row.texts))


def reversals(views: Sequence[View]) -> list[Back]:
    """Which rows take which others back; each earlier row at most once."""
    firsts: dict[int, list[View]] = defaultdict(list)
    for view in views:
        if not view.row.reversal:
            firsts[view.row.amount].append(view)
    found = [
        back
        for view in views
        if not view.row.settled and (view.row.reversal or not RETURN_WORDS.isdisjoint(view.spoken))
        and (back := _back(view, firsts[-view.row.amount])) is not None
    ]  # fmt: skip
    wanted: dict[str, int] = defaultdict(int)
    for back in found:
        if back.block is None:
            wanted[back.first.row.key] += 1
    return [
        Back(each.view, each.first, each.reasons, reason("tie", count=wanted[each.first.row.key]))
        if wanted[each.first.row.key] > 1
        else each
        for each in found
    ]


def _back(view: View, firsts: Sequence[View]) -> Back | None:
    """The row that one takes back: by a common reference, else by the other party."""
    earlier = [
        first
        for first in firsts
        if first is not view
        and RETURN_WORDS.isdisjoint(first.spoken)
        and first.row.day <= view.row.day <= first.row.day + LONGEST
    ]
    by_reference = [first for first in earlier if _references(first) & _references(view)]
    by_party = [first for first in earlier if _same_party(first, view)]
    for some, why, enough in (
        (by_reference, "same-reference", True),
        (by_party, "same-party", view.row.reversal),
    ):
        if some:
            reasons = (reason("reversal" if view.row.reversal else "return-words"), reason(why))
            block = reason("tie", count=len(some)) if len(some) > 1 else None
            if not enough:
                block = block or reason("perhaps-reversal")
            latest = max(some, key=lambda first: (first.row.day, first.row.key))
            return Back(view, latest, reasons, block)
    return None


def _references(view: View) -> frozenset[str]:
    structured = {compact(each) for each in view.row.references} - NOT_A_REFERENCE
    return view.found.exact | {each for each in structured if len(each) >= 6}


def _same_party(one: View, other: View) -> bool:
    if one.iban and other.iban:
        return one.iban == other.iban
    mine, theirs = set(name_words(one.row.name)), set(name_words(other.row.name))
    return bool(mine) and mine == theirs
