"""Bringing a FEC in: read and checked first, then posted whole or not at all.

The first pass reads, types and checks the file without touching the database; the second posts
its entries in one transaction. A process that is killed leaves nothing, and the import can be run
again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.db.busy import patiently
from chambre.core.errors import ChambreError
from chambre.core.models import StoredFile
from chambre.ledger import api as ledger
from chambre.ledger.models import Book, FinancialYear
from chambre.lib import fec
from chambre.lib.collecting import seldom_collecting
from chambre.registry.models import Agent
from chambre.rooms.lens.models import FecImport
from chambre.rooms.lens.services import documents, ledgerlines, placing, replacing
from chambre.rooms.lens.services.attribution import attribute_new
from chambre.rooms.lens.services.figures import AttributionReport

Progress = Callable[[int, int, str], None]
SHOWN = 1000
PATIENCE = 3600.0
"""Seconds that an import waits while others write: millions of lines take minutes."""


class FecRefused(ChambreError):
    """The file cannot be booked as it is; ``data["findings"]`` says where, why and what to do."""

    code = "lens.fec-refused"
    status = 422


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What an import did.

    Attributes:
        record: The kept record of the import (of the first one when ``already``).
        already: The same content was there: nothing was done.
        added: Journal entries posted.
        reversed: Journal entries of a replaced export that were reversed.
        kept: Journal entries that the replaced export had in common.
    """

    record: FecImport
    already: bool = False
    added: int = 0
    reversed: int = 0
    kept: int = 0


@dataclass(frozen=True, slots=True)
class Given:
    """A file that is brought in.

    Attributes:
        source: A path, the paths of its parts, bytes or a binary stream; plain, gzip or zip.
        name: Its name, when the source has none or another.
        stored: The kept files that the source was read from.
    """

    source: Any
    name: str | None = None
    stored: Sequence[StoredFile] = ()


def _language() -> str:
    return (get_language() or "fr")[:2]


def _refused(error: fec.FecRefusal) -> FecRefused:
    """The library's refusal, in the house's form and the reader's language."""
    language = _language()
    findings = [_finding(each, language) for each in getattr(error, "findings", [])[:SHOWN]]
    lines = [f"{each['message']} {each['todo']}" for each in findings[:50]]
    return FecRefused(error.message(language), findings=findings, lines=lines, reason=error.code)


def _finding(finding: fec.Finding, language: str) -> dict[str, Any]:
    """A finding as JSON."""
    return {
        "line": finding.line,
        "column": finding.column,
        "value": finding.value,
        "rule": finding.rule,
        "message": finding.message(language),
        "todo": finding.todo(language),
    }


def import_fec(
    *,
    source: Any,
    structure: Agent,
    by: Actor,
    name: str | None = None,
    replace: bool = False,
    stored: Sequence[StoredFile] = (),
    progress: Progress | None = None,
) -> ImportOutcome:
    """Bring a FEC into a structure's book, once.

    Args:
        source: A path, the paths of its parts, bytes or a binary stream; plain, gzip or zip.
        structure: Whose accounts; its book is opened when it has none.
        by: Who imports; they answer for the structure's books.
        name: File name, when the source has none or another.
        replace: Take over from the former export of the same year: what it had and this one has
            not is reversed, what is new is posted, what both have stays.
        stored: The kept files that the source was read from; lines lead back to them.
        progress: Called with done, total and a message.

    Returns:
        What was posted; ``already`` when the same content is there.

    Raises:
        Forbidden: ``by`` does not answer for the structure.
        FecRefused: The file is not readable, not complete or does not balance.
        YearAlreadyImported: Another export of an overlapping year is there and ``replace`` is
            false; ``data["difference"]`` shows what would change.
        YearsDiffer: The file has days of several financial years of the book.
        ClosedYear: The financial year is closed.
    """
    given = Given(source, name, stored)
    (outcome,) = import_several(
        given=[given], structure=structure, by=by, replace=replace, progress=progress
    )
    return outcome


