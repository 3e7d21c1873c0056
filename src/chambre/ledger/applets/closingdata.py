"""What closing a financial year would do, and did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chambre.ledger.models import FinancialYear


@dataclass(frozen=True, slots=True)
class ClosingFinding:
    """Something to look at before a year is closed.

    Attributes:
        code: Stable name.
        message: What it says, in the reader's language.
        accounts: ``(account, balance)``, in minor units.
        blocking: Whether the year cannot be closed with it.
    """

    code: str
    message: str
    accounts: tuple[tuple[str, int], ...]
    blocking: bool

    def as_data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "code": self.code,
            "message": self.message,
            "accounts": [{"account": code, "amount": amount} for code, amount in self.accounts],
            "blocking": self.blocking,
        }


@dataclass(frozen=True, slots=True)
class CellClosing:
    """What closing does in one cell, in the smallest part of its unit.

    Attributes:
        resource: Id of the resource; ``None``: the structure itself.
        unit: Unit of account.
        income: Class 7.
        expenses: Class 6.
        opening: ``(account, balance)`` carried over, the result included.
    """

    resource: int | None
    unit: str
    income: int
    expenses: int
    opening: tuple[tuple[str, int], ...]

    @property
    def result(self) -> int:
        """Income − expenses."""
        return self.income - self.expenses

    def as_data(self) -> dict[str, Any]:
        """As JSON; the resource is its id, ``null`` for the structure itself."""
        return {
            "resource": self.resource,
            "unit": self.unit,
            "income": self.income,
            "expenses": self.expenses,
            "result": self.result,
            "opening": [{"account": code, "amount": amount} for code, amount in self.opening],
        }


@dataclass(frozen=True, slots=True)
class OpeningDifference:
    """An account that the next year's own openings do not take over as it stands."""

    account: str
    expected: int
    found: int

    def as_data(self) -> dict[str, Any]:
        """As JSON."""
        return {"account": self.account, "expected": self.expected, "found": self.found}


@dataclass(frozen=True, slots=True)
class ClosingPreview:
    """What closing a year would do.

    Attributes:
        year: The year.
        cells: Cell by cell, the structure itself first.
        findings: What to look at; with a blocking one the year cannot be closed.
        opens: Whether opening entries would be made; not when the next year has its own.
        differences: Where the next year's own openings differ.
    """

    year: FinancialYear
    cells: tuple[CellClosing, ...]
    findings: tuple[ClosingFinding, ...]
    opens: bool
    differences: tuple[OpeningDifference, ...]

    @property
    def result(self) -> int:
        """Result of the whole book in euros, in cents."""
        return sum(cell.result for cell in self.cells if cell.unit == "EUR")

    @property
    def blocked(self) -> bool:
        """Whether something stands in the way."""
        return any(finding.blocking for finding in self.findings)

    def as_data(self) -> dict[str, Any]:
        """As JSON, amounts in the smallest part of their unit."""
        return {
            **_year_data(self.year),
            "result": self.result,
            "can_close": not self.blocked and not self.differences,
            "opens": self.opens,
            "cells": [cell.as_data() for cell in self.cells],
            "findings": [finding.as_data() for finding in self.findings],
            "differences": [difference.as_data() for difference in self.differences],
        }


@dataclass(frozen=True, slots=True)
class CloseReport:
    """What closing a year did.

    Attributes:
        year: The closed year.
        entries: Closing and opening entries posted.
        result: Result of the book in euros, in cents.
        already: The year was closed before: nothing was done.
    """

    year: FinancialYear
    entries: int = 0
    result: int = 0
    already: bool = False

    def as_data(self) -> dict[str, Any]:
        """As JSON, the result in cents."""
        return {
            **_year_data(self.year),
            "entries": self.entries,
            "result": self.result,
            "already": self.already,
        }


def _year_data(year: FinancialYear) -> dict[str, Any]:
    """Which year it is about."""
    return {
        "structure": year.book.structure.slug,
        "from": year.start.isoformat(),
        "to": year.end.isoformat(),
        "closed": year.closed_at is not None,
    }
