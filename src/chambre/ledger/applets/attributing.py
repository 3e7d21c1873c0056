"""Saying which resources original lines concern, as entries that move nothing in the structure.

For each line and the wanted split of its amount, only the *difference* to what earlier
attribution entries about that line did is posted: on the same account, side, day and auxiliary
account, with ``source_line`` naming the original, plus link lines. So the ledger stays
append-only, the structure's own balances and turnovers never move, and the same split twice posts
nothing.

**Closed years.** An attribution may be about lines of a closed year: it changes no figure of the
structure, only how its figures are shared among resources, and each change stays on record with
the moment at which it was made. The closing and opening entries that were made for each resource
when the year was closed keep what was known then; statements carry balances over themselves when
they are read (docs/adr/0003) and do not use them, so nothing has to be closed again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from django.db import connections, transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.ledger.applets import writing
from chambre.ledger.applets.admission import Books
from chambre.ledger.applets.drafts import EntryDraft, LineDraft
from chambre.ledger.applets.errors import NotAttributable
from chambre.ledger.applets.linking import Links, link_lines, links_of
from chambre.ledger.applets.posting import ALIAS, Posting
from chambre.ledger.models import Book, JournalEntry
from chambre.registry.models import Resource

Split = Mapping[int | None, int]
LineChange = tuple[int, Split] | tuple[int, Split, str]
Change = tuple[int | JournalEntry, Sequence[LineChange]]
BLOCK = 2_000
"""Entries whose present split is read at once."""


@dataclass(slots=True)
class AttributeReport:
    """What an attribution did.

    Attributes:
        entries: Attribution entries posted.
        lines: Original lines whose split changed.
        posted: Lines that these entries have.
    """

    entries: int = 0
    lines: int = 0
    posted: int = 0


class _Original(NamedTuple):
    """A line as it was first recorded; one that was recorded with its resource is not split."""

    id: int
    entry_id: int
    account_id: int
    unit: str
    amount: int
    side: str
    day: Any
    auxiliary_id: int | None
    is_original: bool


class _Target(NamedTuple):
    """An entry whose lines are attributed."""

    id: int
    book_id: int
    journal_id: int
    day: Any
    kind: str
    number: str
    stands: bool
    attributions: int


def attribute(
    changes: Iterable[Change], *, by: Actor, progress: Callable[[int], None] | None = None
) -> AttributeReport:
    """Make the ledger hold these splits; all of them, or none.

    Args:
        changes: Per original entry (or its id), the lines to change and the wanted split of each:
            amount by resource id, ``None`` being the structure itself, in the smallest part of
            the line's unit, together equal to the line's amount; and, if wanted, why: the label
            of the lines that put shares on resources. Lines not named stay as they are. An
            iterator is read as it goes.
        by: Who attributes; they answer for the books.
        progress: Called with the number of original entries done, block by block.

    Returns:
        What was posted; nothing where the ledger holds the split already.

    Raises:
        Forbidden: ``by`` does not answer for one of the books.
        Invalid: A split does not add up to its line, or names an unknown resource.
        NotAttributable: The line is not an original line of the entry, or was recorded with its
            resource; the entry is a closing or an attribution, or was reversed (then its lines
            only go back to the structure).
    """
    attributing = _Attributing(by)
    with transaction.atomic():
        iterator = iter(changes)
        done = 0
        while block := list(islice(iterator, BLOCK)):
            attributing.block(*_by_entry(block))
            done += len(block)
            if progress is not None:
                progress(done)
        report = attributing.report
        if report.entries:
            audit(
                by,
                "ledger.lines.attributed",
                None,
                books=sorted(attributing.posting.books.seen),
                entries=report.entries,
                lines=report.lines,
            )
    return report


def _by_entry(
    block: Iterable[Change],
) -> tuple[dict[int, dict[int, Split]], dict[int, str]]:
    """Wanted splits by entry and line, and why; the last word counts where a line comes twice."""
    wanted: dict[int, dict[int, Split]] = {}
    reasons: dict[int, str] = {}
    for entry, lines in block:
        pk = entry if isinstance(entry, int) else int(entry.pk)
        splits = wanted.setdefault(pk, {})
        for line, split, *why in lines:
            splits[line] = split
            if why:
                reasons[line] = str(why[0])[:1000]
    return wanted, reasons


class _Attributing:
    """One call of :func:`attribute`."""

    def __init__(self, by: Actor) -> None:
        self.report = AttributeReport()
        self.posting = Posting(Books(by, "ledger.attribute_lines", None))
        self._links: dict[int, Links] = {}
        self._resources: set[int] = set()
        self._reasons: Mapping[int, str] = {}

    def block(self, wanted: Mapping[int, Mapping[int, Split]], reasons: Mapping[int, str]) -> None:
        """Post the differences for a block of entries."""
        self._reasons = reasons
        targets = _targets(sorted(wanted))
        ids = [line for lines in wanted.values() for line in lines]
        originals = _originals(ids)
        held = held_for(ids)
        for target_id in wanted:
            self._check_target(target_id, targets)
        self._check_resources(wanted.values())
        drafts = []
        for target_id, splits in wanted.items():
            lines = self._differences(targets[target_id], splits, originals, held)
            if lines:
                drafts.append(self._draft(targets[target_id], lines))
        if drafts:
            before = self.posting.report.lines
            self.posting.one_of_many(drafts)
            self.report.entries += len(drafts)
            self.report.posted += self.posting.report.lines - before

    def _check_target(self, target_id: int, targets: Mapping[int, _Target]) -> None:
        """It exists, may be attributed by this actor, and its book has link accounts."""
        target = targets.get(target_id)
        if target is None or target.kind in ("attribution", "closing"):
            raise NotAttributable(entry=target_id)
        if target.book_id not in self._links:
            self.posting.books.check(target.book_id)
            self._links[target.book_id] = links_of(Book.objects.get(pk=target.book_id))

    def _check_resources(self, changes: Iterable[Mapping[int, Split]]) -> None:
        """Every resource exists."""
        named = {key for splits in changes for split in splits.values() for key in split if key}
        unknown = named - self._resources
        if unknown:
            condition, ids = writing.id_list(connections[ALIAS].vendor, unknown)
            with connections[ALIAS].cursor() as cursor:
                cursor.execute(f"SELECT id FROM {_RESOURCES} WHERE id {condition}", [ids])
                self._resources |= {row[0] for row in cursor.fetchall()}
        if unknown - self._resources:
            raise Invalid(
                _("There is no such resource."),
                fields={"resource": sorted(unknown - self._resources)},
            )

    def _differences(
        self,
        target: _Target,
        splits: Mapping[int, Split],
        originals: Mapping[int, _Original],
        held: Mapping[int, dict[int | None, int]],
    ) -> list[LineDraft]:
        """The lines that lead from what is held to what is wanted."""
        lines: list[LineDraft] = []
        for line_id, wanted in splits.items():
            original = originals.get(line_id)
            if original is None or original.entry_id != target.id or not original.is_original:
                raise NotAttributable(entry=target.id, line=line_id)
            _check_split(original, wanted, target.stands)
            present: dict[int | None, int] = {None: original.amount}
            for resource, amount in held.get(line_id, {}).items():
                present[resource] = present.get(resource, 0) + amount
            changed = _changed(original, wanted, present, self._reasons.get(line_id, ""))
            lines += changed
            self.report.lines += bool(changed)
        return lines

    def _draft(self, target: _Target, lines: list[LineDraft]) -> EntryDraft:
        """The attribution entry. Its key counts them, so that two at once cannot both be posted."""
        return EntryDraft(
            book=target.book_id,
            journal=target.journal_id,
            day=target.day,
            lines=[*lines, *link_lines(lines, self._links[target.book_id])],
            key=f"attribution:{target.id}:{target.attributions + 1}",
            kind="attribution",
            number=target.number,
            about=target.id,
        )


_RESOURCES = Resource._meta.db_table


def _check_split(original: _Original, wanted: Split, stands: bool) -> None:
    """It adds up, and what was reversed only goes back to the structure."""
    if any(type(part) is not int for part in wanted.values()) or (
        sum(wanted.values()) != original.amount
    ):
        raise Invalid(
            _("The shares of a line add up to its amount."), fields={"line": [original.id]}
        )
    if not stands and any(part for resource, part in wanted.items() if resource is not None):
        raise NotAttributable(entry=original.entry_id, line=original.id)


def _changed(
    original: _Original, wanted: Split, present: Mapping[int | None, int], why: str
) -> list[LineDraft]:
    """One line per resource whose share changes, the structure itself first."""
    resources = sorted(
        {*wanted, *present}, key=lambda resource: (resource is not None, resource or 0)
    )
    lines = []
    for resource in resources:
        change = wanted.get(resource, 0) - present.get(resource, 0)
        if change:
            lines.append(
                LineDraft(
                    original.account_id,
                    resource,
                    original.unit,
                    change,
                    original.side,
                    original.day,
                    label="" if resource is None else why,
                    auxiliary=original.auxiliary_id,
                    source_line=original.id,
                )
            )
    return lines


def _query(sql: str, ids: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """Rows of a query on a set of ids; its place is marked by ``{ids}``."""
    condition, parameter = writing.id_list(connections[ALIAS].vendor, ids)
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(sql.format(ids=condition), [parameter])
        yield from cursor.fetchall()


def _targets(ids: Sequence[int]) -> dict[int, _Target]:
    """The entries, locked against another attribution or reversal of them until we commit."""
    if connections[ALIAS].vendor == "postgresql":
        list(
            _query(
                "SELECT id FROM ledger_journalentry WHERE id {ids} ORDER BY id FOR NO KEY UPDATE",
                ids,
            )
        )
    rows = _query(
        "SELECT e.id, e.book_id, e.journal_id, e.day, e.kind, e.number,"
        " e.kind <> 'reversal' AND r.id IS NULL,"
        " (SELECT COUNT(*) FROM ledger_journalentry t WHERE t.about_id = e.id)"
        " FROM ledger_journalentry e LEFT JOIN ledger_journalentry r ON r.reverses_id = e.id"
        " WHERE e.id {ids}",
        ids,
    )
    return {row[0]: _Target._make((*row[:3], as_day(row[3]), *row[4:])) for row in rows}


def _originals(ids: Sequence[int]) -> dict[int, _Original]:
    """The original lines by id."""
    rows = _query(
        "SELECT l.id, l.entry_id, l.account_id, l.unit, l.amount, l.side, l.day, l.auxiliary_id,"
        " l.source_line IS NULL AND l.resource_id IS NULL AND NOT a.is_link"
        " FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id WHERE l.id {ids}",
        ids,
    )
    return {row[0]: _Original._make((*row[:6], as_day(row[6]), *row[7:])) for row in rows}


def held_for(ids: Sequence[int]) -> dict[int, dict[int | None, int]]:
    """What attributions have added to each cell for some original lines, by resource id."""
    held: dict[int, dict[int | None, int]] = {}
    rows = _query(
        "SELECT source_line, resource_id, SUM(amount) FROM ledger_line"
        " WHERE source_line IS NOT NULL AND source_line {ids} GROUP BY source_line, resource_id",
        ids,
    )
    for line_id, resource, amount in rows:
        held.setdefault(line_id, {})[resource] = int(amount)
    return held


def as_day(value: Any) -> Any:
    """A day of a plain query: SQLite gives text."""
    return dt.date.fromisoformat(value) if isinstance(value, str) else value
