"""How entries are posted, block by block: checked here and proved by the database.

Order of things in a batch: check the heads; look keys up and draw ids; check and digest one entry
after the other, drop what is there with the same content, refuse what is there with another, and
send its lines; then the entries. All of it in the caller's transaction, or in one of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connections, transaction
from django.utils import timezone

from chambre.core.audit import audit
from chambre.core.errors import KeyReused
from chambre.ledger.applets import writing
from chambre.ledger.applets.admission import Books
from chambre.ledger.applets.bulk import Batch, Head, batch_of
from chambre.ledger.applets.drafts import (
    PHASES,
    EntryDraft,
    check_head,
    check_lines,
    digest_of,
    iso,
)
from chambre.ledger.applets.errors import constraint_of, typed
from chambre.ledger.models import JournalEntry

BATCH_LINES = 5_000
"""How many lines are held in memory: few enough for the processor's cache to help."""
BATCH_ENTRIES = 5_000
ALIAS = DEFAULT_DB_ALIAS


@dataclass(slots=True)
class PostReport:
    """What a posting did.

    Attributes:
        entries: Journal entries posted.
        lines: Their lines.
        already: Entries that were there with the same key and content.
        first: Lowest id posted, 0 for none.
        last: Highest id posted.
    """

    entries: int = 0
    lines: int = 0
    already: int = 0
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class _Checked:
    """A draft that passed the checks."""

    draft: EntryDraft
    lines: list[tuple[Any, ...]]
    phase: int
    digest: bytes


class KeyTaken(Exception):
    """Somebody posted one of the keys at the same moment: look again."""


def blocks_of(entries: Iterator[EntryDraft], batch: int) -> Iterator[list[EntryDraft]]:
    """Entries in blocks of at most ``batch`` entries and about 5,000 lines."""
    while block := list(islice(entries, 1)):
        lines = len(block[0].lines)
        while lines < BATCH_LINES and len(block) < batch:
            entry = next(entries, None)
            if entry is None:
                break
            block.append(entry)
            lines += len(entry.lines)
        yield block


