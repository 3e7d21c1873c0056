"""What a statement is made of: rows, and under each row the accounts that make it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from .texts import Text


class Column(StrEnum):
    """Where an account enters a row: its amount, or what is taken off (depreciation)."""

    GROSS = "gross"
    ALLOWANCE = "allowance"


class RowKind(StrEnum):
    """What a row is for whoever prints it."""

    HEADING = "heading"
    """A title without an amount."""
    LINE = "line"
    """Accounts: every account of the trial balance stands in exactly one of these."""
    TOTAL = "total"
    """A sum of other rows; its parts are theirs."""
    RESULT = "result"
    """A figure taken from the other statement (the result in the balance sheet)."""


@dataclass(frozen=True, slots=True)
class Part:
    """An account in a row.

    Attributes:
        account: Its number, as it stands in the trial balance.
        amount: What it adds to its column, in minor units, with the sign of the row: a debt of
            100 is +100 on the side of what is owed, a depreciation of 30 is +30 in its column.
        column: The column in which it stands.
    """

    account: str
    amount: int
    column: Column = Column.GROSS


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a statement, with its amounts in minor units.

    Attributes:
        key: Stable name within the layout, such as ``"receivables"``.
        kind: Heading, line, total or result.
        section: ``"assets"`` or ``"liabilities"``; ``"income"``, ``"expenses"``, ``"results"``,
            ``"memo_received"``, ``"memo_used"`` or ``"outside"``.
        level: 0 for the widest title or total, 3 for the finest line.
        label: The wording of the regulation.
        plain: The same in plain words.
        gross: Before what is taken off.
        allowance: Depreciation and impairment, positive; 0 where there is no such column.
        net: ``gross - allowance``; what is added up.
        previous: Net of the year before; ``None`` when no year before was given.
        parts: The accounts that make ``gross`` and ``allowance``, in order.
        previous_parts: Those that make ``previous``.
    """

    key: str
    kind: RowKind
    section: str
    level: int
    label: Text
    plain: Text
    gross: int = 0
    allowance: int = 0
    previous: int | None = None
    parts: tuple[Part, ...] = field(default=())
    previous_parts: tuple[Part, ...] = field(default=())

    @property
    def net(self) -> int:
        """What the row amounts to."""
        return self.gross - self.allowance

    @property
    def empty(self) -> bool:
        """Whether the regulation lets the row be left out: no amount now nor the year before."""
        return not (self.gross or self.allowance or self.previous or self.parts)
