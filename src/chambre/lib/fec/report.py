"""The outcome of a check: the administration's verdict, and apart from it everything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .catalogue import RULES
from .findings import Finding
from .names import FileName
from .types import Books
from .years import Year


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found.

    Attributes:
        name: What the file's name says, or None when it has none.
        books: Which books it was checked as.
        year: The financial year, as far as it can be told.
        encoding: ``"ascii"``, ``"utf-8"``, ``"iso8859-15"``, ``"cp1252"``.
        lines: Lines of the file, header left out.
        entries: Entries in it.
        debit: Total of the debit column, in cents.
        credit: Total of the credit column, in cents.
        findings: Everything found, by line, at most a thousand of each rule.
        counts: How many of each rule, kept or not.
        columns: Each column of the law with the name found for it in the header, or None.
    """

    name: FileName | None
    books: Books
    year: Year | None
    encoding: str
    lines: int
    entries: int
    debit: int
    credit: int
    findings: tuple[Finding, ...]
    counts: Mapping[str, int]
    columns: Mapping[str, str | None]

    @property
    def verdict(self) -> str:
        """``"accepted"`` or ``"rejected"``, by the administration's rules alone."""
        return "rejected" if any(RULES[rule].rejects for rule in self.counts) else "accepted"

    @property
    def balanced(self) -> bool:
        """Whether total debit is total credit."""
        return self.debit == self.credit

    @property
    def importable(self) -> bool:
        """Whether the file can be imported: nothing blocks, it balances, it is not empty."""
        blocked = any(RULES[rule].blocks for rule in self.counts)
        return self.balanced and self.lines > 0 and not blocked

    @property
    def errors(self) -> list[Finding]:
        """The findings that make the verdict."""
        return [finding for finding in self.findings if finding.rejects]

    @property
    def warnings(self) -> list[Finding]:
        """All the others: alerts and remarks of the administration, and the further checks."""
        return [finding for finding in self.findings if not finding.rejects]

    def as_json(self, lang: str = "fr") -> dict[str, Any]:
        """The report for machines; amounts are integers in cents.

        Args:
            lang: Language of the messages.
        """
        return {
            "verdict": self.verdict,
            "lines": self.lines,
            "debit": self.debit,
            "credit": self.credit,
            "balanced": self.balanced,
            "errors": [finding.as_json(lang) for finding in self.errors],
            "warnings": [finding.as_json(lang) for finding in self.warnings],
        }
