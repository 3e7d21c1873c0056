"""One pass over the facts: which of them concern a contract, by kind, unit and party."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, compress
from operator import itemgetter
from typing import TypeVar

from chambre.lib.reciprocity.errors import ReciprocityRefusal
from chambre.lib.reciprocity.facts import Facts
from chambre.lib.reciprocity.model import (
    INCOME,
    Contract,
)
from chambre.lib.reciprocity.spans import window_start
from chambre.lib.reciprocity.steps import is_money

Window = int | str
"""``period`` (the span), ``ever``, or months up to the last day of the span."""

_GIVEN = frozenset({"contribution", "cost", "use", "sale"})
_INCOME = frozenset(INCOME)
_Places = dict[str, list[int]]
_Groups = dict[tuple[str, str], _Places]
_Item = TypeVar("_Item")


class Gathered:
    """The facts of a contract up to the last day of a span, grouped.

    Attributes:
        income: Net income of the span in minor units.
        income_ids: Ids of the facts that it comes from, sorted.
        declarations: Places of declaration facts.
        repayments: Places of repayment facts.
        transfers: Places of transfer facts that are no income.
        paid_fees: Places of fee and royalty facts of the span.
    """

    def __init__(self, contract: Contract, facts: Facts, since: dt.date, until: dt.date) -> None:
        """Go through the facts once.

        Raises:
            ReciprocityRefusal: The span ends before it begins, or income in another unit.
        """
        if until < since:
            raise ReciprocityRefusal("span", since=since, until=until)
        self.contract = contract
        self.facts = facts
        self.since = since
        self.until = until
        self._now: _Groups = {}
        self._before: _Groups = {}
        self.declarations: list[int] = []
        self.repayments: list[int] = []
        self.transfers: list[int] = []
        self.paid_fees: list[int] = []
        self._windows: dict[tuple[str, str, Window], _Places] = {}
        self._sums: dict[tuple[str, str, int], dict[str, int]] = {}
        self._firsts: dict[Window, int] = {"period": since.toordinal(), "ever": 0}
        income = self._pass()
        self.income = sum(map(facts.amounts.__getitem__, income))
        self.income_ids = self.ids_at(income)

    def _pass(self) -> list[int]:
        """Sort every fact into its group; the places of those that are income.

        This runs once per fact: what most of them are comes first, and is asked least about.
        """
        facts, first = self.facts, self.since.toordinal()
        now: list[_Places | None] = []
        before: list[_Places | None] = []
        for key in facts.sort_keys:
            kept = key[0] in _GIVEN
            now.append(self._now.setdefault(key, defaultdict(list)) if kept else None)
            before.append(self._before.setdefault(key, defaultdict(list)) if kept else None)
        sale = {number for number, key in enumerate(facts.sort_keys) if key[0] == "sale"}
        income: list[int] = []
        for i, sort, day, giver in self._concerned():
            groups = now[sort] if day >= first else before[sort]
            if groups is not None:
                groups[giver].append(i)
                if sort not in sale:
                    continue
            if self._comes_in(i):
                income.append(i)
        return self._in_span(income)

    def _concerned(self) -> Iterator[tuple[int, int, int, str]]:
        """Place, sort, day and giver of the facts that the contract sees: not later, its own."""
        facts, contract = self.facts, self.contract
        last = self.until.toordinal()
        rows = zip(range(len(facts)), facts.sorts, facts.days, facts.givers, strict=True)
        seen = {each for each in set(facts.resources) if contract.covers(each)}
        if len(seen) == len(set(facts.resources)) and max(facts.days, default=0) <= last:
            return rows
        wanted = [
            day <= last and (resource in seen or (kind == "transfer" and taker == contract.slug))
            for day, resource, kind, taker in zip(
                facts.days, facts.resources, facts.kinds, facts.takers, strict=True
            )
        ]
        return compress(rows, wanted)

    def _in_span(self, places: list[int]) -> list[int]:
        """Of the facts that are income, those of the span and of the term.

        Raises:
            ReciprocityRefusal: One of them is in another unit.
        """
        facts, unit = self.facts, self.contract.unit
        first = self.since.toordinal()
        opens, ends = _term(self.contract, first, self.until.toordinal())
        found = [i for i in places if opens <= facts.days[i] <= ends]
        for i in found:
            if facts.units[i] != unit:
                raise ReciprocityRefusal(
                    "unit", id=facts.ids[i], unit=facts.units[i], expected=unit
                )
        self.paid_fees = [
            i
            for i in places
            if facts.kinds[i] in ("fee", "royalty")
            and facts.days[i] >= first
            and facts.units[i] == unit
        ]
        return found

    def _comes_in(self, i: int) -> bool:
        """Whether a fact is income; a declaration, a repayment, another transfer is noted."""
        facts = self.facts
        kind = facts.kinds[i]
        if kind in _INCOME:
            return True
        if kind == "transfer":
            taker, resource = facts.takers[i], facts.resources[i]
            if taker == self.contract.slug or (resource and taker == resource):
                return True
        if facts.units[i] == self.contract.unit:
            {
                "declaration": self.declarations,
                "repayment": self.repayments,
                "transfer": self.transfers,
            }[kind].append(i)
        return False

    def first_day(self, window: Window) -> int:
        """Ordinal of the first day of a window."""
        found = self._firsts.get(window)
        if found is None:
            found = window_start(self.until, int(window)).toordinal()
            self._firsts[window] = found
        return found

    def within(self, places: Iterable[int], window: Window) -> list[int]:
        """Those of the facts that lie in a window."""
        days, first = self.facts.days, self.first_day(window)
        return [i for i in places if days[i] >= first]

    def given(self, kind: str, unit: str, window: Window) -> _Places:
        """Places of the contribution, cost, use or sale facts of a window, by who gave them.

        Places are in order. The empty name is nobody: sales that don't say whose they are.
        """
        key = (kind, unit, window)
        found = self._windows.get(key)
        if found is None:
            found = self._windows[key] = self._window(kind, unit, self.first_day(window))
        return found

    def _window(self, kind: str, unit: str, first: int) -> _Places:
        now = self._now.get((kind, unit), {})
        before = self._before.get((kind, unit), {})
        since = self.since.toordinal()
        if first == since:
            return now
        days = self.facts.days
        if first > since:
            late = {party: [i for i in at if days[i] >= first] for party, at in now.items()}
            return {party: at for party, at in late.items() if at}
        if first > 0:
            before = {party: [i for i in at if days[i] >= first] for party, at in before.items()}
        found = dict(now)
        for party, places in before.items():
            if places:
                found[party] = sorted([*places, *now[party]]) if party in now else places
        return found

    def sums(self, kind: str, unit: str, window: Window) -> dict[str, int]:
        """By party, what it gave: minor units for money, else millionths.

        Parties that gave nothing are left out, and so is nobody.
        """
        key = (kind, unit, self.first_day(window))
        found = self._sums.get(key)
        if found is None:
            column = self.facts.amounts if is_money(unit) else self.facts.quantities
            found = {}
            for party, places in self.given(kind, unit, window).items():
                total = sum(_picked(column, places))
                if total and party:
                    found[party] = total
            self._sums[key] = found
        return found

    def ids_at(self, places: list[int]) -> tuple[str, ...]:
        """Ids of facts."""
        return _picked(self.facts.ids, places)

    def ids(
        self, keys: Iterable[tuple[str, str]], window: Window, party: str, more: Iterable[int] = ()
    ) -> tuple[str, ...]:
        """Ids of a party's facts of some kinds and units in a window, and of others, sorted."""
        lists = [at for key in keys if (at := self.given(*key, window).get(party))]
        rest = list(more)
        if len(lists) == 1 and not rest:
            return self.ids_at(lists[0])
        return self.ids_at(sorted(chain(rest, *lists)))

    def groups(self) -> list[tuple[str, str]]:
        """Kinds and units of the facts that parties gave, bore, used or sold, sorted."""
        return sorted(self._now)

    def units_of(self, kind: str) -> list[str]:
        """Units in which there are facts of a kind, sorted."""
        return [unit for its_kind, unit in self.groups() if its_kind == kind]

    def givers(self, window: Window) -> set[str]:
        """Parties with a contribution, cost or use, or a declaration for them, in a window."""
        found: set[str] = set()
        for kind, unit in self.groups():
            if kind != "sale":
                found.update(self.given(kind, unit, window))
        found.update(self.facts.takers[i] for i in self.within(self.declarations, window))
        found.discard("")
        return found


def _picked(column: list[_Item], places: list[int]) -> tuple[_Item, ...]:
    """The items of a column at some places."""
    if len(places) < 2:
        return tuple(column[i] for i in places)
    found: tuple[_Item, ...] = itemgetter(*places)(column)
    return found


def _term(contract: Contract, first: int, last: int) -> tuple[int, int]:
    """The days of a span on which the contract holds."""
    term = contract.term
    opens = max(first, term.since.toordinal()) if term.since else first
    ends = min(last, term.until.toordinal()) if term.until else last
    return opens, ends
