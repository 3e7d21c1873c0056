"""Posting: one path for one entry or a million, each once; all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain

from django.db import connection, transaction

from chambre.core.actors import Actor
from chambre.ledger.applets.admission import Books
from chambre.ledger.applets.ahead import Ahead
from chambre.ledger.applets.drafts import EntryDraft, check_head, check_lines, digest_of
from chambre.ledger.applets.posting import (
    BATCH_ENTRIES,
    Posting,
    PostReport,
    blocks_of,
)
from chambre.ledger.applets.reversing import reverse
from chambre.ledger.models import Book, FinancialYear, JournalEntry

Progress = Callable[[int], None]
CLOSING_SOURCE = "closing:"
"""How the source of entries that a closing made begins."""


def post(entry: EntryDraft, *, by: Actor, book: Book | None = None) -> JournalEntry:
    """Post one journal entry, once.

    Args:
        entry: What to post; it balances in every (resource, unit) cell.
        by: Who posts.
        book: The entry's book, when the caller has it at hand.

    Returns:
        The entry; the one that was there when ``key`` was used for the same content.

    Raises:
        Forbidden: ``by`` may not post in this book.
        Unbalanced: A cell does not sum to zero; ``data["cells"]`` lists them.
        KeyReused: The key was used for something else.
        ClosedYear: A day lies in a closed year.
        Invalid: Something else is wrong with the draft; nothing was posted.
    """
    posting = Posting(Books(by, "ledger.post_entry", book))
    _alone(posting, [entry])
    if posting.report.already:
        return JournalEntry.objects.get(pk=posting.known[entry.key][0])
    return posting.made()


def post_many(
    entries: Iterable[EntryDraft],
    *,
    by: Actor,
    book: Book | None = None,
    progress: Progress | None = None,
    batch: int = BATCH_ENTRIES,
    ahead: bool = False,
) -> PostReport:
    """Post journal entries, each once: all of them or none.

    Memory stays bounded however many there are.

    Args:
        entries: What to post, in order. An iterator is read as it goes.
        by: Who posts.
        book: The book of all entries; absent: each entry's own, of one chamber.
        progress: Called with the number of entries done after each batch.
        batch: At most this many entries (and about 5,000 lines) are sent at once.
        ahead: Entries are made, and ``progress`` is told, without this connection to the
            database: on PostgreSQL they are read on while rows are on their way.

    Returns:
        How many were posted and how many were there already.

    Raises:
        Forbidden: ``by`` may not post in one of the books.
        Unbalanced, KeyReused, ClosedYear, Invalid: See :func:`post`; nothing was posted.
    """
    kind = Ahead if ahead and connection.vendor == "postgresql" else Posting
    posting = kind(Books(by, "ledger.post_entry", book))
    blocks = blocks_of(posting.reading(iter(entries)), batch)
    first, second = next(blocks, []), next(blocks, None)
    if second is None:
        _alone(posting, first)
        _tell(posting, progress)
        return posting.report
    with transaction.atomic():
        try:
            for block in chain((first, second), blocks):
                posting.one_of_many(block)
                _tell(posting, progress)
            posting.settle()
        except BaseException:
            posting.abandon()
            raise
        _withdraw_openings(posting)
        posting.record()
    return posting.report


def post_within(
    entries: Sequence[EntryDraft],
    *,
    by: Actor,
    book: Book | None = None,
    chambers: Mapping[int, int] | None = None,
) -> int:
    """Post journal entries as a part of an act that has the transaction and the audit row.

    Args:
        entries: A few.
        by: Who does it.
        book: The book of all entries, when the caller has it at hand.
        chambers: The chambers of books, when at hand.

    Returns:
        Id of the first entry that was posted; 0: all were there already.

    Raises:
        KeyTaken: Somebody posted one of the keys at the same moment: all of it is tried again.
        Forbidden, Unbalanced, KeyReused, ClosedYear, Invalid: See :func:`post`.
    """
    posting = Posting(Books(by, "ledger.post_entry", book, chambers))
    posting.within(entries)
    _withdraw_openings(posting)
    return posting.report.first


def digest_for(entry: EntryDraft, *, chamber: int) -> bytes:
    """Check an entry and give its digest, for an act that posts it by a function of the database.

    PostgreSQL has ``chambre_ledger_transfer`` for entries of two lines; whoever calls it has to have
    the right to post in the book.

    Args:
        entry: A movement; it is not posted here.
        chamber: Id of the chamber of its book.

    Raises:
        Unbalanced, Invalid: See :func:`post`.
    """
    check_head(entry)
    return digest_of(entry, check_lines(entry), chamber=chamber, phase=0)


def _alone(posting: Posting, block: Sequence[EntryDraft]) -> None:
    """Post one block; the usual case, with nothing around it."""
    if not any(draft.kind == "opening" for draft in block):
        posting.alone(block)
        return
    with transaction.atomic():
        posting.alone(block)
        _withdraw_openings(posting)


def _tell(posting: Posting, progress: Progress | None) -> None:
    if progress is not None and (done := posting.report.entries + posting.report.already):
        progress(done)


def _withdraw_openings(posting: Posting) -> None:
    """Openings that came with an export take the place of those that a closing made.

    Both would say the same thing twice. The differences, if any, show in the statements.
    """
    for book, day in sorted(posting.openings):
        year = FinancialYear.objects.filter(book=book, start__lte=day, end__gte=day).first()
        own = JournalEntry.objects.filter(
            book=book,
            kind=JournalEntry.Kind.OPENING,
            source__startswith=CLOSING_SOURCE,
            day__gte=year.start if year else day,
            day__lte=year.end if year else day,
            reversed_by__isnull=True,
        )
        for entry in own.select_related("book__structure"):
            reverse(entry, key=f"{entry.key}:withdrawn", by=posting.books.by)
