"""Balance sheet and income statement from the balances of a trial balance.

Every account stands in exactly one line of the two statements; the total of what is owned equals
the total of what is owed and owned for good, result included, for every balanced trial balance.
Every figure carries the accounts that make it, so that it can be opened.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from .layouts import Layout, LayoutRow, Model
from .natures import Nature, nature, totals
from .rows import Column, Part, Row, RowKind

_BALANCE = frozenset({Nature.ASSET, Nature.LIABILITY, Nature.EQUITY})
_INCOME = frozenset({Nature.INCOME, Nature.EXPENSE})


@dataclass(frozen=True, slots=True)
class Statement:
    """Rows of a statement, in the order of the model.

    Attributes:
        layout: Key of the layout.
        rows: All rows, empty ones included.
        result: Income − expenses, in minor units: a surplus or profit is positive.
        previous_result: That of the year before; ``None`` when no year before was given.
    """

    layout: str
    rows: tuple[Row, ...]
    result: int
    previous_result: int | None

    def row(self, key: str) -> Row:
        """Return a row by its key.

        Raises:
            KeyError: The layout has no such row.
        """
        for row in self.rows:
            if row.key == key:
                return row
        raise KeyError(key)

    def section(self, *names: str) -> tuple[Row, ...]:
        """Return the rows of some sections, in order."""
        return tuple(row for row in self.rows if row.section in names)

    def visible(self) -> tuple[Row, ...]:
        """Return the rows to print: those without any amount are left out, as the rule allows.

        A heading stays when something under it does; a total of level 0 always stays.
        """
        return tuple(_visible(self.rows))


@dataclass(frozen=True, slots=True)
class BalanceSheet(Statement):
    """What is owned, and what pays for it, on one day."""

    @property
    def assets(self) -> tuple[Row, ...]:
        """The rows of what is owned (*actif*)."""
        return self.section("assets")

    @property
    def liabilities(self) -> tuple[Row, ...]:
        """The rows of own funds and debts (*passif*)."""
        return self.section("liabilities")

    @property
    def total_assets(self) -> int:
        """Total of what is owned, net."""
        return self.row("total_assets").net

    @property
    def total_liabilities(self) -> int:
        """Total of own funds, result and debts."""
        return self.row("total_liabilities").net

    @property
    def difference(self) -> int:
        """Total owned − total owed: zero unless the trial balance itself does not balance."""
        return self.total_assets - self.total_liabilities


@dataclass(frozen=True, slots=True)
class IncomeStatement(Statement):
    """What was received and spent over a period, then contributions in kind."""

    @property
    def income(self) -> int:
        """Total of class 7."""
        return self.row("total_income").net

    @property
    def expenses(self) -> int:
        """Total of class 6."""
        return self.row("total_expenses").net

    @property
    def memo(self) -> tuple[Row, ...]:
        """The rows of contributions in kind, received then used."""
        return self.section("memo_received", "memo_used")


def _visible(rows: tuple[Row, ...]) -> Iterator[Row]:
    for index, row in enumerate(rows):
        if row.kind is RowKind.HEADING:
            if any(not other.empty for other in _under(rows[index + 1 :], row)):
                yield row
        elif not row.empty or (row.kind is RowKind.TOTAL and row.level == 0 and _main(row)):
            yield row


def _under(rows: Iterable[Row], heading: Row) -> Iterator[Row]:
    """Yield the rows from after a heading to the next one of its level or its section's end."""
    for row in rows:
        if row.section != heading.section or (
            row.kind is RowKind.HEADING and row.level <= heading.level
        ):
            return
        if row.level > heading.level:
            yield row


def _main(row: Row) -> bool:
    return row.section in ("results",) or row.key in ("total_assets", "total_liabilities")


_Parts = dict[str, list[Part]]


