"""The rules by their names: what each one means, whether it makes the verdict or stops an import.

The first letter of a name is the class of the rule. Those of the administration's program *Test
Compta Demat* (DGFiP, read in its published source, version of 2021) keep its letters:

- ``O`` a column without which the file cannot be read is absent;
- ``P`` a column of the law was not detected (the table on the second page of its report);
- ``E`` an error; ``V`` absent data, in years closed since 2013. **O, P, E and V make the verdict**;
- ``A`` an alert, ``S`` a further column, ``I`` a remark: all without effect on the verdict.

``W`` are the checks that the program does not make. They never change the verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """The class of a rule; see the module."""

    MISSING = "O"
    NOT_DETECTED = "P"
    ERROR = "E"
    ABSENT = "V"
    ALERT = "A"
    SUPPLEMENT = "S"
    REMARK = "I"
    WARNING = "W"

    @property
    def rejects(self) -> bool:
        """Whether one finding of this class is enough for the verdict *rejected*."""
        return self in _REJECTING


_REJECTING = frozenset({Severity.MISSING, Severity.NOT_DETECTED, Severity.ERROR, Severity.ABSENT})


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its stable name, its words in both languages and its effect.

    Attributes:
        name: Stable, e.g. ``E_DOT_IN_NUMBER``.
        blocks: Whether one finding of it refuses the file on import. An administration-only
            finding (an empty ValidDate, a missing PieceRef) does not.
        fr: What was found, in French; a template over the facts of a finding.
        en: The same in English.
        todo_fr: What to do about it, in French.
        todo_en: The same in English.
    """

    name: str
    blocks: bool
    fr: str
    en: str
    todo_fr: str
    todo_en: str

    @property
    def severity(self) -> Severity:
        """The class, first letter of the name."""
        return Severity(self.name[0])

    @property
    def rejects(self) -> bool:
        """Whether it makes the administration's verdict."""
        return self.severity.rejects

    def text(self, lang: str = "fr") -> str:
        """The template of the message in a language."""
        return self.fr if lang.lower().startswith("fr") else self.en

    def todo(self, lang: str = "fr") -> str:
        """What to do, in a language."""
        return self.todo_fr if lang.lower().startswith("fr") else self.todo_en
