"""Groups of a statement: the accounts of a resource or of a structure, and their totals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chambre.lib.accounting import PROFIT_ACCOUNT, Totals, totals
from chambre.lib.consolidation.carrying import Cell
from chambre.lib.consolidation.elimination import Elimination


@dataclass(slots=True)
class AccountFigures:
    """One account of a group, in minor units.

    Attributes:
        account: Its number.
        opening: Balance before the period, debit positive.
        debit: Debit of the period.
        credit: Credit of the period.
    """

    account: str
    opening: int = 0
    debit: int = 0
    credit: int = 0

    @property
    def closing(self) -> int:
        """Balance at the end of the period, debit positive."""
        return self.opening + self.debit - self.credit

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.opening or self.debit or self.credit)


@dataclass(slots=True)
class Group:
    """The accounts of one resource or structure.

    Attributes:
        key: Id of the resource or of the book; none: not attributed.
        accounts: By number.
    """

    key: Any
    accounts: dict[str, AccountFigures] = field(default_factory=dict)

    @classmethod
    def of(cls, key: Any, figures: Mapping[str, list[int]]) -> Group:
        """A group from ``account → [opening, debit, credit]``."""
        return cls(key, {code: AccountFigures(code, *each) for code, each in figures.items()})

    def at(self, account: str) -> AccountFigures:
        """The figures of an account, made when missing."""
        figures = self.accounts.get(account)
        if figures is None:
            figures = self.accounts[account] = AccountFigures(account)
        return figures

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return all(figures.empty for figures in self.accounts.values())

    def listed(self) -> list[AccountFigures]:
        """The accounts with something in them, by number."""
        return [figures for _account, figures in sorted(self.accounts.items()) if not figures.empty]

    def totals(self) -> Totals:
        """Assets, liabilities, equity, income and expenses."""
        return totals(self.closings())

    def movements(self) -> dict[str, int]:
        """Debit − credit of the period on accounts of income, expenses and in kind."""
        return {
            figures.account: figures.debit - figures.credit
            for figures in self.accounts.values()
            if figures.account[:1] in "678" and not figures.empty
        }

    def closings(self) -> dict[str, int]:
        """Balances at the end of the period, debit positive, as a balance sheet takes them.

        Income and expenses are those of the period; what classes 6 and 7 made earlier in the
        same financial year is a part of equity, so that assets = liabilities + equity + result.
        """
        balances: dict[str, int] = {}
        earlier = 0
        for figures in self.accounts.values():
            if figures.account[:1] in "67":
                earlier += figures.opening
                balances[figures.account] = figures.debit - figures.credit
            else:
                balances[figures.account] = figures.closing
        if earlier:
            balances[PROFIT_ACCOUNT] = balances.get(PROFIT_ACCOUNT, 0) + earlier
        return balances


def group_figures(
    cells: Mapping[Cell, Mapping[str, list[int]]], key: Callable[[Cell], Any]
) -> dict[Any, Group]:
    """Add cells up into groups.

    Args:
        cells: Figures of every cell, as :func:`read_books` gives them.
        key: The group that a cell belongs to.
    """
    groups: dict[Any, Group] = {}
    for cell, accounts in cells.items():
        name = key(cell)
        group = groups.get(name)
        if group is None:
            group = groups[name] = Group(name)
        for account, (opening, debit, credit) in accounts.items():
            figures = group.at(account)
            figures.opening += opening
            figures.debit += debit
            figures.credit += credit
    return groups


def add_groups(groups: Mapping[Any, Group], key: Callable[[Any], Any]) -> dict[Any, Group]:
    """Add groups up into wider ones; the given ones stay as they are.

    Args:
        groups: The groups, by key.
        key: The wider group that a key belongs to.
    """
    wider: dict[Any, Group] = {}
    for name, group in groups.items():
        into = wider.setdefault(key(name), Group(key(name)))
        for each in group.accounts.values():
            figures = into.at(each.account)
            figures.opening += each.opening
            figures.debit += each.debit
            figures.credit += each.credit
    return wider


def take_off(group: Group, each: Elimination) -> None:
    """Take one elimination off a group.

    Income and expenses fall in the column where they stand; balances fall in the closing, on the
    side where they stand.
    """
    figures = group.at(each.account)
    if each.amount > 0:
        figures.debit -= each.amount
    else:
        figures.credit += each.amount


def apply_eliminations(groups: Mapping[Any, Group], eliminations: Iterable[Elimination]) -> None:
    """Take eliminations off the groups of their resources."""
    for each in eliminations:
        take_off(groups[each.resource], each)


def difference_between(
    left: Iterable[Group], right: Iterable[Group]
) -> dict[str, tuple[int, int, int]]:
    """Where two readings of the same books disagree.

    Returns:
        Account → differences of opening, debit and credit; empty when they agree to the cent.
    """
    sums: dict[str, list[int]] = {}
    for sign, groups in ((1, left), (-1, right)):
        for group in groups:
            for account, figures in group.accounts.items():
                each = sums.get(account)
                if each is None:
                    each = sums[account] = [0, 0, 0]
                each[0] += sign * figures.opening
                each[1] += sign * figures.debit
                each[2] += sign * figures.credit
    return {account: (a, b, c) for account, (a, b, c) in sums.items() if a or b or c}
