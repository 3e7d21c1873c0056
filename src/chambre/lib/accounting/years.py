"""Financial years: what closing one would do, and what goes on into the next."""

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

SUSPENSE_ACCOUNT = "471"
"""Suspense account, for what cannot be told."""

_DROPPED = frozenset({Nature.INCOME, Nature.EXPENSE, Nature.MEMO, Nature.OUTSIDE})
"""What does not go on into the next year."""


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


class Origin(StrEnum):
    """Why a line stands in an opening or closing entry."""

    BALANCE = "balance"
    RESULT = "result"
    DIFFERENCE = "difference"


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


def result_accounts(codes: Iterable[str]) -> tuple[str, str]:
    """Choose where a book puts its result: its own 120… and 129…, else 120 and 129.

    Args:
        codes: The accounts of the book.

    Returns:
        The account of a surplus and the account of a deficit.
    """
    known = sorted(codes)
    profit = (code for code in known if code.startswith("120") and not code.startswith("1209"))
    loss = (code for code in known if code.startswith("129"))
    return next(profit, PROFIT_ACCOUNT), next(loss, LOSS_ACCOUNT)


def _result_line(result: int, profit: str, loss: str) -> list[EntryLine]:
    if not result:
        return []
    return [EntryLine(profit if result > 0 else loss, -result, Origin.RESULT)]


def carried(
    balances: Mapping[str, int], profit: str = PROFIT_ACCOUNT, loss: str = LOSS_ACCOUNT
) -> tuple[EntryLine, ...]:
    """Return what goes on into the next year, whatever state the books are in.

    As :func:`carry_forward`, for reading accounts that nobody has closed yet. Instead of refusing
    it puts what would be lost with classes 8 and 9, if they do not balance, on 471.

    Args:
        balances: Account → debit − credit in minor units.
        profit: Account of a surplus.
        loss: Account of a deficit.
    """
    found = totals(balances)
    lines = [
        EntryLine(account, amount)
        for account, amount in sorted(balances.items())
        if amount and nature(account, amount) not in _DROPPED
    ]
    lines += _result_line(found.result, profit, loss)
    if found.unbalanced:
        lines.append(EntryLine(SUSPENSE_ACCOUNT, found.unbalanced, Origin.DIFFERENCE))
    return tuple(lines)


def carry_forward(
    balances: Mapping[str, int],
    year: FinancialYear | int,
    profit: str = PROFIT_ACCOUNT,
    loss: str = LOSS_ACCOUNT,
) -> Opening:
    """Return the opening entry of the year after the one that closes.

    Classes 1 to 5 are carried as they are; what classes 6 and 7 leave goes to 120 when it is a
    surplus and to 129 when it is a deficit, on a line of its own; classes 8 and 9 are dropped.

    Args:
        balances: Closing balances, account → debit − credit in minor units; of one cell (one
            resource in one book) or of a whole book.
        year: The year that closes; a number means the calendar year.
        profit: Account of a surplus, when the book has its own (:func:`result_accounts`).
        loss: Account of a deficit.

    Raises:
        Unbalanced: The balances, or classes 8 and 9 alone, do not sum to zero: nothing that
            balances could be carried.
    """
    found = totals(balances)
    if found.difference:
        raise Unbalanced(found.difference, "the trial balance")
    if found.unbalanced:
        raise Unbalanced(found.unbalanced, "what stands in classes 8 and 9")
    return Opening(_year(year).next_day, carried(balances, profit, loss), found.result)


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
        Text("Des comptes d’attente ne sont pas soldés.", "Suspense accounts are not cleared."),
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
            "Le résultat d’un exercice précédent n’est pas affecté.",
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
            Text("La balance n’est pas équilibrée.", "The trial balance does not balance."),
            (("", difference),),
        )


def closing(
    balances: Mapping[str, int],
    year: FinancialYear | int,
    profit: str = PROFIT_ACCOUNT,
    loss: str = LOSS_ACCOUNT,
) -> Closing:
    """Show what closing a year would do; nothing is written and nothing is refused.

    Args:
        balances: Closing balances, account → debit − credit in minor units.
        year: The year that closes; a number means the calendar year.
        profit: Account of a surplus, when the book has its own (:func:`result_accounts`).
        loss: Account of a deficit.
    """
    found = totals(balances)

    def emptied(*kinds: Nature) -> list[EntryLine]:
        return [
            EntryLine(account, -amount)
            for account, amount in sorted(balances.items())
            if amount and nature(account, amount) in kinds
        ]

    lines = emptied(Nature.INCOME, Nature.EXPENSE) + _result_line(found.result, profit, loss)
    sound = not found.difference and not found.unbalanced
    return Closing(
        day=_year(year).end,
        income=found.income,
        expenses=found.expenses,
        result=found.result,
        lines=tuple(lines),
        memo_lines=tuple(emptied(Nature.MEMO, Nature.OUTSIDE)),
        opening=carry_forward(balances, year, profit, loss) if sound else None,
        findings=tuple(_findings(balances)),
    )