class Posting:
    """Posts block after block, and keeps the figures.

    Attributes:
        report: What was posted so far.
        known: Entries that were there, for the keys of the last block: key → (id, digest).
        openings: Book and day of the opening entries seen.
    """

    def __init__(self, books: Books) -> None:
        self.books = books
        self.report = PostReport()
        self.known: dict[str, tuple[int, bytes]] = {}
        self.openings: set[tuple[int, dt.date]] = set()
        self._rows: list[tuple[Any, ...]] = []
        self._already = 0

    def reading(self, entries: Iterator[EntryDraft]) -> Iterator[EntryDraft]:
        """Entries as they are read."""
        return entries

    def settle(self) -> None:
        """Wait until everything is posted. Here nothing is left to wait for."""

    def abandon(self) -> None:
        """Post nothing more; what was posted is undone by the caller."""

    def alone(self, block: Sequence[EntryDraft]) -> None:
        """Post one block and its audit row: the whole of a posting."""
        if block:
            self._try(block, audited=True)

    def one_of_many(self, block: Sequence[EntryDraft]) -> None:
        """Post one block of a longer posting, in a savepoint; see :meth:`record`."""
        self._try(block, audited=False)

    def _try(self, block: Sequence[EntryDraft], *, audited: bool) -> None:
        heads = self._heads(block)
        before = replace(self.report)
        for last in (False, True):
            try:
                with transaction.atomic(savepoint=audited or _has_savepoints()):
                    self._write(heads)
                    if audited:
                        self.record()
            except KeyTaken as error:
                self.report = replace(before)
                if last:
                    raise KeyReused from error
            except IntegrityError as error:  # at commit
                raise typed(error) or error from error
            else:
                return

    def within(self, block: Sequence[EntryDraft]) -> None:
        """Post one block as a part of what its caller does, who tries all of it again.

        Raises:
            KeyTaken: Somebody posted one of the keys at the same moment.
        """
        self._write(self._heads(block))

    def record(self) -> None:
        """The audit trail: one row per act, none when nothing happened."""
        report = self.report
        if report.entries:
            audit(
                self.books.by,
                "ledger.entries.posted",
                None,
                books=sorted(self.books.seen),
                entries=report.entries,
                lines=report.lines,
                first=report.first,
                last=report.last,
            )

    def made(self) -> JournalEntry:
        """The only entry that was posted, without asking the database."""
        values = dict(zip(writing.ENTRY_COLUMNS, self._rows[0], strict=True))
        values["id"] = self.report.first
        for name in ("day", "validated_on"):
            values[name] = values[name] and dt.date.fromisoformat(values[name])
        entry = JournalEntry(**{**values, "recorded_at": self._recorded})
        entry._state.adding = False
        entry._state.db = ALIAS
        return entry

    def _heads(self, block: Sequence[EntryDraft]) -> list[Head]:
        """Check what stands above the lines of a block, and give each entry its phase."""
        books = self.books
        targets = [draft.about or draft.reverses for draft in block]
        phases = phases_of([target for target in targets if target])
        heads = []
        for draft, target in zip(block, targets, strict=True):
            if draft.book not in books.seen:
                books.check(draft.book)
            check_head(draft)
            if draft.kind == "opening":
                self.openings.add((draft.book, draft.day))
            heads.append((draft, phases.get(target, 0) if target else PHASES[draft.kind]))
        return heads

    def _checked(self, heads: Iterable[Head]) -> Iterator[_Checked]:
        """Check and digest the lines, one entry after the other."""
        chamber = self.books.chamber
        for draft, phase in heads:
            lines = check_lines(draft)
            digest = digest_of(draft, lines, chamber=chamber, phase=phase)
            yield _Checked(draft, lines, phase, digest)

    def _write(self, heads: Sequence[Head]) -> None:
        """Post one block inside a transaction or savepoint.

        Raises:
            KeyTaken: Another session committed one of the keys meanwhile.
        """
        self.known = {}
        self._already = self.report.already
        lines = sum(len(draft.lines) for draft, _phase in heads)
        try:
            if lines > writing.FEW or not self._write_few(heads, lines):
                self._write_many(heads, lines)
        except IntegrityError as error:
            if constraint_of(error) == "journalentry_key":
                raise KeyTaken from error
            raise typed(error) or error from error

    def _write_few(self, heads: Sequence[Head], lines: int) -> bool:
        """Write a handful, entry by entry; false when a key is there already (PostgreSQL)."""
        keys = [draft.key for draft, _phase in heads]
        in_one_call = connections[ALIAS].vendor == "postgresql"
        begun = _NOT_YET if in_one_call else self._begin(keys, lines)
        new = list(_new(self._checked(heads), self._seen(), self.report))
        self._rows = []
        line_rows = list(self._as_rows(new, begun))
        if in_one_call:
            keys = [each.draft.key for each in new]
            begun = writing.post_few(ALIAS, self.books.chamber, keys, line_rows, self._rows)
            if begun.known:
                return False
        else:
            writing.insert(ALIAS, line_rows, self._rows)
        self._count(begun.entry, len(self._rows), len(line_rows))
        return True

    def _begin(self, keys: Sequence[str], lines: int) -> writing.Begun:
        """Look keys up and draw ids."""
        self.report.already = self._already
        begun = writing.begin(ALIAS, self.books.chamber, keys, len(keys), lines)
        self.known = begun.known
        return begun

    def _seen(self) -> dict[str, bytes]:
        """Digests of the keys that are there; a key twice in a block is there after its first."""
        return {key: digest for key, (_id, digest) in self.known.items()}

    def _write_many(self, heads: Sequence[Head], lines: int) -> None:
        """Write those of a block that are not there yet.

        Entries are checked while the rows of those before them are on their way: PostgreSQL
        works at the same time. What is refused then undoes the whole block.
        """
        begun = self._begin([draft.key for draft, _phase in heads], lines)
        writer = writing.Writer(ALIAS)
        try:
            self._send(self._batches(heads), begun, writer)
            writer.finish()
        except BaseException:
            writer.abandon()
            raise

    def _batches(self, heads: Sequence[Head]) -> Iterator[Batch]:
        """Check and digest the lines of many entries, some at a time."""
        return (batch_of(group, chamber=self.books.chamber) for group in _groups(heads))

    def _send(self, batches: Iterable[Batch], begun: writing.Begun, writer: writing.Writer) -> None:
        """Write what is not there yet."""
        seen, chamber = self._seen(), self.books.chamber
        recorded = self._now()
        entry, line = begun.entry, begun.line
        for each in batches:
            batch = _fresh(each, seen, self.report)
            if not batch.counts:
                continue
            columns = list(batch.lines(chamber, entry, line))
            columns[-1] = writing.as_json_column(columns[-1])
            self._rows = batch.entries(chamber, entry, recorded)
            writer.write(columns, self._rows)
            entry, line = entry + len(batch.counts), line + len(columns[0])
        self._count(begun.entry, entry - begun.entry, line - begun.line)

    def _now(self) -> str:
        """The moment at which a block is recorded, as the database reads it."""
        self._recorded = timezone.now()
        # As text: psycopg would write it anew in each row.
        return str(connections[ALIAS].ops.adapt_datetimefield_value(self._recorded))

    def _count(self, first: int, entries: int, lines: int) -> None:
        report = self.report
        if entries:
            report.entries += entries
            report.lines += lines
            report.first = report.first or first
            report.last = first + entries - 1

    def _as_rows(self, new: Iterable[_Checked], begun: writing.Begun) -> Iterator[tuple[Any, ...]]:
        """Rows of lines, in the order of their columns; those of entries go to ``_rows``."""
        recorded, chamber = self._now(), self.books.chamber
        entry_id, line_id = begun.entry, begun.line
        for each in new:
            draft, phase, number = each.draft, each.phase, 0
            book = draft.book
            for (account, resource, unit, amount, side, day, label, auxiliary, piece, piece_day,
                 lettering, lettered_on, currency, currency_amount, source_line, extra
                 ) in each.lines:  # fmt: skip
                number += 1
                yield (
                    line_id, entry_id, number, chamber, book, account, resource, unit, amount,
                    side, day, phase, label, auxiliary, piece, piece_day, lettering, lettered_on,
                    currency, currency_amount, source_line,
                    None if extra is None else writing.as_json(extra),
                )  # fmt: skip
                line_id += 1
            self._rows.append((
                entry_id, chamber, book, draft.journal, str(draft.kind), draft.number,
                iso(draft.day), draft.label, iso(draft.validated_on), draft.key, each.digest,
                number, draft.event, draft.reverses, draft.about, draft.source, recorded,
            ))  # fmt: skip
            entry_id += 1


