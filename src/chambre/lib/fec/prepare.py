"""Prepare a FEC for import: a first pass that decides everything, a second that gives the entries.

Nothing is given before the whole file was read: a file that has a structural error, that does not
balance, or whose days are outside its year is refused whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from .digest import ContentDigest
from .errors import FecRefusal, FecRefused, FecUnbalanced
from .findings import Finding, Findings
from .hold import Holder
from .names import FileName
from .reader import Progress, Reader
from .regroup import Regrouper
from .runs import RunFinder
from .source import DEFAULT_LIMITS, FecSource, Limits, Source, open_source
from .survey import NumbersDiffer, Survey
from .types import Books, Entry, LineTuple, Regrouping
from .years import Year, find_year

MOST_LINES = 500_000
"""Lines in one entry, at most: an entry is held in memory when it is posted."""


@dataclass(slots=True)
class Prepared:
    """A file that can be imported, and what is known of it.

    Attributes:
        name: What its name says, or None when it has none.
        digest: Digest of its content, whatever its form (see :mod:`.digest`).
        lines: Lines of the file, header left out.
        postings: Typed lines: more than ``lines`` when some bear two figures.
        entry_count: Entries that :meth:`entries` gives.
        debit: Total of the debit column, in cents; equal to ``credit``.
        credit: Total of the credit column, in cents.
        first_day: First EcritureDate.
        last_day: Last EcritureDate.
        year_start: First day of the financial year.
        year_end: Last day of the financial year.
        siren: SIREN of the name when its key is right, else empty.
        accounts: Account numbers with their labels.
        journals: Journal codes with their labels.
        auxiliaries: Auxiliary numbers with their labels.
        findings: What was found, at most a thousand of each rule; nothing that blocks.
        counts: How many of each rule.
        further_columns: Names of the columns beyond the eighteen of the law: what lines have as
            extras, those of cash books first.
        by_piece: Whether entries go by journal, day and piece, their numbers being all the same.
        regroupings: Groups put together to balance, at most ten thousand, in the order of the file.
        regrouping_count: How many there are.
    """

    name: FileName | None
    digest: str
    lines: int
    postings: int
    entry_count: int
    debit: int
    credit: int
    first_day: date
    last_day: date
    year_start: date
    year_end: date
    siren: str
    accounts: Mapping[str, str]
    journals: Mapping[str, str]
    auxiliaries: Mapping[str, str]
    findings: list[Finding]
    counts: Mapping[str, int]
    further_columns: tuple[str, ...]
    by_piece: bool
    regroupings: list[Regrouping]
    regrouping_count: int
    _source: FecSource = field(repr=False)
    _regrouper: Regrouper = field(repr=False)
    _books: Books | None = field(repr=False)
    _limits: Limits = field(repr=False)

    def entries(self, *, progress: Progress | None = None) -> Iterator[Entry]:
        """Read the file again and give its entries, in the order in which they end.

        Each balances. May be called again.

        Raises:
            FecRefusal: The file changed since it was prepared (``fec-changed``); what was given
                of it so far must be dropped.
        """
        reader = Reader(
            self._source, books=self._books, limits=self._limits, progress=progress, kept_per_rule=1
        )
        with Holder(self._regrouper, by_piece=self.by_piece) as holder:
            finder = RunFinder(by_piece=self.by_piece)
            count = debit = credit = 0
            rest: list[LineTuple] = []
            for block in reader.blocks():
                debit += block.debit
                credit += block.credit
                _, segments = finder.feed(block)
                rows = list(block.lines())
                bounds = segments.bounds
                if rest and not segments.continues:
                    if entry := holder.take(rest):
                        count += 1
                        yield entry
                    rest = []
                for place in range(len(bounds) - 2):
                    run = rows[bounds[place] : bounds[place + 1]]
                    if rest:
                        run, rest = rest + run, []
                    if entry := holder.take(run):
                        count += 1
                        yield entry
                rest += rows[bounds[-2] :]
            if rest and (entry := holder.take(rest)):
                count += 1
                yield entry
        if (count, debit, credit) != (self.entry_count, self.debit, self.credit):
            raise FecRefusal("fec-changed")

    def close(self) -> None:
        """Drop temporary files. :meth:`entries` cannot be called any more."""
        self._regrouper.close()
        self._source.close()


def prepare(
    source: Source | FecSource,
    *,
    name: str | None = None,
    siren: str | None = None,
    year_start: date | None = None,
    year_end: date | None = None,
    books: Books | None = None,
    limits: Limits = DEFAULT_LIMITS,
    progress: Progress | None = None,
) -> Prepared:
    """Read a file once and decide whether and how it can be imported.

    Args:
        source: A path, bytes, a binary stream, or several: the parts of one file.
        name: Name of the file when the source has none.
        siren: SIREN of the structure; another one in the name is found, not refused.
        year_start: First day of the financial year, when it is known better than from the name.
        year_end: Last day of the financial year, likewise.
        books: Which books to take it for.
        limits: Against archive bombs.
        progress: Told how far the reading is.

    Raises:
        SourceRefused: There is nothing there that may be read.
        FecRefused: Structural errors, an amount that is not exact, or a day outside the year.
        FecUnbalanced: Total debit is not total credit.
    """
    opened = open_source(source, name=name, limits=limits)
    reader, survey, digest = _first_pass(opened, books, limits, progress)
    try:
        return _decide(opened, reader, survey, digest, siren, year_start, year_end, books, limits)
    except BaseException:
        survey.regrouper.close()
        opened.close()
        raise


def _first_pass(
    source: FecSource, books: Books | None, limits: Limits, progress: Progress | None
) -> tuple[Reader, Survey, str]:
    by_piece: bool | None = None
    while True:
        reader = Reader(source, books=books, limits=limits, progress=progress)
        survey, digest = Survey(by_piece=by_piece), ContentDigest()
        try:
            for block in reader.blocks():
                survey.add(block)
                digest.add(block)
        except NumbersDiffer:
            survey.regrouper.close()
            by_piece = False
            continue
        survey.finish(reader.findings)
        return reader, survey, digest.hexdigest()


def _decide(
    source: FecSource,
    reader: Reader,
    survey: Survey,
    digest: str,
    siren: str | None,
    year_start: date | None,
    year_end: date | None,
    books: Books | None,
    limits: Limits,
) -> Prepared:
    findings = reader.findings
    named = reader.name
    closing = named.closing if named else None
    year = find_year(survey.days, findings, closing=closing, start=year_start, end=year_end)
    own_siren = named.siren if named and named.siren_is_valid else ""
    if siren and own_siren and siren != own_siren:
        findings.add("W_SIREN_OTHER", value=own_siren, expected=siren)
    if findings.blocks:
        raise _refusal(findings)
    first, last = survey.days.first, survey.days.last
    if year is None or first is None or last is None:
        findings.add("E_EMPTY_FILE")
        raise _refusal(findings)
    if not survey.balanced:
        apart = Findings()
        survey.regrouper.note_unbalanced(apart)
        raise FecUnbalanced(survey.debit, survey.credit, apart.kept())
    survey.regrouper.decide()
    lines, line = max((survey.largest, 0), survey.regrouper.largest())
    if lines > MOST_LINES:
        findings.add("W_ENTRY_TOO_LARGE", line, found=lines, limit=MOST_LINES)
        raise _refusal(findings)
    return _prepared(source, reader, survey, digest, year, first, last, own_siren, books, limits)


def _refusal(findings: Findings) -> FecRefused:
    blocking = findings.blocking
    rules = {finding.rule for finding in blocking}
    return FecRefused(blocking, {rule: findings.counts[rule] for rule in rules})


def _prepared(
    source: FecSource,
    reader: Reader,
    survey: Survey,
    digest: str,
    year: Year,
    first: date,
    last: date,
    siren: str,
    books: Books | None,
    limits: Limits,
) -> Prepared:
    regrouper = survey.regrouper
    return Prepared(
        name=reader.name,
        digest=digest,
        lines=reader.lines,
        postings=survey.postings,
        entry_count=survey.runs - regrouper.entries_saved(),
        debit=survey.debit,
        credit=survey.credit,
        first_day=first,
        last_day=last,
        year_start=year.start,
        year_end=year.end,
        siren=siren,
        accounts=survey.accounts,
        journals=survey.journals,
        auxiliaries={code: label for code, label in survey.auxiliaries.items() if code},
        findings=reader.findings.kept(),
        counts=dict(reader.findings.counts),
        further_columns=reader.layout.further if reader.layout else (),
        by_piece=bool(survey.by_piece),
        regroupings=regrouper.regroupings(),
        regrouping_count=regrouper.count,
        _source=source,
        _regrouper=regrouper,
        _books=books,
        _limits=limits,
    )


def entries(source: Source | FecSource, *, name: str | None = None) -> Iterator[Entry]:
    """Prepare a file and give its entries; see :func:`prepare` for what it refuses."""
    prepared = prepare(source, name=name)
    try:
        yield from prepared.entries()
    finally:
        prepared.close()