def _spread(
    model: Model, balances: Mapping[str, int], kinds: frozenset[Nature] | None
) -> dict[str, list[Part]]:
    """Put each account that has a balance in its row; the keys are those of the lines."""
    parts: _Parts = defaultdict(list)
    for account, amount in sorted(balances.items()):
        if not amount or (kinds is not None and nature(account, amount) not in kinds):
            continue
        place = model.route(account, amount)
        if place is None:
            raise LookupError(f"no row takes account {account}")
        key, column = place
        sign = -1 if column is Column.ALLOWANCE else model[key].sign
        parts[key].append(Part(account, sign * amount, column))
    return parts


def _add_totals(model: Model, parts: _Parts) -> None:
    """Give each total the parts of the rows that it adds up, in any order of definition."""

    def of(row: LayoutRow) -> list[Part]:
        if row.kind is RowKind.TOTAL and row.key not in parts:
            parts[row.key] = [
                Part(part.account, sign * part.amount, part.column)
                for sign, key in row.terms
                for part in of(model[key])
            ]
        return parts.get(row.key, [])

    for row in model.rows:
        of(row)


def _sum(parts: Iterable[Part], column: Column) -> int:
    return sum(part.amount for part in parts if part.column is column)


def _rows(model: Model, parts: _Parts, previous: _Parts | None) -> tuple[Row, ...]:
    def build(row: LayoutRow) -> Row:
        mine = tuple(parts.get(row.key, ()))
        before = tuple(previous.get(row.key, ())) if previous is not None else ()
        had = _sum(before, Column.GROSS) - _sum(before, Column.ALLOWANCE)
        return Row(
            key=row.key,
            kind=row.kind,
            section=row.section,
            level=row.level,
            label=row.label,
            plain=row.plain,
            gross=_sum(mine, Column.GROSS),
            allowance=_sum(mine, Column.ALLOWANCE),
            previous=None if previous is None else had,
            parts=mine,
            previous_parts=before,
        )

    return tuple(build(row) for row in model.rows)


def _balance_parts(model: Model, balances: Mapping[str, int]) -> _Parts:
    parts = _spread(model, balances, _BALANCE)
    apart = totals(balances).unbalanced
    for account, amount in sorted(balances.items()):
        kind = nature(account, amount)
        if not amount or kind in _BALANCE:
            continue
        if kind in _INCOME:
            parts["result"].append(Part(account, -amount))
        elif apart:
            key = "unbalanced_assets" if apart > 0 else "unbalanced_debts"
            parts[key].append(Part(account, amount if apart > 0 else -amount))
    _add_totals(model, parts)
    return parts


def _income_parts(model: Model, balances: Mapping[str, int]) -> _Parts:
    rest = {a: amount for a, amount in balances.items() if nature(a, amount) not in _BALANCE}
    parts = _spread(model, rest, None)
    _add_totals(model, parts)
    return parts


def balance_sheet(
    layout: Layout, balances: Mapping[str, int], previous: Mapping[str, int] | None = None
) -> BalanceSheet:
    """Draw up the balance sheet on a day.

    Args:
        layout: The models of the year (see :func:`layout`).
        balances: Account → debit − credit on that day, in minor units; classes 6 and 7 since the
            opening of the year make the result of the year.
        previous: The same a year before, for the second column.

    Returns:
        The rows. When the trial balance balances, so does the balance sheet.
    """
    model = layout.balance_sheet
    before = None if previous is None else _balance_parts(model, previous)
    return BalanceSheet(
        layout=layout.key,
        rows=_rows(model, _balance_parts(model, balances), before),
        result=totals(balances).result,
        previous_result=None if previous is None else totals(previous).result,
    )


def income_statement(
    layout: Layout, balances: Mapping[str, int], previous: Mapping[str, int] | None = None
) -> IncomeStatement:
    """Draw up the income statement of a period.

    Args:
        layout: The models of the year (see :func:`layout`).
        balances: Account → debit − credit **over the period**, in minor units. Accounts of the
            balance sheet are passed over, so that a whole trial balance can be given for a year.
        previous: The same for the period before, for the second column.
    """
    model = layout.income_statement
    before = None if previous is None else _income_parts(model, previous)
    return IncomeStatement(
        layout=layout.key,
        rows=_rows(model, _income_parts(model, balances), before),
        result=totals(balances).result,
        previous_result=None if previous is None else totals(previous).result,
    )
