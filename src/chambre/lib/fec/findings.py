"""What was found in a file, one by one and counted, bounded in number kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .catalogue import RULES
from .rules import Severity

KEPT_PER_RULE = 1000
"""How many findings of one rule are kept; all are counted."""

VALUE_SHOWN = 80
"""How many characters of an offending value are kept."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found, at one place.

    Attributes:
        rule: Name of the rule, a key of :data:`RULES`.
        line: Number of the line in the file, the header being 1; counted on over the parts of a
            divided file; 0 when it is about the file as a whole.
        column: Column of the law, or the header of a further one; empty when it is about the line.
        value: What stood there, at most 80 characters of it.
        facts: What else the message says.
        part: Name of the part and number of the line in it, when the file is divided.
    """

    rule: str
    line: int = 0
    column: str = ""
    value: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    part: str = ""

    @property
    def severity(self) -> Severity:
        """The class of the rule."""
        return RULES[self.rule].severity

    @property
    def rejects(self) -> bool:
        """Whether it makes the administration's verdict."""
        return RULES[self.rule].rejects

    @property
    def blocks(self) -> bool:
        """Whether it refuses the file on import."""
        return RULES[self.rule].blocks

    def message(self, lang: str = "fr") -> str:
        """Say what was found, in French or English."""
        facts = {key: _shown(fact, lang) for key, fact in self.facts.items()}
        text = (
            RULES[self.rule]
            .text(lang)
            .format(line=self.line, column=self.column, value=self.value, **facts)
        )
        return f"{text} ({self.part})" if self.part else text

    def todo(self, lang: str = "fr") -> str:
        """Say what to do about it, in French or English."""
        return RULES[self.rule].todo(lang)

    def as_json(self, lang: str = "fr") -> dict[str, Any]:
        """The four keys of the command line: line, column, rule, message."""
        return {
            "line": self.line,
            "column": self.column,
            "rule": self.rule,
            "message": self.message(lang),
        }


class Cents(int):
    """An amount in cents that messages show as euros: ``1234`` as ``12,34``."""

    def shown(self, lang: str) -> str:
        """The amount in words of a language, without currency sign."""
        whole, rest = divmod(abs(self), 100)
        french = lang.lower().startswith("fr")
        grouped = f"{whole:,}".replace(",", " " if french else ",")
        return f"{'-' if self < 0 else ''}{grouped}{',' if french else '.'}{rest:02d}"


@dataclass(frozen=True, slots=True)
class Words:
    """A fact that is said differently in each language."""

    fr: str
    en: str

    def shown(self, lang: str) -> str:
        """The words of a language."""
        return self.fr if lang.lower().startswith("fr") else self.en


def _shown(fact: Any, lang: str) -> Any:
    if isinstance(fact, date):
        return f"{fact:%d/%m/%Y}" if lang.lower().startswith("fr") else fact.isoformat()
    return fact.shown(lang) if isinstance(fact, Cents | Words) else fact


class Findings:
    """Collects findings: every one is counted, the first thousand of each rule are kept."""

    def __init__(self, kept_per_rule: int = KEPT_PER_RULE) -> None:
        self.counts: Counter[str] = Counter()
        self._kept: dict[str, list[Finding]] = {}
        self._limit = kept_per_rule
        self._parts: list[tuple[int, str]] = []

    def starts_part(self, first_line: int, name: str) -> None:
        """Say that the lines from this one on are those of a part, whose first line it is."""
        self._parts.append((first_line, name))

    def add(
        self, rule: str, line: int = 0, column: str = "", value: str = "", **facts: Any
    ) -> None:
        """Record one finding."""
        self.counts[rule] += 1
        kept = self._kept.setdefault(rule, [])
        if len(kept) < self._limit:
            kept.append(Finding(rule, line, column, _short(value), facts, self._place(line)))

    def add_many(self, rule: str, column: str, places: Iterable[tuple[int, str]]) -> None:
        """Record findings of one rule in one column.

        Args:
            rule: Name of the rule.
            column: The column.
            places: Line numbers and values.
        """
        kept = self._kept.setdefault(rule, [])
        count = 0
        for line, value in places:
            count += 1
            if len(kept) < self._limit:
                kept.append(Finding(rule, line, column, _short(value), {}, self._place(line)))
        self.counts[rule] += count

    def room(self, rule: str) -> int:
        """How many more findings of a rule would be kept."""
        return self._limit - len(self._kept.get(rule, ()))

    def count_more(self, rule: str, more: int) -> None:
        """Count findings that are not kept."""
        if more > 0:
            self.counts[rule] += more

    def _place(self, line: int) -> str:
        if len(self._parts) < 2 or not line:
            return ""
        first, name = next(
            (part for part in reversed(self._parts) if part[0] <= line), self._parts[0]
        )
        return f"{name}:{line - first + 1}"

    def __iter__(self) -> Any:
        return iter(self.kept())

    def kept(self) -> list[Finding]:
        """The findings kept, by line, those about the whole file first."""
        return sorted(
            (finding for kept in self._kept.values() for finding in kept),
            key=lambda finding: finding.line,
        )

    def of(self, rule: str) -> list[Finding]:
        """The findings kept of one rule, in the order found."""
        return list(self._kept.get(rule, ()))

    @property
    def rejects(self) -> bool:
        """Whether something found makes the verdict *rejected*."""
        return any(RULES[rule].rejects for rule, count in self.counts.items() if count)

    @property
    def blocking(self) -> list[Finding]:
        """The findings kept that refuse the file on import."""
        return [finding for finding in self.kept() if finding.blocks]

    @property
    def blocks(self) -> bool:
        """Whether something found refuses the file on import."""
        return any(RULES[rule].blocks for rule, count in self.counts.items() if count)


def _short(value: str) -> str:
    return value if len(value) <= VALUE_SHOWN else value[: VALUE_SHOWN - 1] + "…"
