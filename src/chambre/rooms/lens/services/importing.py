"""Bringing a FEC in: read and checked first, then posted whole or not at all.

The first pass reads, types and checks the file without touching the database; the second posts
its entries in one transaction. A process that is killed leaves nothing, and the import can be run
again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import ChambreError, Conflict
from chambre.core.models import StoredFile
from chambre.ledger import api as ledger
from chambre.ledger.models import Book, JournalEntry
from chambre.lib import fec
from chambre.registry.models import Agent
from chambre.rooms.lens.models import FecImport
from chambre.rooms.lens.services import documents, ledgerlines

Progress = Callable[[int, int, str], None]
SHOWN = 1000


class FecRefused(ChambreError):
    """The file cannot be booked as it is; ``data["findings"]`` says where, why and what to do."""

    code = "lens.fec-refused"
    status = 422


class AlreadyImported(Conflict):
    """The same content was brought in before; ``data["import"]`` points at it."""

    code = "lens.fec-already-imported"


class YearAlreadyImported(Conflict):
    """Another export of the same year is there; ``data`` shows what would change."""

    code = "lens.fec-year-already-imported"


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


@dataclass(slots=True)
class Difference:
    """What a new export of a year changes, in entries and cents.

    Attributes:
        added: Entries that only the new export has.
        removed: Entries that only the former one has.
        kept: Entries that both have, equal.
        samples: The first changes, as text for a person.
        by_account: Change of balance per account, in cents.
    """

    added: int = 0
    removed: int = 0
    kept: int = 0
    samples: list[dict[str, Any]] = field(default_factory=list)
    by_account: Counter[str] = field(default_factory=Counter)

    def as_data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "added": self.added,
            "removed": self.removed,
            "kept": self.kept,
            "samples": self.samples,
            "by_account": {code: change for code, change in self.by_account.items() if change},
        }


def _language() -> str:
    return (get_language() or "fr")[:2]


def _refused(error: fec.FecRefusal) -> FecRefused:
    """The library's refusal, in the house's form and the reader's language."""
    language = _language()
    findings = [_finding(each, language) for each in getattr(error, "findings", [])[:SHOWN]]
    lines = [f"{each['line']} {each['column']}: {each['message']}" for each in findings[:50]]
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
        What was posted; ``already`` when the same content was imported before.

    Raises:
        Forbidden: ``by`` does not answer for the structure.
        FecRefused: The file is not readable, not complete or does not balance.
        YearAlreadyImported: Another export of an overlapping year is there and ``replace`` is
            false; ``data["difference"]`` shows what would change.
    """
    authorize(by, "lens.import_fec", structure)
    by = by.also("ledger")
    book = ledger.open_book(structure=structure, by=by)
    try:
        prepared = fec.prepare(
            source,
            name=name,
            siren=structure.siren or None,
            progress=None if progress is None else lambda a, b: progress(a, 2 * b, _("reading")),
        )
    except fec.FecRefusal as error:
        raise _refused(error) from error
    try:
        if first := FecImport.objects.filter(book=book, digest=prepared.digest).first():
            return ImportOutcome(record=first, already=True)
        return _post(prepared, book, by, replace, progress, name or _name_of(source), stored)
    except fec.FecRefusal as error:  # the file changed between the two passes
        raise _refused(error) from error
    finally:
        prepared.close()


def _name_of(source: Any) -> str:
    """The file name to show for a source."""
    first = source[0] if isinstance(source, (list, tuple)) and source else source
    return Path(str(getattr(first, "name", "FEC" if isinstance(first, bytes) else first))).name


@transaction.atomic
def _post(
    prepared: fec.Prepared,
    book: Book,
    by: Actor,
    replace: bool,
    progress: Progress | None,
    name: str,
    stored: Sequence[StoredFile],
) -> ImportOutcome:
    """The second pass, in one transaction."""
    book = Book.objects.select_for_update().get(pk=book.pk)
    if first := FecImport.objects.filter(book=book, digest=prepared.digest).first():
        return ImportOutcome(record=first, already=True)  # somebody was faster
    former = _former(book, prepared)
    if former and not replace:
        _show_difference(former, prepared)
    year = (
        former.year
        if former
        else ledger.financial_year(
            book=book, start=prepared.year_start, end=prepared.year_end, by=by
        )
    )
    record = FecImport.objects.create(
        book=book,
        year=year,
        digest=prepared.digest,
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
        },
        replaces=former,
        by=by.label,
    )
    documents.remember(record, stored)
    writer = ledgerlines.Writer(
        book=book,
        year=year,
        codes=ledgerlines.Codes.of(book, prepared),
        labels=dict(prepared.journals),
        source=f"fec:{record.pk}",
    )
    outcome = (
        _replace(former, record, prepared, writer, by)
        if former
        else _post_all(record, prepared, writer, by, progress)
    )
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


def _former(book: Book, prepared: fec.Prepared) -> FecImport | None:
    """The import in force that overlaps the new one's year, if there is one."""
    overlapping = FecImport.objects.filter(
        book=book,
        replaced_by__isnull=True,
        year__start__lte=prepared.year_end,
        year__end__gte=prepared.year_start,
    )
    return overlapping.order_by("-pk").first()


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
            yield writer.draft(entry, key=f"{record.digest[:24]}:{number}")

    report = ledger.post_many(drafts(), book=writer.book, by=by)
    return ImportOutcome(record=record, added=report.entries)