_NOT_YET = writing.Begun({}, 0, 0)
"""Ids that count from 0: PostgreSQL draws them in the call that writes."""


def _is_new(key: str, digest: bytes, seen: dict[str, bytes], report: PostReport) -> bool:
    """Whether an entry is not there yet; from now on it is.

    Raises:
        KeyReused: The key is there with other content.
    """
    former = seen.setdefault(key, digest)
    if former is digest:
        return True
    if former != digest:
        raise KeyReused(key=key)
    report.already += 1
    return False


def _new(
    checked: Iterable[_Checked], seen: dict[str, bytes], report: PostReport
) -> Iterator[_Checked]:
    """Those that are not there yet."""
    return (each for each in checked if _is_new(each.draft.key, each.digest, seen, report))


def _fresh(batch: Batch, seen: dict[str, bytes], report: PostReport) -> Batch:
    """What of a batch is not there yet."""
    new = [
        at
        for at, ((draft, _phase), digest) in enumerate(zip(batch.heads, batch.digests, strict=True))
        if _is_new(draft.key, digest, seen, report)
    ]
    return batch if len(new) == len(batch.digests) else batch.only(new)


def _groups(heads: Sequence[Head]) -> Iterator[Sequence[Head]]:
    """Heads in groups of about :data:`~chambre.ledger.applets.writing.GROUP` lines."""
    start = lines = 0
    for at, (draft, _phase) in enumerate(heads, 1):
        lines += len(draft.lines)
        if lines >= writing.GROUP:
            yield heads[start:at]
            start, lines = at, 0
    if start < len(heads):
        yield heads[start:]


def _has_savepoints() -> bool:
    """Whether a block in the middle of a posting needs one: to look again when a key was taken.

    On SQLite there is one writer, and nobody can take a key meanwhile; and every statement inside
    an open savepoint costs more, the more was written in it.
    """
    return connections[ALIAS].vendor == "postgresql"


def phases_of(targets: Sequence[int]) -> dict[int, int]:
    """Phase of the lines of some entries."""
    if not targets:
        return {}
    connection = connections[ALIAS]
    condition, ids = writing.id_list(connection.vendor, targets)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT entry_id, phase FROM ledger_line WHERE number = 1 AND entry_id {condition}",
            [ids],
        )
        return dict(cursor.fetchall())
