"""Trial balance and comparison of two periods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrialLine:
    """One account of a trial balance, in minor units.

    Attributes:
        account: Its number.
        opening: Balance before the period, debit − credit.
        debit: Debits of the period.
        credit: Credits of the period.
    """

    account: str
    opening: int
    debit: int
    credit: int

    @property
    def movement(self) -> int:
        """Debit − credit of the period."""
        return self.debit - self.credit

    @property
    def closing(self) -> int:
        """Balance at the end of the period, debit − credit."""
        return self.opening + self.debit - self.credit


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """The accounts of a period in the order of their numbers (*balance générale*)."""

    lines: tuple[TrialLine, ...]

    @property
    def opening(self) -> int:
        """Sum of the opening balances; zero in sound books."""
        return sum(line.opening for line in self.lines)

    @property
    def debit(self) -> int:
        """Sum of the debits of the period."""
        return sum(line.debit for line in self.lines)

    @property
    def credit(self) -> int:
        """Sum of the credits of the period."""
        return sum(line.credit for line in self.lines)

    @property
    def closing(self) -> int:
        """Sum of the closing balances; zero in sound books."""
        return self.opening + self.debit - self.credit

    @property
    def balanced(self) -> bool:
        """Whether opening, movements and closing each sum to zero."""
        return self.opening == 0 and self.debit == self.credit

    def closings(self) -> dict[str, int]:
        """Return account → closing balance, for the balance sheet at the end of the period."""
        return {line.account: line.closing for line in self.lines}

    def openings(self) -> dict[str, int]:
        """Return account → opening balance."""
        return {line.account: line.opening for line in self.lines}

    def movements(self) -> dict[str, int]:
        """Return account → debit − credit of the period, for the income of a part of a year."""
        return {line.account: line.movement for line in self.lines}


def trial_balance(rows: Iterable[tuple[str, int, int, int]]) -> TrialBalance:
    """Add up rows of the same account and order them.

    Args:
        rows: Account, opening balance (debit − credit), debit and credit of the period, in minor
            units. An account may come several times. The debits and credits are kept as they
            are, negative ones included.
    """
    sums: dict[str, list[int]] = {}
    for account, opening, debit, credit in rows:
        line = sums.setdefault(account, [0, 0, 0])
        line[0] += opening
        line[1] += debit
        line[2] += credit
    return TrialBalance(tuple(TrialLine(account, *sums[account]) for account in sorted(sums)))


@dataclass(frozen=True, slots=True)
class Comparison:
    """An account in two periods, in minor units."""

    account: str
    current: int
    previous: int

    @property
    def change(self) -> int:
        """Current − previous."""
        return self.current - self.previous

    @property
    def permille(self) -> int | None:
        """Change in thousandths of the previous amount, rounded half away from zero.

        ``None`` when there was nothing before.
        """
        if self.previous == 0:
            return None
        size, base = abs(self.change) * 2000 + abs(self.previous), abs(self.previous) * 2
        return size // base if self.change >= 0 else -(size // base)


def compare(current: Mapping[str, int], previous: Mapping[str, int]) -> tuple[Comparison, ...]:
    """Set two sets of balances side by side, every account of either, in order."""
    return tuple(
        Comparison(account, current.get(account, 0), previous.get(account, 0))
        for account in sorted(current.keys() | previous.keys())
    )
