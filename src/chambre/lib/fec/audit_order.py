"""Checks of order: the sequence of numbers, the chronology, the opening entries first."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from datetime import date

from .block import Block
from .findings import Findings, Words
from .opening import is_opening_journal
from .runs import Runs, Segments

_NUMBER = re.compile(r"(.*?)([0-9]{1,18})")
_KEPT = 1000
_MANY = 1 << 63


class Sequence:
    """The numbers of one scope: the whole file, or one journal."""

    __slots__ = ("backward", "count", "last", "numbers")

    def __init__(self) -> None:
        self.numbers = array("q")
        self.last = -1
        self.count = 0
        self.backward: list[tuple[int, int, int]] = []

    def steps_back(self, line: int, number: int) -> None:
        """Remember a number that comes after a higher one."""
        self.count += 1
        if len(self.backward) < _KEPT:
            self.backward.append((line, self.last, number))


def _take_apart(text: str) -> tuple[str, int]:
    match = _NUMBER.fullmatch(text)
    return (match[1], int(match[2])) if match else ("", -1)


def gaps(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """The pairs of numbers between which some are missing; the list is sorted, without doubles."""
    previous = None
    for number in numbers:
        if previous is not None and number > previous + 1:
            yield previous, number
        previous = number


class Numbering:
    """Is the sequence of entry numbers continuous, in the file or in each journal?

    Whichever of the two has fewer breaks is taken for what the software means.
    """

    def __init__(self) -> None:
        self._whole: dict[str, Sequence] = {}
        self._journals: dict[tuple[str, str], Sequence] = {}

    def add(self, runs: Runs) -> None:
        """Take the next runs; those without number do not count."""
        whole, journals = self._whole, self._journals
        for (journal, text, _, _), line in zip(runs.keys, runs.first_lines, strict=True):
            prefix, number = (
                ("", int(text)) if text.isdecimal() and len(text) < 19 else _take_apart(text)
            )
            if not 0 <= number < _MANY:
                continue
            own = journals.get((journal, prefix))
            if own is None:
                own = journals[journal, prefix] = Sequence()
                whole.setdefault(prefix, Sequence())
            if number < own.last:
                own.steps_back(line, number)
            own.last = number
            own.numbers.append(number)
            every = whole[prefix]
            if number < every.last:
                every.steps_back(line, number)
            every.last = number

    def finish(self, findings: Findings) -> None:
        """Find gaps and numbers that go backward, in the better of the two scopes."""
        by_prefix: dict[str, set[int]] = {}
        own_breaks = sum(sequence.count for sequence in self._journals.values())
        for (_, prefix), sequence in self._journals.items():
            numbers = set(sequence.numbers)
            own_breaks += sum(1 for _ in gaps(sorted(numbers)))
            by_prefix.setdefault(prefix, set()).update(numbers)
        ordered = {prefix: sorted(numbers) for prefix, numbers in by_prefix.items()}
        by_prefix.clear()
        breaks = sum(sequence.count for sequence in self._whole.values())
        breaks += sum(sum(1 for _ in gaps(numbers)) for numbers in ordered.values())
        if breaks <= own_breaks:
            scope = Words("tous journaux", "all journals")
            for prefix, sequence in self._whole.items():
                _note(findings, prefix, sequence, ordered[prefix], scope)
            return
        for (journal, prefix), sequence in self._journals.items():
            scope = Words(f"journal {journal}", f"journal {journal}")
            _note(findings, prefix, sequence, sorted(set(sequence.numbers)), scope)


def _note(
    findings: Findings, prefix: str, sequence: Sequence, numbers: list[int], scope: Words
) -> None:
    for before, after in gaps(numbers):
        findings.add(
            "W_NUMBER_GAP",
            0,
            "EcritureNum",
            f"{prefix}{after}",
            before=f"{prefix}{before}",
            scope=scope,
        )
    for line, last, number in sequence.backward:
        findings.add(
            "W_NUMBER_BACKWARD",
            line,
            "EcritureNum",
            f"{prefix}{number}",
            before=f"{prefix}{last}",
            scope=scope,
        )
    if sequence.count > len(sequence.backward):
        findings.counts["W_NUMBER_BACKWARD"] += sequence.count - len(sequence.backward)


class Chronology:
    """Are lines in the order of validation, days in order in each journal, openings first?"""

    def __init__(self) -> None:
        self._validated: date | None = None
        self._days: dict[str, date] = {}
        self._openings: dict[str, bool] = {}
        self._begun = False
        self._last: tuple[str, str, date] | None = None

    def opens(self, journal: str, label: str = "") -> bool:
        """Whether a journal is the one of opening entries; the label counts the first time."""
        known = self._openings.get(journal)
        if known is None:
            known = self._openings[journal] = is_opening_journal(journal, label)
        return known

    def add(self, block: Block, runs: Runs, segments: Segments, findings: Findings) -> None:
        """Take the next block and the runs that end in it."""
        for start in segments.bounds[:-1]:
            if block.journal[start] not in self._openings:
                self.opens(block.journal[start], block.journal_label[start])
        self._validation(block, findings)
        self.add_runs(runs, findings)

    def add_runs(self, runs: Runs, findings: Findings) -> None:
        """Take runs that ended."""
        for (journal, number, day, _), line in zip(runs.keys, runs.first_lines, strict=True):
            if self.opens(journal):
                if self._begun:
                    findings.add("W_OPENING_NOT_FIRST", line, "JournalCode", journal)
            else:
                self._begun = True
            before = self._days.get(journal)
            if before is not None and day < before:
                findings.add(
                    "W_NOT_BY_DATE",
                    line,
                    "EcritureDate",
                    day.isoformat(),
                    day=day,
                    before=before,
                    journal=journal,
                )
            self._days[journal] = day
            last = self._last
            if number and last and last[0] == journal and last[1] == number and last[2] != day:
                findings.add("W_ENTRY_SEVERAL_DAYS", line, "EcritureNum", number, journal=journal)
            self._last = journal, number, day

    def _validation(self, block: Block, findings: Findings) -> None:
        days = block.valid_day
        if days.count(days[0]) == len(days) and days[0] in (None, self._validated):
            return
        before = self._validated
        for place, day in enumerate(days):
            # Opening entries come first whenever they were validated.
            if day is not None and not self.opens(block.journal[place]):
                if before is not None and day < before:
                    findings.add(
                        "W_NOT_BY_VALIDATION",
                        block.line[place],
                        "ValidDate",
                        day.isoformat(),
                        day=day,
                        before=before,
                    )
                before = day
        self._validated = before
