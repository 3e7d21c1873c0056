"""What an account is: asset, liability, equity, income, expense, memo or outside.

The rule, class by class (sign conventions: an amount is *debit − credit*, in minor units):

===========================  =======================================================
Accounts                     Nature
===========================  =======================================================
10 to 14                     equity (own funds, reserves, results, grants for assets,
                             regulated provisions), whatever the sign
109                          asset (capital subscribed and not yet called)
15, 16, 17, 19               liability (provisions, loans, *fonds reportés et dédiés*),
                             whatever the sign; 169 is an asset (redemption premium)
18 (link accounts)           asset when in debit, liability when in credit
20 to 28, 3                  asset, whatever the sign (28, 29 and 39 are taken off)
229, 269, 279                liability (rights of the grantor, payments still to make)
40 to 48                     asset when in debit, liability when in credit
49, 59                       asset, whatever the sign (what is written off third parties)
50 to 58                     asset when in debit, liability when in credit
6                            expense, whatever the sign (609 is a negative expense)
7                            income, whatever the sign (709 is a negative income)
86, 87                       memo: contributions in kind, kept apart
80 to 85, 88, 89, 9, others  outside: commitments, analytic accounts
===========================  =======================================================

Because each account has one nature for one balance, and because what stands in memo and outside
accounts is balanced by itself in sound books, *assets = liabilities + equity + result* holds for
every balanced trial balance. Where somebody booked an entry half in class 8 or 9 and half
elsewhere, what is missing is shown as :attr:`Totals.unbalanced` and counted among the assets (net
debit) or the liabilities (net credit), so that the equation holds and the fault is seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from .codes import bare


class Nature(StrEnum):
    """What a balance is for whoever reads the accounts."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"
    MEMO = "memo"
    OUTSIDE = "outside"


_BY_SIGN = None
"""Stands for « asset when in debit, liability when in credit »."""

_RULES: dict[str, Nature | None] = {
    "1": Nature.EQUITY,
    "109": Nature.ASSET,
    "15": Nature.LIABILITY,
    "16": Nature.LIABILITY,
    "169": Nature.ASSET,
    "17": Nature.LIABILITY,
    "18": _BY_SIGN,
    "19": Nature.LIABILITY,
    "2": Nature.ASSET,
    "229": Nature.LIABILITY,
    "269": Nature.LIABILITY,
    "279": Nature.LIABILITY,
    "3": Nature.ASSET,
    "4": _BY_SIGN,
    "49": Nature.ASSET,
    "5": _BY_SIGN,
    "59": Nature.ASSET,
    "6": Nature.EXPENSE,
    "7": Nature.INCOME,
    "86": Nature.MEMO,
    "87": Nature.MEMO,
}
_LONGEST = max(map(len, _RULES))


def nature(account: str, amount: int = 0) -> Nature:
    """Say what an account is, given its balance.

    Args:
        account: An account number of the French charts, of any length; only its first three
            characters decide.
        amount: Its balance, debit − credit, in minor units. It matters for classes 18, 4 and 5,
            where a debit (or nothing) is an asset and a credit a liability.
    """
    return _nature_of(account, amount < 0)


@lru_cache(maxsize=16_384)
def _nature_of(account: str, credit: bool) -> Nature:
    return _nature(bare(account)[:_LONGEST], credit)


@lru_cache(maxsize=4096)
def _nature(start: str, credit: bool) -> Nature:
    for length in range(len(start), 0, -1):
        if start[:length] in _RULES:
            found = _RULES[start[:length]]
            if found is not _BY_SIGN:
                return found
            return Nature.LIABILITY if credit else Nature.ASSET
    return Nature.OUTSIDE


@dataclass(frozen=True, slots=True)
class Totals:
    """The few figures of a set of books, in minor units, each with its natural sign.

    ``assets == liabilities + equity + result`` for every balanced trial balance.

    Attributes:
        assets: What is owned, net of depreciation.
        liabilities: What is owed, provisions and dedicated funds included.
        equity: Own funds, without the result of the period.
        income: Class 7.
        expenses: Class 6.
        memo_used: Contributions in kind as they are used (debits of 86 and 87).
        memo_received: Contributions in kind as they come (credits of 86 and 87).
        unbalanced: Net debit of classes 8 and 9 and of unreadable accounts; zero in sound books.
            It is part of ``assets`` when positive and of ``liabilities`` when negative.
        difference: Sum of all the balances; zero for a balanced trial balance.
    """

    assets: int = 0
    liabilities: int = 0
    equity: int = 0
    income: int = 0
    expenses: int = 0
    memo_used: int = 0
    memo_received: int = 0
    unbalanced: int = 0
    difference: int = 0

    @property
    def result(self) -> int:
        """Income − expenses: positive for a surplus, negative for a deficit."""
        return self.income - self.expenses

    @property
    def balances(self) -> bool:
        """Whether assets = liabilities + equity + result."""
        return self.assets == self.liabilities + self.equity + self.result


def totals(balances: Mapping[str, int]) -> Totals:
    """Add the balances of a trial balance up by nature.

    Args:
        balances: Account → debit − credit, in minor units.
    """
    sums = dict.fromkeys(Nature, 0)
    used = received = 0
    for account, amount in balances.items():
        kind = nature(account, amount)
        sums[kind] += amount
        if kind is Nature.MEMO:
            used += max(amount, 0)
            received += max(-amount, 0)
    apart = sums[Nature.MEMO] + sums[Nature.OUTSIDE]
    return Totals(
        assets=sums[Nature.ASSET] + max(apart, 0),
        liabilities=-sums[Nature.LIABILITY] + max(-apart, 0),
        equity=-sums[Nature.EQUITY],
        income=-sums[Nature.INCOME],
        expenses=sums[Nature.EXPENSE],
        memo_used=used,
        memo_received=received,
        unbalanced=apart,
        difference=sum(sums.values()),
    )
