"""Where the matching of rows comes in: it registers itself, and the bank knows no more of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from chambre.core.actors import Actor
from chambre.treasury.models import BankAccount


@dataclass(frozen=True, slots=True)
class MatchCounts:
    """What a run of the matching did.

    Attributes:
        matched: Rows matched without a person.
        proposed: Rows for which there are proposals.
        unmatched: Rows for which there is nothing.
    """

    matched: int = 0
    proposed: int = 0
    unmatched: int = 0


@dataclass(frozen=True, slots=True)
class RowState:
    """What became of a row.

    Attributes:
        matched: Cents of it that are matched, with the sign of the row.
        label: With what, or why not, in the reader's language.
        url: Where a person goes on.
    """

    matched: int = 0
    label: str = ""
    url: str = ""


MatchRows = Callable[[BankAccount, Actor], MatchCounts]
StatesOf = Callable[[Iterable[int]], dict[int, RowState]]

_match: list[MatchRows] = []
_states: list[StatesOf] = []


def use_matching(match: MatchRows, states: StatesOf) -> None:
    """Let a matching run after each import, and say what became of rows.

    Args:
        match: Matches the rows of an account, for somebody who may; in its own transactions.
        states: What became of some rows, by their ids.
    """
    _match[:] = [match]
    _states[:] = [states]


def match_rows(account: BankAccount, by: Actor) -> MatchCounts:
    """Run the matching over an account; nothing is matched while there is none."""
    return _match[0](account, by) if _match else MatchCounts()


def states_of(rows: Iterable[int]) -> dict[int, RowState]:
    """What became of some rows, by their ids; rows of which nothing is known are left out."""
    return _states[0](rows) if _states else {}