def import_several(
    *,
    given: Sequence[Given],
    structure: Agent,
    by: Actor,
    replace: bool = False,
    progress: Progress | None = None,
) -> list[ImportOutcome]:
    """Bring several FEC into a structure's book, all of them or none.

    Waits for its turn as long as another import holds the only pen of SQLite.

    Args:
        given: Each file.
        structure: Whose accounts.
        by: Who imports.
        replace: See :func:`import_fec`.
        progress: Called with done, total and a message.

    Raises:
        ChambreError: What :func:`import_fec` raises; nothing was kept.
    """
    authorize(by, "lens.import_fec", structure)
    by = by.also("ledger")
    with ExitStack() as opened:
        opened.enter_context(seldom_collecting())
        files = []
        for each in given:
            prepared = _prepare(each.source, structure, each.name, progress)
            opened.callback(prepared.close)
            files.append((prepared, each))
        if known := _all_known(structure, [prepared for prepared, _given in files]):
            return known
        try:
            return patiently(_post, files, structure, by, replace, progress, seconds=PATIENCE)
        except fec.FecRefusal as error:  # the file changed between the two passes
            raise _refused(error) from error


def _prepare(
    source: Any, structure: Agent, name: str | None, progress: Progress | None
) -> fec.Prepared:
    """The first pass."""
    try:
        prepared = fec.prepare(
            source,
            name=name,
            siren=structure.siren or None,
            progress=None if progress is None else lambda a, b: progress(a, 2 * b, _("reading")),
        )
    except fec.FecRefusal as error:
        raise _refused(error) from error
    if codes := ledgerlines.too_long(prepared):
        prepared.close()
        lines = [f"{column}: {code[:80]}" for column, code in codes[:50]]
        raise FecRefused(
            _("A code is too long to be kept: shorten it in your software and export again."),
            lines=lines,
        )
    return prepared


def _name_of(source: Any) -> str:
    """The file name to show for a source."""
    first = source[0] if isinstance(source, (list, tuple)) and source else source
    return Path(str(getattr(first, "name", "FEC" if isinstance(first, bytes) else first))).name


def _same(structure: Agent, prepared: fec.Prepared) -> FecImport | None:
    """The import in force that has the same content."""
    same = FecImport.objects.filter(book__structure=structure, digest=prepared.digest)
    return same.filter(replaced_by__isnull=True).first()


def _all_known(structure: Agent, files: Sequence[fec.Prepared]) -> list[ImportOutcome]:
    """What is there already, when nothing else was given: nobody has to wait to hear it."""
    known = [_same(structure, prepared) for prepared in files]
    return (
        [ImportOutcome(record=each, already=True) for each in known if each] if all(known) else []
    )


@transaction.atomic
def _post(
    files: Sequence[tuple[fec.Prepared, Given]],
    structure: Agent,
    by: Actor,
    replace: bool,
    progress: Progress | None,
) -> list[ImportOutcome]:
    """The second pass, in one transaction."""
    book = ledger.open_book(structure=structure, by=by)
    book = Book.objects.select_for_update(no_key=True).get(pk=book.pk)
    return [_post_one(each, given, book, by, replace, progress) for each, given in files]


