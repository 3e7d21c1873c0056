"""What one pass over a file gathers, for the check and for the import alike."""

from __future__ import annotations

from datetime import date

from .block import Block
from .findings import Findings
from .regroup import Regrouper
from .runs import Recurrences, RunFinder, Runs, Segments
from .years import Days

_MOST = 1 << 62


class NumbersDiffer(Exception):
    """The numbers looked all the same in the first block, and are not: begin again."""


class Survey:
    """Takes the blocks of a file, one after the other.

    Args:
        by_piece: Whether numbers tell nothing; by default the first block decides.
        labels: Whether to gather accounts, journals and auxiliaries with their labels.

    Attributes:
        by_piece: Whether the numbers tell nothing, so that entries go by journal, day and piece.
        debit: Total of the debit column, in cents.
        credit: Total of the credit column, in cents.
        postings: Typed lines.
        runs: How many runs of lines of one entry there are; known at the end.
        largest: How many lines the longest run has.
        missing: Lines without number.
        days: The days of the entries.
        accounts: Account numbers with their first label.
        journals: Journal codes with their first label.
        auxiliaries: Auxiliary numbers with their first label.
        regrouper: The runs that do not balance or come back.
    """

    def __init__(self, *, by_piece: bool | None = None, labels: bool = True) -> None:
        self.by_piece = by_piece
        self._labels = labels
        self.debit = 0
        self.credit = 0
        self.postings = 0
        self.runs = 0
        self.largest = 0
        self.missing = 0
        self.days = Days()
        self.accounts: dict[str, str] = {}
        self.journals: dict[str, str] = {}
        self.auxiliaries: dict[str, str] = {}
        self.regrouper = Regrouper()
        self._finder = RunFinder()
        self._recurrences = Recurrences()
        self._same: str | None = None
        self._gross = 0

    def add(self, block: Block, weights: list[int] | None = None) -> tuple[Runs, Segments]:
        """Take the next block.

        Args:
            block: Some lines.
            weights: A number for each line, to be summed by runs.

        Returns:
            The runs that end in it, and how it falls into runs.

        Raises:
            NumbersDiffer: Begin again, with ``by_piece=False``.
        """
        self._look_at_numbers(block)
        self.debit += block.debit
        self.credit += block.credit
        self.postings += len(block)
        runs, segments = self._finder.feed(block, weights)
        self._take(runs)
        if self._labels:
            self._add_all_labels(block, segments)
        return runs, segments

    def _add_all_labels(self, block: Block, segments: Segments) -> None:
        starts = segments.bounds[:-1]
        _add_labels(
            self.journals,
            [block.journal[start] for start in starts],
            [block.journal_label[start] for start in starts],
        )
        _add_labels(self.accounts, block.account, block.account_label)
        if block.auxiliary.count("") < len(block):
            _add_labels(self.auxiliaries, block.auxiliary, block.auxiliary_label)

    def _look_at_numbers(self, block: Block) -> None:
        numbers = block.number
        same = numbers.count(numbers[0]) == len(numbers)
        if self.by_piece is None:
            self.by_piece = same and bool(numbers[0]) and _several(block)
            self._finder.by_piece = self.by_piece
            self._same = numbers[0]
        elif self.by_piece and not (same and numbers[0] == self._same):
            if self._same is not None:
                raise NumbersDiffer
            self._finder.by_piece = True
        if "" in numbers:
            self.missing += numbers.count("")

    def _take(self, runs: Runs) -> None:
        first = len(self._recurrences)
        self.largest = max(self.largest, *runs.counts, 0)
        hashes = self._recurrences.add(runs)
        self.days.add_runs(runs)
        self._gross += sum(map(abs, runs.balances))
        if self._gross < _MOST:
            self.regrouper.add(first, runs, hashes)

    def finish(self, findings: Findings) -> Runs:
        """The file ends: find what its numbers say.

        Returns:
            The last run, as one column of at most one.
        """
        last = self._finder.finish()
        self._take(last)
        self.regrouper.add_recurrences(self._recurrences)
        self.runs = len(self._recurrences)
        self._recurrences = Recurrences()
        if self._gross >= _MOST:
            findings.add("W_AMOUNT_TOO_LARGE", last.first_lines[0], "Debit", str(self._gross))
        if self.by_piece:
            findings.add("W_NUMBERS_ALL_SAME", 0, "EcritureNum", self._same or "")
        if self.missing:
            findings.add("W_NUMBERS_MISSING", 0, "EcritureNum", found=self.missing)
        self.regrouper.note_recurrences(findings)
        return last

    @property
    def balanced(self) -> bool:
        """Whether the file balances as a whole."""
        return self.debit == self.credit


def _several(block: Block) -> bool:
    """Whether lines of one number are several entries: some pieces of a day balance alone."""
    sums: dict[tuple[str, date, str], int] = {}
    days = set()
    rows = zip(block.journal, block.day, block.piece, block.amount, strict=True)
    for journal, day, piece, amount in rows:
        days.add((journal, day))
        sums[journal, day, piece] = sums.get((journal, day, piece), 0) + amount
    alone = list(sums.values()).count(0)
    return len(sums) > 1 and (alone == len(sums) or (alone > 0 and len(days) > 1))


def _add_labels(known: dict[str, str], codes: list[str], labels: list[str]) -> None:
    """Remember the first label of each code that has one."""
    firsts = dict(zip(reversed(codes), reversed(labels), strict=True))
    for code, label in firsts.items():
        if not known.get(code):
            known[code] = label
