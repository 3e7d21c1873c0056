"""What the matching of bank rows takes and gives: rows, open items, habits; decisions.

Amounts are integer cents. A row's amount is signed, positive for what came in; the amounts of
items and parts are positive, their direction says which way the money goes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Literal

Direction = Literal["in", "out"]
Outcome = Literal["certain", "probable", "open"]


@dataclass(frozen=True, slots=True)
class Row:
    """One booked movement of a bank account.

    Attributes:
        key: The caller's own key; it never decides anything.
        day: When the bank booked it.
        amount: Signed cents, positive when money came in; never zero.
        name: The other party as the bank writes it; may be empty.
        iban: The other party's account; may be empty.
        references: What stands in fields of their own: creditor reference, end-to-end
            identification, mandate.
        texts: Free texts, in the order of the statement.
        reversal: The bank says that it takes an earlier movement back.
        settled: It was matched before; it is looked at only for a row that reverses it.
    """

    key: str
    day: dt.date
    amount: int
    name: str = ""
    iban: str = ""
    references: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    reversal: bool = False
    settled: bool = False

    @property
    def direction(self) -> Direction:
        """Which way the money went."""
        return "in" if self.amount > 0 else "out"


@dataclass(frozen=True, slots=True)
class Item:
    """Something that a movement of the bank may settle.

    Attributes:
        key: The caller's own key; it never decides anything.
        kind: ``payment``, ``invoice``, ``payout``, ``payout-batch``, ``refund``, ``collection``,
            ``cheque-deposit``, ``cash-deposit``, ``provider-transfer``, ``purchase``.
        direction: Which way the money goes.
        amount: Cents still open; 0 when it is settled: such an item explains and guards, and is
            never matched.
        day: When it came into being.
        due: When it should be paid; the ``day`` if nobody said.
        references: Numbers by which it can be named, in any spelling.
        texts: Words that say what it is for.
        name: The party as the caller knows it: first names before the family name.
        ibans: Accounts known to be the party's.
        party: The caller's key of the party: two items of one name and two parties are told apart.
        partial: Less than what is open may be paid on it.
        over: More than what is open may be paid on it.
        only_named: Nobody expects it: only a row that names it by an exact reference may be it
            (money that a bank sends back without saying so before).
    """

    key: str
    kind: str
    direction: Direction
    amount: int
    day: dt.date
    due: dt.date | None = None
    references: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    name: str = ""
    ibans: tuple[str, ...] = ()
    party: str = ""
    partial: bool = True
    over: bool = False
    only_named: bool = False


@dataclass(frozen=True, slots=True)
class Habit:
    """What a person did with rows that look alike, so that the next one goes the same way.

    Attributes:
        key: The caller's own key.
        direction: Of the rows.
        target: What they were booked on; the caller's own word.
        iban: The other party's account, when all those rows had the same one.
        words: Words that all those rows had.
        least: Smallest amount seen, in cents, positive.
        most: Largest amount seen.
        seen: How many rows a person gave that target.
        always: A person said: do so every time.
        anybody: A person said: whoever the other party is; then the words alone decide.
    """

    key: str
    direction: Direction
    target: str
    iban: str = ""
    words: frozenset[str] = frozenset()
    least: int = 0
    most: int = 0
    seen: int = 1
    always: bool = False
    anybody: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """So many cents of a row for an item."""

    item: str
    amount: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, as a code and its facts; :mod:`chambre.lib.reconciling.words` says it to people."""

    code: str
    facts: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a row may be.

    Attributes:
        parts: The items it pays and how much of each; empty for a habit and a reversal.
        rest: Cents of the row that would be left.
        habit: Key of the habit, or empty.
        reverses: Key of the row that this one takes back, or empty.
        score: How much speaks for it, 0 to 100.
        reasons: What speaks for it and against it.
    """

    parts: tuple[Part, ...] = ()
    rest: int = 0
    habit: str = ""
    reverses: str = ""
    score: int = 0
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a row.

    Attributes:
        row: Its key.
        outcome: ``certain`` (it may be matched without asking), ``probable`` (a person chooses
            among ``proposals``) or ``open``.
        choice: What is certain.
        proposals: What is possible, most likely first.
        why: Why it was not matched alone.
    """

    row: str
    outcome: Outcome
    choice: Proposal | None = None
    proposals: tuple[Proposal, ...] = ()
    why: Reason | None = None


@cache
def _bare(code: str) -> Reason:
    """A reason without facts: one for all rows that wait for it."""
    return Reason(code)


def reason(code: str, **facts: str | int) -> Reason:
    """A reason with its facts, in the order of their names."""
    return _bare(code) if not facts else Reason(code, tuple(sorted(facts.items())))
