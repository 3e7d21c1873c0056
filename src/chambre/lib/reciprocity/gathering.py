"""One pass over the facts: which of them concern a contract, by kind, unit and party."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from chambre.lib.reciprocity.errors import ReciprocityRefusal
from chambre.lib.reciprocity.facts import Facts
from chambre.lib.reciprocity.model import INCOME, Contract
from chambre.lib.reciprocity.spans import window_start
from chambre.lib.reciprocity.steps import is_money

Window = int | str
"""``period`` (the span), ``ever``, or months up to the last day of the span."""

_GIVEN = frozenset({"contribution", "cost", "use"})
_INCOME = frozenset(INCOME)


class Gathered:
    """The facts of a contract up to the last day of a span, grouped.

    Attributes:
        income: Net income of the span in minor units.
        income_ids: Ids of the facts that it comes from, sorted.
        given: Places of contribution, cost, use and sale facts by (kind, unit), then by ``from``.
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
        self.given: dict[tuple[str, str], dict[str, list[int]]] = {}
        self.declarations: list[int] = []
        self.repayments: list[int] = []
        self.transfers: list[int] = []
        self.paid_fees: list[int] = []
        self._sums: dict[tuple[str, str, Window], dict[str, int]] = {}
        self._ids: dict[tuple[str, str, Window, str], tuple[str, ...]] = {}
        self._firsts: dict[Window, int] = {"period": since.toordinal(), "ever": 0}
        income = self._pass()
        self.income = sum(map(facts.amounts.__getitem__, income))
        self.income_ids = tuple(map(facts.ids.__getitem__, income))

    def _pass(self) -> list[int]:
        """Sort every fact into its group; the places of those that are income."""
        facts, contract = self.facts, self.contract
        first, last = self.since.toordinal(), self.until.toordinal()
        opens, ends = _term(contract, first, last)
        unit, slug, resources = contract.unit, contract.slug, {"", *contract.resources}
        anything = "*" in resources
        groups: dict[tuple[str, str], dict[str, list[int]]] = {}
        income: list[int] = []
        columns = zip(
            facts.kinds, facts.days, facts.resources, facts.givers, facts.units, strict=True
        )
        for i, (kind, day, resource, giver, its_unit) in enumerate(columns):
            if day > last:
                continue
            if not (anything or resource in resources) and not (
                kind == "transfer" and facts.takers[i] == slug
            ):
                continue
            if kind in _GIVEN:
                key = (kind, its_unit)
                if key not in groups:
                    groups[key] = defaultdict(list)
                groups[key][giver].append(i)
                continue
            if kind in _INCOME:
                if kind == "sale":
                    groups.setdefault((kind, its_unit), defaultdict(list))[giver].append(i)
                elif day >= first and its_unit == unit:
                    self.paid_fees.append(i)
            elif not self._comes_in(i, kind, resource):
                continue
            if opens <= day <= ends:
                if its_unit != unit:
                    raise ReciprocityRefusal("unit", id=facts.ids[i], unit=its_unit, expected=unit)
                income.append(i)
        self.given = groups
        return income

    def _comes_in(self, i: int, kind: str, resource: str) -> bool:
        """Note a declaration, repayment or transfer; whether it is a transfer that is income."""
        facts = self.facts
        if kind == "transfer":
            taker = facts.takers[i]
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

    def sums(self, kind: str, unit: str, window: Window) -> dict[str, int]:
        """By party, what it gave: minor units for money, else millionths; parties with none left out.

        The empty name is nobody: facts that don't say who are not counted.
        """
        key = (kind, unit, window)
        found = self._sums.get(key)
        if found is None:
            column = self.facts.amounts if is_money(unit) else self.facts.quantities
            take = column.__getitem__
            groups = self.given.get((kind, unit), {})
            found = {}
            for party, places in groups.items():
                total = sum(map(take, self.within(places, window)))
                if total and party:
                    found[party] = total
            self._sums[key] = found
        return found

    def ids(self, kind: str, unit: str, window: Window, party: str) -> tuple[str, ...]:
        """Ids of a party's facts of a kind and unit in a window, sorted."""
        key = (kind, unit, window, party)
        found = self._ids.get(key)
        if found is None:
            places = self.given.get((kind, unit), {}).get(party, ())
            within = self.within(places, window)
            found = tuple(map(self.facts.ids.__getitem__, within))
            self._ids[key] = found
        return found

    def units_of(self, kind: str) -> list[str]:
        """Units in which there are facts of a kind, sorted."""
        return sorted(unit for its_kind, unit in self.given if its_kind == kind)

    def givers(self, window: Window) -> set[str]:
        """Parties with a contribution, cost or use, or a declaration for them, in a window."""
        days, first = self.facts.days, self.first_day(window)
        found = {
            party
            for (kind, _unit), groups in self.given.items()
            if kind in _GIVEN
            for party, places in groups.items()
            if any(days[i] >= first for i in places)
        }
        found.update(self.facts.takers[i] for i in self.within(self.declarations, window))
        found.discard("")
        return found


def _term(contract: Contract, first: int, last: int) -> tuple[int, int]:
    """The days of a span on which the contract holds."""
    term = contract.term
    opens = max(first, term.since.toordinal()) if term.since else first
    ends = min(last, term.until.toordinal()) if term.until else last
    return opens, ends
