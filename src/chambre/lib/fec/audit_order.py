"""Checks of order: the sequence of numbers, the chronology, the opening entries first."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import compress, count, islice
from operator import lt, sub

from .block import Block
from .columns import NO_DAY
from .findings import Findings, Words
from .opening import is_opening_journal
from .runs import Runs, Segments, whole_numbers

_NUMBER = re.compile(r"(.*?)([0-9]{1,18})")


def gaps(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The pairs of numbers between which some are missing; the numbers are sorted."""
    steps = map(sub, islice(numbers, 1, None), numbers)
    for place in compress(count(1), map((1).__lt__, steps)):
        yield numbers[place - 1], numbers[place]


def _take_apart(text: str) -> tuple[str, int]:
    match = _NUMBER.fullmatch(text)
    return (match[1], int(match[2])) if match else ("", -1)


class Numbering:
    """Is the sequence of entry numbers continuous, in the file or in each journal?

    Whichever of the two has fewer breaks is taken for what the software means. A number with
    letters before it (``VE0012``) has a sequence for these letters.
    """

    def __init__(self) -> None:
        self._numbers = array("q")
        self._lines = array("I")
        self._scopes = array("I")
        self._ids: dict[tuple[str, str], int] = {}

    def add(self, runs: Runs) -> None:
        """Take the next runs; those without number do not count."""
        texts = [key[1] for key in runs.keys]
        numbers = whole_numbers(texts) if texts else []
        ids = self._ids
        if numbers is not None:
            places = [(key[0], "") for key in runs.keys]
            lines = runs.first_lines
        else:
            apart = [(key[0], *_take_apart(key[1])) for key in runs.keys]
            known = [number >= 0 for _, _, number in apart]
            places = [(journal, prefix) for journal, prefix, _ in compress(apart, known)]
            numbers = [number for _, _, number in compress(apart, known)]
            lines = list(compress(runs.first_lines, known))
        for place in set(places).difference(ids):
            ids[place] = len(ids)
        self._scopes.extend(map(ids.__getitem__, places))
        self._numbers.extend(numbers)
        self._lines.extend(lines)

    def finish(self, findings: Findings) -> None:
        """Find gaps and numbers that go backward, in the better of the two scopes."""
        names = list(self._ids)
        prefixes = list(dict.fromkeys(prefix for _, prefix in names))
        by_prefix = [prefixes.index(prefix) for _, prefix in names]
        whole = [
            _Sequence(prefix, Words("tous journaux", "all journals"), *columns)
            for prefix, columns in zip(prefixes, self._split(by_prefix), strict=True)
        ]
        breaks = sum(sequence.breaks for sequence in whole)
        if breaks and len(names) > len(prefixes):
            own = [
                _Sequence(prefix, Words(f"journal {journal}", f"journal {journal}"), *columns)
                for (journal, prefix), columns in zip(
                    names, self._split(list(range(len(names)))), strict=True
                )
            ]
            if sum(sequence.breaks for sequence in own) < breaks:
                whole = own
        for sequence in whole:
            sequence.note(findings)

    def _split(self, groups: list[int]) -> list[tuple[array[int], array[int]]]:
        """Numbers and lines of each group of scopes, in the order of the file."""
        if len(set(groups)) == 1:
            return [(self._numbers, self._lines)]
        split = [(array("q"), array("I")) for _ in set(groups)]
        for scope, number, line in zip(self._scopes, self._numbers, self._lines, strict=True):
            numbers, lines = split[groups[scope]]
            numbers.append(number)
            lines.append(line)
        return split


class _Sequence:
    """The numbers of one scope, in the order of the file."""

    def __init__(self, prefix: str, scope: Words, numbers: array[int], lines: array[int]) -> None:
        self._prefix, self._scope = prefix, scope
        self._numbers, self._lines = numbers, lines
        falls = map(lt, islice(numbers, 1, None), numbers)
        self._backward = array("I", compress(count(1), falls))
        self._sorted = array("q", sorted(set(numbers))) if self._backward else numbers
        self.breaks = len(self._backward) + sum(1 for _ in gaps(self._sorted))

    def note(self, findings: Findings) -> None:
        """Find its gaps and its numbers that go backward."""
        prefix, numbers = self._prefix, self._numbers
        for before, after in gaps(self._sorted):
            findings.add(
                "W_NUMBER_GAP",
                0,
                "EcritureNum",
                f"{prefix}{after}",
                before=f"{prefix}{before}",
                scope=self._scope,
            )
        for place in self._backward:
            findings.add(
                "W_NUMBER_BACKWARD",
                self._lines[place],
                "EcritureNum",
                f"{prefix}{numbers[place]}",
                before=f"{prefix}{numbers[place - 1]}",
                scope=self._scope,
            )


class Chronology:
    """Are lines in the order of validation, days in order in each journal, openings first?"""

    def __init__(self) -> None:
        self._validated: date | None = None
        self._days: dict[str, date] = {}
        self._openings: dict[str, bool] = {}
        self._begun = False
        self._last: tuple[str, str, date] = ("", "", NO_DAY)

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
        opens, days, last = self._openings, self._days, self._last
        for (journal, number, day, _), line in zip(runs.keys, runs.first_lines, strict=True):
            if not opens[journal]:
                self._begun = True
            elif self._begun:
                findings.add("W_OPENING_NOT_FIRST", line, "JournalCode", journal)
            if day == NO_DAY:
                continue  # said already: it has no date, or none that can be read
            before = days.get(journal, day)
            if before is not day and day < before:
                findings.add(
                    "W_NOT_BY_DATE",
                    line,
                    "EcritureDate",
                    day.isoformat(),
                    day=day,
                    before=before,
                    journal=journal,
                )
            days[journal] = day
            if number == last[1] and number and journal == last[0] and day != last[2]:
                findings.add("W_ENTRY_SEVERAL_DAYS", line, "EcritureNum", number, journal=journal)
            last = journal, number, day
        self._last = last

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
