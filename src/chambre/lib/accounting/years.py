"""Financial years: trial balance, comparison, closing preview and carry-forward."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from .natures import Nature, nature, totals
from .texts import Text

PROFIT_ACCOUNT = "120"
"""Result of the year: profit (company) or surplus (association)."""

LOSS_ACCOUNT = "129"
"""Result of the year: loss (company) or deficit (association)."""


class Unbalanced(ValueError):
    """The balances do not sum to zero where they must.

    Attributes:
        amount: What is too much in debit, in minor units; negative: too much in credit.
    """

    def __init__(self, amount: int, where: str) -> None:
        super().__init__(f"{where} does not balance: {amount} minor units too much in debit")
        self.amount = amount
        self.where = where


@dataclass(frozen=True, slots=True)
class FinancialYear:
    """A financial year (*exercice*), both days included."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("a financial year ends after it starts")

    @classmethod
    def calendar(cls, year: int) -> FinancialYear:
        """Return the year from 1 January to 31 December."""
        return cls(date(year, 1, 1), date(year, 12, 31))

    @property
    def next_day(self) -> date:
        """The first day of the year after."""
        return self.end + timedelta(days=1)


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


class Origin(StrEnum):
    """Why a line stands in an opening or closing entry."""

    BALANCE = "balance"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class EntryLine:
    """A line of an entry that the closing makes: account and debit − credit in minor units."""

    account: str
    amount: int
    origin: Origin = Origin.BALANCE


@dataclass(frozen=True, slots=True)
class Opening:
    """The opening entry (*à-nouveaux*) of the year after."""

    day: date
    lines: tuple[EntryLine, ...]
    result: int


def _year(year: FinancialYear | int) -> FinancialYear:
    return FinancialYear.calendar(year) if isinstance(year, int) else year


def carry_forward(balances: Mapping[str, int], year: FinancialYear | int) -> Opening:
    """Return the opening entry of the year after the one that closes.

    Classes 1 to 5 are carried as they are; what classes 6 and 7 leave goes to 120 when it is a
    surplus and to 129 when it is a deficit, on a line of its own; classes 8 and 9 are dropped.

    Args:
        balances: Closing balances, account → debit − credit in minor units; of one cell (one
            resource in one book) or of a whole book.
        year: The year that closes; a number means the calendar year.

    Raises:
        Unbalanced: The balances, or classes 8 and 9 alone, do not sum to zero: nothing that
            balances could be carried.
    """
    found = totals(balances)
    if found.difference:
        raise Unbalanced(found.difference, "the trial balance")
    if found.unbalanced:
        raise Unbalanced(found.unbalanced, "what stands in classes 8 and 9")
    dropped = {Nature.INCOME, Nature.EXPENSE, Nature.MEMO, Nature.OUTSIDE}
    lines = [
        EntryLine(account, amount)
        for account, amount in sorted(balances.items())
        if amount and nature(account, amount) not in dropped
    ]
    if found.result:
        account = PROFIT_ACCOUNT if found.result > 0 else LOSS_ACCOUNT
        lines.append(EntryLine(account, -found.result, Origin.RESULT))
    return Opening(_year(year).next_day, tuple(lines), found.result)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at before a year is closed.

    Attributes:
        code: Stable name of the check.
        message: What it says, in both languages.
        accounts: The accounts that it is about, with their balances in minor units.
    """

    code: str
    message: Text
    accounts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Closing:
    """What closing a year would do, before it is done.

    Attributes:
        day: Last day of the year.
        income: Class 7, in minor units.
        expenses: Class 6.
        result: Income − expenses.
        lines: The entry that empties classes 6 and 7 into 120 or 129.
        memo_lines: The entry that empties classes 8 and 9.
        opening: The opening entry of the year after; ``None`` when the books do not balance.
        findings: What to look at first.
    """

    day: date
    income: int
    expenses: int
    result: int
    lines: tuple[EntryLine, ...]
    memo_lines: tuple[EntryLine, ...]
    opening: Opening | None
    findings: tuple[Finding, ...]


_CHECKS: tuple[tuple[str, Text, tuple[str, ...]], ...] = (
    (
        "suspense",
        Text("Des comptes d'attente ne sont pas soldés.", "Suspense accounts are not cleared."),
        ("471", "472", "473"),
    ),
    (
        "transfers",
        Text(
            "Des virements internes sont encore en route.",
            "Internal transfers are still on their way.",
        ),
        ("58",),
    ),
    (
        "previous_result",
        Text(
            "Le résultat d'un exercice précédent n'est pas affecté.",
            "The result of an earlier year is not allocated.",
        ),
        ("12",),
    ),
)


def _findings(balances: Mapping[str, int]) -> Iterable[Finding]:
    left = {account: amount for account, amount in sorted(balances.items()) if amount}

    def those(*prefixes: str) -> tuple[tuple[str, int], ...]:
        return tuple((a, amount) for a, amount in left.items() if a.startswith(prefixes))

    for code, message, prefixes in _CHECKS:
        if accounts := those(*prefixes):
            yield Finding(code, message, accounts)
    if accounts := tuple((a, amount) for a, amount in those("53") if amount < 0):
        yield Finding(
            "cash_negative",
            Text("Une caisse ne peut pas être négative.", "A cash box cannot be negative."),
            accounts,
        )
    apart = tuple(
        (a, amount) for a, amount in left.items() if nature(a) in (Nature.MEMO, Nature.OUTSIDE)
    )
    if sum(amount for _, amount in apart):
        yield Finding(
            "memo_unbalanced",
            Text(
                "Les contributions en nature reçues et employées diffèrent.",
                "Contributions in kind received and used differ.",
            ),
            apart,
        )
    if difference := sum(left.values()):
        yield Finding(
            "unbalanced",
            Text("La balance n'est pas équilibrée.", "The trial balance does not balance."),
            (("", difference),),
        )


def closing(balances: Mapping[str, int], year: FinancialYear | int) -> Closing:
    """Show what closing a year would do; nothing is written and nothing is refused.

    Args:
        balances: Closing balances, account → debit − credit in minor units.
        year: The year that closes; a number means the calendar year.
    """
    found = totals(balances)
    lines = [
        EntryLine(account, -amount)
        for account, amount in sorted(balances.items())
        if amount and nature(account) in (Nature.INCOME, Nature.EXPENSE)
    ]
    if found.result:
        account = PROFIT_ACCOUNT if found.result > 0 else LOSS_ACCOUNT
        lines.append(EntryLine(account, -found.result, Origin.RESULT))
    memo = tuple(
        EntryLine(account, -amount)
        for account, amount in sorted(balances.items())
        if amount and nature(account) in (Nature.MEMO, Nature.OUTSIDE)
    )
    sound = not found.difference and not found.unbalanced
    return Closing(
        day=_year(year).end,
        income=found.income,
        expenses=found.expenses,
        result=found.result,
        lines=tuple(lines),
        memo_lines=memo,
        opening=carry_forward(balances, year) if sound else None,
        findings=tuple(_findings(balances)),
    )