def _compare(
    former: FecImport, prepared: fec.Prepared
) -> tuple[Difference, list[int], list[fec.Entry]]:
    """What the new export changes: the figures, entries to reverse, entries to post."""
    difference = Difference()
    standing: dict[bytes, list[int]] = {}
    for entry_id, fingerprint in ledgerlines.standing(former):
        standing.setdefault(fingerprint, []).append(entry_id)
    added: list[fec.Entry] = []
    for entry in prepared.entries():
        same = standing.get(ledgerlines.fingerprint_of_fec(entry))
        if same:
            same.pop(0)
            difference.kept += 1
            continue
        added.append(entry)
        difference.added += 1
        for line in map(fec.FecLine._make, entry.lines):
            difference.by_account[line.account] += line.amount
        if len(difference.samples) < 50:
            difference.samples.append(_sample("+", entry))
    removed = sorted(entry_id for ids in standing.values() for entry_id in ids)
    difference.removed = len(removed)
    for account, amount, sample in ledgerlines.describe(removed):
        difference.by_account[account] -= amount
        if sample and len(difference.samples) < 100:
            difference.samples.append(sample)
    return difference, removed, added


def _sample(sign: str, entry: fec.Entry) -> dict[str, Any]:
    """An added entry, for a person."""
    return {
        "sign": sign,
        "journal": entry.journal,
        "number": entry.number,
        "day": entry.day.isoformat(),
        "label": entry.label,
        "debit": sum(max(line[12], 0) for line in entry.lines),
    }


def _show_difference(former: FecImport, prepared: fec.Prepared) -> None:
    """Refuse, and say what replacing would change."""
    difference, _removed, _added = _compare(former, prepared)
    message = _(
        "An export of this year is there already (%(name)s). The new one adds %(added)d entries, "
        "removes %(removed)d and keeps %(kept)d. Ask for the replacement if that is what you want."
    ) % {
        "name": former.name,
        "added": difference.added,
        "removed": difference.removed,
        "kept": difference.kept,
    }
    lines = [
        f"{each['sign']} {each['journal']} {each['number']} {each['day']} {each['label']}"
        for each in difference.samples[:50]
    ]
    raise YearAlreadyImported(
        message,
        difference=difference.as_data(),
        former=former.pk,
        name=former.name,
        lines=lines or [former.name],
    )


def _replace(
    former: FecImport,
    record: FecImport,
    prepared: fec.Prepared,
    writer: ledgerlines.Writer,
    by: Actor,
) -> ImportOutcome:
    """Reverse what the former export alone has, post what the new one alone has."""
    difference, removed, added = _compare(former, prepared)
    ledgerlines.give_back(removed, by)
    for entry_id in removed:
        ledger.reverse(
            JournalEntry.objects.get(pk=entry_id),
            key=f"{record.digest[:24]}:reverse:{entry_id}",
            by=by,
            reason=_("Replaced by %(name)s") % {"name": record.name},
        )
    drafts = (
        writer.draft(entry, key=f"{record.digest[:24]}:{number}")
        for number, entry in enumerate(added, 1)
    )
    report = ledger.post_many(drafts, book=writer.book, by=by)
    return ImportOutcome(
        record=record, added=report.entries, reversed=len(removed), kept=difference.kept
    )


def after_import(*, by: Actor) -> None:
    """What follows an import or an attribution, off the posting path: roll-ups and seals."""
    ledger.refresh_balances()
    # Sealing is the house's own work: what a treasurer brought in is sealed without a right to it.
    ledger.seal(by=Actor.system(f"after {by.label}"))
