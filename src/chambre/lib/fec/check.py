"""Check a FEC: the administration's verdict, and apart from it what that does not look at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from .audit_content import Accounts, Doubles, KnownAccounts, Lettering, Opening, Pieces
from .audit_order import Chronology, Numbering
from .block import Block
from .columns import NO_DAY
from .findings import Cents, Findings
from .layout import Layout, own_columns
from .names import FileName
from .reader import Progress, Reader
from .report import Report
from .source import DEFAULT_LIMITS, FecSource, Limits, Source, open_source
from .survey import NumbersDiffer, Survey
from .types import Books
from .years import find_year


class _Audits:
    """All the further checks, fed block after block."""

    def __init__(
        self,
        findings: Findings,
        known_accounts: KnownAccounts | None,
        previous_closing: Mapping[str, int] | None,
        by_piece: bool | None,
    ) -> None:
        self.survey = Survey(by_piece=by_piece, labels=False)
        self._findings = findings
        self._numbering = Numbering()
        self._chronology = Chronology()
        self._pieces = Pieces()
        self._lettering = Lettering()
        self._doubles = Doubles()
        self._accounts = Accounts(known_accounts)
        self._opening = Opening(previous_closing)

    def add(self, block: Block) -> None:
        findings, opens = self._findings, self._chronology.opens
        weights = self._doubles.weights(block)
        runs, segments = self.survey.add(block, weights)
        self._numbering.add(runs)
        self._chronology.add(block, runs, segments, findings)
        self._pieces.add(block, findings, opens)
        self._lettering.add(block, findings)
        self._doubles.add(block, weights, findings)
        self._doubles.add_runs(runs, findings)
        self._accounts.add(block, findings)
        self._opening.add(block, segments, opens)

    def finish(self) -> None:
        findings, survey = self._findings, self.survey
        last = survey.finish(findings)
        self._numbering.add(last)
        self._chronology.add_runs(last, findings)
        self._doubles.add_runs(last, findings)
        self._numbering.finish(findings)
        self._lettering.finish(findings)
        self._opening.finish(findings)
        if not survey.balanced:
            findings.add(
                "W_UNBALANCED_FILE",
                debit=Cents(survey.debit),
                credit=Cents(survey.credit),
                gap=Cents(survey.debit - survey.credit),
            )
        survey.regrouper.note_unbalanced(findings)
        for journal, gap in survey.regrouper.unbalanced_by("journal"):
            findings.add(
                "W_UNBALANCED_JOURNAL", 0, "JournalCode", str(journal) or "–", gap=Cents(gap)
            )
        for ordinal, gap in survey.regrouper.unbalanced_by("day"):
            day = date.fromordinal(int(ordinal))
            if day == NO_DAY:
                continue
            findings.add(
                "W_UNBALANCED_DAY", 0, "EcritureDate", day.isoformat(), day=day, gap=Cents(gap)
            )


def check(
    source: Source | FecSource,
    *,
    name: str | None = None,
    siren: str | None = None,
    year_start: date | None = None,
    year_end: date | None = None,
    previous_closing: Mapping[str, int] | None = None,
    known_accounts: KnownAccounts | None = None,
    books: Books | None = None,
    limits: Limits = DEFAULT_LIMITS,
    progress: Progress | None = None,
) -> Report:
    """Check a file.

    Args:
        source: A path, bytes, a binary stream, or several: the parts of one file.
        name: Name of the file when the source has none. Without any name, the rule on names is
            not looked at.
        siren: SIREN of the structure, to compare with the name.
        year_start: First day of the financial year, when it is known better than from the name.
        year_end: Last day of the financial year, likewise.
        previous_closing: Balances of the year before at its end, account → debit − credit in
            cents, to compare with the opening entries.
        known_accounts: Accounts of the chart. An account counts as known when the chart has it or
            one that it begins with, of three digits at least.
        books: Which books to take it for; by default what its columns say.
        limits: Against archive bombs.
        progress: Told how far the reading is.

    Raises:
        SourceRefused: There is nothing there that may be read (a bomb, a nested archive…).
    """
    opened = open_source(source, name=name, limits=limits)
    try:
        reader, audits = _read(opened, known_accounts, previous_closing, books, limits, progress)
    finally:
        if opened is not source:
            opened.close()
    named, findings, survey = reader.name, reader.findings, audits.survey
    _note_name(named, siren, findings)
    closing = named.closing if named else None
    year = find_year(survey.days, findings, closing=closing, start=year_start, end=year_end)
    entries = survey.runs - survey.regrouper.lines_apart()
    survey.regrouper.close()
    return Report(
        name=named,
        books=reader.layout.books if reader.layout else books or Books.COMMERCIAL,
        year=year,
        encoding=reader.encoding,
        lines=reader.lines,
        entries=entries,
        debit=survey.debit,
        credit=survey.credit,
        findings=tuple(findings.kept()),
        counts=dict(findings.counts),
        columns=_columns(reader.layout),
    )


def _read(
    source: FecSource,
    known_accounts: KnownAccounts | None,
    previous_closing: Mapping[str, int] | None,
    books: Books | None,
    limits: Limits,
    progress: Progress | None,
) -> tuple[Reader, _Audits]:
    by_piece: bool | None = None
    while True:
        reader = Reader(source, books=books, limits=limits, progress=progress)
        audits = _Audits(reader.findings, known_accounts, previous_closing, by_piece)
        try:
            for block in reader.blocks():
                audits.add(block)
        except NumbersDiffer:
            audits.survey.regrouper.close()
            by_piece = False
            continue
        if audits.survey.postings:
            audits.finish()
        return reader, audits


def _note_name(named: FileName | None, siren: str | None, findings: Findings) -> None:
    if named is None or not named.accepted:
        return
    if not named.legal:
        findings.add("W_FILE_NAME", value=named.text)
    elif not named.siren_is_valid:
        findings.add("W_SIREN_KEY", value=named.siren)
    if siren and named.siren and named.siren != siren:
        findings.add("W_SIREN_OTHER", value=named.siren, expected=siren)


def _columns(layout: Layout | None) -> dict[str, str | None]:
    if layout is None:
        return dict.fromkeys(own_columns(Books.COMMERCIAL))
    return {
        name: layout.names[layout.index[name]] if name in layout.index else None
        for name in layout.own
    }