def _post_one(
    prepared: fec.Prepared,
    given: Given,
    book: Book,
    by: Actor,
    replace: bool,
    progress: Progress | None,
) -> ImportOutcome:
    """Post one file into a book that nobody else writes into meanwhile."""
    if first := _same(book.structure, prepared):
        return ImportOutcome(record=first, already=True)  # somebody was faster
    former = placing.former(book, prepared)
    if former and not replace:
        replacing.show_difference(former, prepared)
    year = placing.year_for(book, prepared, former, by)
    record = _record(prepared, given.name or _name_of(given.source), book, year, former, by)
    documents.remember(record, given.stored)
    writer = ledgerlines.Writer(
        book=book,
        year=year,
        codes=ledgerlines.Codes.of(book, prepared),
        labels=dict(prepared.journals),
        source=f"fec:{record.pk}",
        by_piece=prepared.by_piece,
    )
    if former:
        added, undone, kept = replacing.take_over(former, record, prepared, writer, by)
        outcome = ImportOutcome(record=record, added=added, reversed=undone, kept=kept)
    else:
        outcome = _post_all(record, prepared, writer, by, progress)
    audit(
        by,
        "lens.fec.imported",
        record,
        structure=book.structure.slug,
        lines=record.lines,
        debit=record.debit,
        replaces=former.pk if former else None,
    )
    return outcome


def _record(
    prepared: fec.Prepared,
    name: str,
    book: Book,
    year: FinancialYear,
    former: FecImport | None,
    by: Actor,
) -> FecImport:
    """Keep what was brought in."""
    return FecImport.objects.create(
        book=book,
        year=year,
        digest=prepared.digest,
        occasion=FecImport.objects.filter(book=book, digest=prepared.digest).count(),
        name=name[:200],
        lines=prepared.lines,
        entries=prepared.entry_count,
        debit=prepared.debit,
        credit=prepared.credit,
        findings=_summary(prepared),
        regroupings=[_regrouping(each) for each in prepared.regroupings[:SHOWN]],
        report={
            "counts": dict(prepared.counts),
            "regrouped": prepared.regrouping_count,
            "by_piece": prepared.by_piece,
            "further_columns": list(prepared.further_columns),
        },
        replaces=former,
        by=by.label,
    )


def _summary(prepared: fec.Prepared) -> list[dict[str, Any]]:
    """The findings of the first pass, the first thousand."""
    language = _language()
    return [_finding(each, language) for each in prepared.findings[:SHOWN]]


def _regrouping(each: fec.Regrouping) -> dict[str, Any]:
    """A regrouping as JSON."""
    return {
        "width": str(each.width),
        "why": {"fr": each.why("fr"), "en": each.why("en")},
        "journal": each.journal,
        "number": each.number,
        "first_day": each.first_day.isoformat(),
        "last_day": each.last_day.isoformat(),
        "groups": each.groups,
        "lines": each.lines,
        "first_line": each.first_line,
    }


def _post_all(
    record: FecImport,
    prepared: fec.Prepared,
    writer: ledgerlines.Writer,
    by: Actor,
    progress: Progress | None,
) -> ImportOutcome:
    """Post every entry of the file."""
    total = prepared.entry_count

    def drafts() -> Iterator[ledger.EntryDraft]:
        for number, entry in enumerate(prepared.entries(), 1):
            if progress is not None and number % 2000 == 0:
                progress(total + number, 2 * total, _("posting"))
            yield writer.draft(entry, key=f"fec:{record.pk}:{number}")

    report = ledger.post_many(drafts(), book=writer.book, by=by, ahead=True)
    return ImportOutcome(record=record, added=report.entries)


def after_import(*, by: Actor, structure: Agent | None = None) -> AttributionReport | None:
    """What follows an import or an attribution, off the posting path.

    The rules in force take the lines of the structure that was brought in; roll-ups are refreshed
    and what was recorded is sealed.

    Args:
        by: Who brought in, or attributed.
        structure: Whose accounts were brought in; none after an attribution.

    Returns:
        What the rules took of the structure; nothing without one, or without rules.

    Raises:
        Forbidden: ``by`` does not answer for the structure.
    """
    report = None if structure is None else attribute_new(structure=structure, by=by)
    patiently(ledger.refresh_balances, seconds=PATIENCE)
    # Sealing is the house's own work: what a treasurer brought in is sealed without a right to it.
    patiently(_seal, by, seconds=PATIENCE)
    return report


def _seal(by: Actor) -> None:
    ledger.seal(by=Actor.system(f"after {by.label}"))
