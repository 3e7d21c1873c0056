"""Attributing lines to resources: entries that move amounts between cells and nothing else.

An attribution entry is about one original entry. For each of its lines it posts the difference
between the split that is wanted and the one that the ledger holds: same account, day, auxiliary
account and side, so that neither the balances nor the turnovers of the structure's accounts move
(which is why it may be done in a closed year too). See ``docs/adr/0001``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.errors import NotFound
from chambre.ledger.applets.cells import LinkMaker
from chambre.ledger.applets.drafts import EntryDraft, LineDraft
from chambre.ledger.applets.errors import NotAttributable
from chambre.ledger.applets.posting import Books, Posting, PostReport
from chambre.ledger.applets.scan import held_splits
from chambre.ledger.applets.writing import id_list
from chambre.ledger.models import Account, Book, JournalEntry, Line

Split = Mapping[int | None, int]
LineChange = tuple[int, Split] | tuple[int, Split, str]
Change = tuple[int, Sequence[LineChange]]
BLOCK = 2_000
"""How many original entries are worked on at once."""


@dataclass(frozen=True, slots=True)
class _Original:
    """An original line as far as its attribution needs it."""

    entry: int
    account: int
    unit: str
    amount: int
    side: str
    day: Any
    auxiliary: int | None


def attribute(changes: Iterable[Change], *, by: Actor) -> PostReport:
    """Split original lines over resources; only what differs from the present split is posted.

    Args:
        changes: Per original entry (its id), its lines: id of the line, the amount wanted by
            resource id (``None``: the structure itself; the amounts sum to the line's), and
            optionally why, kept as the label of the share lines. An entry comes once.
        by: Who attributes.

    Returns:
        Attribution entries and lines posted; none when everything is as wanted.

    Raises:
        Forbidden: ``by`` may not attribute lines of one of the books.
        NotAttributable: A line is not an original line of the entry, or the amounts do not sum
            to its own; nothing was posted.
        NotFound: There is no such entry.
    """
    posting = Posting(Books(by, "ledger.attribute_lines", None))
    with transaction.atomic():
        work = _Attributing()
        source = iter(changes)
        while block := list(islice(source, BLOCK)):
            drafts = list(work.drafts(block))
            if drafts:
                posting.one_of_many(drafts)
        posting.record()
    return posting.report


class _Attributing:
    """Turns wanted splits into attribution entries, block after block."""

    def __init__(self) -> None:
        self._links: dict[int, LinkMaker] = {}
        self._codes: dict[int, str] = {}

    def drafts(self, block: Sequence[Change]) -> Iterator[EntryDraft]:
        """The attribution entries of a block that are needed."""
        entries = self._entries([entry_id for entry_id, _lines in block])
        originals = _originals([line[0] for _entry, lines in block for line in lines])
        held = held_splits(min(originals, default=0), max(originals, default=0))
        turns = _turns(list(entries))
        for entry_id, lines in block:
            entry = entries.get(entry_id)
            if entry is None:
                raise NotFound(entry=entry_id)
            moved = [
                draft for line in lines for draft in self._moves(entry_id, line, originals, held)
            ]
            if moved:
                yield self._draft(entry, moved, turns.get(entry_id, 0) + 1)

    def _entries(self, ids: Sequence[int]) -> dict[int, JournalEntry]:
        """The original entries, their books locked so that nobody attributes beside us."""
        condition, given = id_list(connection.vendor, ids)
        found = {
            entry.pk: entry
            for entry in JournalEntry.objects.raw(
                f"SELECT * FROM ledger_journalentry WHERE id {condition}",  # noqa: S608
                [given],
            )
        }
        new = sorted({entry.book_id for entry in found.values()} - self._links.keys())
        for book in Book.objects.select_for_update().filter(pk__in=new).order_by("pk"):
            self._links[book.pk] = LinkMaker(book)
        rows = Account.objects.filter(book__in=new).order_by()
        self._codes.update(rows.values_list("pk", "code"))
        return found

    def _moves(
        self,
        entry_id: int,
        change: LineChange,
        originals: Mapping[int, _Original],
        held: Mapping[int, Mapping[int | None, int]],
    ) -> Iterator[LineDraft]:
        """The lines that bring one original line from its present split to the wanted one."""
        line_id, wanted, *rest = change
        line = originals.get(line_id)
        if line is None or line.entry != entry_id or sum(wanted.values()) != line.amount:
            raise NotAttributable(
                _("A line is not one of this entry, or its shares do not sum to its amount."),
                entry=entry_id,
                line=line_id,
            )
        present = held.get(line_id, {None: line.amount})
        label = str(rest[0])[:1000] if rest else ""
        for resource in sorted({*wanted, *present}, key=lambda each: (each is not None, each or 0)):
            moved = wanted.get(resource, 0) - present.get(resource, 0)
            if moved:
                yield LineDraft(
                    account=line.account,
                    resource=resource,
                    unit=line.unit,
                    amount=moved,
                    side=line.side,
                    day=line.day,
                    label="" if resource is None else label,
                    auxiliary=line.auxiliary,
                    source_line=line_id,
                )

    def _draft(self, entry: JournalEntry, moved: list[LineDraft], turn: int) -> EntryDraft:
        """One attribution entry, linked in every cell."""
        return EntryDraft(
            book=entry.book_id,
            journal=entry.journal_id,
            day=entry.day,
            lines=[*moved, *self._links[entry.book_id].links(moved, self._codes)],
            key=f"attribution:{entry.pk}:{turn}",
            kind="attribution",
            number=entry.number,
            about=entry.pk,
        )


def _originals(ids: Sequence[int]) -> dict[int, _Original]:
    """Original lines by id; shares and link lines are not there."""
    condition, given = id_list(connection.vendor, ids)
    rows = Line.objects.raw(
        "SELECT l.* FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id"  # noqa: S608
        f" WHERE l.id {condition} AND l.source_line IS NULL AND NOT a.is_link",
        [given],
    )
    return {
        row.pk: _Original(
            row.entry_id,
            row.account_id,
            row.unit,
            row.amount,
            row.side,
            row.day,
            row.auxiliary_id,
        )
        for row in rows
    }


def _turns(ids: Sequence[int]) -> dict[int, int]:
    """How many attribution entries there are about each entry."""
    condition, given = id_list(connection.vendor, ids)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT about_id, COUNT(*) FROM ledger_journalentry"  # noqa: S608
            f" WHERE about_id {condition} GROUP BY about_id",
            [given],
        )
        return dict(cursor.fetchall())
