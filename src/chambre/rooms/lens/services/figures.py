"""What rules took, in lines and minor units."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class RuleReport:
    """What one rule took.

    Attributes:
        name: The rule's name.
        lines: How many lines.
        debit: Their debit, in minor units.
        credit: Their credit, in minor units.
    """

    name: str
    lines: int = 0
    debit: int = 0
    credit: int = 0

    def as_data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "name": self.name,
            "lines": self.lines,
            "debit": self.debit,
            "credit": self.credit,
        }


@dataclass(slots=True)
class AttributionReport:
    """What a set of rules does to the books.

    Attributes:
        rules: One report per rule, in order.
        by_hand: What people decided line by line, above the rules.
        attributed: Lines that a rule or a person took.
        unattributed: Lines left to the structures themselves.
        changed: Lines whose split differs from what the ledger held.
        coverage: By first digit of the account: ``[lines, taken lines, size, taken size]``,
            sizes being sums of absolute amounts in minor units.
    """

    rules: list[RuleReport]
    by_hand: RuleReport
    attributed: int = 0
    unattributed: int = 0
    changed: int = 0
    coverage: dict[str, list[int]] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "rules": [rule.as_data() for rule in self.rules],
            "by_hand": self.by_hand.as_data(),
            "attributed": self.attributed,
            "unattributed": self.unattributed,
            "changed": self.changed,
            "coverage": self.coverage,
        }

    def count(self, rule: RuleReport | None, account: str, amount: int, side: str) -> None:
        """Add one line to the figures."""
        size = abs(amount)
        cell = self.coverage.setdefault(account[:1], [0, 0, 0, 0])
        cell[0] += 1
        cell[2] += size
        if rule is None:
            self.unattributed += 1
            return
        self.attributed += 1
        cell[1] += 1
        cell[3] += size
        rule.lines += 1
        if side == "D":
            rule.debit += amount
        else:
            rule.credit -= amount
