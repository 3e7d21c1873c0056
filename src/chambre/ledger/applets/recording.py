"""Posting: one path for one entry or a million, each once; all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain

from django.db import transaction

from chambre.core.actors import Actor
from chambre.ledger.applets.drafts import EntryDraft
from chambre.ledger.applets.posting import (
    BATCH_ENTRIES,
    Books,
    Posting,
    PostReport,
    blocks_of,
)
from chambre.ledger.models import Book, JournalEntry

Progress = Callable[[int], None]


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
    posting.alone([entry])
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
) -> PostReport:
    """Post journal entries, each once: all of them or none.

    Memory stays bounded however many there are.

    Args:
        entries: What to post, in order. An iterator is read as it goes.
        by: Who posts.
        book: The book of all entries; absent: each entry's own, of one chamber.
        progress: Called with the number of entries done after each batch.
        batch: At most this many entries (and about 20,000 lines) are sent at once.

    Returns:
        How many were posted and how many were there already.

    Raises:
        Forbidden: ``by`` may not post in one of the books.
        Unbalanced, KeyReused, ClosedYear, Invalid: See :func:`post`; nothing was posted.
    """
    posting = Posting(Books(by, "ledger.post_entry", book))
    blocks = blocks_of(iter(entries), batch)
    first, second = next(blocks, []), next(blocks, None)
    if second is None:
        posting.alone(first)
    else:
        with transaction.atomic():
            for block in chain((first, second), blocks):
                posting.one_of_many(block)
                if progress is not None:
                    progress(posting.report.entries + posting.report.already)
            posting.record()
    return posting.report


