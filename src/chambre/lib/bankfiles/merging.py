"""Which rows of a file are new beside those that are kept: nothing twice, nothing lost.

Decided entry by entry (a batch is one), in this order:

1. A whole statement that is kept already (same number, days, balances, sums): all of it is known.
2. An entry whose key (:func:`~chambre.lib.bankfiles.identity.entry_key`) is kept under the same
   number among those alike. When statements follow each other inside one day, by their balances,
   the later one goes on counting: two identical gifts before and after noon are two.
3. An entry that a notification told (CAMT.054) and a statement repeats, or the other way round,
   with the bank's same reference and amount, up to ten days apart.
4. An entry that came in another format, of the same day and amount: formats share no texts and
   often no references. Of several, the one that looks most like it; each is taken once.
5. All else is new.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from .identity import entry_key, likeness, squeezed
from .types import Row, Statement

NEAR = dt.timedelta(days=10)
"""How far apart the days of an entry may be in a notification and in the statement."""


class Sketch(NamedTuple):
    """What is needed of an entry to decide."""

    key: str
    day: dt.date
    amount: int
    parts: int
    reference: str


class Kept(NamedTuple):
    """An entry that is kept.

    Attributes:
        row: What its keeper calls its first row.
        key: Its key.
        occurrence: Its number among those alike, from 1.
        day: Booking day.
        amount: Amount of the whole entry.
        parts: Rows that it was split into.
        reference: The bank's reference, squeezed.
        format: Format of the file that brought it.
        kind: Kind of that statement.
        statement: What its keeper calls the statement that brought it.
    """

    row: int
    key: str
    occurrence: int
    day: dt.date
    amount: int
    parts: int
    reference: str
    format: str
    kind: str
    statement: int


class Decision(NamedTuple):
    """What to do with an entry.

    Attributes:
        what: ``new``; ``known``; or ``parts``: it is known whole, and here are its parts.
        occurrence: Its number among those alike.
        row: The kept row that it is, unless new.
    """

    what: str
    occurrence: int
    row: int | None = None


def sketch(rows: Sequence[Row]) -> Sketch:
    """The sketch of an entry from its rows."""
    first = rows[0]
    reference = squeezed(first.account_reference)
    return Sketch(entry_key(first), first.day, first.entry_amount, len(rows), reference)


def same_statement(one: Statement, other: Statement) -> bool:
    """Whether two statements are one, brought twice."""
    return (
        one.kind == other.kind
        and (one.first_day, one.last_day) == (other.first_day, other.last_day)
        and (one.opening, one.closing) == (other.opening, other.closing)
        and (one.booked, one.rows, one.pending) == (other.booked, other.rows, other.pending)
        and one.number == other.number
    )


class Merger:
    """Decides statement by statement, in the order in which they are to be kept.

    Args:
        format_: Format of the file that came.
        kind: Kind of its statements.
        entries: Kept entries of the days around those of the file.
        statements: Kept statements, by what their keeper calls them.
        look: Gives a kept row by what its keeper calls it; asked only to choose among several.
    """

    def __init__(
        self,
        format_: str,
        kind: str,
        entries: Iterable[Kept],
        statements: dict[int, Statement],
        look: Callable[[int], Row],
    ) -> None:
        self._format, self._kind = format_, kind
        self._statements = dict(statements)
        self._look = look
        self._by_key: dict[str, Kept | list[Kept]] = {}
        self._by_day: dict[tuple[dt.date, int], list[Kept]] = defaultdict(list)
        self._by_reference: dict[tuple[str, int], list[Kept]] = defaultdict(list)
        self._taken: set[int] = set()
        self._fresh: list[Kept] = []
        self._new = -1
        for each in entries:
            self._add(each)

    def _add(self, kept: Kept) -> None:
        """Index an entry; alone under its key it is not put into a list, for there are many."""
        there = self._by_key.get(kept.key)
        if there is None:
            self._by_key[kept.key] = kept
        elif isinstance(there, list):
            there.append(kept)
        else:
            self._by_key[kept.key] = [there, kept]
        if kept.format != self._format:
            self._by_day[kept.day, kept.amount].append(kept)
        if kept.kind != self._kind and len(kept.reference) > 3:
            self._by_reference[kept.reference, kept.amount].append(kept)

    def _of_key(self, key: str) -> list[Kept]:
        """The kept entries of a key."""
        there = self._by_key.get(key)
        if there is None:
            return []
        return there if isinstance(there, list) else [there]

    def is_known(self, statement: Statement) -> bool:
        """Whether a statement is kept already, whole."""
        return any(same_statement(statement, each) for each in self._statements.values())

    def decide(
        self,
        number: int,
        statement: Statement,
        sketches: Sequence[Sketch],
        rows_of: Callable[[set[int]], dict[int, Row]],
        *,
        more: bool = True,
    ) -> list[Decision]:
        """Decide for every entry of a statement; what is new counts as kept from then on.

        Args:
            number: What the statement is going to be called; negative numbers are free.
            statement: The statement.
            sketches: Its booked entries, in order.
            rows_of: Gives the first rows of the entries at some places.
            more: Other statements of the file follow, which may repeat some of its entries.

        Returns:
            One decision for each sketch.
        """
        neighbours = self._neighbours(statement, sketches)
        decisions: list[Decision | None] = []
        counts: Counter[str] = Counter()
        for each in sketches:
            counts[each.key] += 1
            decisions.append(self._exact(each, counts[each.key], neighbours))
        if self._by_day or self._by_reference:
            self._by_likeness(decisions, sketches, neighbours, rows_of)
        counts.clear()
        done: list[Decision] = []
        for each, decision in zip(sketches, decisions, strict=True):
            counts[each.key] += 1
            if decision is not None:
                done.append(decision)
                continue
            occurrence = self._base(each.key, neighbours) + counts[each.key]
            if more:
                self._remember(each, occurrence, number)
            done.append(Decision("new", occurrence))
        self._commit(number, statement)
        return done

    def _remember(self, each: Sketch, occurrence: int, number: int) -> None:
        self._new -= 1
        self._fresh.append(
            Kept(
                self._new, each.key, occurrence, each.day, each.amount, each.parts, each.reference,
                self._format, self._kind, number,
            )
        )  # fmt: skip

    def _commit(self, number: int, statement: Statement) -> None:
        """What was new in a statement is kept for the next ones, which may repeat it."""
        for each in self._fresh:
            self._add(each)
        self._fresh = []
        self._statements[number] = statement

    def _neighbours(self, statement: Statement, sketches: Sequence[Sketch]) -> set[int]:
        """Kept statements that this one follows, or goes before, inside one day."""
        found: set[int] = set()
        if not statement.proved:
            return found
        for number, other in self._statements.items():
            if not other.proved or same_statement(statement, other):
                continue
            after = (other.closing, other.last_day) == (statement.opening, statement.first_day)
            before = (other.opening, other.first_day) == (statement.closing, statement.last_day)
            day = statement.first_day if after else statement.last_day
            if (after or before) and not self._repeats(number, day, sketches):
                found.add(number)
        return found

    def _repeats(self, number: int, day: dt.date | None, sketches: Sequence[Sketch]) -> bool:
        """Whether the rows of the day are those of the other statement, and come to nothing.

        Then the balances would fit whether they are counted once or twice.
        """
        shared = [each for each in sketches if each.day == day]
        known = all(
            any(kept.statement == number for kept in self._of_key(each.key)) for each in shared
        )
        return bool(shared) and known and not sum(each.amount for each in shared)

    def _base(self, key: str, neighbours: set[int]) -> int:
        """How many of this key the neighbours brought."""
        if not neighbours:
            return 0
        return sum(kept.statement in neighbours for kept in self._of_key(key))

    def _exact(self, each: Sketch, count: int, neighbours: set[int]) -> Decision | None:
        """The kept entry of the same key and number."""
        kept = self._of_key(each.key)
        if not kept:
            return None
        occurrence = self._base(each.key, neighbours) + count
        for other in kept:
            if other.occurrence == occurrence:
                self._taken.add(other.row)
                return _known(each, other)
        return None

    def _by_likeness(
        self,
        decisions: list[Decision | None],
        sketches: Sequence[Sketch],
        neighbours: set[int],
        rows_of: Callable[[set[int]], dict[int, Row]],
    ) -> None:
        """Rules 3 and 4, for entries that are not decided yet."""
        crowd = Counter(
            (each.day, each.amount)
            for each, decision in zip(sketches, decisions, strict=True)
            if decision is None
        )
        doubtful: dict[int, list[Kept]] = {}
        for place, each in enumerate(sketches):
            if decisions[place] is not None:
                continue
            if other := self._told_before(each):
                self._taken.add(other.row)
                decisions[place] = _known(each, other)
                continue
            free = self._free(each, neighbours)
            if len(free) == 1 and crowd[each.day, each.amount] == 1:
                self._taken.add(free[0].row)
                decisions[place] = _known(each, free[0])
            elif free:
                doubtful[place] = free
        if doubtful:
            self._choose(decisions, sketches, doubtful, rows_of(set(doubtful)))

    def _told_before(self, each: Sketch) -> Kept | None:
        """The same entry in a notification, or in a statement after a notification."""
        for other in self._by_reference.get((each.reference, each.amount), ()):
            if other.row not in self._taken and abs(other.day - each.day) <= NEAR:
                return other
        return None

    def _free(self, each: Sketch, neighbours: set[int]) -> list[Kept]:
        """Entries of another format of the same day and amount that nothing else is."""
        return [
            other
            for other in self._by_day.get((each.day, each.amount), ())
            if other.row not in self._taken and other.statement not in neighbours
        ]

    def _choose(
        self,
        decisions: list[Decision | None],
        sketches: Sequence[Sketch],
        doubtful: dict[int, list[Kept]],
        rows: dict[int, Row],
    ) -> None:
        """Pair what is alike, the most alike first; each kept entry is taken once."""
        pairs = [
            (-self._rank(rows[place], other), place, at)
            for place, free in doubtful.items()
            for at, other in enumerate(free)
        ]
        for _rank, place, at in sorted(pairs):
            other = doubtful[place][at]
            if decisions[place] is None and other.row not in self._taken:
                self._taken.add(other.row)
                decisions[place] = _known(sketches[place], other)

    def _rank(self, row: Row, other: Kept) -> int:
        """How much a row looks like a kept one; one of this same file cannot be looked at."""
        return likeness(row, self._look(other.row)) if other.row > 0 else 0


def _known(each: Sketch, other: Kept) -> Decision:
    what = "parts" if other.parts == 1 and each.parts > 1 and other.row > 0 else "known"
    return Decision(what, other.occurrence, other.row)
